"""Who takes part in a manoeuvre of a platoon, seat by seat."""

from __future__ import annotations

from caravan.model.goal import Task, TaskKind


def crew_of(task: Task) -> tuple[str | None, ...]:
    """The robots on the seats of a manoeuvre, front first; None for a seat that is open to all who can take it.

    Each vehicle forms, joins and leaves a platoon for itself, and so does each that agrees on something without one;
    all else one vehicle does for the others.
    """
    match task.manoeuvre:
        case "form":
            return _filled((task.leader, *task.members), task.robots)
        case "join" | "leave":
            return _filled(task.members or (task.robot,), task.robots)
        case "set" if task.platoon is None and task.leader is None:
            return _filled(task.members or (task.robot,), task.robots)
        case "split":
            return (task.at or next(iter(task.members), task.robot),)
        case _:
            return (task.leader or task.robot,)


def gathers(task: Task) -> bool:
    """Whether the robots that share a task wait for each other before they begin.

    Those of a manoeuvre come one after the other: each waits on the road for who is before it, and not for ever.
    """
    return task.robots > 1 and task.kind is not TaskKind.PLATOON


def _filled(names: tuple[str | None, ...], seats: int) -> tuple[str | None, ...]:
    """The names that are known, each once, and open seats up to so many in all."""
    known = tuple(dict.fromkeys(name for name in names if name is not None))
    return (*known, *[None] * (max(seats, 1) - len(known)))
