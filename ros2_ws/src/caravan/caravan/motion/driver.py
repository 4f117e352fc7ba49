"""A robot's driver: keeps to the points that traffic control grants, one command for each odometry."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from caravan.model.geometry import Point, Pose, Twist
from caravan.model.site import Policy, Robot
from caravan.motion.guard import guard
from caravan.motion.limits import limits_of
from caravan.motion.tracker import advance, room, track

_FIRST_PERIOD = 0.1
"""What is taken for the time between two commands before it is known, s."""
_GAP = 0.5
"""After a longer pause the base has stopped by itself, s."""
_NEAR = 0.65
"""Points that are granted no more are still driven to within this distance, m: there they count as reached early."""


class Driver:
    """Tracker and guard of one robot, with what must be remembered between two commands."""

    def __init__(self, robot: Robot, policy: Policy) -> None:
        self._limits = limits_of(robot, policy)
        self._path: list[Point] = []
        self._last = Twist()
        self._stamp = -math.inf

    def drive(
        self,
        pose: Pose,
        velocity: Twist,
        points: Sequence[Point],
        lease: float,
        now: float,
        allowed: float = math.inf,
    ) -> Twist:
        """The command for a robot that is at `pose` and moves with `velocity`, both taken at `now` (s).

        `points` are the granted points not yet reached, in driving order: it will stop at the last. A point may be
        left out of `points` a little before the robot is there. Stops when `now` is past `lease`, and while the
        odometry is not finite. `allowed` is the speed (m/s) that the lanes allow here.
        """
        if not all(map(math.isfinite, (pose.x, pose.y, pose.yaw, velocity.linear, velocity.angular))):
            return Twist()
        self._take_up(pose, points)
        period = now - self._stamp if 0.0 < now - self._stamp <= _GAP else _FIRST_PERIOD
        last = self._last if now - self._stamp <= _GAP else velocity
        self._stamp = now
        if not self._path and last == Twist():
            # It stands and has nowhere to go, as most robots do most of the time.
            self._last = last
            return last
        limits = self._limits if allowed >= self._limits.speed else replace(self._limits, speed=allowed)
        segment = advance(pose, self._path)
        del self._path[:segment]
        self._last = guard(
            track(pose, self._path, limits, speed=velocity.linear),
            last,
            limits,
            room=room(pose, self._path),
            now=now,
            lease=lease,
            stamp=now,
            period=period,
        )
        return self._last

    def _take_up(self, pose: Pose, points: Sequence[Point]) -> None:
        """Joins the granted points to what is left of the path: its first point is where the robot comes from."""
        ahead = self._path[1:]
        shared = next(k for k in range(len(ahead) + 1) if ahead[k:] == list(points[: len(ahead) - k]))
        kept = ahead[:shared]
        while kept and kept[0].distance(pose) > _NEAR:
            kept.pop(0)
        start = self._path[0] if self._path else pose.point
        self._path = [start, *kept, *points] if kept or points else []
