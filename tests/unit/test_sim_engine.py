"""The engine's batteries, touches and complaints."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from caravan.model.geometry import Point, Pose, Twist
from caravan.model.site import Battery, Place, Robot, Site
from caravan.sim.engine import Engine
from caravan.sim.world import Model, Shape, World

FILE = Path("w.sdf")
EMPTY = World(name="w", file=FILE)


def site_of(*robots: Robot, **places: Place) -> Site:
    return Site(robots={r.id: r for r in robots}, places=places)


def test_a_standing_robot_uses_idle_power_and_a_driving_one_its_drive_power() -> None:
    battery = Battery(capacity=1.0, idle_power=36.0, drive_power=72.0)
    robots = [Robot(id=n, start=Pose(0.0, y), battery=battery, acceleration=100.0) for n, y in (("a", 0.0), ("b", 5.0))]
    engine = Engine(EMPTY, site_of(*robots))
    for _ in range(100):
        engine.command("b", Twist(1.0))
        engine.step(0.1)
    assert engine.battery("a") == pytest.approx(0.9)
    assert engine.battery("b") == pytest.approx(0.8, abs=0.01)


def test_a_robot_charges_where_it_stands_at_a_charger_and_nowhere_else() -> None:
    battery = Battery(capacity=10.0, idle_power=3600.0, charge_power=3600.0)
    near = Robot(id="near", start=Pose(0.4, 0.0), battery=battery)
    far = Robot(id="far", start=Pose(3.0, 0.0), battery=battery)
    charger = Place(id="charger", position=Point(0.0, 0.0), charger=True)
    engine = Engine(EMPTY, site_of(near, far, charger=charger))
    engine.step(5.0)
    assert engine.battery("near") == 1.0
    assert engine.battery("far") == pytest.approx(0.5)


def test_an_empty_battery_stops_the_robot() -> None:
    robot = Robot(id="a", start=Pose(0.0, 0.0), battery=Battery(capacity=0.01, idle_power=36.0))
    engine = Engine(EMPTY, site_of(robot))
    for _ in range(50):
        engine.command("a", Twist(1.0))
        engine.step(0.1)
    assert engine.battery("a") == 0.0
    assert engine.velocity("a").linear == pytest.approx(0.0, abs=1e-3)


def test_a_touch_names_both_sides_and_leaning_on_counts_once() -> None:
    shelf = Shape(name="rack/body", kind="box", size=(1.0, 1.0, 2.0), position=(2.0, 0.0, 1.0))
    world = World(name="w", file=FILE, models={"rack": Model(name="rack", file=FILE, obstacles=(shelf,))})
    engine = Engine(world, site_of(Robot(id="a", start=Pose(0.0, 0.0))))
    for _ in range(100):
        engine.command("a", Twist(0.5))
        engine.step(0.1)
    assert [(t.robot, t.other) for t in engine.touches] == [("a", "rack/body")]
    assert engine.contacts == 1


def test_a_marking_on_the_floor_and_a_beam_overhead_are_in_nobodys_way() -> None:
    marking = Shape(name="m", kind="box", size=(1.0, 1.0, 0.01), position=(2.0, 0.0, 0.005))
    beam = Shape(name="b", kind="box", size=(1.0, 1.0, 0.2), position=(2.0, 0.0, 3.0))
    world = World(name="w", file=FILE, models={"x": Model(name="x", file=FILE, obstacles=(marking, beam))})
    engine = Engine(world, site_of(Robot(id="a", start=Pose(0.0, 0.0))))
    for _ in range(50):
        engine.command("a", Twist(1.0))
        engine.step(0.1)
    assert engine.pose("a").x > 3.0
    assert engine.contacts == 0


def test_another_seed_is_another_base() -> None:
    poses = []
    for seed in (1, 2):
        engine = Engine(EMPTY, site_of(Robot(id="a", start=Pose(0.0, 0.0))), seed)
        engine.command("a", Twist(1.0, 0.5))
        engine.step(0.5)
        poses.append(engine.pose("a"))
    assert poses[0] != poses[1]
    assert poses[0].point.distance(poses[1].point) < 0.02


def test_a_robot_turns_on_the_spot() -> None:
    engine = Engine(EMPTY, site_of(Robot(id="a", start=Pose(1.0, 2.0, 3.0))))
    for _ in range(10):
        engine.command("a", Twist(0.0, 1.0))
        engine.step(0.1)
    pose = engine.pose("a")
    assert pose.point.distance(Point(1.0, 2.0)) < 1e-6
    assert -math.pi < pose.yaw < -2.0


def test_a_scan_measures_shelves_and_other_robots_around() -> None:
    shelf = Shape(name="s", kind="box", size=(1.0, 1.0, 2.0), position=(0.0, 3.0, 1.0))
    world = World(name="w", file=FILE, models={"m": Model(name="m", file=FILE, obstacles=(shelf,))})
    robots = (Robot(id="a", start=Pose(0.0, 0.0, math.pi / 2)), Robot(id="b", start=Pose(2.0, 0.0)))
    ahead, left, behind, right = Engine(world, site_of(*robots)).scan("a", beams=4, reach=8.0)
    assert ahead == pytest.approx(2.5)
    assert right == pytest.approx(2.0 - 0.35)
    assert left == behind == 8.0


def test_the_scans_of_all_robots_at_once_are_those_of_each() -> None:
    robots = [Robot(id=f"r{k}", start=Pose(1.5 * k, 0.3 * k, 0.7 * k), radius=0.3) for k in range(5)]
    engine = Engine(EMPTY, site_of(*robots))
    together = engine.scans(beams=36, reach=5.0)
    assert {name: tuple(row.tolist()) for name, row in together.items()} == {
        robot.id: engine.scan(robot.id, beams=36, reach=5.0) for robot in robots
    }
    assert min(min(row) for row in together.values()) < 2.0


def test_a_robot_alone_sees_nothing() -> None:
    engine = Engine(EMPTY, site_of(Robot(id="a", start=Pose(0.0, 0.0))))
    assert set(engine.scan("a", beams=7, reach=3.0)) == {3.0}
    assert Engine(EMPTY, site_of()).scans() == {}


def test_a_robot_without_a_start_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'a' has no start"):
        Engine(EMPTY, site_of(Robot(id="a")))


@pytest.mark.parametrize("step", [0.0, -0.01, math.nan])
def test_a_step_that_is_not_positive_is_refused(step: float) -> None:
    with pytest.raises(ValueError, match="step"):
        Engine(EMPTY, site_of(), step=step)
