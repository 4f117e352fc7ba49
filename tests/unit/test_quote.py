"""Insertion quotes on a line of places one second apart."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace

import pytest

from caravan.auction.objective import DEFAULT, OBJECTIVES, weights_of
from caravan.auction.quote import Line, Means, Quote, Stop
from caravan.model.work import Leg

MEANS = Means(charge_time=10.0, drive_power=60.0, work_power=10.0)


def line(a: str, b: str) -> float | None:
    """Places are named by their positions; "x" is cut off."""
    return None if "x" in (a, b) else abs(float(a) - float(b))


def stop(*places: str, deadline: float | None = None, work: float = 0.0) -> Stop:
    """A stop that drives to places and works for a time at each."""
    legs = tuple(Leg(place=p or None, work=work, verb="passing") for p in places)
    return Stop(legs=legs, deadline=deadline, travel=line)


def queue(*stops: Stop) -> Line:
    """The queue of a robot at place 0 at time 0."""
    return Line.of(stops, here="0", now=0.0, means=MEANS)


def quote(stops: list[Stop], new: Stop, *, weights: Mapping[str, float] = DEFAULT) -> Quote | str:
    """A quote for a robot at place 0 at time 0."""
    return queue(*stops).quote(new, weights)


def place(stops: list[Stop], new: Stop) -> int:
    """Where a new stop is put in."""
    made = quote(stops, new)
    assert isinstance(made, Quote)
    return made.position


def test_an_idle_robot_asks_for_its_way() -> None:
    made = quote([], stop("3", "5"))
    assert isinstance(made, Quote)
    assert (made.position, made.finish, made.cost) == (0, 5.0, 6.25)


def test_a_stop_on_the_way_goes_first_and_adds_nothing() -> None:
    made = quote([stop("10")], stop("4"))
    assert isinstance(made, Quote)
    assert (made.position, made.finish) == (0, 4.0)
    assert made.parts == {"queue": 0.0, "drive": 4.0, "work": 0.0, "delay": 0.0, "travel": 0.0}


def test_overtaking_costs_the_delay_of_the_overtaken() -> None:
    made = quote([stop("10"), stop("12")], stop("-1"))
    assert isinstance(made, Quote)
    assert (made.position, made.parts["delay"]) == (0, 4.0)


def test_a_task_at_work_is_not_overtaken() -> None:
    made = quote([replace(stop("10"), at_work=True)], stop("4"))
    assert isinstance(made, Quote)
    assert (made.position, made.finish, made.parts["queue"]) == (1, 16.0, 10.0)


def test_what_presses_interrupts_what_is_at_work_but_not_what_is_firm() -> None:
    urgent = replace(stop("-4"), urgency=8.0, pressing=True)
    assert place([replace(stop("10"), at_work=True)], urgent) == 0
    assert place([replace(stop("10"), at_work=True, firm=True)], urgent) == 1
    assert place([replace(urgent, at_work=True)], urgent) == 1


def test_the_more_urgent_goes_first_where_deadlines_allow() -> None:
    high = replace(stop("-4"), urgency=4.0)
    assert place([stop("4"), stop("8")], high) == 0
    assert place([high, replace(stop("8"), urgency=2.0)], stop("1")) == 2
    assert place([stop("4", deadline=4.0), stop("8")], high) == 1


def test_shared_tasks_stand_in_one_order_whatever_it_costs() -> None:
    first, second, third = (replace(stop(str(10 - 3 * k)), turn=(0.0, k)) for k in range(3))
    assert place([first, third], second) == 1
    assert place([replace(third, at_work=True)], first) == 0
    assert place([replace(first, at_work=True)], third) == 1
    assert place([stop("20"), first], third) == 2


def test_no_way_means_no_bid() -> None:
    assert quote([], stop("x")) == "no way there"
    assert quote([], stop("3", "x")) == "no way there"


def test_a_deadline_that_cannot_be_kept_means_no_bid() -> None:
    assert quote([], stop("6", deadline=5.0)) == "cannot keep the deadline"


def test_a_promise_made_before_is_not_broken() -> None:
    made = quote([stop("10", deadline=10.0)], stop("-1"))
    assert isinstance(made, Quote)
    assert made.position == 1


def test_with_a_weight_for_tardiness_lateness_has_a_price_by_urgency() -> None:
    late = replace(stop("6", deadline=5.0), urgency=4.0)
    made = quote([], late, weights={"tardiness": 2.0})
    assert isinstance(made, Quote)
    assert made.parts == {"tardiness": 8.0}


def test_work_until_full_takes_the_charge_time() -> None:
    charge = Stop(legs=(Leg(place="2", work=None, verb="charging"),), travel=line)
    assert queue(charge).finishes == (12.0,)


CELLS = Means(
    charge_time=100.0, drive_power=36.0, capacity=1.0, full=0.9, floor=0.1, charger=lambda here: ("0", float(here))
)
"""A battery that lasts for 100 s of driving, and a charger at place 0."""


def test_where_the_charge_does_not_last_a_stop_at_the_charger_is_a_part_of_the_cost() -> None:
    made = Line.of([], here="10", now=0.0, means=CELLS, level=0.3).quote(stop("30"), DEFAULT)
    assert isinstance(made, Quote)
    # To the charger and back to here 20 s, and from 0.3 - 0.1 up to 0.9.
    assert made.parts["charging"] == pytest.approx(10.0 + 70.0 + 30.0 - 20.0)
    assert made.finish == pytest.approx(110.0)


def test_where_the_charge_lasts_there_is_no_such_part() -> None:
    made = Line.of([], here="10", now=0.0, means=CELLS, level=0.76).quote(stop("30"), DEFAULT)
    assert isinstance(made, Quote)
    assert "charging" not in made.parts


def test_the_charge_must_last_for_the_way_to_a_charger_afterwards_too() -> None:
    """There and back is more than a battery, but to a place on the way home there is charge enough.

    The way back counts one and a half times: it is not to strand a robot that is held up.
    """
    empty = Line.of([], here="10", now=0.0, means=CELLS, level=0.7)
    there, back = empty.quote(stop("33"), DEFAULT), empty.quote(stop("38", "5"), DEFAULT)
    assert there == "battery at 70% does not last, and charging does not help"
    assert isinstance(back, Quote)
    assert "charging" in back.parts
    full = Line.of([], here="10", now=0.0, means=CELLS, level=0.85).quote(stop("33"), DEFAULT)
    assert isinstance(full, Quote)
    assert "charging" not in full.parts


def test_what_no_charge_lasts_for_is_declined_with_the_reason() -> None:
    made = Line.of([], here="10", now=0.0, means=CELLS, level=0.3).quote(stop("95"), DEFAULT)
    assert made == "battery at 30% does not last, and charging does not help"


def test_a_queue_that_needs_a_charge_in_between_takes_longer() -> None:
    line = Line.of([stop("30"), stop("10"), stop("2")], here="0", now=0.0, means=CELLS, level=0.9)
    assert line.charges == (0.0, 0.0, 0.0)
    longer = Line.of([stop("30"), stop("0"), stop("20")], here="0", now=0.0, means=CELLS, level=0.9)
    assert longer.charges == pytest.approx((0.0, 0.0, 60.0))
    assert longer.finishes == pytest.approx((30.0, 60.0, 140.0))


def schedule(stops: list[Stop]) -> tuple[list[float], float, float]:
    """When each stop is finished, and all driving and working, the plain way."""
    now, here, finishes, driving, working = 0.0, "0", [], 0.0, 0.0
    for each in stops:
        for leg in each.legs:
            there = leg.place or here
            driving += abs(float(there) - float(here))
            working += leg.work or 0.0
            here = there
        finishes.append(driving + working + now)
    return finishes, driving, working


def objective(stops: list[Stop]) -> dict[str, float]:
    """What a queue comes to, by the definitions of the objectives."""
    finishes, driving, working = schedule(stops)
    late = [s.urgency * max(0.0, f - s.deadline) for s, f in zip(stops, finishes, strict=True) if s.deadline]
    energy = (MEANS.drive_power * driving + MEANS.work_power * working) / 3600.0
    totals = (sum(finishes), max(finishes, default=0.0), driving, sum(late), energy)
    return dict(zip(OBJECTIVES, totals, strict=True))


@pytest.mark.parametrize("seed", range(40))
def test_a_quote_is_the_difference_that_the_stop_makes(seed: int) -> None:
    rng = random.Random(seed)

    def any_stop() -> Stop:
        places = [rng.choice(["", *map(str, range(12))]) for _ in range(rng.randint(1, 3))]
        return replace(stop(*places, work=float(rng.randint(0, 3))), deadline=rng.choice([None, 20.0]))

    stops, new = [any_stop() for _ in range(rng.randint(0, 6))], any_stop()
    before = objective(stops)
    trials = [[*stops[:at], new, *stops[at:]] for at in range(len(stops) + 1)]
    for name in OBJECTIVES:
        base = 0.0 if name == "makespan" else before[name]
        best = min(max(0.0, objective(trial)[name] - base) for trial in trials)
        # A weight for tardiness, however small, lifts the deadlines.
        made = quote(stops, new, weights={"tardiness": 1e-12, name: 1.0})
        assert isinstance(made, Quote)
        assert made.cost == pytest.approx(best, abs=1e-6)
        assert sum(made.parts.values()) == made.cost


def test_weights_are_read_from_names_and_numbers() -> None:
    assert weights_of(["finish=1", "energy=0.5"]) == {"finish": 1.0, "energy": 0.5}
    for entries in (["speed=1"], ["finish"], ["finish=-1"], ["finish=nan"], ["finish=1", "finish=2"], ["finish=0"], []):
        with pytest.raises(ValueError, match="objective"):
            weights_of(entries)
