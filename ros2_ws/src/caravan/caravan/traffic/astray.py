"""How far a robot is from where it should be, and whose way it is in there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from caravan.model.geometry import Point, off_segment
from caravan.traffic.nearness import lane_gap
from caravan.traffic.roadmap import Graph

ASTRAY = 1.5
"""A robot that is farther from its route has lost its way, m."""
BESIDE = 0.5
"""A robot that is farther from its route is in the way of others, m: corners are cut by less, and lanes kept to by far
less."""


def off_route(graph: Graph, previous: str | None, route: Sequence[str], p: Point) -> float:
    """Distance (m) from `p` to the lanes of `route` (nodes, one at least) and the lane that leads to it.

    `previous` is the node before the first; where that is not known, any lane will do that the first one is on.
    Where it is near one of them, less than `BESIDE`, the others are not asked.
    """
    first = graph.point(route[0])
    nearest = p.distance(first)
    for start, end in pairwise([previous, *route] if previous else route):
        if nearest < BESIDE:
            return nearest
        nearest = min(nearest, off_segment(p, graph.point(start), graph.point(end)))
    if previous is None and nearest >= BESIDE:
        others = (graph.points[v] for v in graph.beside[graph.index[route[0]]])
        nearest = min((off_segment(p, first, other) for other in others), default=nearest)
    return nearest


def in_the_way(graph: Graph, here: Point, there: Point, held: Collection[str], clearance: float) -> frozenset[str]:
    """Nodes that nobody may enter while a robot that holds `held` drives straight from `here` to `there`.

    They are the ends of the lanes that it comes nearer to than `clearance` (m); lanes that end at what it holds are not
    entered by others anyhow, and count only where it is near them already.
    """
    touched = set[str]()
    for lane in graph.lanes:
        a, b = graph.point(lane.start), graph.point(lane.end)
        own = lane.start in held or lane.end in held
        if (off_segment(here, a, b) if own else lane_gap(here, there, a, b)) < clearance:
            touched |= {lane.start, lane.end}
    return frozenset(touched.difference(held))
