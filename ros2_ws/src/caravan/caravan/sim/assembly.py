"""Robots built link by link from their SDF models, and the joints that drive and steer them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NoReturn

import mujoco
import numpy as np

from caravan.model.site import Robot
from caravan.sim.bodies import geometry
from caravan.sim.frames import SdfError, Transform, quaternion, transform
from caravan.sim.sdf import find_model, read_model
from caravan.sim.world import Drive, Joint, Link, Model, Steering, World

GRAVITY = 9.81
_SERVO_TIME = 0.02
"""How fast the servo of a joint follows its command, s."""
_STEADY = 5.0
"""A steering joint is held so much more firmly than a wheel is turned: its tyre pulls at it in bends."""
_PULL = 0.35
"""How hard a steering joint is turned at most, as a part of the weight on a wheel times its radius."""
_KINDS = {
    "revolute": mujoco.mjtJoint.mjJNT_HINGE,
    "continuous": mujoco.mjtJoint.mjJNT_HINGE,
    "prismatic": mujoco.mjtJoint.mjJNT_SLIDE,
    "ball": mujoco.mjtJoint.mjJNT_BALL,
}


@dataclass(frozen=True, slots=True)
class Servo:
    """The servo of a joint: whose it is, on which side (1 right, -1 left), and whether it steers or turns a wheel."""

    robot: int
    joint: str
    side: float
    steers: bool = False


class Assembly:
    """A robot being built, link by link from its root."""

    def __init__(self, spec: mujoco.MjSpec, robot: Robot, number: int, model: Model) -> None:
        self._spec = spec
        self._robot = robot
        self._number = number
        self._model = model
        self._drive = drive_of(model)
        self._left = {joint.child: joint for joint in model.joints}
        self._bodies = [robot.id]

    def build(self, labels: list[str]) -> list[Servo]:
        """Adds the robot, and what its geoms belong to; answers with its servos in the order of their actuators."""
        root = root_of(self._model)
        body = self._spec.worldbody.add_body(name=self._robot.id)
        body.add_freejoint(name=self._robot.id)
        self._fill(body, root, labels)
        if self._left:
            joint = next(iter(self._left.values()))
            self._refuse(f"joint {joint.name!r} holds {joint.child!r} to {joint.parent!r}, which hangs on nothing")
        # SDF: the links of a model do not touch each other.
        for one, other in combinations(self._bodies, 2):
            self._spec.add_exclude(bodyname1=one, bodyname2=other)
        servos = self._both(self._drive, steers=False)
        if self._drive.steering is not None:
            servos += self._both(self._drive.steering, steers=True)
        mass = sum(link.mass for link in self._model.links) / max(1, len(self._drive.left_joints) * 2)
        radius = self._drive.wheel_radius
        for servo in servos:
            if servo.steers:
                self._add_servo(servo, _STEADY * mass * radius**2, _PULL * mass * GRAVITY * radius)
            else:
                self._add_servo(servo, mass * radius**2, None)
        return servos

    def _both(self, of: Drive | Steering, steers: bool) -> list[Servo]:
        sides = ((of.left_joints, -1.0), (of.right_joints, 1.0))
        return [Servo(self._number, name, side, steers) for names, side in sides for name in names]

    def _fill(self, body: mujoco.MjsBody, link: Link, labels: list[str]) -> None:
        """Gives the body of a link its mass, what can be touched of it, and the links that hang on it."""
        if link.mass <= 0.0:
            self._refuse(f"link {link.name!r} has a mass of {link.mass:g} kg; give it more than 0")
        body.mass, body.ipos, body.fullinertia, body.explicitinertial = link.mass, link.centre, link.inertia, True
        for shape in link.shapes:
            body.add_geom(
                **geometry(shape),
                pos=list(shape.position),
                quat=list(shape.quaternion),
                friction=[shape.friction, 0.0, 0.0],
                # The robot's friction counts, not the greater of its own and the floor's: casters slide.
                priority=1,
                condim=3 if shape.friction > 0.0 else 1,
            )
            labels.append(self._robot.id)
        for joint in [j for j in self._left.values() if j.parent == link.name]:
            del self._left[joint.child]
            self._hang(body, link, joint, labels)

    def _hang(self, parent: mujoco.MjsBody, above: Link, joint: Joint, labels: list[str]) -> None:
        link = next((one for one in self._model.links if one.name == joint.child), None)
        if link is None:
            self._refuse(f"joint {joint.name!r} holds {joint.child!r}, which is no link")
        at = np.linalg.inv(place_of(above)) @ place_of(link)
        self._bodies.append(f"{self._robot.id} {link.name}")
        body = parent.add_body(name=self._bodies[-1], pos=list(at[:3, 3]), quat=list(quaternion(at)))
        if joint.kind != "fixed":
            if joint.kind not in _KINDS:
                known = ", ".join(["fixed", *_KINDS])
                self._refuse(f"joint {joint.name!r} is of the type {joint.kind!r}; this simulator knows {known}")
            limited = bool(np.isfinite(joint.limits).any())
            body.add_joint(
                name=f"{self._robot.id} {joint.name}",
                type=_KINDS[joint.kind],
                pos=list(joint.position),
                axis=list(joint.axis),
                limited=limited,
                range=list(np.nan_to_num(joint.limits)) if limited else [0.0, 0.0],
            )
        self._fill(body, link, labels)

    def _add_servo(self, servo: Servo, inertia: float, most: float | None) -> None:
        """A servo that turns this inertia (kg m2) as it is told, with `most` Nm."""
        if servo.joint not in [j.name for j in self._model.joints if j.kind in ("revolute", "continuous")]:
            plugin = "AckermannSteering" if self._drive.steering else "DiffDrive"
            self._refuse(f"{plugin} drives {servo.joint!r}, which is no revolute joint of the model")
        gain = inertia / _SERVO_TIME
        self._spec.add_actuator(
            name=f"{self._robot.id} {servo.joint}",
            trntype=mujoco.mjtTrn.mjTRN_JOINT,
            target=f"{self._robot.id} {servo.joint}",
            gaintype=mujoco.mjtGain.mjGAIN_FIXED,
            gainprm=[gain] + [0.0] * 9,
            biastype=mujoco.mjtBias.mjBIAS_AFFINE,
            biasprm=[0.0, 0.0, -gain] + [0.0] * 7,
            forcelimited=most is not None,
            forcerange=[-(most or 0.0), most or 0.0],
        )

    def _refuse(self, what: str) -> NoReturn:
        raise SdfError(f"{self._model.file}: {what}")


def models_of(world: World, robots: Sequence[Robot]) -> dict[str, Model]:
    """The models of the robots, by name. Raises SdfError where one is missing."""
    models: dict[str, Model] = {}
    for robot in robots:
        if robot.model not in models:
            file = find_model(world.file, robot.model)
            if file is None:
                folder = world.file.parent / "models"
                raise SdfError(f"{folder}: no model {robot.model!r} for robot {robot.id!r}; add it or name another")
            models[robot.model] = read_model(file)
    return models


def drive_of(model: Model) -> Drive:
    """How a model drives. Raises SdfError where it has not all that it takes."""
    drive = model.drive
    if drive is None or not drive.left_joints or not drive.right_joints:
        raise SdfError(
            f"{model.file}: needs a DiffDrive or AckermannSteering plugin with <left_joint> and <right_joint> to drive "
            f"on wheels"
        )
    if (steering := drive.steering) is not None and not (steering.left_joints and steering.right_joints):
        raise SdfError(
            f"{model.file}: needs <left_steering_joint> and <right_steering_joint> in its AckermannSteering plugin"
        )
    return drive


def root_of(model: Model) -> Link:
    """The one link that hangs on no other."""
    children = {joint.child for joint in model.joints}
    roots = [link for link in model.links if link.name not in children]
    if len(roots) != 1:
        names = ", ".join(link.name for link in roots) or "none"
        raise SdfError(f"{model.file}: one link must carry all others, but those that hang on none are: {names}")
    return roots[0]


def place_of(link: Link) -> Transform:
    """Where a link stands in its model."""
    return transform(link.position, link.quaternion)


def rear_axle(model: Model) -> float:
    """How far behind the origin of a model that steers its rear axle is, m: the point that it turns around."""
    steering = drive_of(model).steering
    assert steering is not None
    joint = next((j for j in model.joints if j.name == steering.left_joints[0]), None)
    link = next((link for link in model.links if joint is not None and link.name == joint.child), None)
    return steering.wheel_base - (place_of(link)[0, 3] if link is not None else steering.wheel_base)
