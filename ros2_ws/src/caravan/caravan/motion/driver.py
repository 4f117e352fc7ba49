"""The navigator that comes with Caravan: keeps to the points that are granted, one command for each odometry."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from caravan.model.geometry import Point, Pose, Twist
from caravan.model.site import Policy, Robot
from caravan.motion.corridor import Scan, free_ahead
from caravan.motion.guard import STALE, guard
from caravan.motion.limits import limits_of
from caravan.motion.navigator import IN_THE_WAY
from caravan.motion.path import joined
from caravan.motion.tracker import advance, room, track

_FIRST_PERIOD = 0.1
"""What is taken for the time between two commands before it is known, s."""
_GAP = 0.5
"""After a longer pause the base has stopped by itself, s."""
_KEPT = 0.05
"""Room that is kept to what stands ahead, m: less than the clearance that a site's lanes must have."""


class Driver:
    """Tracker and guard of one robot, with what must be remembered between two commands: a `Navigator`.

    One that `looks` needs a laser scan (`see`) at least each `STALE` s, and stops before what stands in its way.
    """

    start = 0.0

    def __init__(self, robot: Robot, policy: Policy, *, looks: bool = False) -> None:
        self.note = ""
        self._limits = limits_of(robot, policy)
        self._radius = robot.radius
        self._looks = looks
        self._free = self._seen = -math.inf
        self._path: list[Point] = []
        self._last = Twist()
        self._stamp = -math.inf

    def see(self, scan: Scan, now: float) -> None:
        """Takes in what a laser scanner at the robot's centre measured at `now` (s)."""
        self._free, self._seen = free_ahead(scan, self._radius) - self._radius - _KEPT, now

    def drive(
        self,
        pose: Pose,
        velocity: Twist,
        points: Sequence[Point],
        lease: float,
        now: float,
        allowed: float = math.inf,
    ) -> Twist:
        """As `Navigator.drive`; stops while the odometry is not finite, too."""
        if not all(map(math.isfinite, (pose.x, pose.y, pose.yaw, velocity.linear, velocity.angular))):
            return Twist()
        self._path = joined(self._path, pose, points)
        self.note = ""
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
            room=min(room(pose, self._path), self._ahead(velocity.linear, now)),
            now=now,
            lease=lease,
            stamp=now,
            period=period,
        )
        return self._last

    def forget(self) -> None:
        """As `Navigator.forget`."""
        self._path = []

    def _ahead(self, speed: float, now: float) -> float:
        """The way (m) that is free ahead, as far as it looks at all."""
        if not self._looks:
            return math.inf
        age = abs(now - self._seen)
        ahead = self._free - max(0.0, speed) * age if age <= STALE else 0.0
        if age > STALE:
            self.note = "its laser scanner is silent"
        elif ahead <= 0.0:
            self.note = IN_THE_WAY
        return ahead
