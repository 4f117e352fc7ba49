"""Planning tours for all vehicles at once, within a budget."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from caravan.auction.tours.problem import Plan, Problem, Tour, Visit
from caravan.auction.tours.route import Route
from caravan.auction.tours.search import Search


def _never() -> float:
    return 0.0


def plan_tours(
    problem: Problem,
    rng: random.Random,
    *,
    steps: int,
    seconds: float = math.inf,
    clock: Callable[[], float] = _never,
) -> Plan:
    """A plan by sequential single-item auctions, improved for at most `steps` steps, and at most until `clock` (s) is
    `seconds` further than at the call. The plan of the auctions alone is made in any case.

    The same problem, `rng` and steps give the same plan; a larger budget goes on with the same search, so that its plan
    is never worse. First as many requests as possible are served, then (`fewest`) by as few vehicles as possible, then
    with the least travel.
    """
    end = clock() + seconds
    search = Search(problem, rng)
    if problem.requests and problem.vehicles:
        walk = search.steps()
        for _ in range(steps):
            if clock() >= end:
                break
            next(walk)
    return _plan(problem, search)


def _plan(problem: Problem, search: Search) -> Plan:
    best = search.best
    return Plan(
        tours=tuple(
            Tour(vehicle=vehicle.id, visits=_visits(problem, tour))
            for vehicle, tour in zip(problem.vehicles, best.tours, strict=True)
            if not tour.idle
        ),
        unserved=tuple(problem.requests[r].id for r in sorted(best.absent)),
        cost=best.cost,
    )


def _visits(problem: Problem, tour: Route) -> tuple[Visit, ...]:
    return tuple(Visit(problem.requests[s >> 1].id, bool(s & 1)) for s in tour.stops[1:-1])
