"""Trade after the award: tasks that are queued and not begun are offered to all, and change hands where that saves.

A contract net (Smith 1980) in the notices and bids of the market: the holder of a task says what it would save by
giving it away, the others what it would cost them. The safety of a contract is the handover's.
"""

from __future__ import annotations

from collections.abc import Iterable

from caravan.actors.house.book import Book
from caravan.actors.house.handover import Handover
from caravan.model.goal import TaskRecord, TaskState
from caravan.model.market import HoldingState, RobotState


class Exchange:
    """Which held tasks are offered next. All times are the caller's `now` (s)."""

    def __init__(self, book: Book, handover: Handover, pause: float) -> None:
        self._book = book
        self._handover = handover
        self._pause = pause
        self._next = 0.0
        self._offered: dict[str, float] = {}

    def rests(self, now: float) -> bool:
        """Whether it is between two pauses, in which nothing is offered."""
        return now < self._next

    def due(self, states: Iterable[RobotState], now: float, most: int) -> list[TaskRecord]:
        """The tasks to offer now, those first that were not for longest; none between two pauses."""
        if self.rests(now):
            return []
        self._next = now + self._pause
        held = [record for state in states for record in self._queued(state)]
        self._offered = {record.id: self._offered.get(record.id, 0.0) for record in held}
        chosen = sorted(held, key=lambda record: (self._offered[record.id], record.id))[:most]
        self._offered |= dict.fromkeys((record.id for record in chosen), now)
        return chosen

    def _queued(self, state: RobotState) -> Iterable[TaskRecord]:
        for holding in state.holdings:
            record = self._book.task(holding.task_id) if holding.state is HoldingState.QUEUED else None
            if record is None or record.state is not TaskState.RUNNING or record.payment is not None:
                continue
            if record.seat or holding.note:  # A seat is won with all others; what has a note was begun before.
                continue
            mine = (record.robot, record.epoch) == (state.robot, holding.epoch)
            if mine and not self._handover.exchanging(record.id):
                yield record
