"""Trade after the award: it never worsens, it ends, and it ends where no contract saves anything."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from caravan.auction.mechanisms.exchange import Traded, swaps, trade, transfers
from caravan.auction.mechanisms.insertion import Insertion, Price, Tour

Tours = dict[str, Tour]


def driving(rng: random.Random) -> Price:
    """Driving in the plane, each robot and each task at a place drawn once."""
    places: dict[str, tuple[float, float]] = {}

    def price(robot: str, tour: Tour) -> float:
        stops = [places.setdefault(name, (rng.uniform(0, 9), rng.uniform(0, 9))) for name in (robot, *tour)]
        return sum(math.dist(a, b) for a, b in pairwise(stops))

    return price


def whimsical(rng: random.Random) -> Price:
    """Any tour costs anything, many the same; the first robot takes two tasks at most."""
    seed = rng.random()

    def price(robot: str, tour: Tour) -> float | None:
        if robot == "r0" and len(tour) > 2:
            return None
        return float(random.Random(f"{seed} {robot} {tour}").randint(0, 3))

    return price


@st.composite
def starts(draw: st.DrawFn) -> tuple[Tours, Price]:
    """Up to 7 tasks dealt to 1 to 4 robots, two to the first at most."""
    rng = random.Random(draw(st.integers(0, 2**32)))
    robots = [f"r{i}" for i in range(draw(st.integers(1, 4)))]
    tours: Tours = dict.fromkeys(robots, ())
    for task in range(draw(st.integers(0, 7))):
        takers = [robot for robot in robots if robot != "r0" or len(tours[robot]) < 2]
        if takers:
            robot = rng.choice(takers)
            tours[robot] = (*tours[robot], f"t{task}")
    kind: Callable[[random.Random], Price] = draw(st.sampled_from([driving, whimsical]))
    return tours, kind(rng)


def total(tours: Tours, price: Price) -> float:
    """What the team pays; all tours can be done."""
    costs = [price(robot, tour) for robot, tour in tours.items()]
    assert None not in costs
    return sum(cost for cost in costs if cost is not None)


@given(starts())
def test_each_contract_saves_what_it_says_and_no_task_is_lost(start: tuple[Tours, Price]) -> None:
    tours, price = start
    result = trade(tours, price)
    after = total(dict(result.tours), price)
    assert all(contract.saving > 0.0 for contract in result.contracts)
    saved = sum(contract.saving for contract in result.contracts)
    assert math.isclose(total(tours, price) - after, saved, abs_tol=1e-6)
    assert sorted(t for tour in result.tours.values() for t in tour) == sorted(
        t for tour in tours.values() for t in tour
    )


@given(starts())
def test_it_ends_where_no_contract_is_left(start: tuple[Tours, Price]) -> None:
    tours, price = start
    result = trade(tours, price)
    held = {robot: Insertion(tour=tour, cost=price(robot, tour) or 0.0) for robot, tour in result.tours.items()}
    left = [contract.saving for contracts in (transfers, swaps) for contract, _ in contracts(held, price)]
    assert max(left, default=0.0) <= 1e-6
    assert trade(dict(result.tours), price) == Traded(tours=result.tours, contracts=())


def test_a_swap_saves_where_no_transfer_does() -> None:
    wanted = {("r0", "a"): 1.0, ("r1", "b"): 1.0}

    def price(robot: str, tour: Tour) -> float | None:
        return None if len(tour) > 1 else sum(wanted.get((robot, task), 5.0) for task in tour)

    result = trade({"r0": ("b",), "r1": ("a",)}, price)
    (contract,) = result.contracts
    assert (contract.task, contract.back, contract.saving) == ("b", "a", 8.0)
    assert result.tours == {"r0": ("a",), "r1": ("b",)}
