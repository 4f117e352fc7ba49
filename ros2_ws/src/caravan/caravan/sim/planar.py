"""Planar robots: obstacles stand, robots slide in the plane and turn.

A robot is an upright cylinder, or the box of its length and width, on two slides and a hinge. Three servos act in its
own frame: ahead, sideways (its wheels hold it) and turning. Each pushes with at most the force that the robot's
acceleration takes, so the base speeds up and brakes no faster than it can, and pushes against an obstacle no harder.
They are reckoned here, for all robots in one run over arrays: as actuators of MuJoCo they would take most of its time.

A box whose model steers (AckermannSteering) turns around its rear axle, and no tighter than its steering allows.
"""

from __future__ import annotations

import mujoco
import numpy as np

from caravan.model.geometry import Pose
from caravan.model.site import Robot
from caravan.sim.assembly import drive_of, models_of, rear_axle
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
        self._inertia = np.array([_inertia(robot) for robot in robots])
        self._strength = np.array([(r.acceleration, _GRIP, r.turn_acceleration) for r in robots]).reshape(-1, 3)
        self._push, self._low, self._high = (np.zeros_like(self._strength) for _ in range(3))
        self._brake = np.array([r.acceleration if r.length is None else r.brake for r in robots])
        self._bend, self._axle = _steering(world, robots)
        self._steered = bool(np.isfinite(self._bend).any())

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
        if self._steered:
            push[:, 1] += spin * self._axle
            tightest = np.abs(ahead) * self._bend
            push[:, 2] = np.clip(targets[:, 1], -tightest, tightest) - spin
        push /= self._servo_time
        low, high = self._reach(ahead)
        np.maximum(push, low, out=push)
        np.minimum(push, high, out=push)
        self._forces[:, 0] = MASS * (push[:, 0] * cos - push[:, 1] * sin)
        self._forces[:, 1] = MASS * (push[:, 0] * sin + push[:, 1] * cos)
        self._forces[:, 2] = self._inertia * push[:, 2]

    def _reach(self, ahead: Array) -> tuple[Array, Array]:
        """The least and the greatest accelerations (n x 3) of robots that move so fast ahead."""
        low, high = self._low, self._high
        np.negative(self._strength, out=low)
        high[:] = self._strength
        low[:, 0] = np.where(ahead > 0.0, -self._brake, low[:, 0])
        high[:, 0] = np.where(ahead < 0.0, self._brake, high[:, 0])
        return low, high

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


def _steering(world: World, robots: tuple[Robot, ...]) -> tuple[Array, Array]:
    """How tightly each robot bends at most (1/m, infinite: it turns on the spot); how far behind its rear axle is."""
    models = models_of(world, [robot for robot in robots if robot.length is not None])
    bend, axle = np.full(len(robots), np.inf), np.zeros(len(robots))
    for k, robot in enumerate(robots):
        if robot.length is not None and (steering := drive_of(models[robot.model]).steering) is not None:
            bend[k], axle[k] = 1.0 / steering.radius, rear_axle(models[robot.model])
    return bend, axle


def _inertia(robot: Robot) -> float:
    """About the vertical, kg m2."""
    if robot.length is None or robot.width is None:
        return MASS * robot.radius**2 / 2.0
    return MASS * (robot.length**2 + robot.width**2) / 12.0


def _add_robot(spec: mujoco.MjSpec, robot: Robot) -> None:
    body = spec.worldbody.add_body(name=robot.id, pos=[0.0, 0.0, ROBOT_BOTTOM + _HEIGHT])
    body.mass, body.inertia, body.explicitinertial = MASS, [_inertia(robot)] * 3, True
    slide, hinge = mujoco.mjtJoint.mjJNT_SLIDE, mujoco.mjtJoint.mjJNT_HINGE
    for name, kind, axis in (("x", slide, [1, 0, 0]), ("y", slide, [0, 1, 0]), ("yaw", hinge, [0, 0, 1])):
        body.add_joint(name=f"{robot.id} {name}", type=kind, axis=axis)
    if robot.length is None or robot.width is None:
        kind, size = mujoco.mjtGeom.mjGEOM_CYLINDER, [robot.radius, _HEIGHT, 0.0]
    else:
        kind, size = mujoco.mjtGeom.mjGEOM_BOX, [robot.length / 2.0, robot.width / 2.0, _HEIGHT]
    body.add_geom(name=robot.id, type=kind, size=size, friction=_FRICTION)
