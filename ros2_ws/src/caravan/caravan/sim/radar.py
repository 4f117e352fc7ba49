"""The radars of vehicles on roads: what drives ahead of each in its own lane, box to box."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from caravan.model.geometry import Point
from caravan.model.road import NOTHING, REACH, Line, Road, number_of
from caravan.model.site import Robot
from caravan.sim.bodies import Array

_TOUCH = 1.0
"""What overlaps so much is still ahead and no longer beside, m: bodies that touch give in a little."""
_ASIDE = 0.25
"""Who is so far beside the middle of the outer lanes, m, may be on a ramp."""

_CLEAR = 0.5
"""What comes nearer to a vehicle's own way than this, m, is seen, wherever the middle of it is."""


class Radars:
    """The radars of `robots` on `roads`, each on that on which it starts.

    A vehicle has its lane's width before it, about where it is itself, along its road or, on a ramp, along the ramp.
    Whatever drives in that is seen: while it changes lanes it sees what drives in both. So is what stands or slides
    askew and reaches into its way with its front or its tail. What is beside it is not.
    """

    def __init__(self, roads: Sequence[Road], robots: Sequence[Robot]) -> None:
        self._roads = roads
        self._on_road = np.array([number_of(roads, robot.start) for robot in robots], dtype=np.intp)
        self._lengths = np.array([robot.length or 2.0 * robot.radius for robot in robots])
        self._widths = np.array([robot.width or 2.0 * robot.radius for robot in robots])

    def look(self, poses: Array, moves: Array) -> Array:
        """What each sees (n x 2: gap, rate), of robots at these poses (n x 3) that move so (n x 2)."""
        seen = np.tile((NOTHING, 0.0), (len(poses), 1))
        for number, road in enumerate(self._roads):
            mine = self._on_road == number
            if mine.any():
                seen[mine] = self._look(road, poses, moves)[mine]
        return seen

    def _look(self, road: Road, poses: Array, moves: Array) -> Array:
        """The same along one road and its ramps."""
        everyone = np.arange(len(poses))
        feet = _feet(road, poses)
        seen = self._along(road, road, feet, poses, moves, everyone)
        beside = (feet[:, 1] < -_ASIDE) | (feet[:, 1] > road.middle(road.lanes - 1) + _ASIDE)
        for ramp in road.ramps.values() if beside.any() else ():
            gone = np.hypot(poses[:, 0] - ramp.start.x, poses[:, 1] - ramp.start.y)
            who = everyone[beside & (gone <= ramp.length + REACH)]
            if len(who) > 1:
                found = self._along(road, ramp, _feet(ramp, poses[who]), poses[who], moves[who], who)
                nearer = found[:, 0] < seen[who, 0]
                seen[who[nearer]] = found[nearer]
        return seen

    def _along(self, road: Road, line: Line, feet: Array, poses: Array, moves: Array, who: NDArray[np.intp]) -> Array:
        """What the robots `who` see along a line on which they are at `feet`."""
        bends = np.array([(line.pose(s).yaw, line.curvature(s)) for s in feet[:, 0].tolist()]).reshape(-1, 2)
        (s, offset), (heading, curvature) = feet.T, bends.T
        speed = moves[:, 0] * np.cos(poses[:, 2] - heading) / np.maximum(0.1, 1.0 - curvature * offset)
        ahead = s[None, :] - s[:, None]
        if line.closed:
            ahead %= line.length
        lengths, widths = self._lengths[who], self._widths[who]
        askew, straight = np.abs(np.sin(poses[:, 2] - heading)), np.abs(np.cos(poses[:, 2] - heading))
        deep = lengths * straight + widths * askew
        wide = widths * straight + lengths * askew
        gap = ahead - (lengths[:, None] + deep) / 2.0
        reach = np.maximum((road.lane_width + widths) / 2.0, (widths[:, None] + wide) / 2.0 + _CLEAR)
        seen = (np.abs(offset[:, None] - offset) < reach) & (gap > -_TOUCH) & (gap <= REACH) & (ahead > 0.0)
        seen &= _on(road, line, s, offset)[:, None]
        gap = np.where(seen, np.maximum(0.0, gap), NOTHING)
        rows = np.arange(len(gap))
        first = gap.argmin(axis=1) if len(gap) else rows
        rate = np.where(seen[rows, first], speed[first] - speed, 0.0)
        return np.column_stack((gap[rows, first], rate))


def _on(road: Road, line: Line, s: Array, offset: Array) -> NDArray[np.bool_]:
    """Who drives along the line: within its lanes and one more to each side; on a ramp, in its only lane."""
    width = road.lane_width
    if line is road:
        return (offset > -1.5 * width) & (offset < (road.lanes + 0.5) * width)
    return (np.abs(offset) < width) & (s > -REACH / 10.0)


def _feet(line: Line, poses: Array) -> Array:
    """Where on a line (n x 2: s, offset) robots are."""
    return np.array([line.project(Point(x, y)) for x, y, _ in poses.tolist()]).reshape(-1, 2)
