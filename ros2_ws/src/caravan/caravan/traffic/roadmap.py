"""The roadmap as a graph: neighbours, travel times, and whether it leaves robots room to pass."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Sequence
from itertools import combinations

from caravan.model.geometry import Point
from caravan.model.site import Lane, Roadmap
from caravan.traffic.nearness import lane_gap, off_lane

_CACHED = 2000
"""Travel time tables kept; at 150 nodes they take about 3 MB."""


class Graph:
    """A roadmap with its nodes numbered in the order of the site file. One-way lanes are driven one way.

    Raises ValueError where a lane names an unknown node.
    """

    def __init__(self, roadmap: Roadmap) -> None:
        self.names: tuple[str, ...] = tuple(roadmap.nodes)
        self.points: tuple[Point, ...] = tuple(roadmap.nodes.values())
        self.index: dict[str, int] = {name: i for i, name in enumerate(self.names)}
        self.lanes: tuple[Lane, ...] = roadmap.lanes
        self._speeds: dict[tuple[str, str], float] = {}
        entries: list[dict[int, tuple[float, float]]] = [{} for _ in self.names]
        for lane in roadmap.lanes:
            self._add(lane, entries)
        self._entries = tuple(tuple((u, *lane) for u, lane in into.items()) for into in entries)
        self.after: tuple[tuple[int, ...], ...] = tuple(
            tuple(v for v, into in enumerate(entries) if u in into) for u in range(len(self.names))
        )
        self.beside: tuple[tuple[int, ...], ...] = tuple(
            tuple(sorted({*self.after[v], *entries[v]})) for v in range(len(self.names))
        )
        self._times: dict[tuple[int, frozenset[int], float], tuple[float, ...]] = {}

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

    def nearest(self, point: Point) -> str:
        """The node nearest to `point`. The roadmap must have nodes."""
        # Asked for at each heartbeat and bid: plain numbers are three times as fast as a key of distances.
        away = [(p.x - point.x) ** 2 + (p.y - point.y) ** 2 for p in self.points]
        return self.names[away.index(min(away))]

    def times(self, goal: int, shut: frozenset[int] = frozenset(), speed: float = 1.0) -> tuple[float, ...]:
        """Travel time (s) from every node to `goal` without entering a node of `shut`; inf where there is no way.

        A node of `shut` itself has a time: that of leaving it at once. Dijkstra's algorithm from the goal backwards.
        """
        key = (goal, shut, speed)
        if key not in self._times:
            if len(self._times) >= _CACHED:
                self._times.clear()
            self._times[key] = self._dijkstra(goal, shut, speed)
        return self._times[key]

    def _dijkstra(self, goal: int, shut: frozenset[int], speed: float) -> tuple[float, ...]:
        times = [math.inf] * len(self.names)
        times[goal] = 0.0
        front = [(0.0, goal)]
        while front:
            time, v = heapq.heappop(front)
            if time > times[v] or v in shut:
                continue
            for u, length, cap in self._entries[v]:
                total = time + length / min(speed, cap)
                if total < times[u]:
                    times[u] = total
                    heapq.heappush(front, (total, u))
        return tuple(times)

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
            front = sorted({u for v in front for u, _, _ in self._entries[v] if u in shut and u not in hops})
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
                if name not in (lane.start, lane.end) and off_lane(p, a, b) < clearance:
                    found.append(f"node {name} is {off_lane(p, a, b):.2f} m from lane {lane.start} - {lane.end}")
            if a.distance(b) < clearance:
                found.append(f"lane {lane.start} - {lane.end} is only {a.distance(b):.2f} m long")
        for one, two in combinations(self.lanes, 2):
            if {one.start, one.end} & {two.start, two.end}:
                continue
            gap = lane_gap(*map(self.point, (one.start, one.end, two.start, two.end)))
            if gap < clearance:
                found.append(f"lanes {one.start} - {one.end} and {two.start} - {two.end} are {gap:.2f} m apart")
        return found
