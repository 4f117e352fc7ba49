"""What is counted when a campaign is over: from the journal, and from the robots' own start logs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from caravan.model.goal import FINAL_GOAL_STATES, Goal
from caravan.model.market import Event, HoldingState
from caravan.model.start import StartKind, StartRecord

Logs = Mapping[str, Sequence[StartRecord]]
"""The start log of each robot."""


def not_ended(accepted: Collection[str], goals: Iterable[Goal]) -> list[str]:
    """Goals that were accepted and are not in the journal with an end."""
    return sorted(set(accepted) - {goal.id for goal in goals if goal.state in FINAL_GOAL_STATES})


def started(logs: Logs) -> int:
    """How many awards were begun."""
    return len({(r.task_id, r.epoch) for log in logs.values() for r in log if r.kind is StartKind.BEGUN})


def doubled_starts(logs: Logs) -> list[str]:
    """Awards ("g1/t1#2") that were begun twice, by one robot or by two."""
    return _more_than_once(f"{r.task_id}#{r.epoch}" for log in logs.values() for r in log if r.kind is StartKind.BEGUN)


def done_twice(events: Iterable[Event]) -> list[str]:
    """Tasks that came to their end twice, as the journal has it."""
    return _more_than_once(event.task for event in events if event.kind == "task_done")


def redone(logs: Logs) -> list[str]:
    """Tasks that two awards brought to their end: the first robot died before anybody could hear that it was done."""
    done = {record.key for log in logs.values() for record in log if record.state is HoldingState.DONE}
    return _more_than_once(task for task, _ in done)


def _more_than_once(names: Iterable[str]) -> list[str]:
    return sorted(name for name, times in Counter(names).items() if times > 1)
