"""A robot that looks ahead with a laser scanner, in the simulator: what stops it, and what must not."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from caravan.adapters.site_file import read_site
from caravan.model.geometry import Point, Pose, Twist
from caravan.model.site import Policy, Robot, Site
from caravan.motion.corridor import Scan
from caravan.motion.driver import Driver
from caravan.motion.guard import STALE
from caravan.sim.engine import Engine
from caravan.sim.sdf import read_world
from caravan.sim.world import Model, Shape, World

WAREHOUSE = Path(__file__).parents[2] / "config" / "warehouse.yaml"
PERIOD = 0.1
BEAMS = 180
ROBOT = Robot(id="a", start=Pose(0.0, 0.0, 0.0))


def look(engine: Engine, robot: str) -> Scan:
    return Scan(first=0.0, step=math.tau / BEAMS, nearest=0.0, ranges=engine.scan(robot, BEAMS))


def world_with_box_at(x: float, y: float) -> World:
    box = Shape(name="box", kind="box", size=(0.4, 0.4, 2.0), position=(x, y, 1.0))
    return World(name="w", file=Path("w.sdf"), models={"m": Model(name="m", file=Path("w.sdf"), obstacles=(box,))})


def lab(x: float, y: float) -> tuple[Engine, Driver]:
    """A robot that looks, and a box."""
    return Engine(world_with_box_at(x, y), Site(robots={"a": ROBOT})), Driver(ROBOT, Policy(), looks=True)


def drive(
    engine: Engine, driver: Driver, robot: str, points: list[Point], seconds: float, *, sees: bool = True
) -> None:
    left = list(points)
    for k in range(int(seconds / PERIOD)):
        pose = engine.pose(robot)
        while len(left) > 1 and left[0].distance(pose) < 0.25:
            left.pop(0)
        if sees:
            driver.see(look(engine, robot), k * PERIOD)
        engine.command(robot, driver.drive(pose, engine.velocity(robot), left, math.inf, k * PERIOD))
        engine.step(PERIOD)


@pytest.mark.parametrize("aside", [-0.5, -0.3, 0.0, 0.3, 0.5])
def test_what_stands_in_its_lane_stops_it_before_it_is_touched(aside: float) -> None:
    engine, driver = lab(3.0, aside)
    drive(engine, driver, "a", [Point(6.0, 0.0)], 8.0)
    assert engine.contacts == 0
    assert 2.2 < engine.pose("a").x < 2.5
    assert engine.velocity("a").linear == pytest.approx(0.0, abs=1e-3)
    assert driver.note == "something stands in its way"


@pytest.mark.parametrize("aside", [-0.66, 0.66])
def test_what_stands_beside_its_lane_does_not_stop_it(aside: float) -> None:
    engine, driver = lab(3.0, aside)
    drive(engine, driver, "a", [Point(6.0, 0.0)], 10.0)
    assert engine.contacts == 0
    assert engine.pose("a").point.distance(Point(6.0, 0.0)) < 0.05


def test_it_finds_its_way_among_the_shelves_of_the_warehouse() -> None:
    site = read_site(WAREHOUSE)
    assert site.world is not None
    engine, robot = Engine(read_world(site.world), site), site.robots["carrier_1"]
    names = ["s2_13", "s1_13", *(f"s1_{k}" for k in range(12, 7, -1)), "dock_3"]
    points = [site.roadmap.nodes[name] for name in names]
    drive(engine, Driver(robot, site.policy, looks=True), "carrier_1", points, 60.0)
    assert engine.pose("carrier_1").point.distance(points[-1]) < 0.05
    assert engine.contacts == 0


def test_a_scanner_that_falls_silent_stops_it() -> None:
    engine, driver = lab(9.0, 9.0)
    drive(engine, driver, "a", [Point(6.0, 0.0)], 2.0)
    assert engine.velocity("a").linear > 0.9
    scan = look(engine, "a")
    driver.see(scan, 2.0)
    seen = [driver.drive(engine.pose("a"), Twist(1.0), [Point(6.0, 0.0)], 99.0, 2.0 + k * PERIOD) for k in range(9)]
    assert seen[4].linear > 0.5
    assert seen[round(STALE / PERIOD) + 2] == Twist()
    assert driver.note == "its laser scanner is silent"


def test_one_that_has_never_seen_anything_stands() -> None:
    engine, driver = lab(9.0, 9.0)
    drive(engine, driver, "a", [Point(6.0, 0.0)], 2.0, sees=False)
    assert engine.pose("a").point.distance(Point(0.0, 0.0)) < 0.01
