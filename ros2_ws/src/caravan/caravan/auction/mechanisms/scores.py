"""What a path is worth to a robot of the consensus-based bundle algorithm: its scores, more is better."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from caravan.auction.mechanisms.cbba import Score
from caravan.auction.mechanisms.checks import check_amount
from caravan.auction.mechanisms.insertion import Price, Tour, tour_cost

Arrivals = Callable[[Tour], Sequence[float] | None]
"""When a robot reaches each task of a path (s), in its order; None where it cannot do it."""


def discounted(rewards: Mapping[str, float], arrivals: Arrivals, discount: float) -> Score:
    """Time-discounted reward, S_i(p) = sum over j of discount^(arrival at j) * reward_j (Choi, Brunet & How 2009).

    Raises ValueError for absurd rewards and a discount outside 0..1; the score does for absurd arrivals.
    """
    if not 0.0 < discount <= 1.0:
        raise ValueError(f"the discount is {discount}: give a number above 0 and at most 1")
    for task, reward in rewards.items():
        check_amount(f"the reward of task {task}", reward)

    def score(path: Tour) -> float | None:
        times = arrivals(path)
        if times is None:
            return None
        for task, time in zip(path, times, strict=True):
            check_amount(f"the arrival at task {task}", time)
        return float(sum(rewards[task] * discount**time for task, time in zip(path, times, strict=True)))

    return score


def thrifty(robot: str, price: Price, worth: float) -> Score:
    """The worth of the tasks less the cost of the tour, S_i(p) = worth * |p| - c_i(p).

    A task is taken wherever it adds less than `worth`: give more than any insertion costs and every task is taken. A
    gain may grow with the path, where a later task lies close to an earlier one: bids are then held down (see `cbba`).
    """
    check_amount("the worth of a task", worth)

    def score(path: Tour) -> float | None:
        cost = tour_cost(robot, path, price)
        return None if cost is None else worth * len(path) - cost

    return score
