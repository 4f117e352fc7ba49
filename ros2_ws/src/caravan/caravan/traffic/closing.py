"""The roadmap without the lanes that are blocked."""

from __future__ import annotations

from functools import lru_cache

from caravan.model.site import Roadmap
from caravan.traffic.beliefs import Ends, ends
from caravan.traffic.roadmap import Graph

_KEPT = 16
"""So many are kept: all robots of a process share them."""


@lru_cache(maxsize=_KEPT)
def without(graph: Graph, closed: frozenset[Ends]) -> Graph:
    """`graph` without the lanes of `closed`; its nodes keep their numbers."""
    if not closed:
        return graph
    lanes = tuple(lane for lane in graph.lanes if ends(lane.start, lane.end) not in closed)
    return Graph(Roadmap(nodes=dict(zip(graph.names, graph.points, strict=True)), lanes=lanes))
