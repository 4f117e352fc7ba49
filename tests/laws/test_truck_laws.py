"""Trucks: bids that order a platoon, places that are counted from lap to lap, and radars that know whom they see."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caravan.actors.road.lane import Lane
from caravan.actors.road.manners import TIMES
from caravan.actors.road.offers import FAR, Situation, place_cost
from caravan.actors.road.pilot import Ahead, Pilot
from caravan.actors.road.sights import UNHEARD, Sights
from caravan.model.geometry import Pose
from caravan.model.road import NOTHING, Radar, Road, arc, straight
from caravan.model.site import Site
from caravan.platoon.plant import Ability, Motion, move
from caravan.platoon.validity import State
from caravan_cli.platoon_bench.trial import Trouble, run_trial

RING = Road(
    start=Pose(5.0, -3.0, 0.4),
    segments=(straight(300.0), arc(150.0, math.pi), straight(300.0), arc(150.0, math.pi)),
    closed=True,
)
PLAIN = Situation(brake=6.0, to_exit=None, fuel=1.0, way=0.0, rank=0)


# -- offers ---------------------------------------------------------------------------------------------------------


def cheapest(trucks: list[Situation]) -> list[Situation]:
    """The order, from the front, whose costs make the least sum."""
    orders = permutations(trucks)
    return list(min(orders, key=lambda order: sum(_cost(place, truck) for place, truck in enumerate(order, 1))))


def _cost(place: int, truck: Situation) -> float:
    return sum(place_cost(place, truck).values())


@given(brakes=st.lists(st.integers(20, 45), min_size=2, max_size=5, unique=True))
def test_the_least_sum_has_the_strongest_brakes_at_the_back(brakes: list[int]) -> None:
    trucks = [replace(PLAIN, brake=brake / 5.0, rank=rank) for rank, brake in enumerate(brakes)]
    assert [truck.brake for truck in cheapest(trucks)] == sorted(brake / 5.0 for brake in brakes)


@given(ways=st.lists(st.floats(0.0, FAR), min_size=2, max_size=5, unique=True))
def test_who_leaves_first_is_at_the_back(ways: list[float]) -> None:
    order = cheapest([replace(PLAIN, to_exit=way) for way in ways])
    assert all(front >= rear - 1e-6 * FAR for front, rear in pairwise([truck.to_exit or 0.0 for truck in order]))


@given(tanks=st.lists(st.floats(0.0, 1.0), min_size=2, max_size=5, unique=True))
def test_the_lowest_tank_is_not_in_front(tanks: list[float]) -> None:
    assert cheapest([replace(PLAIN, fuel=fuel) for fuel in tanks])[0].fuel >= max(tanks) - 1e-9


@given(ranks=st.permutations(range(5)))
def test_trucks_that_are_alike_keep_their_places(ranks: list[int]) -> None:
    assert [truck.rank for truck in cheapest([replace(PLAIN, rank=rank) for rank in ranks])] == sorted(ranks)


# -- places ---------------------------------------------------------------------------------------------------------


@given(start=st.floats(0.0, 900.0), steps=st.lists(st.floats(-1.0, 20.0), max_size=200), side=st.floats(-2.0, 2.0))
def test_x_goes_on_growing_from_lap_to_lap(start: float, steps: list[float], side: float) -> None:
    lane, s = Lane(RING, 10.0, RING.pose(start)), start
    for step in steps:
        s += step
        lane.locate(RING.pose(s, side))
    assert lane.x == pytest.approx(s + 5.0, abs=1e-6)
    assert lane.offset == pytest.approx(side if steps else 0.0, abs=1e-6)


@given(start=st.floats(0.0, 1500.0), way=st.floats(0.0, 700.0), side=st.floats(-2.0, 6.0))
def test_a_truck_that_did_not_look_for_a_while_knows_where_it_is(start: float, way: float, side: float) -> None:
    """Its process hung, or its odometry was no number, while it rolled on."""
    lane = Lane(RING, 10.0, RING.pose(start))
    lane.locate(RING.pose(start + way, side), way)
    assert lane.x == pytest.approx(start % RING.length + way + 5.0, abs=1e-6)
    assert lane.offset == pytest.approx(side, abs=1e-6)


@pytest.mark.parametrize("past", [0.5, 60.0, 140.0])
def test_a_truck_is_on_a_ramp_only_where_it_has_turned_off(past: float) -> None:
    """Not where it rolled on straight ahead as its process hung."""
    road = replace(RING, ramps={"exit": RING.ramp(100.0, (arc(300.0, -0.2), straight(200.0)))})
    for on in (False, True):
        lane = Lane(road, 10.0, road.pose(90.0))
        lane.exit = "exit"
        lane.locate(road.ramps["exit"].pose(past) if on else road.pose(100.0 + past), 10.0 + past)
        assert (lane.ramp == "exit") is (on or past < 1.0)


@given(
    slip=st.floats(0.97, 1.03), lanes=st.lists(st.integers(0, 1), min_size=1, max_size=3), speed=st.floats(3.0, 25.0)
)
@settings(max_examples=20)
def test_a_truck_comes_to_the_lane_that_it_keeps_to(slip: float, lanes: list[int], speed: float) -> None:
    pose, lane, step = RING.pose(100.0), Lane(RING, 10.0, RING.pose(100.0)), 0.05
    for target in lanes:
        lane.target = target
        for _ in range(600):
            turn = slip * lane.steer(pose, speed, step)
            yaw = pose.yaw + 0.5 * step * turn
            way = speed * step
            pose = Pose(pose.x + way * math.cos(yaw), pose.y + way * math.sin(yaw), pose.yaw + step * turn)
            lane.locate(pose)
            assert -1.0 <= lane.offset <= RING.middle(1) + 1.0
        assert abs(lane.offset - RING.middle(target)) <= 0.4


# -- who is ahead ---------------------------------------------------------------------------------------------------


def said(name: str, x: float, offset: float = 0.0, stamp: float = 10.0, speed: float = 20.0) -> State:
    """What a truck says of its motion."""
    return State(
        name=name,
        sequence=int(stamp * 10.0),
        stamp=stamp,
        x=x,
        speed=speed,
        acceleration=0.0,
        wanted=0.0,
        offset=offset,
        length=10.0,
    )


def sights() -> Sights:
    """Of a truck called me."""
    return Sights("me", Site(name="ring", road=RING), RING, lambda name: 6.0)


@given(
    x=st.floats(0.0, 1e5),
    gap=st.floats(1.0, 200.0),
    laps=st.integers(-3, 3),
    blur=st.floats(-0.3, 0.3),
    age=st.floats(0.0, 0.9),
)
def test_the_radar_knows_whom_it_sees(x: float, gap: float, laps: int, blur: float, age: float) -> None:
    there = sights()
    now = 10.0 + age
    then = x + gap + 10.0 + laps * RING.length - 20.0 * age
    for other in (said("ahead", then), said("beside", then, offset=3.75), said("farther", then + 60.0)):
        assert there.hear(other, now) is None
    there.look(x, 0.0, Radar(gap=gap + blur, rate=0.0), now)
    assert there.ahead == "ahead"


@given(gap=st.floats(10.0, 200.0), nearer=st.floats(6.0, 9.9))
def test_a_stranger_between_is_taken_for_nobody_else(gap: float, nearer: float) -> None:
    there = sights()
    there.hear(said("ahead", gap + 10.0), 10.0)
    there.look(0.0, 0.0, Radar(gap=gap - nearer, rate=0.0), 10.0)
    assert there.ahead is None
    there.look(0.0, 0.0, Radar(gap=NOTHING, rate=0.0), 10.0)
    assert there.ahead is None


def test_where_a_silent_truck_may_be_nobody_is_sure() -> None:
    there = sights()
    assert not there.sure(0.0, 5.0), "it has not looked round yet"
    there.look(0.0, 0.0, Radar(), 5.0)
    assert not there.sure(0.0, 6.0)
    there.hear(said("near", 30.0), 10.0)
    there.hear(said("far", 500.0), 10.0)
    assert there.sure(0.0, 10.5)
    assert not there.sure(0.0, 12.0)
    assert there.sure(-200.0, 12.0)
    assert there.sure(0.0, 40.0)


# -- patience -------------------------------------------------------------------------------------------------------


def test_stories_of_manoeuvres_end_legally_with_the_trucks_patience() -> None:
    trouble = Trouble(times=replace(TIMES, step=15.0, wish=60.0), settle=150.0)
    assert [ending.seed for ending in (run_trial(seed, trouble) for seed in range(20)) if not ending.legal] == []


# -- the pilot ------------------------------------------------------------------------------------------------------


@given(pace=st.floats(0.0, 25.0), speed=st.floats(5.0, 25.0), slip=st.floats(0.97, 1.03))
@settings(max_examples=12)
def test_a_free_truck_comes_to_its_pace_without_haste(pace: float, speed: float, slip: float) -> None:
    one = np.asarray(1.0)
    pilot = Pilot(Ability(brake=6.0 * one, accelerate=one, lag=0.5 * one, length=10.0 * one, top_speed=25.0 * one))
    free = Ahead(radar=Radar(), heard=UNHEARD, brake=9.0, lag=0.2, headway=2.0)
    measured, hardest = speed, 0.0
    for _ in range(800):
        command = pilot.drive(free, measured, pace, 0.05)
        hardest = min(hardest, pilot.acceleration)
        measured = slip * command
    assert measured == pytest.approx(pace, abs=0.15)
    assert hardest >= -1.5


@given(left=st.floats(1.0, 12.0), slower=st.floats(0.0, 5.0), brakes=st.floats(0.0, 8.0), blur=st.floats(-0.3, 0.3))
@settings(max_examples=40)
def test_behind_whoever_cuts_in_a_truck_brakes_as_well_as_can_be(
    left: float, slower: float, brakes: float, blur: float
) -> None:
    """A metre is left wherever the full brake, from when the radar sees the stranger on, would leave one (and 0.3 m).

    The stranger leaves `left` m behind it as it comes in at half a second's headway, is slower, and brakes for 2 s.
    """
    one, step = np.asarray(1.0), 0.05
    own = Ability(brake=6.0 * one, accelerate=one, lag=0.5 * one, length=10.0 * one, top_speed=25.0 * one)
    pilot, speed, gap = Pilot(own), 22.0, 13.0
    for _ in range(40):
        front = Ahead(radar=Radar(gap=gap, rate=22.0 - speed), heard=UNHEARD, brake=6.0, lag=0.5, headway=0.5)
        speed = pilot.drive(front, speed, 25.0, step)
        gap += step * (22.0 - speed)
    ideal = Motion(x=0.0 * one, speed=speed * one, acceleration=pilot.acceleration * one)
    ahead, way, rear = left, speed - slower, 0.0
    smallest = best = left
    for tick in range(120):
        radar = Radar(gap=ahead - rear + blur, rate=way - speed)
        before = speed
        speed = pilot.drive(Ahead(radar=radar, heard=UNHEARD, brake=9.0, lag=0.2, headway=2.0), speed, 25.0, step)
        ideal = move(ideal, -own.brake, own, step)
        slowed = max(0.0, way - (brakes * step if tick < 40 else 0.0))
        ahead, rear, way = ahead + 0.5 * step * (way + slowed), rear + 0.5 * step * (before + speed), slowed
        smallest, best = min(smallest, ahead - rear), min(best, ahead - float(ideal.x))
    assert smallest >= min(1.0, best - 0.3)
