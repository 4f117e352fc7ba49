"""The pool: tasks that are ready and wait to be offered, each with a pause that grows while nobody wants it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from caravan.auction import ledger
from caravan.model.goal import PRIORITIES, Goal, TaskRecord, TaskState

_OFFERED = (TaskState.WAITING, TaskState.BIDDING)


@dataclass(slots=True)
class _Case:
    """Since when a task has been ready, when it is to be offered next, and the pause after that (s)."""

    since: float
    next: float
    pause: float = 0.0


Crew = tuple[TaskRecord, ...]
"""A task, or all seats of one that robots share: what is awarded together."""


class Pool:
    """Ready tasks by id, a crew by that of its first seat. All times in s."""

    def __init__(self, pause: float, longest: float) -> None:
        self._pause = pause
        self._longest = longest
        self._cases: dict[str, _Case] = {}
        self._ready: dict[str, tuple[Goal, Crew]] = {}

    def update(self, goals: Iterable[Goal], now: float) -> None:
        """Takes over what has become of the tasks of some goals."""
        for goal in goals:
            ready = {crew[0].id: crew for crew in ledger.ready(goal)}
            for record in goal.tasks:
                if record.id in ready:
                    begin = max(now, record.start)
                    self._cases.setdefault(record.id, _Case(begin, begin + self._rest(record)))
                    self._ready[record.id] = (goal, ready[record.id])
                    continue
                self._ready.pop(record.id, None)
                if record.state not in _OFFERED:
                    self._cases.pop(record.id, None)

    def _rest(self, record: TaskRecord) -> float:
        """How long a crew rests that came apart before it began: longer each time but the first."""
        again = 0 if record.begun or not record.seat else max(0, record.epoch - 1)
        return min(again * self._pause, self._longest)

    def due(self, now: float) -> list[tuple[Goal, Crew]]:
        """What is to be offered now, the most urgent first."""
        return sorted((offer for task, offer in self._ready.items() if self._cases[task].next <= now), key=_urgency)

    def since(self, task_id: str, now: float) -> float:
        """When the task became ready; `now` where it is not."""
        return self._cases[task_id].since if task_id in self._cases else now

    def put_off(self, task_id: str, now: float) -> None:
        """Nobody wanted the task: it is offered again after a pause twice as long as the one before."""
        case = self._cases[task_id]
        case.pause = min(max(self._pause, 2.0 * case.pause), self._longest)
        case.next = now + case.pause

    def wake(self) -> None:
        """Something has changed: what is put off is offered at once."""
        for case in self._cases.values():
            if case.pause:
                case.pause, case.next = 0.0, case.since


def _urgency(offer: tuple[Goal, Crew]) -> tuple[int, float, str, int]:
    goal, (record, *_) = offer
    return (-PRIORITIES.index(record.task.priority), goal.stamp, goal.id, int(record.task.id[1:]))
