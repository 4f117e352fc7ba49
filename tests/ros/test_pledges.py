"""When answers are given: once what they tell is kept, ten at a time, and not while many still ask."""

from __future__ import annotations

from typing import Any, cast

import pytest

from caravan.actors.house.auction_house import AuctionHouse
from caravan.actors.house.replica import Ticket
from caravan_ros.pledges import BURST, GONE, HUSH, LONGEST, PAUSE, Pledges

HOUSE, FORMER = cast(AuctionHouse, "a house"), cast(AuctionHouse, "a former one")
LATER = HUSH + 0.001


def ticket(position: int) -> Ticket:
    return Ticket(term=1, position=position)


class Told:
    """Answers that were given, in their order; `safe` is the position up to which all standbys have the journal."""

    def __init__(self, safe: int | None = 1) -> None:
        self.safe = safe
        self.given: list[Any] = []
        self.pledges = Pledges(lambda t: False if self.safe is None else (t.position <= self.safe or None))

    def ask(self, name: str, house: AuctionHouse | None = HOUSE, now: float = 0.0) -> None:
        future = self.pledges.add(house, name, lambda why: f"{name}: {why}", now)
        future.add_done_callback(lambda told: self.given.append(told.result()))

    def until(self, end: float, start: float = 0.0) -> None:
        """Gives every ms."""
        for k in range(round(1000 * (end - start))):
            self.pledges.give(start + k / 1000)


def test_nothing_is_told_before_it_is_written_and_all_standbys_have_it() -> None:
    told = Told(safe=1)
    told.ask("a")
    told.pledges.give(LATER)
    assert told.given == []
    told.pledges.written(HOUSE, ticket(2))
    told.pledges.give(LATER)
    assert told.given == []
    told.safe = 2
    told.pledges.give(LATER)
    assert told.given == ["a"]


def test_who_asked_for_what_is_not_written_is_told_why() -> None:
    told = Told()
    told.ask("a")
    told.pledges.lose("the disk is full")
    told.ask("b", FORMER)
    told.ask("c")
    told.pledges.written(HOUSE, ticket(1))
    told.pledges.give(LATER)
    assert told.given == ["a: the disk is full", f"b: {GONE}", "c"]


def test_where_nobody_can_say_whether_it_is_kept_nothing_is_told() -> None:
    told = Told(safe=None)
    told.ask("a")
    told.pledges.written(HOUSE, ticket(1))
    told.pledges.give(LATER)
    told.safe = 1
    told.pledges.give(2 * LATER)
    assert told.given == []


@pytest.mark.parametrize("asked", [1, BURST])
def test_a_few_answers_are_given_at_once(asked: int) -> None:
    told = Told()
    for k in range(asked):
        told.ask(f"{k}")
    told.pledges.written(HOUSE, ticket(1))
    told.pledges.give(0.0)
    assert len(told.given) == asked


def test_of_many_ten_are_given_at_a_time_in_the_order_in_which_they_were_asked() -> None:
    told = Told()
    for k in range(5 * BURST):
        told.ask(f"{k}")
    told.pledges.written(HOUSE, ticket(1))
    told.until(HUSH)
    assert told.given == []
    told.until(HUSH + PAUSE, HUSH)
    assert len(told.given) == BURST
    told.until(HUSH + 5 * PAUSE + 0.01, HUSH + PAUSE)
    assert told.given == [f"{k}" for k in range(5 * BURST)]


def test_those_who_never_stop_asking_do_not_hold_up_the_answers_for_ever() -> None:
    told = Told()
    for k in range(round(1000 * LONGEST)):
        told.ask(f"{k}", now=k / 1000)
        told.pledges.written(HOUSE, ticket(1))
        told.pledges.give(k / 1000)
    assert len(told.given) <= BURST
    told.pledges.give(LONGEST)
    assert "0" in told.given
