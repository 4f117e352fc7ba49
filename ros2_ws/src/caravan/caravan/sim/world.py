"""The nouns of a simulated world: shapes that stand still, models, and how a model drives. Metres, radians."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

ShapeKind = Literal["box", "cylinder", "sphere", "capsule", "ellipsoid"]
Vector = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]
"""w, x, y, z, of length 1."""
_INFINITE = (math.inf,) * 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A solid.

    `size` is (x, y, z) of a box, (radius, length along its z axis) of a cylinder, the same of a capsule, whose round
    ends come on top of the length, (radius,) of a sphere, and the three half axes of an ellipsoid.
    """

    name: str
    kind: ShapeKind
    size: tuple[float, ...]
    position: Vector
    """Of its centre, in the frame of the world (or of the model or link that it is read for)."""
    quaternion: Quaternion = (1.0, 0.0, 0.0, 0.0)
    colour: tuple[float, float, float, float] | None = None
    """Red, green, blue, alpha in 0..1, of a visual."""
    friction: float = 1.0
    """Coulomb's coefficient, of a collision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steering:
    """How a model with an AckermannSteering plugin steers. Metres, radians."""

    wheel_base: float
    kingpin_width: float
    limit: float
    """Of the angle to either side."""
    gain: float
    """How fast a joint turns to its angle, rad/s for each rad that it is off."""
    left_joints: tuple[str, ...]
    right_joints: tuple[str, ...]

    @property
    def radius(self) -> float:
        """The tightest bend that the middle of the rear axle takes, as the plugin has it."""
        return self.wheel_base / math.sin(self.limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """What a model's DiffDrive or AckermannSteering plugin says. Metres.

    `lower` and `upper` bound the linear velocity (m/s), the angular velocity (rad/s), and their changes (m/s2, rad/s2).
    """

    wheel_separation: float
    wheel_radius: float
    left_joints: tuple[str, ...] = ()
    right_joints: tuple[str, ...] = ()
    lower: tuple[float, float, float, float] = tuple(-v for v in _INFINITE)  # type: ignore[assignment]  # it has four
    upper: tuple[float, float, float, float] = _INFINITE
    steering: Steering | None = None
    """None: it turns by the difference of its wheels, on the spot too."""

    @property
    def speed(self) -> float | None:
        """The highest speed ahead, m/s; None where the plugin does not say."""
        return self._bound(0)

    @property
    def turn_rate(self) -> float | None:
        """The highest turn rate, rad/s; None where the plugin does not say."""
        return self._bound(1)

    @property
    def acceleration(self) -> float | None:
        """The highest acceleration ahead, m/s2; None where the plugin does not say."""
        return self._bound(2)

    @property
    def brake(self) -> float | None:
        """How hard it brakes at most, m/s2; None where the plugin does not say."""
        return -self.lower[2] if math.isfinite(self.lower[2]) else None

    def _bound(self, number: int) -> float | None:
        return self.upper[number] if math.isfinite(self.upper[number]) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A rigid part of a model, where it stands in the model's frame. kg, kg m2."""

    name: str
    position: Vector
    quaternion: Quaternion
    mass: float = 1.0
    centre: Vector = (0.0, 0.0, 0.0)
    """Of mass, in the link's frame."""
    inertia: tuple[float, float, float, float, float, float] = (1.0, 1.0, 1.0, 0.0, 0.0, 0.0)
    """xx, yy, zz, xy, xz, yz about that centre, along the axes of the link's frame."""
    shapes: tuple[Shape, ...] = ()
    """What can be touched, in the link's frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """What holds the link `child` to the link `parent`; `position` and `axis` are in the child's frame."""

    name: str
    kind: str
    """fixed, revolute, continuous, prismatic, ball, or one that is not known here."""
    parent: str
    child: str
    position: Vector
    axis: Vector = (0.0, 0.0, 1.0)
    limits: tuple[float, float] = (-math.inf, math.inf)
    """rad or m."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model: what can be touched (`obstacles`), what can only be seen (`visuals`), its parts, and how it drives."""

    name: str
    file: Path
    static: bool = False
    obstacles: tuple[Shape, ...] = ()
    visuals: tuple[Shape, ...] = ()
    links: tuple[Link, ...] = ()
    joints: tuple[Joint, ...] = ()
    drive: Drive | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A world as the simulator sees it. `notes` say what the file has that the simulator leaves out."""

    name: str
    file: Path
    models: Mapping[str, Model] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def obstacles(self) -> tuple[Shape, ...]:
        """Everything that can be touched."""
        return tuple(shape for model in self.models.values() for shape in model.obstacles)
