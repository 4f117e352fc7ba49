"""Insertion quotes on a line of places one second apart."""

from __future__ import annotations

from caravan.auction.quote import Quote, Stop, insert, schedule
from caravan.model.work import Leg


def line(a: str, b: str) -> float | None:
    """Places are named by their positions; "x" is cut off."""
    return None if "x" in (a, b) else abs(float(a) - float(b))


def stop(*places: str, deadline: float | None = None) -> Stop:
    """A stop that drives to places and works nowhere."""
    legs = tuple(Leg(place=p, work=0.0, verb="passing") for p in places)
    return Stop(legs=legs, deadline=deadline, travel=line)


def quote(queue: list[Stop], new: Stop, *, first: int = 0) -> Quote | str:
    """A quote for a robot at place 0 at time 0."""
    return insert(queue, new, here="0", now=0.0, charge_time=10.0, first=first)


def test_an_idle_robot_asks_for_its_way() -> None:
    made = quote([], stop("3", "5"))
    assert isinstance(made, Quote)
    assert (made.position, made.finish, made.cost) == (0, 5.0, 6.25)


def test_a_stop_on_the_way_goes_first_and_adds_nothing() -> None:
    made = quote([stop("10")], stop("4"))
    assert isinstance(made, Quote)
    assert (made.position, made.finish) == (0, 4.0)
    assert made.parts == {"added": 0.0, "finish": 4.0, "delay": 0.0}


def test_overtaking_costs_the_delay_of_the_overtaken() -> None:
    made = quote([stop("10"), stop("12")], stop("-1"))
    assert isinstance(made, Quote)
    assert (made.position, made.parts["delay"]) == (0, 4.0)


def test_a_task_at_work_is_not_overtaken() -> None:
    made = quote([stop("10")], stop("4"), first=1)
    assert isinstance(made, Quote)
    assert (made.position, made.finish) == (1, 16.0)


def test_no_way_means_no_bid() -> None:
    assert quote([], stop("x")) == "no way there"


def test_a_deadline_that_cannot_be_kept_means_no_bid() -> None:
    assert quote([], stop("6", deadline=5.0)) == "cannot keep the deadline"


def test_a_promise_made_before_is_not_broken() -> None:
    made = quote([stop("10", deadline=10.0)], stop("-1"))
    assert isinstance(made, Quote)
    assert made.position == 1


def test_work_until_full_takes_the_charge_time() -> None:
    charge = Stop(legs=(Leg(place="2", work=None, verb="charging"),), travel=line)
    assert schedule([charge], "0", 0.0, 10.0) == [12.0]
