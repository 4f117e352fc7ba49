"""Orders to robots to halt, to go on or to come home. One to halt or to go on stands until the next."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from caravan.actors.house.book import Book
from caravan.model.market import HALTED, FleetOrder, Order, RobotState


class Orders:
    """The orders that stand for `robots`, through restarts too. Times are the caller's `now` (s)."""

    def __init__(self, robots: Collection[str], book: Book, now: float) -> None:
        self._robots = robots
        self._book = book
        self._latest = now
        self._standing: dict[str, FleetOrder] = {}
        """The latest order to halt or to resume, by robot."""
        for event in book.orders():
            given = event.data
            self._stand(FleetOrder(number=given["number"], order=Order(event.text), robots=tuple(given["robots"])))

    def give(self, order: Order, robots: Iterable[str], now: float) -> str | None:
        """Orders robots (none named: all); answers with what is wrong, or None."""
        named = tuple(robots) or tuple(sorted(self._robots))
        unknown = [r for r in named if r not in self._robots]
        if unknown:
            return f"there is no robot {unknown[0]!r}"
        self._latest = max(self._latest + 1e-3, now)
        sent = FleetOrder(number=int(self._latest * 1000), order=order, robots=named)
        self._book.record(now, "order", text=order.value, data={"robots": list(named), "number": sent.number})
        self._stand(sent)
        self._book.send(sent)
        return None

    def remind(self, state: RobotState) -> None:
        """Repeats the order that stands to a robot that does not follow it."""
        standing = self._standing.get(state.robot)
        if standing is not None and (standing.order is Order.HALT) != (state.activity == HALTED):
            self._book.send(replace(standing, robots=(state.robot,)))

    def _stand(self, order: FleetOrder) -> None:
        if order.order is not Order.HOME:
            self._standing |= dict.fromkeys(order.robots, order)
