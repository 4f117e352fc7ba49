"""The radars of vehicles on a road: what drives ahead of each in its own lane, box to box."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from caravan.model.geometry import Point
from caravan.model.road import NOTHING, REACH, Line, Road
from caravan.model.site import Robot
from caravan.sim.bodies import Array

_TOUCH = 1.0
"""What overlaps so much is still ahead and no longer beside, m: bodies that touch give in a little."""
_ASIDE = 0.25
"""Who is so far beside the middle of the outer lanes, m, may be on a ramp."""


class Radars:
    """The radars of `robots` on `road`.

    A vehicle has its lane's width before it, about where it is itself, along the road or, on a ramp, along the ramp.
    Whatever reaches into that is seen: while it changes lanes it sees what drives in both. What is beside it is not.
    """

    def __init__(self, road: Road, robots: Sequence[Robot]) -> None:
        self._road = road
        self._lengths = np.array([robot.length or 2.0 * robot.radius for robot in robots])
        self._widths = np.array([robot.width or 2.0 * robot.radius for robot in robots])

    def look(self, poses: Array, moves: Array) -> Array:
        """What each sees (n x 2: gap, rate), of robots at these poses (n x 3) that move so (n x 2)."""
        everyone = np.arange(len(poses))
        feet = _feet(self._road, poses)
        seen = self._along(self._road, feet, poses, moves, everyone)
        beside = (feet[:, 1] < -_ASIDE) | (feet[:, 1] > self._road.middle(self._road.lanes - 1) + _ASIDE)
        for ramp in self._road.ramps.values() if beside.any() else ():
            gone = np.hypot(poses[:, 0] - ramp.start.x, poses[:, 1] - ramp.start.y)
            who = everyone[beside & (gone <= ramp.length + REACH)]
            if len(who) > 1:
                found = self._along(ramp, _feet(ramp, poses[who]), poses[who], moves[who], who)
                nearer = found[:, 0] < seen[who, 0]
                seen[who[nearer]] = found[nearer]
        return seen

    def _along(self, line: Line, feet: Array, poses: Array, moves: Array, who: NDArray[np.intp]) -> Array:
        """What the robots `who` see along a line on which they are at `feet`."""
        bends = np.array([(line.pose(s).yaw, line.curvature(s)) for s in feet[:, 0].tolist()]).reshape(-1, 2)
        (s, offset), (heading, curvature) = feet.T, bends.T
        speed = moves[:, 0] * np.cos(poses[:, 2] - heading) / np.maximum(0.1, 1.0 - curvature * offset)
        ahead = s[None, :] - s[:, None]
        if line.closed:
            ahead %= line.length
        gap = ahead - (self._lengths[who][:, None] + self._lengths[who]) / 2.0
        reach = (self._road.lane_width + self._widths[who]) / 2.0
        seen = (np.abs(offset[:, None] - offset) < reach) & (gap > -_TOUCH) & (gap <= REACH) & (ahead > 0.0)
        seen &= self._on(line, s, offset)[:, None]
        gap = np.where(seen, np.maximum(0.0, gap), NOTHING)
        rows = np.arange(len(gap))
        first = gap.argmin(axis=1) if len(gap) else rows
        rate = np.where(seen[rows, first], speed[first] - speed, 0.0)
        return np.column_stack((gap[rows, first], rate))

    def _on(self, line: Line, s: Array, offset: Array) -> NDArray[np.bool_]:
        """Who drives along the line: within its lanes and one more to each side; on a ramp, in its only lane."""
        width = self._road.lane_width
        if line is self._road:
            return (offset > -1.5 * width) & (offset < (self._road.lanes + 0.5) * width)
        return (np.abs(offset) < width) & (s > -REACH / 10.0)


def _feet(line: Line, poses: Array) -> Array:
    """Where on a line (n x 2: s, offset) robots are."""
    return np.array([line.project(Point(x, y)) for x, y, _ in poses.tolist()]).reshape(-1, 2)
