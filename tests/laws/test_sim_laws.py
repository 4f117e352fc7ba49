"""Laws of the simulator: the same commands give the same poses, and bodies do not pass through each other."""

from __future__ import annotations

import math
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caravan.model.geometry import Pose, Twist
from caravan.model.site import Robot, Site
from caravan.sim.engine import PHYSICS, Engine, Physics
from caravan.sim.world import Model, Shape, World

NAMES = ("a", "b", "c")
SHELF = Shape(name="shelf", kind="box", size=(1.0, 2.0, 2.0), position=(2.0, 2.0, 1.0))
FILE = Path(__file__).parents[2] / "worlds" / "w.sdf"
"""Beside it are the models of robots."""
WORLD = World(name="w", file=FILE, models={"m": Model(name="m", file=FILE, obstacles=(SHELF,))})
SITE = Site(robots={n: Robot(id=n, start=Pose(1.5 * k, 0.0, 0.5 * k)) for k, n in enumerate(NAMES)})

twists = st.builds(Twist, st.floats(allow_nan=True), st.floats(allow_nan=True))
wild = st.lists(st.tuples(st.sampled_from(NAMES), twists, st.floats(0.0, 0.7)), max_size=12)
sane = st.lists(
    st.tuples(st.sampled_from(NAMES), st.builds(Twist, st.floats(-1, 1), st.floats(-1.5, 1.5)), st.floats(0.0, 1.0)),
    max_size=25,
)
Commands = list[tuple[str, Twist, float]]


def run(commands: Commands, physics: Physics = "planar") -> Engine:
    engine = Engine(WORLD, SITE, seed=3, physics=physics)
    for name, twist, seconds in commands:
        engine.command(name, twist)
        engine.step(seconds)
    return engine


@pytest.mark.parametrize("physics", PHYSICS)
@settings(max_examples=20, deadline=None)
@given(commands=sane)
def test_the_same_commands_give_the_same_poses_bit_for_bit(physics: Physics, commands: Commands) -> None:
    one, other = run(commands, physics), run(commands, physics)
    assert [one.pose(n) for n in NAMES] == [other.pose(n) for n in NAMES]
    assert [one.velocity(n) for n in NAMES] == [other.velocity(n) for n in NAMES]
    assert [one.battery(n) for n in NAMES] == [other.battery(n) for n in NAMES]
    assert [one.scan(n, beams=30) for n in NAMES] == [other.scan(n, beams=30) for n in NAMES]
    assert one.touches == other.touches


@pytest.mark.parametrize("physics", PHYSICS)
@settings(max_examples=30, deadline=None)
@given(commands=wild)
def test_no_command_makes_a_pose_that_is_not_finite_or_a_speed_beyond_the_robot(
    physics: Physics, commands: Commands
) -> None:
    engine = run(commands, physics)
    for name in NAMES:
        pose, velocity = engine.pose(name), engine.velocity(name)
        assert all(map(math.isfinite, (pose.x, pose.y, pose.yaw)))
        assert abs(velocity.linear) <= 1.1 * SITE.robots[name].speed
        assert 0.0 <= engine.battery(name) <= 1.0


@settings(max_examples=30, deadline=None)
@given(sane)
def test_bodies_do_not_pass_through_each_other_or_the_shelf(commands: Commands) -> None:
    engine = Engine(WORLD, SITE)
    for name, twist, seconds in commands:
        engine.command(name, twist)
        engine.step(seconds)
        points = {n: engine.pose(n).point for n in NAMES}
        assert all(points[a].distance(points[b]) > 0.66 for a, b in combinations(NAMES, 2))
        for p in points.values():
            gap = math.hypot(max(abs(p.x - 2.0) - 0.5, 0.0), max(abs(p.y - 2.0) - 1.0, 0.0))
            assert gap > 0.33
    touching = any(points[a].distance(points[b]) < 0.6999 for a, b in combinations(NAMES, 2)) if commands else False
    assert not touching or engine.contacts > 0


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.0, 0.3), max_size=50))
def test_no_time_is_lost_over_many_small_steps(steps: list[float]) -> None:
    engine = Engine(WORLD, SITE)
    for seconds in steps:
        engine.step(seconds)
    assert abs(engine.now - sum(steps)) <= 0.0051
