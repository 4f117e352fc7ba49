"""Robots on their own wheels: the links, joints and tyres of their SDF models, on a floor, under gravity.

Each is driven as Gazebo's DiffDrive or AckermannSteering system drives it: see `drives`.
"""

from __future__ import annotations

from collections.abc import Mapping

import mujoco
import numpy as np

from caravan.model.geometry import Pose
from caravan.model.site import Robot
from caravan.sim.assembly import GRAVITY, Assembly, Servo, drive_of, models_of, place_of, root_of
from caravan.sim.bodies import Array, add_obstacle, new_spec
from caravan.sim.drives import Drives
from caravan.sim.frames import SdfError, quaternion, transform
from caravan.sim.world import Model, World

_STIFF = 10.0
"""Friction is so much stiffer than the contact itself: tyres creep less."""


class WheeledBodies:
    """See `Bodies`. Raises SdfError where a robot's model is missing or cannot drive."""

    def __init__(self, world: World, robots: tuple[Robot, ...], step: float) -> None:
        models = models_of(world, robots)
        spec = new_spec(step, GRAVITY)
        spec.option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
        spec.option.impratio = _STIFF
        spec.worldbody.add_geom(name="floor", type=mujoco.mjtGeom.mjGEOM_PLANE, size=[0.0, 0.0, 1.0])
        for number, shape in enumerate(world.obstacles):
            add_obstacle(spec, number, shape)
        labels = ["", *(shape.name for shape in world.obstacles)]
        servos: list[Servo] = []
        for number, robot in enumerate(robots):
            servos += Assembly(spec, robot, number, models[robot.model]).build(labels)
        try:
            self.model = spec.compile()
        except ValueError as error:
            raise SdfError(f"{world.file.parent}: the robots cannot be built from their models: {error}") from None
        self.data = mujoco.MjData(self.model)
        self.labels = tuple(labels)
        self._find_robots(robots, models)
        self._drives = Drives(robots, [drive_of(models[robot.model]) for robot in robots], servos, step)
        names = [f"{robots[servo.robot].id} {servo.joint}" for servo in servos if servo.steers]
        self._steering_at = np.array([self.model.joint(name).qposadr[0] for name in names], dtype=int)

    def _find_robots(self, robots: tuple[Robot, ...], models: Mapping[str, Model]) -> None:
        joints = [self.model.joint(robot.id) for robot in robots]
        self._at = np.array([np.arange(7) + j.qposadr[0] for j in joints], dtype=int).reshape(-1, 7)
        self._speed_at = np.array([np.arange(6) + j.dofadr[0] for j in joints], dtype=int).reshape(-1, 6)
        roots = [place_of(root_of(models[robot.model])) for robot in robots]
        self._root = np.array(roots).reshape(-1, 4, 4)
        self._model_in_root = np.linalg.inv(self._root)

    def put(self, robot: int, pose: Pose) -> None:
        """See `Bodies`."""
        half = pose.yaw / 2.0
        model = transform((pose.x, pose.y, 0.0), (float(np.cos(half)), 0.0, 0.0, float(np.sin(half))))
        root = model @ self._root[robot]
        self.data.qpos[self._at[robot]] = *root[:3, 3], *quaternion(root)
        self.data.qvel[self._speed_at[robot]] = 0.0

    def drive(self, targets: Array) -> None:
        """See `Bodies`."""
        self.data.ctrl[:] = self._drives.speeds(targets, self.data.qpos[self._steering_at])

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
