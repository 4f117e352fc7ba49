"""Robots on their own wheels: the links, joints and tyres of their SDF models, on a floor, under gravity.

Each is driven as Gazebo's DiffDrive system drives it: the commanded velocity is held within the plugin's limits on
velocity and acceleration, and turned into speeds of the wheel joints, which servos then keep.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

import mujoco
import numpy as np

from caravan.model.geometry import Pose
from caravan.model.site import Robot
from caravan.sim.bodies import Array, add_obstacle, geometry, new_spec
from caravan.sim.frames import SdfError, Transform, quaternion, transform
from caravan.sim.sdf import find_model, read_model
from caravan.sim.world import Drive, Joint, Link, Model, World

GRAVITY = 9.81
_SERVO_TIME = 0.02
"""How fast a wheel servo follows its command, s."""
_STIFF = 10.0
"""Friction is so much stiffer than the contact itself: tyres creep less."""
_KINDS = {
    "revolute": mujoco.mjtJoint.mjJNT_HINGE,
    "continuous": mujoco.mjtJoint.mjJNT_HINGE,
    "prismatic": mujoco.mjtJoint.mjJNT_SLIDE,
    "ball": mujoco.mjtJoint.mjJNT_BALL,
}


@dataclass(frozen=True, slots=True)
class _Wheel:
    """A driven joint: which robot's, and on which side (1 right, -1 left)."""

    robot: int
    side: float


class WheeledBodies:
    """See `Bodies`. Raises SdfError where a robot's model is missing or cannot drive."""

    def __init__(self, world: World, robots: tuple[Robot, ...], step: float) -> None:
        models = _models(world, robots)
        spec = new_spec(step, GRAVITY)
        spec.option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
        spec.option.impratio = _STIFF
        spec.worldbody.add_geom(name="floor", type=mujoco.mjtGeom.mjGEOM_PLANE, size=[0.0, 0.0, 1.0])
        for number, shape in enumerate(world.obstacles):
            add_obstacle(spec, number, shape)
        labels = ["", *(shape.name for shape in world.obstacles)]
        wheels: list[_Wheel] = []
        for number, robot in enumerate(robots):
            wheels += _Assembly(spec, robot, number, models[robot.model]).build(labels)
        try:
            self.model = spec.compile()
        except ValueError as error:
            raise SdfError(f"{world.file.parent}: the robots cannot be built from their models: {error}") from None
        self.data = mujoco.MjData(self.model)
        self.labels = tuple(labels)
        self._step = step
        self._find_robots(robots, models)
        self._set_limits(robots, [_drive(models[robot.model]) for robot in robots])
        self._of = np.array([wheel.robot for wheel in wheels], dtype=int)
        self._side = np.array([wheel.side for wheel in wheels])

    def _find_robots(self, robots: tuple[Robot, ...], models: Mapping[str, Model]) -> None:
        joints = [self.model.joint(robot.id) for robot in robots]
        self._at = np.array([np.arange(7) + j.qposadr[0] for j in joints], dtype=int).reshape(-1, 7)
        self._speed_at = np.array([np.arange(6) + j.dofadr[0] for j in joints], dtype=int).reshape(-1, 6)
        roots = [_place(_root(models[robot.model])) for robot in robots]
        self._root = np.array(roots).reshape(-1, 4, 4)
        self._model_in_root = np.linalg.inv(self._root)

    def _set_limits(self, robots: tuple[Robot, ...], drives: list[Drive]) -> None:
        own = np.array([(r.speed, r.turn_rate, r.acceleration, r.turn_acceleration) for r in robots]).reshape(-1, 4)
        self._lower = np.maximum(-own, np.array([drive.lower for drive in drives]).reshape(-1, 4))
        self._upper = np.minimum(own, np.array([drive.upper for drive in drives]).reshape(-1, 4))
        self._half_track = np.array([drive.wheel_separation / 2.0 for drive in drives])
        self._radius = np.array([drive.wheel_radius for drive in drives])
        self._asked = np.zeros((len(robots), 2))

    def put(self, robot: int, pose: Pose) -> None:
        """See `Bodies`."""
        half = pose.yaw / 2.0
        model = transform((pose.x, pose.y, 0.0), (float(np.cos(half)), 0.0, 0.0, float(np.sin(half))))
        root = model @ self._root[robot]
        self.data.qpos[self._at[robot]] = *root[:3, 3], *quaternion(root)
        self.data.qvel[self._speed_at[robot]] = 0.0

    def drive(self, targets: Array) -> None:
        """See `Bodies`."""
        change = np.clip(targets - self._asked, self._step * self._lower[:, 2:], self._step * self._upper[:, 2:])
        self._asked = np.clip(self._asked + change, self._lower[:, :2], self._upper[:, :2])
        ahead, turn = self._asked[self._of].T
        self.data.ctrl[:] = (ahead + self._side * turn * self._half_track[self._of]) / self._radius[self._of]

    def still(self, targets: Array) -> bool:
        """See `Bodies`: what stands on wheels is never quite still."""
        return False

    def poses(self) -> Array:
        """See `Bodies`."""
        turn, place = self._turns(), self.data.qpos[self._at[:, :3]]
        place = place + np.einsum("nij,nj->ni", turn, self._model_in_root[:, :3, 3])
        ahead = np.einsum("nij,nj->ni", turn, self._model_in_root[:, :3, 0])
        return np.column_stack((place[:, :2], np.arctan2(ahead[:, 1], ahead[:, 0])))

    def moves(self) -> Array:
        """See `Bodies`."""
        speed, turn = self.data.qvel[self._speed_at], self._turns()
        spin = np.einsum("nij,nj->ni", turn, speed[:, 3:])
        offset = np.einsum("nij,nj->ni", turn, self._model_in_root[:, :3, 3])
        linear = speed[:, :3] + np.cross(spin, offset)
        ahead = np.einsum("nij,nj->ni", turn, self._model_in_root[:, :3, 0])
        return np.column_stack(((linear * ahead).sum(1), spin[:, 2]))

    def _turns(self) -> Array:
        """The rotation matrices of the robots' root links."""
        w, x, y, z = self.data.qpos[self._at[:, 3:]].T
        rows = (
            (1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
            (2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
            (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)),
        )
        return np.moveaxis(np.array(rows), -1, 0)


class _Assembly:
    """A robot being built, link by link from its root."""

    def __init__(self, spec: mujoco.MjSpec, robot: Robot, number: int, model: Model) -> None:
        self._spec = spec
        self._robot = robot
        self._number = number
        self._model = model
        self._drive = _drive(model)
        self._left = {joint.child: joint for joint in model.joints}
        self._wheels: list[_Wheel] = []

    def build(self, labels: list[str]) -> list[_Wheel]:
        """Adds the robot, and what its geoms belong to; answers with its wheels in the order of their actuators."""
        root = _root(self._model)
        body = self._spec.worldbody.add_body(name=self._robot.id)
        body.add_freejoint(name=self._robot.id)
        self._fill(body, root, labels)
        if self._left:
            joint = next(iter(self._left.values()))
            self._refuse(f"joint {joint.name!r} holds {joint.child!r} to {joint.parent!r}, which hangs on nothing")
        mass = sum(link.mass for link in self._model.links) / max(1, len(self._drive.left_joints) * 2)
        for names, side in ((self._drive.left_joints, -1.0), (self._drive.right_joints, 1.0)):
            for name in names:
                self._add_servo(name, mass * self._drive.wheel_radius**2)
                self._wheels.append(_Wheel(self._number, side))
        return self._wheels

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
        at = np.linalg.inv(_place(above)) @ _place(link)
        body = parent.add_body(name=f"{self._robot.id} {link.name}", pos=list(at[:3, 3]), quat=list(quaternion(at)))
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

    def _add_servo(self, joint: str, inertia: float) -> None:
        if joint not in [j.name for j in self._model.joints if j.kind in ("revolute", "continuous")]:
            self._refuse(f"DiffDrive drives {joint!r}, which is no revolute joint of the model")
        gain = inertia / _SERVO_TIME
        self._spec.add_actuator(
            name=f"{self._robot.id} {joint}",
            trntype=mujoco.mjtTrn.mjTRN_JOINT,
            target=f"{self._robot.id} {joint}",
            gaintype=mujoco.mjtGain.mjGAIN_FIXED,
            gainprm=[gain] + [0.0] * 9,
            biastype=mujoco.mjtBias.mjBIAS_AFFINE,
            biasprm=[0.0, 0.0, -gain] + [0.0] * 7,
        )

    def _refuse(self, what: str) -> NoReturn:
        raise SdfError(f"{self._model.file}: {what}")


def _models(world: World, robots: Sequence[Robot]) -> dict[str, Model]:
    """The models of the robots, by name."""
    models: dict[str, Model] = {}
    for robot in robots:
        if robot.model not in models:
            file = find_model(world.file, robot.model)
            if file is None:
                folder = world.file.parent / "models"
                raise SdfError(f"{folder}: no model {robot.model!r} for robot {robot.id!r}; add it or name another")
            models[robot.model] = read_model(file)
    return models


def _drive(model: Model) -> Drive:
    drive = model.drive
    if drive is None or not drive.left_joints or not drive.right_joints:
        raise SdfError(f"{model.file}: needs a DiffDrive plugin with <left_joint> and <right_joint> to drive on wheels")
    return drive


def _root(model: Model) -> Link:
    """The one link that hangs on no other."""
    children = {joint.child for joint in model.joints}
    roots = [link for link in model.links if link.name not in children]
    if len(roots) != 1:
        names = ", ".join(link.name for link in roots) or "none"
        raise SdfError(f"{model.file}: one link must carry all others, but those that hang on none are: {names}")
    return roots[0]


def _place(link: Link) -> Transform:
    return transform(link.position, link.quaternion)
