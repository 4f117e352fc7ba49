"""The intersection: no two touch, whoever stalls; the truth is the best bid; credits are kept; nobody starves."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caravan.platoon.intersection.arrivals import Traffic, arrivals
from caravan.platoon.intersection.auction import heard, sell
from caravan.platoon.intersection.book import Book, Party
from caravan.platoon.intersection.controllers import FREE, SATURATION, Arrival, Asking, Controller, Signal, timed
from caravan.platoon.intersection.driving import LENGTH
from caravan.platoon.intersection.foresight import Foresight
from caravan.platoon.intersection.geometry import CROSSING, LANES, LEFT, STRAIGHT, ZONES, length
from caravan.platoon.intersection.market import BOUND, MOST, PATIENCE, TURN, Market
from caravan.platoon.intersection.purses import ENDOWMENT, Purses
from caravan.platoon.intersection.record import Record, Stall
from caravan.platoon.intersection.run import run
from caravan.platoon.intersection.validator import contacts, rectangles, touching

CONTROLLERS: dict[str, Callable[[Traffic], Controller]] = {
    "fcfs": lambda traffic: Arrival(),
    "signal": lambda traffic: Signal(timed(dict.fromkeys(LANES, 100.0))),
    "auction": lambda traffic: Market(lambda vehicle, now: float(traffic.urgency[vehicle])),
}
seeds = st.integers(0, 2**32 - 1)
credits = st.floats(0.0, 100.0)

# -- the box --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("one", [lane for lane in LANES if lane // 3 == 0])
def test_vehicles_outside_their_zones_never_touch(one: int) -> None:
    for other in (lane for lane in LANES if lane // 3 != one // 3):
        places = {lane: np.arange(-2.0, length(lane) + LENGTH, 0.5) for lane in (one, other)}
        mine, its = (rectangles(np.full(len(places[lane]), lane), places[lane]) for lane in (one, other))
        meet = np.array([touching(rectangle, its).any() for rectangle in mine])
        assert (one, other) in ZONES or not meet.any()
        if (one, other) in ZONES:
            zone = ZONES[one, other]
            assert meet.any()
            front, tail = places[one], places[one] - LENGTH
            assert not meet[(front < zone.enter) | (tail > zone.leave)].any()


def test_who_crosses_whom_is_mutual_and_the_same_from_all_sides() -> None:
    assert all(one in CROSSING[other] for one in LANES for other in CROSSING[one])
    turned = {(one + 3) % 12: frozenset((other + 3) % 12 for other in CROSSING[one]) for one in LANES}
    assert turned == CROSSING
    assert {3 * approach + 2 for approach in range(4)} == FREE


# -- nobody is hit --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CONTROLLERS)
@settings(max_examples=3, deadline=None)
@given(seed=seeds)
def test_nobody_touches_another_and_all_cross_whoever_stalls(name: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    traffic = arrivals(rng, 3600.0, 25.0, 4)
    count = len(traffic.lane)
    if count < 4:
        return
    stalls = [
        Stall(vehicle=int(vehicle), along=None if rng.random() < 0.3 else float(rng.uniform(-40.0, 25.0)), seconds=15.0)
        for vehicle in rng.choice(count, 3, replace=False)
    ]
    record = run(traffic, CONTROLLERS[name](traffic), 400.0, stalls)
    assert not list(contacts(record.snapshots, traffic.lane))
    assert record.smallest_gap > 0.5
    assert np.isfinite(record.out).all()


def alone_and_three_others() -> Traffic:
    """One straight from the south; then one on each of its crossing ways, one from the north, one to the right."""
    lanes = [1, 4, 7, 10, 11]
    return Traffic(
        lane=np.array(lanes),
        due=np.array([0.0, 3.0, 3.0, 3.0, 3.0]),
        party=np.arange(len(lanes)),
        urgency=np.ones(len(lanes)),
    )


@pytest.mark.parametrize("name", ["fcfs", "auction"])
@pytest.mark.parametrize("seconds", [40.0, math.inf])
def test_while_one_stands_in_the_box_nobody_whose_way_it_is_in_enters(name: str, seconds: float) -> None:
    traffic = alone_and_three_others()
    record = run(traffic, CONTROLLERS[name](traffic), 120.0, [Stall(vehicle=0, along=-8.0, seconds=seconds)])
    assert not list(contacts(record.snapshots, traffic.lane))
    assert np.isfinite(record.out[[2, 4]]).all() and record.out[[2, 4]].max() < 45.0
    if math.isinf(seconds):
        assert np.isnan(record.entered[[1, 3]]).all()
    else:
        assert record.entered[[1, 3]].min() > 55.0
        assert np.isfinite(record.out).all()


def test_the_guard_alone_keeps_them_apart_where_all_times_are_foreseen_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Foresight, "reaches", lambda foresight, place, along: foresight.now)
    lanes = np.array([0, 1, 4, 6, 10])
    traffic = Traffic(lane=lanes, due=np.zeros(5), party=np.arange(5), urgency=np.ones(5))
    record = run(traffic, Arrival(), 200.0, [Stall(vehicle=1, along=-8.0, seconds=5.0)])
    assert not list(contacts(record.snapshots, traffic.lane))
    assert np.isfinite(record.out).all()


@pytest.mark.parametrize("name", ["fcfs", "auction"])
def test_who_does_not_take_its_slot_loses_it_and_the_others_go(name: str) -> None:
    traffic = alone_and_three_others()
    record = run(traffic, CONTROLLERS[name](traffic), 120.0, [Stall(vehicle=0, along=None, seconds=60.0)])
    assert not list(contacts(record.snapshots, traffic.lane))
    assert record.out[1:].max() < 45.0
    assert 60.0 < record.out[0] < 120.0


def test_one_seed_is_one_story() -> None:
    def story() -> Record:
        traffic = arrivals(np.random.default_rng(7), 3000.0, 20.0, 4)
        return run(traffic, CONTROLLERS["auction"](traffic), 200.0)

    assert np.array_equal(story().out, story().out)


# -- the auction ----------------------------------------------------------------------------------------------------


@st.composite
def sales(draw: st.DrawFn) -> tuple[list[frozenset[int]], dict[int, float]]:
    """Outcomes among six vehicles, and their bids."""
    outcomes = draw(st.lists(st.frozensets(st.integers(0, 5)), min_size=1, max_size=5))
    return outcomes, {vehicle: draw(credits) for vehicle in range(6)}


@given(case=sales(), vehicle=st.integers(0, 5), lie=credits)
def test_no_vehicle_is_better_off_with_a_lie(
    case: tuple[list[frozenset[int]], dict[int, float]], vehicle: int, lie: float
) -> None:
    outcomes, values = case

    def gain(bid: float) -> float:
        sale = sell(outcomes, {**values, vehicle: bid})
        wins = vehicle in outcomes[sale.won]
        return (values[vehicle] if wins else 0.0) - sale.prices.get(vehicle, 0.0)

    truth = gain(values[vehicle])
    assert truth >= gain(lie) - 1e-9
    assert truth >= 0.0


@given(case=sales())
def test_the_best_outcome_wins_and_nobody_pays_more_than_it_bid(
    case: tuple[list[frozenset[int]], dict[int, float]],
) -> None:
    outcomes, bids = case
    sale = sell(outcomes, bids)
    worths = [sum(bids[v] for v in outcome) for outcome in outcomes]
    assert worths[sale.won] >= max(worths) - 1e-9
    assert all(v in outcomes[sale.won] and 0.0 < price <= bids[v] for v, price in sale.prices.items())


@given(bids=st.lists(credits, min_size=2, max_size=6))
def test_with_one_against_one_it_is_the_second_price(bids: list[float]) -> None:
    sale = sell([frozenset({v}) for v in range(len(bids))], dict(enumerate(bids)))
    highest, second = sorted(bids, reverse=True)[:2]
    assert bids[sale.won] == highest
    assert sale.prices.get(sale.won, 0.0) == pytest.approx(second)


@given(bid=st.one_of(st.none(), st.floats()), purse=credits)
def test_a_bid_counts_for_no_more_than_the_purse_and_for_nothing_where_it_is_none(
    bid: float | None, purse: float
) -> None:
    counts = heard(bid, purse)
    assert 0.0 <= counts <= purse
    if bid is None or not math.isfinite(bid) or bid < 0.0:
        assert counts == 0.0
    elif bid <= purse:
        assert counts == bid


@given(st.lists(st.tuples(st.frozensets(st.integers(0, 9)), st.dictionaries(st.integers(0, 9), credits)), max_size=8))
def test_credits_are_neither_made_nor_lost_and_nobody_owes(
    rounds: list[tuple[frozenset[int], dict[int, float]]],
) -> None:
    purses = Purses(held={})
    for waiting, wanted in rounds:
        prices = {v: min(price, purses.of(v)) for v, price in wanted.items() if v in waiting}
        purses = purses.settled(prices, waiting)
        assert purses.pot + sum(purses.of(v) for v in range(10)) == pytest.approx(10 * ENDOWMENT)
        assert all(purses.of(v) >= 0.0 for v in range(10))


# -- nobody starves -------------------------------------------------------------------------------------------------


def streams(rng: np.random.Generator, lanes: dict[int, float], seconds: float) -> Traffic:
    """A vehicle each so many seconds in each lane, on average."""
    rows = [
        (lane, due)
        for lane, pause in sorted(lanes.items())
        for due in np.sort(rng.uniform(0.0, seconds, round(seconds / pause)))
    ]
    count = len(rows)
    return Traffic(
        lane=np.array([lane for lane, _ in rows]),
        due=np.array([due for _, due in rows]),
        party=np.arange(count),
        urgency=np.ones(count),
    )


@pytest.mark.parametrize("seed", [0, 1])
def test_who_bids_nothing_against_two_rich_streams_waits_no_longer_than_the_bound(seed: int) -> None:
    rng = np.random.default_rng(seed)
    traffic = streams(rng, {1: 2.4, 7: 2.4, 3: 60.0}, 100.0)
    poor = np.flatnonzero(traffic.lane == 3)

    def waits(patience: float) -> float:
        def bid(vehicle: int, now: float) -> float:
            return math.nan if vehicle in poor else 20.0

        record = run(traffic, Market(bid, patience=patience), 600.0)
        return float(np.nanmax((record.given - record.first)[poor]))

    assert waits(20.0) <= 20.0 + 2.0 * TURN < BOUND
    assert waits(math.inf) > waits(20.0)


@pytest.mark.parametrize("turn", [LEFT, STRAIGHT])
def test_a_turn_is_over_in_its_time(turn: int) -> None:
    traffic = streams(np.random.default_rng(0), {turn: 0.1}, 0.1 * MOST)
    record = run(traffic, _OnlyFrom(60.0), 200.0)
    assert record.out.max() - 60.0 <= TURN
    assert PATIENCE + 8.0 * TURN == BOUND
    flow = 3600.0 * (MOST - 1) / (record.entered.max() - record.entered.min())
    assert flow == pytest.approx(SATURATION[turn], rel=0.2)


class _OnlyFrom:
    """Nobody before a time, then all."""

    def __init__(self, since: float) -> None:
        self._since = since

    def decide(self, now: float, asking: Asking, book: Book) -> list[Party]:
        """See `Controller`."""
        return [party for queue in asking.values() for party in queue] if now >= self._since else []
