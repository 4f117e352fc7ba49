"""The roadmap as a graph: neighbours, travel times, and whether it leaves robots room to pass."""

from __future__ import annotations

import math
from array import array
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from caravan.model.geometry import Point, off_segment
from caravan.model.site import Lane, Roadmap
from caravan.traffic.nearness import lane_gap

_CACHED = 8_000_000
"""Travel times kept, 8 bytes each: tables of some thousand destinations of a large roadmap."""
_NETS = 100
"""Roadmaps with nodes shut kept."""


class Graph:
    """A roadmap with its nodes numbered in the order of the site file. One-way lanes are driven one way.

    Raises ValueError where a lane names an unknown node.
    """

    def __init__(self, roadmap: Roadmap) -> None:
        self.names: tuple[str, ...] = tuple(roadmap.nodes)
        self.points: tuple[Point, ...] = tuple(roadmap.nodes.values())
        self._xs, self._ys = (np.array([getattr(p, axis) for p in self.points], dtype=float) for axis in "xy")
        self.index: dict[str, int] = {name: i for i, name in enumerate(self.names)}
        self.lanes: tuple[Lane, ...] = roadmap.lanes
        self._speeds: dict[tuple[str, str], float] = {}
        entries: list[dict[int, tuple[float, float]]] = [{} for _ in self.names]
        for lane in roadmap.lanes:
            self._add(lane, entries)
        after: list[list[int]] = [[] for _ in self.names]
        for v, into in enumerate(entries):
            for u in into:
                after[u].append(v)
        self.after: tuple[tuple[int, ...], ...] = tuple(map(tuple, after))
        self.beside: tuple[tuple[int, ...], ...] = tuple(
            tuple(sorted({*self.after[v], *entries[v]})) for v in range(len(self.names))
        )
        self._into = tuple(entries)
        sizes = np.array([size for into in entries for size in into.values()], dtype=float).reshape(-1, 2)
        self._lengths, self._caps = sizes[:, 0], sizes[:, 1]
        self._ends = np.repeat(np.arange(len(self.names)), [len(into) for into in entries])
        self._starts = np.array([u for into in entries for u in into], dtype=int)
        self.mean_length = float(self._lengths.mean()) if len(sizes) else 1.0
        """Of the lanes, m."""
        self._nets: dict[tuple[frozenset[int], float], csr_array] = {}
        self._times: OrderedDict[tuple[int, frozenset[int], float], array[float]] = OrderedDict()

    def _add(self, lane: Lane, entries: list[dict[int, tuple[float, float]]]) -> None:
        for name in (lane.start, lane.end):
            if name not in self.index:
                raise ValueError(f"roadmap: lane {lane.start} - {lane.end}: node {name!r} is not in roadmap.nodes")
        u, v = self.index[lane.start], self.index[lane.end]
        size = (self.points[u].distance(self.points[v]), lane.speed or math.inf)
        entries[v][u] = size
        self._speeds[lane.start, lane.end] = size[1]
        if lane.two_way:
            entries[u][v] = size
            self._speeds[lane.end, lane.start] = size[1]

    def numbers(self, names: Iterable[str]) -> frozenset[int]:
        """The numbers of those `names` that are nodes."""
        return frozenset(self.index[name] for name in names if name in self.index) if names else frozenset()

    def neighbours(self, node: str) -> tuple[str, ...]:
        """Nodes that one lane leads to from `node`."""
        return tuple(self.names[v] for v in self.after[self.index[node]])

    def point(self, node: str) -> Point:
        """Where `node` is."""
        return self.points[self.index[node]]

    def length(self, start: str, end: str) -> float:
        """Distance between two nodes, m: the length of the lane where there is one."""
        return self.point(start).distance(self.point(end))

    def lane_speed(self, start: str, end: str) -> float:
        """The speed (m/s) that the lane between two nodes allows; infinite where it says nothing or there is none."""
        return self._speeds.get((start, end), math.inf)

    def lane_time(self, v: int, u: int, speed: float) -> float:
        """How long (s) the lane from node `v` to node `u` takes at `speed`."""
        length, cap = self._into[u][v]
        return length / min(speed, cap)

    def nearest(self, point: Point) -> str:
        """The node nearest to `point`. The roadmap must have nodes."""
        # Asked for at each odometry, of halls with more than a thousand nodes.
        dx, dy = self._xs - point.x, self._ys - point.y
        return self.names[int((dx * dx + dy * dy).argmin())]

    def times(self, goal: int, shut: frozenset[int] = frozenset(), speed: float = 1.0) -> Sequence[float]:
        """Travel time (s) from every node to `goal` without entering a node of `shut`; inf where there is no way.

        A node of `shut` itself has a time: that of leaving it at once. Dijkstra's algorithm from the goal backwards.
        """
        key = (goal, shut, speed)
        if key in self._times:
            self._times.move_to_end(key)
            return self._times[key]
        while self._times and len(self._times) * len(self.names) >= _CACHED:
            self._times.popitem(last=False)
        self._times[key] = array("d", dijkstra(self._net(shut, speed), indices=goal).tobytes())
        return self._times[key]

    def _net(self, shut: frozenset[int], speed: float) -> csr_array:
        """The lanes backwards, with their travel times, without those that end in `shut`."""
        key = (shut, speed)
        if key not in self._nets:
            if len(self._nets) >= _NETS:
                self._nets.clear()
            open_ = ~np.isin(self._ends, list(shut))
            times = self._lengths / np.minimum(speed, self._caps)
            lanes = (self._ends[open_], self._starts[open_])
            self._nets[key] = csr_array((times[open_], lanes), shape=(len(self.names), len(self.names)))
        return self._nets[key]

    def travel_time(self, a: str, b: str, speed: float, avoid: Iterable[str] = ()) -> float | None:
        """Shortest time (s) from `a` to `b` at `speed` (m/s) and the lanes' own limits, entering no node of `avoid`.

        None where there is no way or a name is no node.
        """
        if a not in self.index or b not in self.index:
            return None
        if a == b:
            return 0.0
        time = self.times(self.index[b], self.numbers(avoid), speed)[self.index[a]]
        return time if math.isfinite(time) else None

    def around(self, node: str, count: int, avoid: Iterable[str] = ()) -> tuple[str, ...]:
        """The `count` nodes from which `node` is reached soonest, itself first, without those of `avoid`."""
        times, shut = self.times(self.index[node]), self.numbers(avoid)
        near = sorted((time, self.names[v]) for v, time in enumerate(times) if math.isfinite(time) and v not in shut)
        return tuple(name for _, name in near[:count])

    def reachable(self, a: str, b: str, avoid: Iterable[str] = ()) -> bool:
        """Whether a robot at `a` can drive to `b` without entering a node of `avoid`."""
        return self.travel_time(a, b, 1.0, avoid) is not None

    def ways_out(self, shut: frozenset[int]) -> dict[int, int]:
        """For each node of `shut` from which one can leave it: how many lanes that takes."""
        hops: dict[int, int] = {}
        front: Sequence[int] = [v for v in range(len(self.names)) if v not in shut]
        count = 0
        while front:
            count += 1
            front = sorted({u for v in front for u in self._into[v] if u in shut and u not in hops})
            hops.update(dict.fromkeys(front, count))
        return hops

    def touched(self, here: Point, there: Point, clearance: float) -> frozenset[str]:
        """The ends of all lanes nearer than `clearance` (m) to the straight line from `here` to `there`."""
        return frozenset(
            node
            for lane in self.lanes
            if lane_gap(here, there, self.point(lane.start), self.point(lane.end)) < clearance
            for node in (lane.start, lane.end)
        )

    def tight(self, clearance: float) -> list[str]:
        """Where robots could touch though none is on the other's nodes: lanes and nodes closer than `clearance` (m)."""
        found = []
        for lane in self.lanes:
            a, b = self.point(lane.start), self.point(lane.end)
            for name, p in zip(self.names, self.points, strict=True):
                if name not in (lane.start, lane.end) and off_segment(p, a, b) < clearance:
                    found.append(f"node {name} is {off_segment(p, a, b):.2f} m from lane {lane.start} - {lane.end}")
            if a.distance(b) < clearance:
                found.append(f"lane {lane.start} - {lane.end} is only {a.distance(b):.2f} m long")
        for one, two in combinations(self.lanes, 2):
            if {one.start, one.end} & {two.start, two.end}:
                continue
            gap = lane_gap(*map(self.point, (one.start, one.end, two.start, two.end)))
            if gap < clearance:
                found.append(f"lanes {one.start} - {one.end} and {two.start} - {two.end} are {gap:.2f} m apart")
        return found
