"""What the engine needs of the bodies that it moves, whichever way they are made; and the obstacles they meet."""

from __future__ import annotations

from typing import Protocol

import mujoco
import numpy as np
from numpy.typing import NDArray

from caravan.model.geometry import Pose
from caravan.sim.world import Shape

Array = NDArray[np.float64]

_SLIPPERY = [0.2, 0.0, 0.0]
"""Friction of a bumper that slides along a shelf."""


class Bodies(Protocol):
    """Robots by number, as bodies of a MuJoCo model."""

    model: mujoco.MjModel
    data: mujoco.MjData
    labels: tuple[str, ...]
    """What each geom belongs to: a robot's id, an obstacle's name, or nothing for the floor."""

    def put(self, robot: int, pose: Pose) -> None:
        """Puts a robot somewhere, at rest."""

    def drive(self, targets: Array) -> None:
        """The velocities (n x 2: m/s ahead, rad/s) that the robots go for in the next step."""

    def still(self, targets: Array) -> bool:
        """Whether nothing moves or touches, and nothing is to: a step would change nothing."""

    def poses(self) -> Array:
        """Where the robots are: n x 3 (m, m, rad)."""

    def moves(self) -> Array:
        """How fast they move ahead and turn: n x 2 (m/s, rad/s)."""


def new_spec(step: float, gravity: float) -> mujoco.MjSpec:
    """A model with nothing in it."""
    spec = mujoco.MjSpec()
    spec.compiler.degree = False
    spec.option.timestep = step
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    spec.option.gravity = [0.0, 0.0, -gravity]
    return spec


def add_obstacle(spec: mujoco.MjSpec, number: int, shape: Shape) -> None:
    """An obstacle that stands still; numbered, as SDF knows the same name many times."""
    spec.worldbody.add_geom(
        name=f"{number} {shape.name}",
        **geometry(shape),
        pos=list(shape.position),
        quat=list(shape.quaternion),
        friction=_SLIPPERY,
    )


def geometry(shape: Shape) -> dict[str, object]:
    """The type and size of a shape's geom."""
    first, *rest = shape.size
    kind, size = {
        "box": (mujoco.mjtGeom.mjGEOM_BOX, [s / 2.0 for s in shape.size]),
        "cylinder": (mujoco.mjtGeom.mjGEOM_CYLINDER, [first, *(s / 2.0 for s in rest), 0.0]),
        "capsule": (mujoco.mjtGeom.mjGEOM_CAPSULE, [first, *(s / 2.0 for s in rest), 0.0]),
        "sphere": (mujoco.mjtGeom.mjGEOM_SPHERE, [first, 0.0, 0.0]),
        "ellipsoid": (mujoco.mjtGeom.mjGEOM_ELLIPSOID, list(shape.size)),
    }[shape.kind]
    return {"type": kind, "size": size[:3] if len(size) >= 3 else [*size, 0.0]}
