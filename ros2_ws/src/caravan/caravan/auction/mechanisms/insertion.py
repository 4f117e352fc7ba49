"""Where a task fits best into a tour: cheapest insertion (Rosenkrantz, Stearns & Lewis 1977)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from caravan.auction.mechanisms.checks import check_amount

Tour = tuple[str, ...]
"""Tasks in the order in which a robot does them."""

Price = Callable[[str, Tour], float | None]
"""What a tour costs a robot, all of it; None where it cannot do it. The empty tour costs 0 and can be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Insertion:
    """The tour with the new task, and what it costs all in all."""

    tour: Tour
    cost: float


def tour_cost(robot: str, tour: Tour, price: Price) -> float | None:
    """`price`, checked. Raises ValueError for an absurd one."""
    cost = price(robot, tour)
    if cost is not None:
        check_amount(f"the cost of the tour {', '.join(tour) or 'of nothing'} for robot {robot}", cost)
    return cost


def places(tour: Tour, task: str) -> list[Tour]:
    """The tour with `task` at each place, the first place first."""
    return [(*tour[:index], task, *tour[index:]) for index in range(len(tour) + 1)]


def insert(robot: str, tour: Tour, task: str, price: Price) -> Insertion | None:
    """The cheapest place for `task` in `tour`, the first of several; None where the robot can do it at none."""
    best: Insertion | None = None
    for trial in places(tour, task):
        cost = tour_cost(robot, trial, price)
        if cost is not None and (best is None or cost < best.cost):
            best = Insertion(tour=trial, cost=cost)
    return best
