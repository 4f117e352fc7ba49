"""Outlines of obstacles on the floor, and the distances to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from caravan.model.geometry import Point
from caravan.sim.frames import rotation
from caravan.sim.world import Shape, World

Array = NDArray[np.float64]

ROBOT_BOTTOM = 0.03
ROBOT_TOP = 1.5
"""Between these heights (m) a thing stands in a robot's way; markings lie below, beams and lamps hang above."""

_RIM = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """A convex outline (n x 2, counter-clockwise), grown by `radius`."""

    name: str
    outline: Array
    radius: float = 0.0


def _corners(shape: Shape) -> Array:
    """Points whose convex hull is the shape (of a cylinder: a 16-gon around it), in the shape's own frame."""
    if shape.kind == "box":
        signs = np.array(np.meshgrid([-1, 1], [-1, 1], [-1, 1])).reshape(3, -1).T
        return np.asarray(signs * np.array(shape.size) / 2.0)
    radius, length = shape.size
    circle = _circle(radius)
    return np.vstack([np.column_stack((circle, np.full(_RIM, z))) for z in (-length / 2.0, length / 2.0)])


def _circle(radius: float) -> Array:
    """Corners of a polygon around a circle, counter-clockwise."""
    angles = np.arange(_RIM) * 2.0 * np.pi / _RIM
    return np.asarray(radius / np.cos(np.pi / _RIM) * np.column_stack((np.cos(angles), np.sin(angles))))


def hull(points: Array) -> Array:
    """Convex hull of points in the plane, counter-clockwise (Andrew's monotone chain)."""
    ordered = sorted({(round(float(x), 9), round(float(y), 9)) for x, y in points})
    chains: list[tuple[float, float]] = []
    for sequence in (ordered, ordered[::-1]):
        chain: list[tuple[float, float]] = []
        for p in sequence:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], p) <= 0.0:
                chain.pop()
            chain.append(p)
        chains += chain[:-1]
    return np.array(chains or ordered)


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def footprint(shape: Shape) -> Footprint | None:
    """The shape's outline on the floor; None if robots pass below or above it."""
    outline, radius, low, high = _outline(shape)
    if high <= ROBOT_BOTTOM or low >= ROBOT_TOP:
        return None
    return Footprint(name=shape.name, outline=outline, radius=radius)


def rim(footprint: Footprint, corners: int = 24) -> Array:
    """The outline of a footprint as a polygon, its round parts as so many corners."""
    if footprint.radius == 0.0:
        return footprint.outline
    angles = np.arange(corners) * 2.0 * np.pi / corners
    circle = footprint.radius * np.column_stack((np.cos(angles), np.sin(angles)))
    return hull((footprint.outline[:, None] + circle).reshape(-1, 2))


def heights(shape: Shape) -> tuple[float, float]:
    """The lowest and the highest point of the shape, m."""
    return _outline(shape)[2:]


def _outline(shape: Shape) -> tuple[Array, float, float, float]:
    """The outline on the floor, by how much it is grown, and the lowest and highest point."""
    turn, centre = rotation(shape.quaternion), np.array(shape.position)
    if shape.kind in ("sphere", "capsule"):
        radius = shape.size[0]
        half = turn[:, 2] * (shape.size[1] / 2.0 if shape.kind == "capsule" else 0.0)
        ends = np.array([centre - half, centre + half])
        return hull(ends[:, :2]), radius, float(ends[:, 2].min()) - radius, float(ends[:, 2].max()) + radius
    if shape.kind == "ellipsoid":
        # A turned ellipsoid's shadow is the ellipse of the same part of its matrix.
        matrix = turn @ np.diag(np.square(shape.size)) @ turn.T
        half_height = float(np.sqrt(matrix[2, 2]))
        outline = centre[:2] + _circle(1.0) @ np.linalg.cholesky(matrix[:2, :2]).T
        return outline, 0.0, shape.position[2] - half_height, shape.position[2] + half_height
    corners = _corners(shape) @ turn.T + centre
    low, high = float(corners[:, 2].min()), float(corners[:, 2].max())
    if shape.kind == "cylinder" and np.ptp(corners[:_RIM, 2]) < 1e-6:
        return centre[None, :2], shape.size[0], low, high
    return hull(corners[:, :2]), 0.0, low, high


def footprints(world: World) -> tuple[Footprint, ...]:
    """The outlines of all that stands in a robot's way."""
    return tuple(f for f in map(footprint, world.obstacles) if f is not None)


def clearance(obstacles: tuple[Footprint, ...], a: Point, b: Point) -> tuple[float, str]:
    """The least distance from the stretch a-b to an obstacle (m, 0 or less inside) and that obstacle's name."""
    best = (np.inf, "")
    start, end = np.array([a.x, a.y]), np.array([b.x, b.y])
    for obstacle in obstacles:
        best = min(best, (_distance(obstacle, start, end), obstacle.name))
    return best


def _distance(obstacle: Footprint, a: Array, b: Array) -> float:
    corners = obstacle.outline
    ahead = np.roll(corners, -1, axis=0)
    gap = float(segment_distances(a, b, corners, ahead).min())
    inside = len(corners) > 2 and bool(np.all(_side(corners, ahead, a) >= 0.0))
    return (-gap if inside else gap) - obstacle.radius


def point_distances(p: Array, a: Array, b: Array) -> Array:
    """Distances from points to segments a-b, row by row."""
    d = b - a
    length2 = np.maximum((d * d).sum(-1), 1e-12)
    t = np.clip(((p - a) * d).sum(-1) / length2, 0.0, 1.0)
    return np.asarray(np.linalg.norm(p - a - t[..., None] * d, axis=-1))


def segment_distances(a: Array, b: Array, c: Array, d: Array) -> Array:
    """Distances between the segment a-b and each of the segments c-d; 0 where they cross."""
    ends = (point_distances(a, c, d), point_distances(b, c, d), point_distances(c, a, b), point_distances(d, a, b))
    crossed = (_side(a, b, c) * _side(a, b, d) < 0) & (_side(c, d, a) * _side(c, d, b) < 0)
    return np.asarray(np.where(crossed, 0.0, np.minimum.reduce(ends)))


def _side(a: Array, b: Array, p: Array) -> Array:
    along, across = b - a, p - a
    return np.asarray(along[..., 0] * across[..., 1] - along[..., 1] * across[..., 0])
