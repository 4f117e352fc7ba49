"""Many tasks, a few a round: every robot bids its cheapest insertion for every open task, some are awarded, and again.

With `assignment.lowest_pair` it is the sequential single-item auction (Koenig et al. 2006, "The power of sequential
single-item auctions for agent coordination"): at most twice the optimum for the total cost of travel that obeys the
triangle inequality (Lagoudakis et al. 2005). With `assignment.assign` every robot gets a task a round.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from caravan.auction.mechanisms.assignment import Match
from caravan.auction.mechanisms.checks import check_distinct
from caravan.auction.mechanisms.insertion import Insertion, Price, Tour, insert, tour_cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Awarded:
    """Each robot's tour, the tasks that nobody can do, and how many rounds of bids it took."""

    tours: Mapping[str, Tour]
    left: tuple[str, ...]
    rounds: int


def auction_in_rounds(tasks: Collection[str], robots: Collection[str], price: Price, match: Match) -> Awarded:
    """Tours of all `tasks` that somebody can do. A bid is what a task adds to the robot's cost:
    b_ij = min over n of c_i(tour with j at n) - c_i(tour)."""
    check_distinct("task", tasks)
    check_distinct("robot", robots)
    tours: dict[str, Tour] = {robot: () for robot in robots}
    left, rounds = sorted(tasks), 0
    while left:
        offers = {robot: _offers(robot, tour, left, price) for robot, tour in tours.items()}
        rounds += 1
        won = match(left, {robot: {t: cost for t, (cost, _) in row.items()} for robot, row in offers.items()})
        if not won:
            break
        tours |= {robot: offers[robot][task][1].tour for task, robot in won.items()}
        left = [task for task in left if task not in won]
    return Awarded(tours=tours, left=tuple(left), rounds=rounds)


def _offers(robot: str, tour: Tour, tasks: Collection[str], price: Price) -> dict[str, tuple[float, Insertion]]:
    """What each task adds, and how. Rounding alone makes it negative where detours are never shorter: then it is 0."""
    before = tour_cost(robot, tour, price)
    if before is None:
        return {}
    found = {task: insert(robot, tour, task, price) for task in tasks}
    return {task: (max(0.0, new.cost - before), new) for task, new in found.items() if new is not None}
