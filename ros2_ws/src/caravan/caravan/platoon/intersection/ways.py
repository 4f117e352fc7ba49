"""The ways through the intersection of a site: from each of its roads straight on, and by each of its ramps.

A way is a number; a place in it is `along` in m from the line where vehicles wait: less than 0 before it. Ways that
come from one road do not cross: whoever comes later follows. Two others cross from where a vehicle in the one touches a
vehicle in the other to where it does not any more, and ways that end in one lane until the first is out of the box. Two
that turn left against each other pass without touching, but each would brake for the other before it, and stand: where
vehicles do not touch, their ways cross while one sees the other close ahead.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from caravan.model.crossing import Approach
from caravan.model.geometry import Point, Pose
from caravan.model.road import Ramp, Road
from caravan.model.site import Site
from caravan.platoon.intersection.geometry import Zone
from caravan.platoon.intersection.validator import touching
from caravan.platoon.plant import Floats

ASIDE = 2.0
"""Acceleration to the side that a vehicle drives a turn with, m/s2."""
SPARE = 0.5
"""Between two vehicles that pass, at least, m."""
SIGHT = 10.0
"""So close ahead a vehicle that turns brakes for what it sees, m: its radar looks on as it stands."""
_STEP = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """From road number `road` to the place `exit`; "" is straight on, whatever place that leads to."""

    road: int
    exit: str
    length: float
    """From the line to where nobody from another road drives any more, m."""
    speed: float
    """The most that a vehicle drives there, m/s."""


@dataclass(frozen=True, kw_only=True)  # No slots: zones are reckoned once.
class Ways:
    """All ways through the intersection of `roads`, for vehicles of up to `length` x `width` m."""

    roads: tuple[Road, ...]
    length: float
    width: float

    @cached_property
    def all(self) -> tuple[Way, ...]:
        """The ways, by their numbers."""
        return tuple(_way(self.roads, number, exit) for number, r in enumerate(self.roads) for exit in ("", *r.ramps))

    def number(self, road: int, exit: str) -> int:
        """That of the way from a road to a place. Raises ValueError where no ramp leads there."""
        return next(k for k, way in enumerate(self.all) if (way.road, way.exit) == (road, exit))

    def flaw(self, road: int | None, said: Approach) -> str | None:
        """What is wrong with a way that a vehicle says it takes, which comes from this road (None: from none)."""
        if road is None:
            return f"{said.name} is no vehicle of this site"
        if (road, said.exit) not in {(way.road, way.exit) for way in self.all}:
            return f"{said.name}: no ramp leads from its road to {said.exit!r}"
        return None

    def pose(self, way: int, along: float) -> Pose:
        """Where the middle of a vehicle of the full length is whose front bumper is at `along`."""
        one = self.all[way]
        road = self.roads[one.road]
        s = line_of(road) + along - 0.5 * self.length
        ramp = road.ramps.get(one.exit)
        return road.pose(s) if ramp is None or s < ramp.at else ramp.pose(s - ramp.at)

    @cached_property
    def zones(self) -> Mapping[tuple[int, int], Zone]:
        """By pairs of ways: where the first crosses the second. Pairs that do not cross are not there."""
        steps = [np.arange(0.0, way.length + self.length, _STEP) for way in self.all]
        boxes = [self._boxes(number, alongs) for number, alongs in enumerate(steps)]
        views = [self._boxes(number, alongs, SIGHT) for number, alongs in enumerate(steps)]
        found: dict[tuple[int, int], Zone] = {}
        for one, way in enumerate(self.all):
            for other, its in enumerate(self.all):
                if way.road == its.road:
                    continue
                meet = _met(boxes[one], boxes[other])
                if not meet.size:
                    meet = np.union1d(_met(views[one], boxes[other]), _met(boxes[one], views[other]))
                if meet.size:
                    first, last = steps[one][meet[0]], steps[one][meet[-1]]
                    found[one, other] = Zone(enter=float(first) - _STEP, leave=float(last) + _STEP - self.length)
        return found

    @cached_property
    def crossing(self) -> Mapping[int, frozenset[int]]:
        """The ways that each way crosses."""
        numbers = range(len(self.all))
        return {one: frozenset(other for other in numbers if (one, other) in self.zones) for one in numbers}

    def _boxes(self, way: int, alongs: Floats, ahead: float = 0.0) -> Floats:
        """The corners of vehicles there, with half of `SPARE` around them and so much (m) ahead of them."""
        half = np.array([0.5 * (self.length + SPARE), 0.5 * (self.width + SPARE)])
        found = np.empty((len(alongs), 4, 2))
        for place, there in enumerate(alongs):
            pose = self.pose(way, float(there))
            along_it, aside = (math.cos(pose.yaw), math.sin(pose.yaw)), (-math.sin(pose.yaw), math.cos(pose.yaw))
            corners = np.array([(1, 1), (1, -1), (-1, -1), (-1, 1)]) * half
            corners[:2, 0] += ahead
            found[place] = corners @ np.array([along_it, aside]) + (pose.x, pose.y)
        return found


def _met(ones: Floats, others: Floats) -> npt.NDArray[np.intp]:
    """The places of those of the first rectangles that some of the others touches."""
    reach = np.linalg.norm(ones[0, 0] - ones[0, 2])
    between = np.linalg.norm(ones.mean(axis=1)[:, None] - others.mean(axis=1)[None], axis=2)
    mine, its = np.nonzero(between <= reach)
    return np.unique(mine[touching(ones[mine], others[its])])


_KNOWN: dict[str, Ways] = {}
"""Their zones take a moment to reckon, and all vehicles of a process ask for the same."""


def ways_of(site: Site) -> Ways | None:
    """The ways of a site whose roads meet; None where they do not."""
    if not site.crossroads:
        return None
    boxes = [(robot.length, robot.width) for robot in site.robots.values()]
    length = max((length for length, _ in boxes if length is not None), default=10.0)
    width = max((width for _, width in boxes if width is not None), default=2.5)
    return _KNOWN.setdefault(repr((site.roads, length, width)), Ways(roads=site.roads, length=length, width=width))


def line_of(road: Road) -> float:
    """Where its vehicles wait. Raises ValueError for a road without a line."""
    if road.line is None:
        raise ValueError("a road that comes to an intersection needs a line where vehicles wait")
    return road.line


def _way(roads: Sequence[Road], number: int, exit: str) -> Way:
    road = roads[number]
    ramp = road.ramps.get(exit)
    sharpest = min((radius for _, _, radius in ramp.bends), default=math.inf) if ramp is not None else math.inf
    speed = min(road.speed, math.sqrt(ASIDE * sharpest))
    return Way(road=number, exit=exit, length=_through(roads, road, ramp), speed=speed)


def _through(roads: Sequence[Road], road: Road, ramp: Ramp | None) -> float:
    """How far behind its line a way is as far from the middle of the intersection as the lines are, m."""
    lines = [one.pose(line_of(one)) for one in roads]
    middle = Point(sum(p.x for p in lines) / len(lines), sum(p.y for p in lines) / len(lines))
    half = sum(middle.distance(p) for p in lines) / len(lines)
    end = road.length if ramp is None else ramp.at + ramp.length
    for s in np.arange(line_of(road) + half, end, _STEP):
        pose = road.pose(s) if ramp is None else ramp.pose(s - ramp.at)
        if middle.distance(pose.point) >= half:
            return float(s) - line_of(road)
    return end - line_of(road)
