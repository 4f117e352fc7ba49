"""The nouns of a simulated world: shapes that stand still, models, and how a model drives. Metres, radians."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

ShapeKind = Literal["box", "cylinder", "sphere"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A solid. `size` is (x, y, z) of a box, (radius, length along its z axis) of a cylinder, (radius,) of a sphere."""

    name: str
    kind: ShapeKind
    size: tuple[float, ...]
    position: tuple[float, float, float]
    """Of its centre, in the frame of the world (or of the model, where the model was read alone)."""
    quaternion: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)
    """w, x, y, z."""
    colour: tuple[float, float, float, float] | None = None
    """Red, green, blue, alpha in 0..1, of a visual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """What a model's DiffDrive plugin says; None where it does not. m, m/s, rad/s, m/s2."""

    wheel_separation: float
    wheel_radius: float
    speed: float | None = None
    turn_rate: float | None = None
    acceleration: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model: what can be touched (`obstacles`), what can only be seen (`visuals`), and how it drives, if it does."""

    name: str
    file: Path
    static: bool = False
    obstacles: tuple[Shape, ...] = ()
    visuals: tuple[Shape, ...] = ()
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
