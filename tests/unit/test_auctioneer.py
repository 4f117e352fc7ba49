"""One auction: what counts as a bid, and when it closes."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from caravan.auction.auctioneer import Auction, NoBids, Won, close, flaw, receive
from caravan.auction.mechanisms import lowest_cost
from caravan.model.goal import Task, TaskKind
from caravan.model.market import Bid, BidNotice

TASK = Task(id="t1", kind=TaskKind.GO, to="dock_1")
NOTICE = BidNotice(auction="g1/t1#1", task_id="g1/t1", epoch=1, task=TASK, robots=("a", "b", "c"), deadline=1.0)
OPEN = Auction(notice=NOTICE)


def bid(robot: str, cost: float | None, **more: object) -> Bid:
    """A bid in the open auction."""
    return replace(Bid(auction=NOTICE.auction, robot=robot, cost=cost), **more)  # type: ignore[arg-type]


def test_it_closes_as_soon_as_all_live_robots_have_answered() -> None:
    auction = receive(receive(OPEN, bid("a", 5.0), 0.1), bid("b", 3.0), 0.2)
    assert close(auction, 0.2, {"a", "b", "c"}, lowest_cost) is None
    assert close(auction, 0.2, {"a", "b"}, lowest_cost) == Won(bid=bid("b", 3.0))


def test_it_closes_at_its_deadline_with_what_it_has() -> None:
    auction = receive(OPEN, bid("a", 5.0), 0.1)
    assert close(auction, 1.0, {"a", "b", "c"}, lowest_cost) == Won(bid=bid("a", 5.0))


def test_nobody_wants_it() -> None:
    auction = receive(OPEN, bid("a", None, note="halted"), 0.1)
    outcome = close(auction, 1.0, {"a", "b", "c"}, lowest_cost)
    assert outcome == NoBids(notes={"a": "halted", "b": "did not answer", "c": "did not answer"})


@pytest.mark.parametrize("cost", [math.nan, math.inf, -math.inf, -1.0])
def test_an_absurd_cost_does_not_count(cost: float) -> None:
    assert flaw(OPEN, bid("a", cost), 0.1) is not None
    assert receive(OPEN, bid("a", cost), 0.1) == OPEN


def test_strangers_late_bids_and_second_bids_do_not_count() -> None:
    once = receive(OPEN, bid("a", 5.0), 0.1)
    assert receive(once, bid("a", 1.0), 0.2) == once
    assert receive(OPEN, bid("stranger", 1.0), 0.1) == OPEN
    assert receive(OPEN, bid("a", 1.0), 1.5) == OPEN
    assert receive(OPEN, bid("a", 1.0, auction="g1/t1#0"), 0.1) == OPEN


def test_a_tie_goes_to_the_earlier_finish_then_to_the_first_name() -> None:
    bids = [bid("b", 2.0, finish=9.0), bid("a", 2.0, finish=9.0), bid("c", 2.0, finish=4.0)]
    assert lowest_cost(bids) == bids[2]
    assert lowest_cost(bids[:2]) == bids[1]
    assert lowest_cost([]) is None


def test_a_robot_that_falls_silent_after_its_bid_does_not_win() -> None:
    auction = receive(receive(OPEN, bid("a", 5.0), 0.1), bid("b", 3.0), 0.2)
    assert close(auction, 1.0, {"a"}, lowest_cost) == Won(bid=bid("a", 5.0))
