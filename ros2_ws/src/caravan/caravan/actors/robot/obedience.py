"""The orders that a robot follows, in whatever order and however often they reach it, through restarts too."""

from __future__ import annotations

from typing import Protocol

from caravan.model.market import FleetOrder, Order
from caravan.model.start import StandingOrder


class OrderLog(Protocol):
    """What outlives the robot's process."""

    def stand(self, order: StandingOrder) -> str | None:
        """On None the order is on disk in place of the one before; else that is still there, and this says why."""

    def standing(self) -> StandingOrder | None:
        """The order that was written last."""


class Obedience:
    """A robot's orders. One to halt or to go on stands until a later one; one to come home leaves it standing.

    An order is followed before it is written: no disk stands before an emergency stop. What a full disk does not take
    is gone with the process, and the house says it again.
    """

    def __init__(self, log: OrderLog) -> None:
        self._log = log
        self._standing = self._written = log.standing() or StandingOrder()
        self._home = (0, 0)
        """Term and number of the latest order to come home."""

    @property
    def halted(self) -> bool:
        """Whether an order to halt stands."""
        return self._standing.halt

    @property
    def term(self) -> int:
        """Of the leader whose order stands."""
        return self._standing.term

    def hear(self, order: FleetOrder) -> bool:
        """Notes an order; False where an earlier or the same one comes late, which changes nothing."""
        key = (order.term, order.number)
        if order.order is Order.HOME:
            if key <= max(self._standing.key, self._home):
                return False
            self._home = key
            return True
        if key <= self._standing.key:
            return False
        self._standing = StandingOrder(term=order.term, number=order.number, halt=order.order is Order.HALT)
        return True

    def write(self) -> None:
        """Puts what stands on disk, if it is not there; to be called again and again, and once the wheels know it."""
        if self._standing is not self._written and self._log.stand(self._standing) is None:
            self._written = self._standing
