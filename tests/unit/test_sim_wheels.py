"""Robots on their own wheels: how near they keep to the planar ones, and which models cannot drive."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from caravan.model.geometry import Pose, Twist
from caravan.model.site import Robot, Site
from caravan.sim.engine import Engine, Physics
from caravan.sim.frames import SdfError
from caravan.sim.world import Model, Shape, World

ROOT = Path(__file__).parents[2]
FILE = ROOT / "worlds" / "w.sdf"
"""Beside it are the models of robots."""
STARTS = {"carrier": Pose(0.0, 0.0, 0.3), "lifter": Pose(0.0, 40.0), "tug": Pose(0.0, -40.0, 2.0)}
LIMITS = {"carrier": (1.2, 1.0), "lifter": (0.8, 0.8), "tug": (1.0, 0.6)}


def fleet() -> Site:
    robots = {}
    for name, start in STARTS.items():
        speed, acceleration = LIMITS[name]
        robots[name] = Robot(id=name, model=name, start=start, speed=speed, acceleration=acceleration)
    return Site(robots=robots)


def driven(physics: Physics) -> Engine:
    """A drive of 30 s with bends, stops and turns on the spot."""
    engine = Engine(World(name="w", file=FILE), fleet(), seed=5, physics=physics)
    for k in range(300):
        t = k * 0.1
        twist = Twist(0.0, 0.6) if 12.0 < t < 15.0 else Twist(0.5 + 0.3 * math.sin(t / 3), 0.4 * math.sin(t / 2))
        for name in STARTS:
            engine.command(name, twist)
        engine.step(0.1)
    return engine


def test_both_physics_drive_alike_for_half_a_minute() -> None:
    planar, wheels = driven("planar"), driven("wheels")
    for name in STARTS:
        one, other = planar.pose(name), wheels.pose(name)
        assert one.point.distance(STARTS[name]) > 5.0
        assert one.point.distance(other) < 0.15
        assert abs(math.remainder(one.yaw - other.yaw, math.tau)) < math.radians(5.0)


def test_a_robot_on_wheels_bumps_over_what_a_planar_one_ignores() -> None:
    plank = Shape(name="plank", kind="box", size=(0.1, 2.0, 0.02), position=(1.5, 0.0, 0.01))
    world = World(name="w", file=FILE, models={"m": Model(name="m", file=FILE, obstacles=(plank,))})
    touches = {}
    for physics in ("planar", "wheels"):
        robot = Robot(id="a", start=Pose(0.0, 0.0))
        engine = Engine(world, Site(robots={"a": robot}), physics=physics)
        for _ in range(30):
            engine.command("a", Twist(0.8))
            engine.step(0.1)
        touches[physics] = {touch.other for touch in engine.touches}
    assert touches == {"planar": set(), "wheels": {"plank"}}


def test_what_a_diff_drive_may_not_do_a_robot_on_wheels_does_not(tmp_path: Path) -> None:
    folder = changed(tmp_path, "<max_linear_velocity>1.2", "<max_linear_velocity>0.4")
    engine = Engine(
        World(name="w", file=folder / "w.sdf"),
        Site(robots={"a": Robot(id="a", start=Pose(0.0, 0.0))}),
        physics="wheels",
    )
    for _ in range(20):
        engine.command("a", Twist(1.0))
        engine.step(0.1)
    assert engine.velocity("a").linear == pytest.approx(0.4, abs=0.02)


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """A folder with the carrier's model, in which something is different."""
    text = (ROOT / "worlds" / "models" / "carrier" / "model.sdf").read_text()
    assert old in text
    folder = tmp_path / "models" / "carrier"
    folder.mkdir(parents=True)
    (folder / "model.sdf").write_text(text.replace(old, new))
    return tmp_path


BAD = {
    "no drive": ("DiffDrive", "Ackermann", "needs a DiffDrive or AckermannSteering plugin"),
    "no joint": ("<right_joint>right_wheel_joint</right_joint>", "", "plugin with <left_joint> and <right_joint>"),
    "no mass": ("<mass>40.0</mass>", "<mass>0</mass>", "link 'base_link' has a mass of 0 kg"),
    "no body": ("<ixx>0.6413</ixx>", "<ixx>-1</ixx>", "cannot be built from their models"),
    "loose wheel": (
        'type="revolute">\n      <parent>base_link',
        'type="revolute">\n      <parent>world',
        "which hangs on nothing",
    ),
    "screw": (
        '"left_wheel_joint" type="revolute"',
        '"left_wheel_joint" type="screw"',
        "of the type 'screw'; this simulator knows",
    ),
    "two roots": (
        '<link name="left_wheel">',
        '<link name="spare"/><link name="left_wheel">',
        "one link must carry all others.*base_link, spare",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_model_that_cannot_drive_is_refused(tmp_path: Path, name: str) -> None:
    old, new, message = BAD[name]
    folder = changed(tmp_path, old, new)
    world, site = World(name="w", file=folder / "w.sdf"), Site(robots={"a": Robot(id="a", start=Pose(0.0, 0.0))})
    with pytest.raises(SdfError, match=message):
        Engine(world, site, physics="wheels")


def test_a_robot_without_a_model_is_refused(tmp_path: Path) -> None:
    site = fleet()
    odd = replace(site, robots={"a": replace(site.robots["tug"], id="a", model="crane")})
    with pytest.raises(SdfError, match="no model 'crane' for robot 'a'"):
        Engine(World(name="w", file=tmp_path / "w.sdf"), odd, physics="wheels")
