"""Flat laser scanners: the beams of all robots cast at once against what they see at the scanners' height.

A beam is not tried against everything. From each scanner a straight edge or a circle covers an interval of angles, and
only the beams within it are reckoned: all pairs of scanner, thing and beam in one run over arrays.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from caravan.sim.bodies import Array
from caravan.sim.section import section
from caravan.sim.world import World

SCAN_HEIGHT = 0.3
"""Of a laser scanner above the floor, m."""
_SLIVER = 1e-12


class Lidar:
    """The scanners of robots with these `radii` in `world`; robots see each other as cylinders."""

    def __init__(self, world: World, radii: Sequence[float]) -> None:
        cuts = [cut for shape in world.obstacles if (cut := section(shape, SCAN_HEIGHT)) is not None]
        sides = [np.stack((c.outline, np.roll(c.outline, -1, axis=0)), axis=1) for c in cuts if c.radius == 0.0]
        circles = [(*c.outline[0], c.radius) for c in cuts if c.radius > 0.0]
        self._edges: Array = np.concatenate(sides) if sides else np.zeros((0, 2, 2))
        self._circles: Array = np.array(circles).reshape(-1, 3)
        self._radii = np.array(radii, dtype=float)

    def cast(self, poses: Array, seers: NDArray[np.int_], beams: int, reach: float) -> Array:
        """What the scanners of the robots `seers` measure, m: len(seers) x `beams`.

        `poses` (n x 3) are those of all robots. Beam k looks 2 pi k / `beams` to the left of ahead, distances are from
        the robot's centre, and `reach` stands for nothing in sight.
        """
        eyes = poses[seers]
        found = np.full((len(seers), beams), reach)
        _edges(found, eyes, self._edges, reach)
        robots = np.column_stack((poses[:, :2], self._radii))
        others = np.arange(len(poses)) != seers[:, None]
        _circles(found, eyes, self._circles, np.ones((len(eyes), len(self._circles)), dtype=bool), reach)
        _circles(found, eyes, robots, others, reach)
        return found


def _edges(found: Array, eyes: Array, edges: Array, reach: float) -> None:
    """Shortens the beams that meet an edge."""
    centre, half = edges.mean(axis=1), np.linalg.norm(edges[:, 1] - edges[:, 0], axis=1) / 2.0
    near = _near(eyes, centre, half, reach)
    eye, edge = np.nonzero(near)
    a, b = edges[edge, 0] - eyes[eye, :2], edges[edge, 1] - eyes[eye, :2]
    start, end = np.arctan2(a[:, 1], a[:, 0]), np.arctan2(b[:, 1], b[:, 0])
    width = np.remainder(end - start, 2.0 * np.pi)
    # The shorter way round: from a to b, or from b to a.
    back = width > np.pi
    start, width = np.where(back, end, start), np.where(back, 2.0 * np.pi - width, width)
    pair, beam, angle = _beams(found.shape[1], eyes[eye, 2], start, width)
    along, a = (b - a)[pair], a[pair]
    x, y = np.cos(angle), np.sin(angle)
    across = x * along[:, 1] - y * along[:, 0]
    # A beam along the edge itself meets its neighbours' ends.
    good = np.abs(across) > _SLIVER
    distance = (a[:, 0] * along[:, 1] - a[:, 1] * along[:, 0])[good] / across[good]
    np.minimum.at(found, (eye[pair][good], beam[good]), np.maximum(distance, 0.0))


def _circles(found: Array, eyes: Array, circles: Array, seen: NDArray[np.bool_], reach: float) -> None:
    """Shortens the beams that meet a circle (x, y, radius) which the eye sees; from inside, its rim."""
    near = _near(eyes, circles[:, :2], circles[:, 2], reach) & seen
    eye, circle = np.nonzero(near)
    offset, radius = circles[circle, :2] - eyes[eye, :2], circles[circle, 2]
    gap = np.hypot(offset[:, 0], offset[:, 1])
    inside = gap <= radius
    half = np.where(inside, np.pi, np.arcsin(np.minimum(1.0, radius / np.maximum(gap, _SLIVER))))
    start = np.arctan2(offset[:, 1], offset[:, 0]) - half
    pair, beam, angle = _beams(found.shape[1], eyes[eye, 2], start, 2.0 * half)
    ahead = offset[pair, 0] * np.cos(angle) + offset[pair, 1] * np.sin(angle)
    depth = np.sqrt(np.maximum(0.0, radius[pair] ** 2 - gap[pair] ** 2 + ahead**2))
    np.minimum.at(found, (eye[pair], beam), ahead + np.where(inside[pair], depth, -depth))


def _near(eyes: Array, centres: Array, sizes: Array, reach: float) -> NDArray[np.bool_]:
    """Which things may be within reach of which eyes."""
    offset = eyes[:, None, :2] - centres
    return np.asarray((offset**2).sum(axis=-1) <= (sizes + reach) ** 2)


def _beams(count: int, yaw: Array, start: Array, width: Array) -> tuple[NDArray[np.int_], NDArray[np.int_], Array]:
    """The beams within intervals of angles: the interval's number, the beam's, and its angle in the world."""
    step = 2.0 * np.pi / count
    first = np.ceil((start - yaw) / step).astype(int)
    last = np.floor((start + width - yaw) / step).astype(int)
    many = np.clip(last - first + 1, 0, count)
    pair = np.repeat(np.arange(len(many)), many)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(many) - many, many)
    number = first[pair] + within
    return pair, number % count, yaw[pair] + number * step
