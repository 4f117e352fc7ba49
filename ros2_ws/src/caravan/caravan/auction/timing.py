"""When a task may start and must be finished, as times (s) on the fleet's clock."""

from __future__ import annotations

from caravan.model.goal import Task

DAY = 86400.0


def at_clock(clock: str, accepted: float, utc_offset: float) -> float:
    """The time (s) of local clock time "HH:MM" on the day on which the goal was accepted."""
    hours, minutes = clock.split(":")
    midnight = accepted - (accepted + utc_offset) % DAY
    return midnight + int(hours) * 3600.0 + int(minutes) * 60.0


def starts(task: Task, accepted: float, utc_offset: float) -> float:
    """The earliest start (s) of a task of a goal accepted at `accepted` (s)."""
    earliest = accepted + (task.delay or 0.0)
    if task.not_before is not None:
        earliest = max(earliest, at_clock(task.not_before, accepted, utc_offset))
    return earliest


def until(task: Task, accepted: float, utc_offset: float) -> float | None:
    """The clock time by which the task must be finished (s), or None; one that has passed is meant for the next day."""
    if task.by is None:
        return None
    by = at_clock(task.by, accepted, utc_offset)
    return by if by > accepted else by + DAY
