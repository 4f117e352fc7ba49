"""The floor as a fine grid: how far it is from each point to the nearest obstacle, and where a robot has room."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from caravan.model.geometry import Point
from caravan.sim.footprint import Array
from caravan.sim.outlines import Outlines

Mask = NDArray[np.bool_]
_STEP = 0.1
"""At most so far from one point of the grid to the next, m."""
_AROUND = np.ones((3, 3), dtype=int)
"""A cell's neighbours, across corners too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """A grid of points `step` apart. Its south-west corner is at (x0, y0); indices are (east, north)."""

    x0: float
    y0: float
    step: float
    need: float
    """How far from every obstacle a robot's centre must stay, m."""
    gap: Array
    """Distance to the nearest obstacle, m, not more than what was looked for."""
    free: Mask
    """Where a robot has room, and on the way to each free neighbour too."""
    outlines: Outlines

    def point(self, cell: tuple[int, int]) -> Point:
        """The place of a cell, rounded to mm."""
        return Point(round(self.x0 + cell[0] * self.step, 3), round(self.y0 + cell[1] * self.step, 3))

    def cell(self, point: Point) -> tuple[int, int]:
        """The cell nearest to a point of the floor."""
        size = self.gap.shape
        i, j = round((point.x - self.x0) / self.step), round((point.y - self.y0) / self.step)
        return min(max(i, 0), size[0] - 1), min(max(j, 0), size[1] - 1)

    def clear(self, a: Array, b: Array) -> Mask:
        """Whether a robot has room on each of the stretches a-b."""
        return np.asarray(self.outlines.gaps(a, b, self.need)[0] >= self.need)

    def regions(self) -> NDArray[np.int32]:
        """The number of the free region that each cell lies in; 0 where a robot has no room."""
        labels, _ = ndimage.label(self.free, structure=_AROUND)
        return np.asarray(labels)

    def region(self, regions: NDArray[np.int32], point: Point) -> int:
        """The number of the region that a robot at `point` can drive to straight; 0 where it has no room there."""
        i, j = self.cell(point)
        west, south = max(i - 1, 0), max(j - 1, 0)
        here = np.array([[point.x, point.y]])
        around = [
            (self.point((int(u), int(v))).distance(point), int(u), int(v))
            for u, v in np.argwhere(regions[west : i + 2, south : j + 2]) + np.array((west, south))
        ]
        for _, u, v in sorted(around):
            beside = self.point((u, v))
            if self.clear(here, np.array([[beside.x, beside.y]]))[0]:
                return int(regions[u, v])
        return 0


def lay_out(outlines: Outlines, points: Iterable[Point], need: float, reach: float) -> Floor:
    """The floor around all obstacles and points, with the distances up to `reach` (m).

    A way round what stands at the rim is on it, so that a world needs no walls.
    """
    step = min(_STEP, need / 5.0)
    corners = np.vstack([outlines.low, outlines.high, *([[p.x, p.y]] for p in points)])
    rim = need + 2.0 * step
    low = np.floor((corners.min(axis=0) - rim) / step).astype(int)
    high = np.ceil((corners.max(axis=0) + rim) / step).astype(int)
    xs, ys = (np.arange(low[k], high[k] + 1) * step for k in (0, 1))
    field = outlines.field(xs, ys, reach)
    return Floor(
        x0=float(xs[0]),
        y0=float(ys[0]),
        step=step,
        need=need,
        gap=field,
        free=field >= math.hypot(need, step / math.sqrt(2.0)),
        outlines=outlines,
    )
