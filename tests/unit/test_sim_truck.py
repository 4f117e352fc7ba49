"""Trucks in the embedded simulator: they steer, follow what they are told up to motorway speed, and touch as boxes."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from caravan.model.geometry import Pose, Twist, wrap
from caravan.model.road import NOTHING, Road, arc, straight
from caravan.model.site import Robot, Site
from caravan.platoon.plant import stopping
from caravan.sim.engine import PHYSICS, Engine, Physics
from caravan.sim.frames import SdfError
from caravan.sim.watchdog import COMMAND_TIME
from caravan.sim.world import Model, Shape, World

ROOT = Path(__file__).parents[2]
FILE = ROOT / "worlds" / "w.sdf"
"""Beside it are the models of robots."""
EMPTY = World(name="w", file=FILE)
TRUCK = Robot(
    id="a",
    model="truck",
    start=Pose(0.0, 0.0),
    length=10.0,
    width=2.5,
    radius=5.16,
    speed=27.0,
    turn_rate=0.6,
    acceleration=2.5,
    turn_acceleration=1.5,
    brake=6.0,
)
TIGHTEST = 6.0 / math.sin(0.6)
"""The least radius of the model's bends, m: its wheel base by the sine of its steering limit."""


def drive(engine: Engine, twist: Twist, seconds: float) -> None:
    for _ in range(round(seconds / 0.05)):
        engine.command("a", twist)
        engine.step(0.05)


def alone(physics: Physics, **changed: object) -> Engine:
    return Engine(EMPTY, Site(robots={"a": replace(TRUCK, **changed)}), physics=physics)  # type: ignore[arg-type]  # any


@pytest.mark.parametrize("physics", PHYSICS)
def test_a_truck_reaches_the_speed_it_is_told_within_its_limits_and_stops_within_its_brake(physics: Physics) -> None:
    engine = alone(physics)
    drive(engine, Twist(25.0), 5.0)
    assert engine.velocity("a").linear == pytest.approx(12.5, abs=0.4)
    drive(engine, Twist(25.0), 6.0)
    reached, here = engine.velocity("a").linear, engine.pose("a")
    # The wheels of a robot turn up to 2 % slower than commanded.
    assert 24.4 < reached < 25.05
    drive(engine, Twist(), 6.0)
    braked = here.point.distance(engine.pose("a"))
    assert abs(engine.velocity("a").linear) < 0.1
    assert 0.95 * reached**2 / 12.0 < braked < 1.05 * reached**2 / 12.0


@pytest.mark.parametrize("physics", PHYSICS)
def test_a_truck_keeps_to_a_wide_bend_at_motorway_speed(physics: Physics) -> None:
    engine = alone(physics)
    drive(engine, Twist(25.0), 10.5)
    before = engine.pose("a")
    drive(engine, Twist(25.0, 0.1), 10.0)
    turned = wrap(engine.pose("a").yaw - before.yaw)
    assert 0.9 < turned < 1.01
    assert engine.velocity("a").linear > 24.2
    # It still goes where it looks: no slide.
    assert engine.velocity("a").angular == pytest.approx(0.1, abs=0.006)


@pytest.mark.parametrize("physics", PHYSICS)
def test_a_truck_does_not_turn_on_the_spot_and_no_tighter_than_it_steers(physics: Physics) -> None:
    engine = alone(physics)
    drive(engine, Twist(0.0, 0.6), 3.0)
    assert engine.pose("a").point.distance(Pose(0.0, 0.0)) < 0.3
    assert abs(engine.pose("a").yaw) < 0.02
    drive(engine, Twist(2.0, 0.6), 4.0)
    way, yaw = 0.0, engine.pose("a").yaw
    for _ in range(40):
        here = engine.pose("a")
        drive(engine, Twist(2.0, 0.6), 0.05)
        way += here.point.distance(engine.pose("a"))
    assert way / abs(wrap(engine.pose("a").yaw - yaw)) > 0.99 * TIGHTEST


def test_a_truck_bends_around_its_rear_axle() -> None:
    engine = alone("planar")
    drive(engine, Twist(5.0, 0.25), 6.0)
    here = engine.pose("a")
    drive(engine, Twist(5.0, 0.25), 0.05)
    there = engine.pose("a")
    went = math.atan2(there.y - here.y, there.x - here.x)
    # Its middle, 2.4 m before the axle, goes to the inside of where it looks.
    assert wrap(went - (here.yaw + there.yaw) / 2.0) == pytest.approx(math.atan(2.4 * 0.25 / 5.0), abs=0.01)


def test_trucks_touch_as_boxes() -> None:
    beside = replace(TRUCK, id="b", start=Pose(0.0, 3.75))
    wall = Shape(name="wall", kind="box", size=(1.0, 10.0, 3.0), position=(16.0, 0.0, 1.5))
    world = World(name="w", file=FILE, models={"m": Model(name="m", file=FILE, obstacles=(wall,))})
    engine = Engine(world, Site(robots={"a": TRUCK, "b": beside}))
    engine.step(1.0)
    assert engine.contacts == 0
    drive(engine, Twist(2.0), 6.0)
    assert {(touch.robot, touch.other) for touch in engine.touches} == {("a", "wall")}
    assert engine.pose("a").x == pytest.approx(15.5 - 5.0, abs=0.1)


def test_a_box_that_turns_by_its_wheels_turns_on_the_spot() -> None:
    engine = alone("planar", model="tug", length=1.0, width=0.5)
    drive(engine, Twist(0.0, 0.5), 2.0)
    assert engine.pose("a").yaw > 0.5


@pytest.mark.parametrize("physics", PHYSICS)
def test_a_truck_that_hears_no_command_stops_as_those_behind_it_reckon(physics: Physics) -> None:
    """No sooner than its lag and brake let it: by the way that `platoon.safety` takes it to need at least."""
    engine = alone(physics, lag=0.5)
    drive(engine, Twist(20.0), 12.0)
    engine.step(COMMAND_TIME - 0.05)
    speed, here = engine.velocity("a").linear, engine.pose("a")
    engine.step(1.0)
    assert engine.velocity("a").linear > speed - 6.0 * 0.7
    engine.step(9.0)
    least = stopping(np.array(speed), np.array(0.0), np.array(6.0), np.array(0.5))
    assert engine.velocity("a").linear == pytest.approx(0.0, abs=0.01)
    assert least - 1.5 < here.point.distance(engine.pose("a")) < least + 1.5


def test_a_truck_with_no_number_for_a_command_stops_the_same_and_drives_on_by_the_next_one() -> None:
    engine = alone("planar", lag=0.5)
    drive(engine, Twist(20.0), 12.0)
    drive(engine, Twist(math.nan), 0.5)
    assert 17.0 < engine.velocity("a").linear < 19.5
    drive(engine, Twist(15.0), 3.0)
    assert engine.velocity("a").linear == pytest.approx(15.0, abs=0.4)


def test_the_radar_tells_the_gap_from_box_to_box_and_where_there_is_no_road_it_says_so() -> None:
    road = Road(start=Pose(0.0, 0.0), segments=(straight(100.0), arc(100.0, math.pi)))
    ahead = replace(TRUCK, id="b", start=road.pose(130.0))
    engine = Engine(EMPTY, Site(robots={"a": replace(TRUCK, start=road.pose(50.0)), "b": ahead}, road=road))
    assert engine.radar("a").gap == pytest.approx(70.0) and engine.radar("b").gap == NOTHING
    drive(engine, Twist(10.0), 2.0)
    radar = engine.radar("a")
    assert radar.rate == pytest.approx(-engine.velocity("a").linear, abs=0.01)
    assert radar.gap < 66.0
    with pytest.raises(ValueError, match="has no road for radars"):
        alone("planar").radar("a")


def test_a_box_needs_a_model_that_drives(tmp_path: Path) -> None:
    site = Site(robots={"a": TRUCK})
    with pytest.raises(SdfError, match="no model 'truck' for robot 'a'"):
        Engine(World(name="w", file=tmp_path / "w.sdf"), site)
    with pytest.raises(SdfError, match="<left_steering_joint> and <right_steering_joint>"):
        Engine(World(name="w", file=changed(tmp_path, "left_steering_joint", "left_steered") / "w.sdf"), site)


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """A folder with the truck's model, in which something is different."""
    folder = tmp_path / "models" / "truck"
    folder.mkdir(parents=True)
    text = (ROOT / "worlds" / "models" / "truck" / "model.sdf").read_text()
    (folder / "model.sdf").write_text(text.replace(old, new))
    return tmp_path
