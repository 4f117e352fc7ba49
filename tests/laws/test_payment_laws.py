"""Who is hired and paid what: the truth pays best under Vickrey and VCG, and does not under first price."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import find, given
from hypothesis import strategies as st

from caravan.auction.mechanisms.bundles import BundleBid
from caravan.auction.mechanisms.single import Ask, Procurement, first_price, lowest_cost, second_price
from caravan.auction.mechanisms.vcg import Settled, vcg

ROUNDING = 1e-6
PRICES = st.one_of(st.integers(0, 20).map(float), st.floats(0.0, 1e6))
Asks = tuple[list[float], float, float]
"""The true cost of the first robot and what the others ask; the budget; what the first asks instead."""
ASKS: st.SearchStrategy[Asks] = st.tuples(st.lists(PRICES, min_size=1, max_size=5), PRICES, PRICES)


def bids_of(prices: list[float]) -> list[Ask]:
    """A bid of each robot, in the order of their names."""
    return [Ask(robot=f"r{index}", cost=price) for index, price in enumerate(prices)]


def gain(mechanism: Procurement, asks: Asks, ask: float) -> float:
    """What the first robot is left with when it asks `ask`."""
    (cost, *others), budget, _ = asks
    hire = mechanism(bids_of([ask, *others]), budget)
    return hire.payment - cost if hire is not None and hire.bid.robot == "r0" else 0.0


@given(ASKS)
def test_second_price_no_other_ask_pays_more_than_the_truth(asks: Asks) -> None:
    (cost, *_), _, other = asks
    assert gain(second_price, asks, other) <= gain(second_price, asks, cost)


@given(ASKS)
def test_second_price_the_truth_is_never_paid_less_than_its_cost(asks: Asks) -> None:
    assert gain(second_price, asks, asks[0][0]) >= 0.0


def test_first_price_the_truth_is_not_the_best_ask() -> None:
    found = find(ASKS, lambda asks: gain(first_price, asks, asks[2]) > gain(first_price, asks, asks[0][0]))
    (cost, *_), _, other = found
    assert other > cost
    # One a reader can follow: it costs 1, the other asks 5, and an ask of 4 instead of 1 leaves 3 instead of 0.
    example: Asks = ([1.0, 5.0], 10.0, 4.0)
    assert (gain(first_price, example, 1.0), gain(first_price, example, 4.0)) == (0.0, 3.0)
    assert gain(second_price, example, 1.0) == gain(second_price, example, 4.0) == 4.0


@given(st.lists(PRICES, max_size=5), PRICES)
def test_both_hire_the_lowest_cost_within_the_budget(prices: list[float], budget: float) -> None:
    bids = bids_of(prices)
    best = lowest_cost([bid for bid in bids if bid.cost is not None and bid.cost <= budget])
    for mechanism in (first_price, second_price):
        hire = mechanism(bids, budget)
        assert (hire and hire.bid) == best
        assert hire is None or (hire.bid.cost or 0.0) <= hire.payment <= budget


TASKS = ("a", "b", "c")
BUNDLES = st.sets(st.sampled_from(TASKS), min_size=1).map(frozenset)
OFFERS = st.dictionaries(BUNDLES, st.integers(0, 40).map(float), max_size=4)
"""What one robot asks for each bundle that it offers."""
BUDGETS = st.fixed_dictionaries({task: st.integers(0, 40).map(float) for task in TASKS})
FLEETS = st.lists(OFFERS, min_size=1, max_size=4)


def bundle_bids(fleet: list[dict[frozenset[str], float]]) -> list[BundleBid]:
    """All bids of a fleet, the robots named in order."""
    return [BundleBid(robot=f"r{i}", tasks=s, cost=c) for i, offers in enumerate(fleet) for s, c in offers.items()]


def left_with(outcome: Settled, costs: dict[frozenset[str], float]) -> float:
    """What the first robot gains at its true costs; a bundle that it cannot do at all ruins it."""
    won = [deal for deal in outcome.deals if deal.bid.robot == "r0"]
    return sum(deal.payment - costs.get(deal.bid.tasks, 1e9) for deal in won)


@given(BUDGETS, FLEETS, OFFERS)
def test_vcg_no_other_bids_pay_more_than_the_truth(
    budgets: dict[str, float], fleet: list[dict[frozenset[str], float]], lies: dict[frozenset[str], float]
) -> None:
    truth = left_with(vcg(budgets, bundle_bids(fleet)), fleet[0])
    lie = left_with(vcg(budgets, bundle_bids([lies, *fleet[1:]])), fleet[0])
    assert lie <= truth + ROUNDING
    assert truth >= 0.0


@given(BUDGETS, FLEETS)
def test_vcg_pays_each_its_ask_at_least_and_the_budgets_of_its_tasks_at_most(
    budgets: dict[str, float], fleet: list[dict[frozenset[str], float]]
) -> None:
    outcome = vcg(budgets, bundle_bids(fleet))
    for deal in outcome.deals:
        assert deal.bid.cost <= deal.payment <= sum(budgets[task] for task in deal.bid.tasks) + ROUNDING
    done = [task for deal in outcome.deals for task in deal.bid.tasks]
    assert sorted([*done, *outcome.left]) == sorted(budgets)


@given(st.lists(st.integers(0, 20).map(float), min_size=1, max_size=4, unique=True), st.integers(0, 20))
def test_vcg_of_one_task_is_second_price(prices: list[float], budget: int) -> None:
    bids = bids_of(prices)
    alone = [BundleBid(robot=bid.robot, tasks=frozenset({"t"}), cost=bid.cost or 0.0) for bid in bids]
    deals = vcg({"t": float(budget)}, alone).deals
    hire = second_price(bids, float(budget))
    paid = sum(deal.payment - deal.bid.cost for deal in deals)
    expected = 0.0 if hire is None else hire.payment - (hire.bid.cost or 0.0)
    assert abs(paid - expected) <= ROUNDING


def test_a_tie_goes_to_the_earlier_finish_and_then_to_the_first_name() -> None:
    first, second = bids_of([5.0, 5.0])
    for mechanism in (first_price, second_price):
        hire = mechanism([second, first], 10.0)
        assert hire is not None and (hire.bid, hire.payment) == (first, 5.0)
        hire = mechanism([first, replace(second, finish=1.0)], 10.0)
        assert hire is not None and hire.bid.robot == "r1"
