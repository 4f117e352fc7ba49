"""One auction: what counts as a bid, when a round ends, and who wins what."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest

from caravan.auction.auctioneer import Auction, Closed, begin, flaw, known, proceed, receive, remind
from caravan.auction.mechanisms.single import Ask, lowest_cost
from caravan.auction.mechanisms.table import Terms, mechanism_of
from caravan.model.goal import Task, TaskKind
from caravan.model.market import Bid, BidNotice, Lot, Offer, Rules

ALL = ("a", "b", "c")


def lot(number: int) -> Lot:
    """A task to go somewhere."""
    return Lot(task_id=f"t{number}", epoch=1, task=Task(id="t1", kind=TaskKind.GO, to="dock_1"))


def opened(
    *lots: Lot, able: Mapping[str, tuple[str, ...]] | None = None, mechanism: str = "sequential", bundle: int = 1
) -> Auction:
    """An auction whose robots have been asked at time 0."""
    rules = Rules(mechanism=mechanism, weights={"finish": 1.0}, bundle=bundle)
    by_id = {each.task_id: each for each in lots}
    who = dict.fromkeys(by_id, ALL) | dict(able or {})
    auction = Auction(id="a1", lots=by_id, able=who, rules=rules, terms=Terms(budget=10.0), bid_time=1.0)
    return begin(auction, 0.0)[0]


def bid(robot: str, costs: Mapping[str, float], round: int = 1) -> Bid:
    """Offers for tasks, or for sets of tasks named with spaces between them."""
    offers = tuple(Offer(tasks=tuple(tasks.split()), cost=cost) for tasks, cost in costs.items())
    return Bid(auction="a1", round=round, robot=robot, offers=offers, declined={} if offers else {"t1": "busy"})


def told(auction: Auction, *bids: Bid, now: float = 0.1) -> Auction:
    """The auction with bids counted."""
    for each in bids:
        auction = receive(auction, each, now)
    return auction


def over(auction: Auction, now: float, live: Iterable[str] = ALL) -> Closed:
    """The outcome of an auction that is over."""
    outcome = proceed(auction, now, set(live))
    assert isinstance(outcome, Closed)
    return outcome


def going(auction: Auction, now: float, live: Iterable[str] = ALL) -> tuple[Auction, tuple[BidNotice, ...]]:
    """The auction that goes on, and what is asked next."""
    outcome = proceed(auction, now, set(live))
    assert not isinstance(outcome, Closed)
    return outcome


def winners(closed: Closed) -> dict[str, str]:
    """Robots by what they have won."""
    return {" ".join(win.offer.tasks): win.robot for win in closed.wins}


def test_a_round_ends_as_soon_as_all_live_robots_have_answered() -> None:
    auction = told(opened(lot(1)), bid("a", {"t1": 5.0}), bid("b", {"t1": 3.0}))
    assert going(auction, 0.2) == (auction, ())
    assert winners(over(auction, 0.2, "ab")) == {"t1": "b"}


def test_it_ends_at_its_deadline_with_what_it_has() -> None:
    assert winners(over(told(opened(lot(1)), bid("a", {"t1": 5.0})), 1.0)) == {"t1": "a"}


def test_nobody_wants_it() -> None:
    closed = over(told(opened(lot(1)), bid("a", {})), 1.0)
    assert (closed.wins, closed.again) == ((), frozenset())
    assert closed.left == {"t1": "a: busy; b: did not answer; c: did not answer"}


@pytest.mark.parametrize("cost", [math.nan, math.inf, -math.inf, -1.0])
def test_an_absurd_cost_does_not_count(cost: float) -> None:
    auction = opened(lot(1))
    assert flaw(auction, bid("a", {"t1": cost}), 0.1) is not None
    assert told(auction, bid("a", {"t1": cost})) == auction


@pytest.mark.parametrize(
    ("made", "now", "words"),
    [
        (bid("stranger", {"t1": 1.0}), 0.1, "it was not asked"),
        (bid("a", {"t1": 1.0}), 1.5, "0.50 s late"),
        (bid("a", {"t1": 1.0}, round=2), 0.1, "it answers round 2, and was asked in round 1"),
        (bid("a", {"t9": 1.0}), 0.1, "t9 is no lot that it was asked about"),
        (bid("a", {"t2": 1.0}), 0.1, "t2 is no lot that it was asked about"),
        (bid("a", {"t1 t3": 1.0}), 0.1, "an offer for 2 lots: from 1 to 1"),
        (bid("a", {"": 1.0}), 0.1, "an offer for 0 lots"),
        (replace(bid("a", {}), offers=(Offer(tasks=("t1",), cost=1.0),) * 2), 0.1, "two offers for the same lots"),
    ],
)
def test_what_does_not_count_is_told(made: Bid, now: float, words: str) -> None:
    auction = opened(lot(1), lot(2), lot(3), able={"t2": ("b", "c")})
    assert words in str(flaw(auction, made, now))
    assert receive(auction, made, now) == auction


def test_a_bid_that_comes_twice_is_known_and_another_one_is_a_flaw() -> None:
    auction = told(opened(lot(1)), bid("a", {"t1": 5.0}))
    assert known(auction, bid("a", {"t1": 5.0}))
    assert not known(auction, bid("a", {"t1": 1.0}))
    assert "have two robots this name" in str(flaw(auction, bid("a", {"t1": 1.0}), 0.2))


def test_the_lowest_offer_wins_its_lot_and_only_the_winner_is_asked_again() -> None:
    first = told(
        opened(lot(1), lot(2)), bid("a", {"t1": 1.0, "t2": 3.0}), bid("b", {"t1": 2.0, "t2": 4.0}), bid("c", {})
    )
    second, (notice,) = going(first, 0.2)
    assert (notice.robots, notice.round) == (("a",), 2)
    assert ([each.task_id for each in notice.lots], [each.task_id for each in notice.given]) == (["t2"], ["t1"])
    assert remind(second, ("a",)) == (notice,)
    assert known(second, bid("a", {"t1": 1.0, "t2": 3.0}))
    assert winners(over(told(second, bid("a", {"t2": 5.0}, round=2), now=0.3), 0.3)) == {"t1": "a", "t2": "b"}
    assert winners(over(told(second, bid("a", {"t2": 2.0}, round=2), now=0.3), 0.3)) == {"t1": "a", "t2": "a"}


def test_a_winner_that_does_not_answer_wins_no_more_and_keeps_what_it_has() -> None:
    first = told(opened(lot(1), lot(2)), bid("a", {"t1": 1.0, "t2": 1.5}), bid("b", {"t2": 9.0}), bid("c", {}))
    second, _ = going(first, 0.2)
    assert winners(over(second, 1.2)) == {"t1": "a", "t2": "b"}


def test_a_robot_that_dies_between_rounds_leaves_its_lots() -> None:
    first = told(opened(lot(1), lot(2)), bid("a", {"t1": 1.0}), bid("b", {"t2": 9.0}), bid("c", {}))
    second, _ = going(first, 0.2)
    closed = over(second, 0.3, "bc")
    assert winners(closed) == {"t2": "b"}
    assert closed.left == {"t1": "a was lost"}
    assert closed.again == {"t1"}


def test_an_auction_that_takes_too_long_awards_what_it_has_and_leaves_the_rest_to_another() -> None:
    first = told(opened(lot(1), lot(2)), bid("a", {"t1": 1.0, "t2": 1.5}), bid("b", {"t2": 9.0}), bid("c", {}))
    second, _ = going(replace(first, until=0.5), 0.2)
    assert going(second, 0.4) == (second, ())
    closed = over(second, 0.5)
    assert winners(closed) == {"t1": "a"}
    assert closed.again == {"t2"}


def test_with_regret_the_lot_that_would_lose_most_goes_first() -> None:
    bids = (bid("a", {"t1": 1.0, "t2": 2.0}), bid("b", {"t1": 1.5, "t2": 9.0}), bid("c", {}))
    _, (notice,) = going(told(opened(lot(1), lot(2), mechanism="regret"), *bids), 0.2)
    assert [each.task_id for each in notice.given] == ["t2"]


def test_an_assignment_gives_each_robot_one_lot_a_round() -> None:
    bids = (bid("a", {"t1": 1.0, "t2": 2.0}), bid("b", {"t1": 2.0, "t2": 9.0}), bid("c", {}))
    closed = over(told(opened(lot(1), lot(2), mechanism="assignment"), *bids), 0.2)
    assert winners(closed) == {"t1": "b", "t2": "a"}


def test_bundles_win_as_sets() -> None:
    bids = (bid("a", {"t1": 4.0, "t1 t2": 5.0}), bid("b", {"t2": 4.0}), bid("c", {}))
    closed = over(told(opened(lot(1), lot(2), mechanism="bundles", bundle=2), *bids), 0.2)
    assert winners(closed) == {"t1 t2": "a"}


@pytest.mark.parametrize(("mechanism", "payment"), [("first_price", 2.0), ("second_price", 5.0), ("vcg", 5.0)])
def test_owners_are_paid_within_the_budget(mechanism: str, payment: float) -> None:
    bids = (bid("a", {"t1": 2.0}), bid("b", {"t1": 5.0}), bid("c", {"t1": 11.0}))
    (win,) = over(told(opened(lot(1), mechanism=mechanism), *bids), 0.2).wins
    assert win.robot == "a"
    assert win.payment == pytest.approx(payment)
    dear = told(opened(lot(1), mechanism=mechanism), bid("a", {"t1": 11.0}), bid("b", {}), bid("c", {}))
    assert "asked more than the budget" in over(dear, 0.2).left["t1"]


def test_an_unknown_mechanism_is_refused_with_the_list() -> None:
    with pytest.raises(ValueError, match="mechanism 'dice' is unknown; take one of sequential, regret"):
        mechanism_of("dice")


def test_a_tie_goes_to_the_earlier_finish_then_to_the_first_name() -> None:
    asks = [Ask(robot=robot, cost=2.0, finish=finish) for robot, finish in (("b", 9.0), ("a", 9.0), ("c", 4.0))]
    assert lowest_cost(asks) == asks[2]
    assert lowest_cost(asks[:2]) == asks[1]
    assert lowest_cost([]) is None


def test_a_robot_that_falls_silent_after_its_bid_does_not_win() -> None:
    auction = told(opened(lot(1)), bid("a", {"t1": 5.0}), bid("b", {"t1": 3.0}))
    assert winners(over(auction, 1.0, "a")) == {"t1": "a"}
