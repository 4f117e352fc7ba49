"""A road: a line of straights and arcs that vehicles keep to, its lanes, and the ramps that leave it.

Where a vehicle is, is told by `s`, how far along the line (m), and by its offset to the left of it (m). All is exact:
`project(pose(s, offset))` is `(s, offset)`, as long as the offset is smaller than every radius that it points to.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from caravan.model.geometry import Point, Pose

NEAR = 50.0
"""How far from where one looks a place on a line may be found, m."""
REACH = 250.0
"""Of a radar, m."""
NOTHING = 1000.0
"""The gap that a radar tells where there is nothing within its reach, m."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Radar:
    """What drives ahead in one's own lane: the distance to its rear, box to box (m), and how fast that grows (m/s)."""

    gap: float = NOTHING
    rate: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of a line. `curvature` is one through the radius, 1/m: more than 0 to the left, 0 straight ahead."""

    length: float
    curvature: float = 0.0

    def after(self, start: Pose, u: float) -> Pose:
        """Where the stretch, which begins at `start`, is after `u` m."""
        yaw = start.yaw + self.curvature * u
        if self.curvature == 0.0:
            return Pose(start.x + u * math.cos(yaw), start.y + u * math.sin(yaw), yaw)
        across, along = math.sin(yaw) - math.sin(start.yaw), math.cos(start.yaw) - math.cos(yaw)
        return Pose(start.x + across / self.curvature, start.y + along / self.curvature, yaw)

    def foot(self, start: Pose, point: Point | Pose) -> tuple[float, float]:
        """How far along, and how far to the left of, the stretch (carried on beyond its ends) a point is."""
        along, left = _seen_from(start, point)
        if self.curvature == 0.0:
            return along, left
        radius, side = 1.0 / abs(self.curvature), math.copysign(1.0, self.curvature)
        inward = radius - side * left
        # Of all turns around the circle the one about the middle of the stretch.
        middle = self.length / 2.0
        u = middle + math.remainder(radius * math.atan2(along, inward) - middle, math.tau * radius)
        return u, side * (radius - math.hypot(along, inward))


def straight(length: float) -> Segment:
    """A stretch straight ahead, m."""
    return Segment(length=length)


def arc(radius: float, angle: float) -> Segment:
    """A bend of `radius` m through `angle` rad, more than 0 to the left."""
    return Segment(length=radius * abs(angle), curvature=math.copysign(1.0 / radius, angle))


@dataclass(frozen=True, kw_only=True)  # No slots: what follows from the segments is reckoned once.
class Line:
    """Segments that follow each other from `start`; a line that is not closed goes on straight beyond its ends."""

    start: Pose
    segments: tuple[Segment, ...]
    closed: bool = False
    """Whether it ends where it starts; then `s` and `s` + `length` are the same place."""

    @cached_property
    def length(self) -> float:
        """m."""
        return math.fsum(segment.length for segment in self.segments)

    @cached_property
    def _starts(self) -> tuple[tuple[float, Pose], ...]:
        """Where each segment starts: s, and the pose. At last where the last one ends."""
        starts, s = [(0.0, self.start)], 0.0
        for segment in self.segments:
            s += segment.length
            starts.append((s, segment.after(starts[-1][1], segment.length)))
        return tuple(starts)

    @property
    def end(self) -> Pose:
        """Where the last segment ends."""
        return self._starts[-1][1]

    def pose(self, s: float, offset: float = 0.0) -> Pose:
        """Where one is and looks who follows the line, `offset` m to the left of it."""
        s = s % self.length if self.closed else s
        if 0.0 <= s <= self.length:
            number = min(bisect_right(self._starts, s, key=lambda start: start[0]), len(self.segments)) - 1
            here = self.segments[number].after(self._starts[number][1], s - self._starts[number][0])
        else:
            from_s, end = self._starts[0 if s < 0.0 else -1]
            here = straight(0.0).after(end, s - from_s)
        return Pose(here.x - offset * math.sin(here.yaw), here.y + offset * math.cos(here.yaw), here.yaw)

    def project(self, point: Point | Pose, near: float | None = None, within: float = NEAR) -> tuple[float, float]:
        """Where on the line a point is: s (of a closed one from 0 to less than its length) and the offset.

        It is the place nearest to the point; with `near` (an s of any lap), of those `within` so much (m) of there if
        there are any: a line may pass itself.
        """
        feet = [foot for foot in self._feet(point) if near is None or abs(self._apart(near, foot[1])) <= within]
        _, s, offset = min(feet or self._feet(point))
        return s, offset

    @cached_property
    def bends(self) -> tuple[tuple[float, float, float], ...]:
        """The segments that are no straights: from where to where, and their radius, m."""
        starts = (s for s, _ in self._starts)
        parts = ((s, segment) for s, segment in zip(starts, self.segments, strict=False) if segment.curvature)
        return tuple((s, s + segment.length, 1.0 / abs(segment.curvature)) for s, segment in parts)

    def curvature(self, s: float) -> float:
        """1/m, more than 0 to the left."""
        s = s % self.length if self.closed else s
        if not 0.0 <= s <= self.length:
            return 0.0
        number = bisect_right(self._starts, s, key=lambda start: start[0]) - 1
        return self.segments[min(number, len(self.segments) - 1)].curvature

    def ahead(self, a: float, b: float) -> float:
        """From `a` to `b` along the line, m: on a closed one from 0 to less than its length, else less than 0 for back.

        Both may be of any lap.
        """
        return (b - a) % self.length if self.closed else b - a

    def _apart(self, a: float, b: float) -> float:
        return math.remainder(b - a, self.length) if self.closed else b - a

    def _feet(self, point: Point | Pose) -> Iterator[tuple[float, float, float]]:
        """The nearest place of each segment: the distance, s and the offset."""
        for (s, start), segment in zip(self._starts, self.segments, strict=False):
            u, offset = segment.foot(start, point)
            if 0.0 <= u <= segment.length:
                yield abs(offset), (s + u) % self.length if self.closed else s + u, offset
            else:
                # Beyond the end, where the next one has it; needed where that, by rounding, has it not either.
                u = min(max(u, 0.0), segment.length)
                distance = segment.after(start, u).point.distance(point)
                yield distance, (s + u) % self.length if self.closed else s + u, math.copysign(distance, offset)
        if not self.closed:
            for s, start in (self._starts[0], self._starts[-1]):
                along, left = _seen_from(start, point)
                if along * (s or -1.0) > 0.0:
                    yield abs(left), s + along, left


@dataclass(frozen=True, kw_only=True)
class Ramp(Line):
    """A line that leaves lane 0 of a road where that is at `at`, and ends at a place."""

    at: float


@dataclass(frozen=True, kw_only=True)
class Road(Line):
    """A road of lanes side by side, all in one direction. Its line is the middle of lane 0, the right one."""

    lanes: int = 2
    lane_width: float = 3.5
    """m."""
    speed: float = 25.0
    """Nobody is to be faster, m/s."""
    ramps: Mapping[str, Ramp] = field(default_factory=dict)
    """Where one leaves it, by the id of the place that the ramp leads to."""
    to: str | None = None
    """The place that it leads to itself, where it has one."""
    line: float | None = None
    """Where vehicles wait that may not cross yet, if it comes to an intersection: no further than this, m along it."""

    @property
    def exits(self) -> tuple[str, ...]:
        """The places that it and its ramps lead to."""
        return (*self.ramps, *((self.to,) if self.to is not None else ()))

    def middle(self, lane: int) -> float:
        """The offset of the middle of a lane, m."""
        return lane * self.lane_width

    def spots(self, apart: float = 10.0) -> list[Point]:
        """Points along the road and its ramps, no farther apart than this (m): how far it reaches."""
        lines = (self, *self.ramps.values())
        counts = [math.ceil(line.length / apart) for line in lines]
        return [
            line.pose(line.length * k / n).point for line, n in zip(lines, counts, strict=True) for k in range(n + 1)
        ]

    def ramp(self, at: float, segments: tuple[Segment, ...]) -> Ramp:
        """A ramp of these segments that leaves at `at`."""
        return Ramp(start=self.pose(at), segments=segments, at=at)


def number_of(roads: Sequence[Road], start: Pose | None) -> int:
    """Which of the roads a vehicle is on that starts at `start`: along which it looks, and the nearest of those."""
    if start is None or len(roads) == 1:
        return 0
    feet = [road.project(start) for road in roads]
    turned = [
        abs(math.remainder(road.pose(s).yaw - start.yaw, math.tau)) for road, (s, _) in zip(roads, feet, strict=True)
    ]
    return min(range(len(roads)), key=lambda number: (turned[number] > math.pi / 4.0, abs(feet[number][1])))


def _seen_from(pose: Pose, point: Point | Pose) -> tuple[float, float]:
    """How far ahead and to the left of `pose` a point is, m."""
    dx, dy, cos, sin = point.x - pose.x, point.y - pose.y, math.cos(pose.yaw), math.sin(pose.yaw)
    return dx * cos + dy * sin, dy * cos - dx * sin
