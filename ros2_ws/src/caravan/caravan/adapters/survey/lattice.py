"""Lanes and nodes from the lines of the floor: nodes at crossings and open ends, and more on long lanes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from caravan.adapters.survey.floor import Floor, Mask
from caravan.adapters.survey.lines import choose
from caravan.model.geometry import Point

Cell = tuple[int, int]


def lattice(floor: Floor, places: list[Point], spacing: float) -> tuple[list[Point], list[tuple[int, int]]]:
    """Nodes, and lanes as pairs of their numbers. Lines that run side by side are `spacing` (m) apart or more."""
    apart = int(np.ceil(spacing / floor.step - 1e-9))
    cells = [floor.cell(p) for p in places]
    north = choose(floor.free, floor.gap, cells, apart)
    east = choose(floor.free.T, floor.gap.T, [(j, i) for i, j in cells], apart).T
    lanes = [
        lane
        for line in (*_lines(north, east, apart), *_lines(east.T, north.T, apart, turned=True))
        for lane in pairwise(line)
    ]
    nodes = sorted({cell for lane in lanes for cell in lane})
    number = {cell: k for k, cell in enumerate(nodes)}
    points = [floor.point(cell) for cell in nodes]
    pairs = [(number[a], number[b]) for a, b in lanes]
    return _divided(points, pairs, spacing)


def _lines(line: Mask, across: Mask, apart: int, *, turned: bool = False) -> Iterator[list[Cell]]:
    """The nodes on each stretch of the lines along the second axis, in order: crossings, and ends far from them."""
    for i in np.flatnonzero(line.any(axis=1)):
        edges = np.flatnonzero(np.diff(np.concatenate(([False], line[i], [False])).astype(np.int8)))
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            nodes = [int(j) for j in start + np.flatnonzero(across[i, start:end])]
            if nodes and nodes[0] - start >= apart:
                nodes.insert(0, int(start))
            if nodes and end - 1 - nodes[-1] >= apart:
                nodes.append(int(end) - 1)
            yield [(j, int(i)) if turned else (int(i), j) for j in nodes]


def _divided(
    points: list[Point], lanes: list[tuple[int, int]], spacing: float
) -> tuple[list[Point], list[tuple[int, int]]]:
    """The same lanes with nodes on those that leave room for robots to follow each other."""
    out: list[tuple[int, int]] = []
    for a, b in lanes:
        p, q = points[a], points[b]
        pieces = max(1, int(p.distance(q) / spacing + 1e-9))
        row = [a, *range(len(points), len(points) + pieces - 1), b]
        shares = [k / pieces for k in range(1, pieces)]
        points += [Point(round(p.x + s * (q.x - p.x), 3), round(p.y + s * (q.y - p.y), 3)) for s in shares]
        out += pairwise(row)
    return points, out
