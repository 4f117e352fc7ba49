"""Robots that claim lots among themselves: whatever the air does, no lot is won by two."""

from __future__ import annotations

import random
from collections import Counter
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caravan.actors.robot.claimant import Claimant, Prices
from caravan.auction.mechanisms.agreement import agree
from caravan.auction.mechanisms.cbba import Score, member
from caravan.auction.mechanisms.insertion import Tour
from caravan.auction.mechanisms.scores import thrifty
from caravan.fleet import Fleet, FleetSettings
from caravan.model.claims import Claims
from caravan.model.goal import Draft, GoalState, Intent, Task, TaskKind
from caravan.model.market import Bid, BidNotice, Lot, Offer, Rules
from caravan.sim.radio import Radio, RadioSettings
from tests.support.readings import by_heart

SITE = Path(__file__).parents[2] / "config" / "warehouse.yaml"
STEP = 0.05


def world(rng: random.Random, robots: int, lots: int) -> tuple[BidNotice, dict[str, Prices]]:
    """An auction, and what its lots are worth to each robot: points on a line, no two sums alike."""
    names = tuple(f"r{k}" for k in range(robots))
    where = {f"g1/t{k}": rng.uniform(0.0, 100.0) for k in range(1, lots + 1)}
    offered = tuple(Lot(task_id=lot, epoch=1, task=Task(id="t1", kind=TaskKind.GO, to="dock_1")) for lot in where)
    notice = BidNotice(
        auction="a1", round=1, lots=offered, robots=names, deadline=99.0, rules=Rules(mechanism="cbba", weights={})
    )
    return notice, {name: prices(name, where, rng.uniform(0.0, 100.0)) for name in names}


def prices(robot: str, where: dict[str, float], home: float) -> Prices:
    def price(_robot: str, tour: Tour) -> float:
        stops = [home, *(where[lot] for lot in tour)]
        return sum(abs(a - b) for a, b in pairwise(stops))

    score: Score = thrifty(robot, price, 1000.0)
    return Prices(score=score, offers=lambda tour: tuple(Offer(tasks=(lot,), cost=1.0) for lot in tour), declined={})


def talk(seed: int, robots: int, lots: int, radio: RadioSettings, seconds: float) -> dict[str, Bid]:
    """The bids of the robots that came to one, after so long on such a radio."""
    rng = random.Random(seed)
    notice, worth = world(rng, robots, lots)
    air: Radio[Claims] = Radio(radio, rng)
    claimants = {name: Claimant(name) for name in notice.robots}
    bids: dict[str, Bid] = {}
    now = 0.0
    while now < seconds:
        for name, claimant in claimants.items():
            for bid in claimant.ask(notice, partial(_worth, worth[name]), now):
                assert bid == bids[name], "a robot bids one thing, and then another"
            for said in claimant.tick(now):
                if isinstance(said, Bid):
                    assert name not in bids
                    bids[name] = said
                else:
                    for other in notice.robots:
                        if other != name:
                            air.send(name, other, said, now)
        for target, claims in air.due(now):
            claimants[target].hear(claims, now)
        now += STEP
    return bids


def _worth(prices: Prices, _notice: BidNotice) -> Prices:
    return prices


def won(bids: dict[str, Bid]) -> dict[str, tuple[str, ...]]:
    """The lots in the bid of each robot."""
    return {robot: tuple(sorted(lot for offer in bid.offers for lot in offer.tasks)) for robot, bid in bids.items()}


@given(
    seed=st.integers(0, 10**6), robots=st.integers(2, 4), lots=st.integers(1, 5), loss=st.sampled_from([0.1, 0.3, 0.6])
)
def test_no_lot_is_won_by_two_however_bad_the_air_is(seed: int, robots: int, lots: int, loss: float) -> None:
    radio = RadioSettings(loss=loss, delay_max=0.4, duplicate=0.3, straggle=2.0)
    taken = Counter(lot for lots_of in won(talk(seed, robots, lots, radio, 6.0)).values() for lot in lots_of)
    assert not [lot for lot, times in taken.items() if times > 1]


@given(seed=st.integers(0, 10**6), robots=st.integers(2, 4), lots=st.integers(1, 5))
def test_without_loss_all_agree_on_what_the_algorithm_says(seed: int, robots: int, lots: int) -> None:
    notice, worth = world(random.Random(seed), robots, lots)
    names = [lot.task_id for lot in notice.lots]
    links = {one: [other for other in notice.robots if other != one] for one in notice.robots}
    settled = agree(
        [member(robot, names, len(names)) for robot in notice.robots],
        {robot: worth[robot].score for robot in notice.robots},
        links,
        limit=100,
    )
    found = won(talk(seed, robots, lots, RadioSettings(delay_max=0.02), 6.0))
    assert settled.settled
    assert found == {robot: tuple(sorted(path)) for robot, path in settled.paths.items()}
    assert sorted(lot for lots_of in found.values() for lot in lots_of) == sorted(names)


@pytest.mark.parametrize("loss", [0.0, 0.3])
def test_a_fleet_shares_its_work_out_without_an_auctioneer(loss: float) -> None:
    places = ("dock_1", "dock_4", "staging", "packing", "aisle_b")
    draft = Draft(
        intent=Intent.TASKS,
        tasks=tuple(Task(id=f"t{k}", kind=TaskKind.INSPECT, places=(place,)) for k, place in enumerate(places, 1)),
    )
    settings = FleetSettings(radio=RadioSettings(loss=loss))
    with Fleet(SITE, reader=by_heart, seed=3, robots=3, settings=settings) as fleet:
        fleet.submit(draft, mechanism="cbba")
        assert fleet.run()
        assert [goal.state for goal in fleet.goals] == [GoalState.DONE]
        awards = [event for event in fleet.events if event.kind == "award"]
        # Where every third message is lost, a robot may count as lost: its work is awarded anew, in a new epoch.
        assert {event.task for event in awards} == {f"g1/t{k}" for k in range(1, 6)}
        assert max(Counter((event.task, event.data["epoch"]) for event in awards).values()) == 1
        done = Counter(event.task for event in fleet.events if event.kind == "task_done")
        assert done == {f"g1/t{k}": 1 for k in range(1, 6)}
        assert len({event.robot for event in awards}) > 1
        first = {event.task: event.data["mechanism"] for event in reversed(awards)}
        assert set(first.values()) == {"cbba"}, "later a task that is queued may still be traded"
