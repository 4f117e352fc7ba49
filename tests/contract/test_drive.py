"""What any world in which robots drive must do (the `Drive` protocol), shown for both physics of the simulator."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import pytest

from caravan.adapters.site_file import check_world, read_site
from caravan.model.geometry import Point, Pose, Twist
from caravan.model.site import Robot, Site
from caravan.motion.driver import Driver
from caravan.sim.engine import PHYSICS, Engine, Physics
from caravan.sim.sdf import read_world
from caravan.sim.world import Model, Shape, World

ROOT = Path(__file__).parents[2]
WAREHOUSE = ROOT / "config" / "warehouse.yaml"
FILE = ROOT / "worlds" / "w.sdf"
"""Of worlds made here: beside it are the models of robots."""
PERIOD = 0.1


class Drive(Protocol):
    """Robots that follow velocity commands."""

    @property
    def contacts(self) -> int: ...
    def command(self, robot: str, twist: Twist) -> None: ...
    def step(self, seconds: float) -> None: ...
    def pose(self, robot: str) -> Pose: ...
    def velocity(self, robot: str) -> Twist: ...


MakeDrive = Callable[[World, Site], Drive]


FRONT = {"planar": 0.35, "wheels": 0.26}
"""From the centre of a carrier to its front, m: its outline, or the chassis of its own model."""
JOLT = {"planar": 1e-6, "wheels": 0.02}
"""By how much a base that slips and rocks may change its speed beyond what its drive asks of it, m/s."""


@pytest.fixture(params=PHYSICS)
def physics(request: pytest.FixtureRequest) -> Physics:
    """One after another, all ways in which bodies move."""
    kind: Physics = request.param
    return kind


@pytest.fixture
def make(physics: Physics) -> MakeDrive:
    """A world that robots drive in."""
    return partial(Engine, physics=physics)


def site_of(*robots: Robot) -> Site:
    return Site(robots={r.id: r for r in robots})


def world_of(*shapes: Shape) -> World:
    return World(name="w", file=FILE, models={"m": Model(name="m", file=FILE, obstacles=shapes)})


def follow(drive: Drive, site: Site, robot: str, path: Sequence[Point], seconds: float) -> list[Pose]:
    """Drives `robot` along `path` with tracker and guard; answers with its poses."""
    driver, poses = Driver(site.robots[robot], site.policy), []
    for k in range(int(seconds / PERIOD)):
        pose = drive.pose(robot)
        poses.append(pose)
        points = path[reached(poses, path) :]
        drive.command(robot, driver.drive(pose, drive.velocity(robot), points, math.inf, k * PERIOD))
        drive.step(PERIOD)
        if len(poses) > 20 and pose.point.distance(path[-1]) < 0.05 and abs(drive.velocity(robot).linear) < 1e-3:
            break
    return poses


def reached(poses: Sequence[Pose], path: Sequence[Point]) -> int:
    """How many points count as reached: each a little before the robot is there."""
    done = 0
    for pose in poses:
        if done < len(path) and pose.point.distance(path[done]) < 0.25:
            done += 1
    return done


def off(p: Point, path: Sequence[Point]) -> float:
    def distance(a: Point, b: Point) -> float:
        t = ((p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y)) / a.distance(b) ** 2
        t = min(1.0, max(0.0, t))
        return p.distance(Point(a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)))

    return min(distance(a, b) for a, b in pairwise(path))


@pytest.mark.parametrize(
    ("physics", "robot"),
    [("planar", "carrier_1"), ("planar", "lifter_1"), ("planar", "tug_2"), ("wheels", "lifter_1")],
    indirect=["physics"],
)
def test_a_robot_drives_to_a_dock_along_its_lanes_and_touches_nothing(make: MakeDrive, robot: str) -> None:
    site = read_site(WAREHOUSE)
    assert site.world is not None
    world = read_world(site.world)
    check_world(site, world)
    names = ["e2_1", "s2_13", "s1_13", *(f"s1_{k}" for k in range(12, 7, -1)), "dock_3"]
    start = site.robots[robot].start
    assert start is not None
    route = {"carrier_1": ["park_1", *names[1:]], "lifter_1": ["park_4", "e2_2", *names]}
    nodes = [site.roadmap.nodes[n] for n in route.get(robot, ["park_6", "n1_13", "e2_3", "e2_2", *names])]
    drive = make(world, site)
    poses = follow(drive, site, robot, nodes[1:], 200.0)
    assert poses[-1].point.distance(nodes[-1]) <= 0.05
    assert max(off(p.point, nodes) for p in poses) <= 0.1
    assert drive.contacts == 0


def test_two_robots_driven_at_each_other_collide_and_do_not_pass_through(make: MakeDrive, physics: Physics) -> None:
    robots = (Robot(id="a", start=Pose(0.0, 0.0, 0.0)), Robot(id="b", start=Pose(4.0, 0.05, math.pi)))
    drive = make(world_of(), site_of(*robots))
    for _ in range(100):
        for robot in "ab":
            drive.command(robot, Twist(1.0))
        drive.step(PERIOD)
        assert drive.pose("a").point.distance(drive.pose("b").point) >= 2.0 * FRONT[physics] - 0.04
    assert drive.contacts >= 1


@pytest.mark.parametrize("kind", ["box", "cylinder", "sphere"])
def test_a_robot_driven_into_an_obstacle_stops_there(make: MakeDrive, physics: Physics, kind: str) -> None:
    sizes = {"box": (1.0, 1.0, 2.0), "cylinder": (0.5, 2.0), "sphere": (0.5,)}
    # Of the sphere it is the widest part that is met, at the height of the chassis or of the middle of the outline.
    height = (0.2 if physics == "wheels" else 0.75) if kind == "sphere" else 1.0
    shelf = Shape(name="shelf", kind=kind, size=sizes[kind], position=(3.0, 0.0, height))  # type: ignore[arg-type]
    drive = make(world_of(shelf), site_of(Robot(id="a", start=Pose(0.0, 0.0, 0.0))))
    for _ in range(60):
        drive.command("a", Twist(1.0))
        drive.step(PERIOD)
    assert drive.pose("a").x == pytest.approx(3.0 - 0.5 - FRONT[physics], abs=0.03)
    assert drive.contacts == 1


def test_a_robot_whose_commands_stop_coming_stops(make: MakeDrive) -> None:
    drive = make(world_of(), site_of(Robot(id="a", start=Pose(0.0, 0.0, 0.0))))
    drive.command("a", Twist(1.0))
    drive.step(3.0)
    assert drive.velocity("a").linear == pytest.approx(0.0, abs=0.01)
    assert 0.2 < drive.pose("a").x < 0.4


def test_a_base_gathers_speed_and_brakes_no_faster_than_it_can(make: MakeDrive, physics: Physics) -> None:
    drive = make(world_of(), site_of(Robot(id="a", start=Pose(0.0, 0.0, 0.0), acceleration=0.5, speed=1.0)))
    speeds = []
    for k in range(60):
        drive.command("a", Twist(1.0 if k < 30 else 0.0))
        drive.step(PERIOD)
        speeds.append(drive.velocity("a").linear)
    assert max(abs(b - a) for a, b in pairwise(speeds)) <= 0.5 * PERIOD + JOLT[physics]
    assert max(speeds) >= 0.95
    assert abs(speeds[-1]) < 0.01
