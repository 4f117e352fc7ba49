"""The exact choices, against trying everything: the optimal assignment and the best bundles."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import combinations, pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caravan.auction.mechanisms.assignment import Match, assign, lowest_pair
from caravan.auction.mechanisms.bundles import BundleBid, cover, most_worth, worth
from caravan.auction.mechanisms.rounds import auction_in_rounds

COSTS = st.one_of(st.none(), st.integers(0, 30).map(float), st.floats(0.0, 1e4))
Rows = dict[str, dict[str, float | None]]


@st.composite
def tables(draw: st.DrawFn) -> Rows:
    """Costs of 1 to 4 robots for 1 to 4 tasks, some of them declined."""
    robots, tasks = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    return {f"r{i}": {f"t{j}": draw(COSTS) for j in range(tasks)} for i in range(robots)}


def every_assignment(costs: Rows) -> list[tuple[int, float]]:
    """How many tasks are done and for how much, for each way to hand them out."""
    robots, tasks = list(costs), list(next(iter(costs.values())))
    idle: list[str | None] = [None] * len(tasks)
    ways = set(permutations([*robots, *idle], len(tasks)))
    found = []
    for way in ways:
        done = [costs[robot][task] for robot, task in zip(way, tasks, strict=True) if robot is not None]
        if None not in done:
            found.append((-len(done), sum(cost for cost in done if cost is not None)))
    return found


@given(tables())
def test_the_assignment_does_most_tasks_for_the_least_cost(costs: Rows) -> None:
    tasks = list(next(iter(costs.values())))
    chosen = assign(tasks, costs)
    assert len(set(chosen.values())) == len(chosen)
    paid = [costs[robot][task] for task, robot in chosen.items()]
    assert None not in paid
    most, least = min(every_assignment(costs))
    assert -len(paid) == most
    assert sum(cost for cost in paid if cost is not None) == pytest.approx(least)


@given(tables())
def test_all_who_see_the_same_bids_assign_the_same(costs: Rows) -> None:
    tasks = list(next(iter(costs.values())))
    turned = {robot: dict(reversed(row.items())) for robot, row in reversed(costs.items())}
    assert assign(tasks, costs) == assign(tasks[::-1], turned)
    assert lowest_pair(tasks, costs) == lowest_pair(tasks[::-1], turned)


PLACES = st.dictionaries(st.sampled_from("abcdef"), st.integers(-9, 9))
"""Where tasks are on a line; all robots start at 0."""


def along(places: dict[str, int]) -> Callable[[str, tuple[str, ...]], float]:
    """Driving on the line."""

    def price(robot: str, tour: tuple[str, ...]) -> float:
        stops = [0, *(places[task] for task in tour)]
        return float(sum(abs(b - a) for a, b in pairwise(stops)))

    return price


@pytest.mark.parametrize("match", [assign, lowest_pair])
@given(places=PLACES)
def test_auctions_in_rounds_hand_out_each_task_that_somebody_can_do(match: Match, places: dict[str, int]) -> None:
    def price(robot: str, tour: tuple[str, ...]) -> float | None:
        """Only the second robot goes to the left."""
        return None if robot == "r0" and any(places[task] < 0 for task in tour) else along(places)(robot, tour)

    result = auction_in_rounds(list(places), ["r0", "r1"], price, match)
    assert result.left == ()
    assert sorted(task for tour in result.tours.values() for task in tour) == sorted(places)
    assert result.rounds <= len(places)
    assert price("r0", result.tours["r0"]) is not None


@given(PLACES)
def test_single_item_auctions_cost_at_most_twice_the_optimum(places: dict[str, int]) -> None:
    tours = auction_in_rounds(list(places), ["r0", "r1"], along(places), lowest_pair).tours
    optimum = max([0, *places.values()]) - min([0, *places.values()])
    assert optimum <= sum(along(places)(robot, tour) for robot, tour in tours.items()) <= 2 * optimum


def test_what_nobody_can_do_is_left() -> None:
    result = auction_in_rounds(["a"], ["r0"], lambda robot, tour: None if tour else 0.0, lowest_pair)
    assert (result.left, result.tours) == (("a",), {"r0": ()})


TASKS = ("a", "b", "c", "d")
BIDS = st.lists(
    st.builds(
        lambda robot, tasks, cost: BundleBid(robot=robot, tasks=frozenset(tasks), cost=cost),
        st.sampled_from(["r0", "r1", "r2"]),
        st.sets(st.sampled_from(TASKS), min_size=1),
        st.one_of(st.integers(0, 30).map(float), st.floats(0.0, 1e4)),
    ),
    max_size=9,
    unique_by=lambda bid: (bid.robot, bid.tasks),
)


def fits(bids: Collection[BundleBid]) -> bool:
    """Whether no robot and no task is in two of them."""
    tasks = [task for bid in bids for task in bid.tasks]
    return len(set(tasks)) == len(tasks) and len({bid.robot for bid in bids}) == len(bids)


def every_choice(bids: list[BundleBid]) -> list[tuple[BundleBid, ...]]:
    """All sets of bids that may win together."""
    sets = (chosen for size in range(4) for chosen in combinations(bids, size))
    return [chosen for chosen in sets if fits(chosen)]


@given(BIDS)
def test_the_bundles_cover_most_tasks_for_the_least_cost(bids: list[BundleBid]) -> None:
    best = cover(TASKS, bids)
    assert fits(best.winners) and set(best.winners) <= set(bids)
    most = max(sum(len(bid.tasks) for bid in chosen) for chosen in every_choice(bids))
    covering = [chosen for chosen in every_choice(bids) if sum(len(bid.tasks) for bid in chosen) == most]
    assert len(TASKS) - len(best.left) == most
    assert best.cost == pytest.approx(min(sum(bid.cost for bid in chosen) for chosen in covering), abs=1e-4)


@given(BIDS, st.fixed_dictionaries({task: st.integers(0, 40).map(float) for task in TASKS}))
def test_the_bundles_are_worth_most(bids: list[BundleBid], budgets: dict[str, float]) -> None:
    def value(chosen: Collection[BundleBid]) -> float:
        return sum(worth(bid, budgets) - bid.cost for bid in chosen)

    best = most_worth(budgets, bids)
    assert fits(best.winners) and set(best.winners) <= set(bids)
    assert value(best.winners) == pytest.approx(max(value(chosen) for chosen in every_choice(bids)), abs=1e-4)


@given(BIDS)
def test_the_unit_of_cost_does_not_matter(bids: list[BundleBid]) -> None:
    small = [BundleBid(robot=bid.robot, tasks=bid.tasks, cost=bid.cost * 1e-9) for bid in bids]
    assert cover(TASKS, small).cost * 1e9 == pytest.approx(cover(TASKS, bids).cost, abs=1e-4)
