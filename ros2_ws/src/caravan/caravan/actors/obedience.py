"""The orders that a robot follows, in whatever order and however often they reach it."""

from __future__ import annotations

from caravan.model.market import FleetOrder, Order


class Obedience:
    """A robot's orders. One to halt or to go on stands until a later one; one to come home leaves it standing."""

    def __init__(self) -> None:
        self.halted = False
        """Whether the order to halt stands."""
        self._standing = self._home = (0, 0)
        """Term and number of the latest order to halt or to go on, and of the latest to come home."""

    def hear(self, order: FleetOrder) -> bool:
        """Notes an order; False where an earlier or the same one comes late, which changes nothing."""
        number = (order.term, order.number)
        if order.order is Order.HOME:
            if number <= max(self._standing, self._home):
                return False
            self._home = number
            return True
        if number <= self._standing:
            return False
        self._standing, self.halted = number, order.order is Order.HALT
        return True
