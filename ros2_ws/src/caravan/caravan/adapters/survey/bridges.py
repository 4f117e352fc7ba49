"""Ways over the floor to where no straight lane leads."""

from __future__ import annotations

import math
from collections.abc import Collection
from itertools import pairwise

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from caravan.adapters.survey.floor import Floor
from caravan.model.geometry import Point

_STEPS = ((1, 0), (0, 1), (1, 1), (1, -1))
"""To half of a cell's neighbours; the way back is the same."""


def ways(floor: Floor, starts: Collection[Point], ends: Collection[Point], spacing: float) -> list[list[Point]]:
    """For each of `ends` that can be reached: corners and points `spacing` (m) apart on the way there.

    The way is the cheapest from any of `starts`, where it costs more to be near an obstacle; neither end is in it.
    """
    numbers = np.arange(floor.gap.size).reshape(floor.gap.shape)
    _, before, _ = csgraph.dijkstra(
        _links(floor),
        directed=False,
        indices=sorted({int(numbers[floor.cell(p)]) for p in starts}),
        return_predecessors=True,
        min_only=True,
    )
    return [_spaced(_bent(floor, _back(floor, before, int(numbers[floor.cell(p)])), p), spacing) for p in ends]


def _links(floor: Floor) -> sparse.csr_matrix:
    """Cells that a robot can drive between, and what it costs."""
    # A place may have no room at its cell but beside it: cells that are nearly free count, and are dear.
    open_, gap = floor.gap >= floor.need - floor.step, np.maximum(floor.gap, 1e-3)
    numbers = np.arange(gap.size).reshape(gap.shape)
    rows, columns, costs = [], [], []
    for i, j in _STEPS:
        here = (slice(None, -1) if i else slice(None), slice(None, -1) if j > 0 else slice(-j, None))
        there = (slice(1, None) if i else slice(None), slice(1, None) if j > 0 else slice(None, j or None))
        both = open_[here] & open_[there]
        tight = (~floor.free[here] | ~floor.free[there])[both]
        cost = math.hypot(i, j) * (1.0 + floor.need / gap[here][both] + 100.0 * tight)
        rows.append(numbers[here][both])
        columns.append(numbers[there][both])
        costs.append(cost)
    size = (gap.size, gap.size)
    return sparse.csr_matrix((np.concatenate(costs), (np.concatenate(rows), np.concatenate(columns))), shape=size)


def _back(floor: Floor, before: np.ndarray, cell: int) -> list[Point]:
    """The way from `cell` back to where the search began, as points."""
    found = []
    while cell >= 0:
        found.append(floor.point((cell // floor.gap.shape[1], cell % floor.gap.shape[1])))
        cell = int(before[cell])
    return found


def _bent(floor: Floor, way: list[Point], end: Point) -> list[Point]:
    """The way from `end` with as few corners as a robot has room for."""
    corners, at = [end], 0
    while at < len(way) - 1:
        rest = np.array([(p.x, p.y) for p in way[at + 1 :]])
        here = np.broadcast_to(np.array([corners[-1].x, corners[-1].y]), rest.shape)
        seen = np.flatnonzero(floor.clear(here, rest))
        at += 1 + (int(seen[-1]) if len(seen) else 0)
        corners.append(way[at])
    return corners


def _spaced(corners: list[Point], spacing: float) -> list[Point]:
    """Corners and points between them, without the two ends of the way."""
    found: list[Point] = []
    for a, b in pairwise(corners):
        pieces = max(1, round(a.distance(b) / spacing))
        found += [
            Point(round(a.x + k / pieces * (b.x - a.x), 3), round(a.y + k / pieces * (b.y - a.y), 3))
            for k in range(1, pieces + 1)
        ]
    return found[:-1]
