"""Planar robots: obstacles stand, robots slide in the plane and turn.

A robot is an upright cylinder on two slides and a hinge. Three servos act in its own frame: ahead, sideways (its
wheels hold it) and turning. Each pushes with at most the force that the robot's acceleration takes, so the base speeds
up and brakes no faster than it can, and pushes against an obstacle no harder. They are reckoned here, for all robots in
one run over arrays: as actuators of MuJoCo they would take most of its time.
"""

from __future__ import annotations

import mujoco
import numpy as np

from caravan.model.geometry import Pose
from caravan.model.site import Robot
from caravan.sim.bodies import Array, add_obstacle, new_spec
from caravan.sim.footprint import ROBOT_BOTTOM, ROBOT_TOP, footprint
from caravan.sim.world import World

MASS = 50.0
"""Of a robot, kg."""
_SERVO_TIME = 0.02
"""How fast a wheel servo follows its command, s."""
_GRIP = 5.0
"""Sideways acceleration at which the tyres slip, m/s2: half of g."""
_FRICTION = [0.2, 0.0, 0.0]
"""Of a bumper that slides along a shelf or another bumper."""
_STILL = 1e-6
"""Slower than this nothing moves, m/s and rad/s."""
_HEIGHT = (ROBOT_TOP - ROBOT_BOTTOM) / 2.0


class PlanarBodies:
    """See `Bodies`. Robot k has joints 3k to 3k + 2 (x, y, yaw) and actuators 3k to 3k + 2 (ahead, sideways, turn)."""

    def __init__(self, world: World, robots: tuple[Robot, ...], step: float) -> None:
        spec = new_spec(step, gravity=0.0)
        met = [shape for shape in world.obstacles if footprint(shape) is not None]
        for number, shape in enumerate(met):
            add_obstacle(spec, number, shape)
        for robot in robots:
            _add_robot(spec, robot)
        self.model = spec.compile()
        self.data = mujoco.MjData(self.model)
        self.labels = (*(shape.name for shape in met), *(robot.id for robot in robots))
        # Views of MuJoCo's own memory, by robot: each look at a field of MjData would make a new one.
        self._places: Array
        self._moves: Array
        self._forces: Array
        self._places, self._moves, self._forces = (
            field.reshape(-1, 3) for field in (self.data.qpos, self.data.qvel, self.data.qfrc_applied)
        )
        self._servo_time = max(_SERVO_TIME, 2.0 * step)
        self._inertia = MASS * np.array([robot.radius for robot in robots]) ** 2 / 2.0
        self._strength = np.array([(r.acceleration, _GRIP, r.turn_acceleration) for r in robots]).reshape(-1, 3)
        self._push = np.zeros_like(self._strength)

    def put(self, robot: int, pose: Pose) -> None:
        """See `Bodies`."""
        self._places[robot] = pose.x, pose.y, pose.yaw
        self._moves[robot] = 0.0

    def drive(self, targets: Array) -> None:
        """See `Bodies`."""
        cos, sin = np.cos(self._places[:, 2]), np.sin(self._places[:, 2])
        x, y, spin = self._moves.T
        ahead, push = x * cos + y * sin, self._push
        push[:, 0] = targets[:, 0] - ahead
        # What keeps a base on its bend is no slip: the tyres give it in full.
        push[:, 1] = x * sin - y * cos + ahead * spin * self._servo_time
        push[:, 2] = targets[:, 1] - spin
        push /= self._servo_time
        np.maximum(push, -self._strength, out=push)
        np.minimum(push, self._strength, out=push)
        self._forces[:, 0] = MASS * (push[:, 0] * cos - push[:, 1] * sin)
        self._forces[:, 1] = MASS * (push[:, 0] * sin + push[:, 1] * cos)
        self._forces[:, 2] = self._inertia * push[:, 2]

    def still(self, targets: Array) -> bool:
        """See `Bodies`."""
        return not self.data.ncon and not targets.any() and bool(np.abs(self._moves).max(initial=0.0) < _STILL)

    def poses(self) -> Array:
        """See `Bodies`."""
        return self._places

    def moves(self) -> Array:
        """See `Bodies`."""
        yaw = self._places[:, 2]
        ahead = self._moves[:, 0] * np.cos(yaw) + self._moves[:, 1] * np.sin(yaw)
        return np.column_stack((ahead, self._moves[:, 2]))


def _add_robot(spec: mujoco.MjSpec, robot: Robot) -> None:
    body = spec.worldbody.add_body(name=robot.id, pos=[0.0, 0.0, ROBOT_BOTTOM + _HEIGHT])
    inertia = MASS * robot.radius**2 / 2.0
    body.mass, body.inertia, body.explicitinertial = MASS, [inertia, inertia, inertia], True
    slide, hinge = mujoco.mjtJoint.mjJNT_SLIDE, mujoco.mjtJoint.mjJNT_HINGE
    for name, kind, axis in (("x", slide, [1, 0, 0]), ("y", slide, [0, 1, 0]), ("yaw", hinge, [0, 0, 1])):
        body.add_joint(name=f"{robot.id} {name}", type=kind, axis=axis)
    body.add_geom(
        name=robot.id,
        type=mujoco.mjtGeom.mjGEOM_CYLINDER,
        size=[robot.radius, _HEIGHT, 0.0],
        friction=_FRICTION,
    )
