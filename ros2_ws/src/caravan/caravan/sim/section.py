"""What a horizontal plane cuts out of a shape: what a flat laser scanner sees of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from caravan.sim.bodies import Array
from caravan.sim.footprint import hull
from caravan.sim.frames import rotation
from caravan.sim.world import Shape

_FINE = 128
"""Corners that stand for a circle: they are off by 0.03 % of its radius."""
_UPRIGHT = 1.0 - 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A convex polygon (n x 2, counter-clockwise), or, if it has a radius, the circle around its one point."""

    outline: Array
    radius: float = 0.0


def section(shape: Shape, height: float) -> Section | None:
    """What the plane at `height` cuts out of the shape; None where it passes above or below."""
    turn, centre = rotation(shape.quaternion), np.array(shape.position)
    radius = _circle_at(shape, height - centre[2], abs(turn[2, 2]) > _UPRIGHT)
    if radius is not None:
        return Section(outline=centre[None, :2], radius=radius) if radius > 0.0 else None
    points, edges = _wires(shape)
    points = points @ turn.T + centre
    return _cut(points[edges[:, 0]], points[edges[:, 1]], height)


def _circle_at(shape: Shape, height: float, upright: bool) -> float | None:
    """The radius of the cut so far above the centre, 0 for no cut; None where the cut is no circle."""
    if shape.kind == "sphere":
        return float(np.sqrt(max(0.0, shape.size[0] ** 2 - height**2)))
    if shape.kind not in ("cylinder", "capsule") or not upright:
        return None
    radius, length = shape.size
    above = max(0.0, abs(height) - length / 2.0)
    if shape.kind == "cylinder":
        return radius if above == 0.0 else 0.0
    return float(np.sqrt(max(0.0, radius**2 - above**2)))


def _wires(shape: Shape) -> tuple[Array, np.ndarray]:
    """Points on the surface (n x 3, in the shape's own frame) and the edges between them (m x 2)."""
    if shape.kind == "box":
        points = np.array(np.meshgrid([-0.5, 0.5], [-0.5, 0.5], [-0.5, 0.5], indexing="ij")).reshape(3, -1).T
        pairs = [(a, b) for a in range(8) for b in range(a) if bin(a ^ b).count("1") == 1]
        return points * np.array(shape.size), np.array(pairs)
    rings = _rings(shape)
    angles = np.arange(_FINE) * 2.0 * np.pi / _FINE
    circle = np.column_stack((np.cos(angles), np.sin(angles)))
    points = np.array([[(*(r * spot), z) for spot in circle] for r, z in rings]).reshape(-1, 3)
    if shape.kind == "ellipsoid":
        points = points * np.array(shape.size)
    number = np.arange(len(points)).reshape(len(rings), _FINE)
    around = np.stack((number, np.roll(number, -1, axis=1)), axis=-1).reshape(-1, 2)
    along = np.stack((number[:-1], number[1:]), axis=-1).reshape(-1, 2)
    return points, np.vstack((around, along))


def _rings(shape: Shape) -> list[tuple[float, float]]:
    """Radius and height of circles around the axis of a round shape (an ellipsoid's: of the unit sphere)."""
    if shape.kind == "cylinder":
        radius, length = shape.size
        return [(radius, -length / 2.0), (radius, length / 2.0)]
    radius, half = (1.0, 0.0) if shape.kind == "ellipsoid" else (shape.size[0], shape.size[1] / 2.0)
    slopes = np.linspace(-np.pi / 2.0, np.pi / 2.0, _FINE // 2 + 1)
    return [(radius * float(np.cos(a)), radius * float(np.sin(a)) + (half if a > 0.0 else -half)) for a in slopes]


def _cut(a: Array, b: Array, height: float) -> Section | None:
    """The hull of where the segments a-b cross the plane."""
    below, above = a[:, 2] - height, b[:, 2] - height
    crossing = (below <= 0.0) != (above <= 0.0)
    if not crossing.any():
        return None
    part = below[crossing] / (below[crossing] - above[crossing])
    points = a[crossing, :2] + part[:, None] * (b[crossing, :2] - a[crossing, :2])
    outline = hull(points)
    return Section(outline=outline) if len(outline) > 2 else None
