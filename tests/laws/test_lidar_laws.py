"""Laws of the laser scanner: it measures what MuJoCo's own rays do, whatever stands around and however it leans."""

from __future__ import annotations

import math
from pathlib import Path

import mujoco
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from transforms3d.euler import euler2quat

from caravan.adapters.site_file import read_site
from caravan.model.geometry import Pose
from caravan.model.site import Robot
from caravan.sim.lidar import SCAN_HEIGHT, Lidar
from caravan.sim.planar import PlanarBodies
from caravan.sim.sdf import read_world
from caravan.sim.world import Model, Shape, ShapeKind, World

WAREHOUSE = Path(__file__).parents[2] / "config" / "warehouse.yaml"
REACH = 8.0
NEAR = 1e-3
"""A beam may see what one so near to it sees (rad), or something between: it grazes an edge or a round flank."""
sizes = st.floats(0.1, 2.0)
SIZES: dict[ShapeKind, int] = {"box": 3, "cylinder": 2, "sphere": 1, "capsule": 2, "ellipsoid": 3}


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    kind = draw(st.sampled_from(sorted(SIZES)))
    upright = draw(st.booleans())
    lean = (0.0, 0.0) if upright else (draw(st.floats(-3.0, 3.0)), draw(st.floats(-1.5, 1.5)))
    w, x, y, z = (float(v) for v in euler2quat(*lean, draw(st.floats(-3.0, 3.0))))
    return Shape(
        name="s",
        kind=kind,
        size=tuple(draw(sizes) for _ in range(SIZES[kind])),
        position=(draw(st.floats(-9.0, 9.0)), draw(st.floats(-9.0, 9.0)), draw(st.floats(0.0, 1.2))),
        quaternion=(w, x, y, z),
    )


robots = st.builds(Pose, st.floats(-9.0, 9.0), st.floats(-9.0, 9.0), st.floats(-4.0, 4.0))


def rays(bodies: PlanarBodies, robot: str, eye: Pose, angles: np.ndarray) -> np.ndarray:
    """MuJoCo's distances from `eye` at these angles in the world."""
    vectors = np.column_stack((np.cos(angles), np.sin(angles), np.zeros(len(angles))))
    hit, found = np.full(len(angles), -1, dtype=np.int32), np.full(len(angles), -1.0)
    body = bodies.model.body(robot).id
    origin = np.array([eye.x, eye.y, SCAN_HEIGHT])
    given_ones = (origin, vectors.ravel(), None, True, body, hit, found, None, len(angles), 1e6)
    mujoco.mj_multiRay(bodies.model, bodies.data, *given_ones)
    return np.where((found < 0.0) | (found > REACH), REACH, found)


@settings(max_examples=60, deadline=None)
@given(st.lists(shapes(), max_size=6), st.lists(robots, min_size=1, max_size=4), st.sampled_from([1, 7, 90, 181]))
def test_a_scan_is_what_mujocos_rays_say_within_a_centimetre(
    obstacles: list[Shape], poses: list[Pose], beams: int
) -> None:
    file = Path("w.sdf")
    world = World(name="w", file=file, models={"m": Model(name="m", file=file, obstacles=tuple(obstacles))})
    fleet = tuple(Robot(id=f"r{k}", start=pose, radius=0.3 + 0.05 * k) for k, pose in enumerate(poses))
    bodies = PlanarBodies(world, fleet, 0.01)
    for k, pose in enumerate(poses):
        bodies.put(k, pose)
    mujoco.mj_forward(bodies.model, bodies.data)
    seen = Lidar(world, [r.radius for r in fleet]).cast(bodies.poses(), np.arange(len(poses)), beams, REACH)
    assert seen.shape == (len(poses), beams)
    for robot, eye, row in zip(fleet, poses, seen, strict=True):
        angles = eye.yaw + np.arange(beams) * math.tau / beams
        exact, before, after = (rays(bodies, robot.id, eye, angles + d) for d in (0.0, -NEAR, NEAR))
        least, most = np.minimum.reduce((exact, before, after)), np.maximum.reduce((exact, before, after))
        assert _inside(eye, obstacles, poses) or bool(np.all((row >= least - 0.01) & (row <= most + 0.01)))


def test_a_scan_of_plain_shapes_is_what_mujocos_rays_say_within_a_millimetre_in_the_warehouse() -> None:
    site = read_site(WAREHOUSE)
    assert site.world is not None
    world, fleet = read_world(site.world), tuple(site.robots.values())
    bodies = PlanarBodies(world, fleet, 0.01)
    for k, robot in enumerate(fleet):
        assert robot.start is not None
        bodies.put(k, robot.start)
    mujoco.mj_forward(bodies.model, bodies.data)
    seen = Lidar(world, [r.radius for r in fleet]).cast(bodies.poses(), np.arange(len(fleet)), 360, REACH)
    for robot, row in zip(fleet, seen, strict=True):
        assert robot.start is not None
        exact = rays(bodies, robot.id, robot.start, robot.start.yaw + np.arange(360) * math.tau / 360)
        assert np.count_nonzero(exact < REACH) > 100
        assert np.abs(row - exact).max() < 1e-3


def _inside(eye: Pose, obstacles: list[Shape], robots: list[Pose]) -> bool:
    """Whether the scanner itself is inside something, or all but: no robot can be there."""

    def reach(s: Shape) -> float:
        return math.hypot(*s.size) / (2.0 if s.kind == "box" else 1.0) + 0.05

    close = (math.hypot(eye.x - s.position[0], eye.y - s.position[1]) < reach(s) for s in obstacles)
    return any(close) or any(other is not eye and eye.point.distance(other) < 0.5 for other in robots)
