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
        fan = _Fan(poses[seers], beams, reach)
        others = np.arange(len(poses)) != seers[:, None]
        fan.meet_edges(self._edges)
        fan.meet_circles(self._circles, np.ones((len(seers), len(self._circles)), dtype=bool))
        fan.meet_circles(np.column_stack((poses[:, :2], self._radii)), others)
        return fan.found


class _Fan:
    """The beams of all eyes (n x 3), and how far each has got."""

    def __init__(self, eyes: Array, beams: int, reach: float) -> None:
        self.found = np.full((len(eyes), beams), reach)
        self._flat = self.found.reshape(-1)
        self._eyes = eyes
        self._reach = reach
        angles = eyes[:, 2:] + np.arange(beams) * (2.0 * np.pi / beams)
        self._cos, self._sin = np.cos(angles).ravel(), np.sin(angles).ravel()

    def meet_edges(self, edges: Array) -> None:
        """Shortens the beams that meet the outside of an edge (n x 2 x 2), which is on its right."""
        centre, half = edges.mean(axis=1), np.linalg.norm(edges[:, 1] - edges[:, 0], axis=1) / 2.0
        eye, edge = np.nonzero(self._near(centre, half))
        a, b = edges[edge, 0] - self._eyes[eye, :2], edges[edge, 1] - self._eyes[eye, :2]
        outside = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0] < 0.0
        eye, a, b = eye[outside], a[outside], b[outside]
        first = np.arctan2(b[:, 1], b[:, 0])
        pair, beam = self._within(eye, first, np.remainder(np.arctan2(a[:, 1], a[:, 0]) - first, 2.0 * np.pi))
        along = b - a
        over = (a[:, 0] * along[:, 1] - a[:, 1] * along[:, 0])[pair]
        under = self._cos[beam] * along[pair, 1] - self._sin[beam] * along[pair, 0]
        # A beam along the edge itself meets its neighbours' ends.
        np.minimum.at(self._flat, beam, np.divide(over, under, out=np.full(len(beam), np.inf), where=under < -_SLIVER))

    def meet_circles(self, circles: Array, seen: NDArray[np.bool_]) -> None:
        """Shortens the beams that meet a circle (x, y, radius) which the eye sees; from inside, its rim."""
        eye, circle = np.nonzero(self._near(circles[:, :2], circles[:, 2]) & seen)
        offset, radius = circles[circle, :2] - self._eyes[eye, :2], circles[circle, 2]
        gap = np.hypot(offset[:, 0], offset[:, 1])
        inside = gap <= radius
        half = np.where(inside, np.pi, np.arcsin(np.minimum(1.0, radius / np.maximum(gap, _SLIVER))))
        pair, beam = self._within(eye, np.arctan2(offset[:, 1], offset[:, 0]) - half, 2.0 * half)
        ahead = offset[pair, 0] * self._cos[beam] + offset[pair, 1] * self._sin[beam]
        depth = np.sqrt(np.maximum(0.0, radius[pair] ** 2 - gap[pair] ** 2 + ahead**2))
        np.minimum.at(self._flat, beam, ahead + np.where(inside[pair], depth, -depth))

    def _near(self, centres: Array, sizes: Array) -> NDArray[np.bool_]:
        """Which things may be within reach of which eyes."""
        offset = self._eyes[:, None, :2] - centres
        return np.asarray((offset**2).sum(axis=-1) <= (sizes + self._reach) ** 2)

    def _within(self, eye: NDArray[np.int_], first: Array, width: Array) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
        """The beams within intervals of angles: the number of the interval, and that of the beam among all beams."""
        count = self.found.shape[1]
        step = 2.0 * np.pi / count
        start = np.ceil((first - self._eyes[eye, 2]) / step).astype(int)
        end = np.floor((first + width - self._eyes[eye, 2]) / step).astype(int)
        many = np.clip(end - start + 1, 0, count)
        pair = np.repeat(np.arange(len(many)), many)
        number = np.arange(len(pair)) + np.repeat(start - np.cumsum(many) + many, many)
        return pair, eye[pair] * count + number % count
