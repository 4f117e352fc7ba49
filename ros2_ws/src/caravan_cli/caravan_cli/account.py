"""What became of goals, counted from the journal: what was lost, and what was handed out twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from caravan.model.goal import FINAL_TASK_STATES, Goal, TaskRecord
from caravan.model.market import Event

FREED = ("returned", "task_done", "task_failed", "task_cancelled")
"""Events after which nobody owns the task."""


def lost(accepted: Collection[str], goals: Iterable[Goal]) -> list[str]:
    """Goals that were accepted and are not in the journal, or have a task that was never awarded and has no end."""
    return sorted(set(accepted) - {goal.id for goal in goals if all(map(_placed, goal.tasks))})


def _placed(record: TaskRecord) -> bool:
    return record.epoch > 0 or record.state in FINAL_TASK_STATES


def doubled(events: Sequence[Event]) -> list[str]:
    """Awards ("g1/t1#2") that went to two robots, or while another robot had the task."""
    winners: defaultdict[str, set[str]] = defaultdict(set)
    owners: dict[str, str] = {}
    found = []
    for event in events:
        if event.kind in FREED:
            owners.pop(event.task, None)
        elif event.kind == "award":
            award = f"{event.task}#{event.data['epoch']}"
            winners[award].add(event.robot)
            if event.task in owners or len(winners[award]) > 1:
                found.append(award)
            owners[event.task] = event.robot
    return found
