"""The outlines of many obstacles at once: how near they come to stretches and to the points of a grid."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from caravan.sim.footprint import Array, Footprint, point_distances, segment_distances

Indices = NDArray[np.intp]
_CHUNK = 256
"""Boxes that are compared with all others in one go: more take no less time, and more memory."""


class Outlines:
    """Obstacles by number, in the order given. Coordinates and distances in m."""

    def __init__(self, footprints: Sequence[Footprint]) -> None:
        self.names: tuple[str, ...] = tuple(f.name for f in footprints)
        self._outlines = [f.outline for f in footprints]
        self._radii = np.array([f.radius for f in footprints])
        self._counts = np.array([len(f.outline) for f in footprints], dtype=np.intp)
        self._first = np.cumsum(self._counts) - self._counts
        self._starts = np.vstack([np.empty((0, 2)), *self._outlines])
        self._ends = np.vstack([np.empty((0, 2)), *(np.roll(o, -1, axis=0) for o in self._outlines)])
        grown = self._radii[:, None]
        self.low: Array = np.array([o.min(axis=0) for o in self._outlines]).reshape(-1, 2) - grown
        """The south-west corners of the boxes around the obstacles, n x 2."""
        self.high: Array = np.array([o.max(axis=0) for o in self._outlines]).reshape(-1, 2) + grown
        """The north-east corners."""

    def gaps(self, a: Array, b: Array, reach: float) -> tuple[Array, Indices]:
        """For each stretch a-b (n x 2 each): the distance to the nearest obstacle (0 or less inside), and which it is.

        Where none is nearer than `reach`: `reach`, and -1.
        """
        best, which = np.full(len(a), reach), np.full(len(a), -1, dtype=np.intp)
        stretch, obstacle = near(np.minimum(a, b), np.maximum(a, b), self.low, self.high, reach)
        if not len(stretch):
            return best, which
        gap = self._pairs(a[stretch], b[stretch], obstacle)
        order = np.lexsort((-obstacle, -gap))
        # The last one written counts: the nearest, and of equals the first.
        closer = order[gap[order] < reach]
        best[stretch[closer]], which[stretch[closer]] = gap[closer], obstacle[closer]
        return best, which

    def _pairs(self, a: Array, b: Array, obstacle: Indices) -> Array:
        """Distances from stretches to obstacles, row by row."""
        counts = self._counts[obstacle]
        heads = np.cumsum(counts) - counts
        row = np.repeat(np.arange(len(obstacle)), counts)
        edge = self._first[obstacle][row] + np.arange(len(row)) - heads[row]
        start, end = self._starts[edge], self._ends[edge]
        gap = np.minimum.reduceat(segment_distances(a[row], b[row], start, end), heads)
        along, across = end - start, a[row] - start
        left = along[:, 0] * across[:, 1] - along[:, 1] * across[:, 0] >= 0.0
        inside = np.logical_and.reduceat(left, heads) & (counts > 2)
        return np.asarray(np.where(inside, -gap, gap) - self._radii[obstacle])

    def field(self, xs: Array, ys: Array, reach: float) -> Array:
        """The distance to the nearest obstacle at each point of a grid, at most `reach`; 0 or less inside one."""
        out = np.full((len(xs), len(ys)), reach)
        for number, outline in enumerate(self._outlines):
            i = np.searchsorted(xs, (self.low[number, 0] - reach, self.high[number, 0] + reach))
            j = np.searchsorted(ys, (self.low[number, 1] - reach, self.high[number, 1] + reach))
            window = out[i[0] : i[1], j[0] : j[1]]
            points = np.stack(np.meshgrid(xs[i[0] : i[1]], ys[j[0] : j[1]], indexing="ij"), axis=-1)
            np.minimum(window, _to_outline(points, outline) - self._radii[number], out=window)
        return out


def _to_outline(points: Array, outline: Array) -> Array:
    """Distances from points (any shape x 2) to one outline; 0 or less inside."""
    gap, inside = np.full(points.shape[:-1], np.inf), np.full(points.shape[:-1], len(outline) > 2)
    for start, end in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        np.minimum(gap, point_distances(points, start, end), out=gap)
        along, across = end - start, points - start
        inside &= along[0] * across[..., 1] - along[1] * across[..., 0] >= 0.0
    return np.asarray(np.where(inside, -gap, gap))


def near(low: Array, high: Array, other_low: Array, other_high: Array, reach: float) -> tuple[Indices, Indices]:
    """The pairs of boxes, one of each kind, that are no more than `reach` apart in x and in y: their numbers."""
    rows, columns = [], []
    for first in range(0, len(low), _CHUNK):
        some = slice(first, first + _CHUNK)
        close = np.logical_and.reduce(
            [
                (low[some, None, axis] <= other_high[None, :, axis] + reach)
                & (high[some, None, axis] >= other_low[None, :, axis] - reach)
                for axis in (0, 1)
            ]
        )
        i, j = np.nonzero(close)
        rows.append(i + first)
        columns.append(j)
    if not rows:
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    return np.concatenate(rows), np.concatenate(columns)
