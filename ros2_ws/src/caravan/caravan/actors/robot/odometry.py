"""Whether odometry is to be believed: a pose that no robot can have driven to is not, until it has lasted."""

from __future__ import annotations

import math

from caravan.model.geometry import Pose, Twist

_LEAST = 0.5
"""So far odometry may always jump, m: what it is corrected by, or a robot is pushed."""
_FASTER = 1.5
"""Beside that a robot may be so many times as fast as it can drive."""
_LONGEST = 1.0
"""A base stops soon when it hears nothing, so for no longer than this it drives on unseen, s."""
_LASTS = 1.0
"""A jump that has lasted so long is taken to be true, s."""


class Odometry:
    """The odometry of one robot that drives at most at `speed` (m/s). All times are the caller's `now` (s)."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._last: tuple[Pose, float] | None = None
        self._jumped: tuple[Pose, float] | None = None
        """Where it jumped to, as it was last seen there."""
        self._since = 0.0
        self.flaw = ""
        """What is wrong with it now, in words; empty: nothing."""

    def believes(self, pose: Pose, velocity: Twist, now: float) -> bool:
        """Takes in odometry; whether the robot is where it says. It must stand while it does not know."""
        if not all(map(math.isfinite, (pose.x, pose.y, pose.yaw, velocity.linear, velocity.angular))):
            self.flaw = "its odometry is not finite"
            return False
        if self._last is not None and not self._near(pose, self._last, now):
            if self._jumped is None or not self._near(pose, self._jumped, now):
                self._since = now
            self._jumped = (pose, now)
            if now - self._since < _LASTS:
                self.flaw = f"its odometry jumped by {pose.point.distance(self._last[0]):.1f} m"
                return False
        self._last, self._jumped, self.flaw = (pose, now), None, ""
        return True

    def _near(self, pose: Pose, before: tuple[Pose, float], now: float) -> bool:
        was, at = before
        elapsed = min(max(0.0, now - at), _LONGEST)
        return pose.point.distance(was) <= _LEAST + _FASTER * self._speed * elapsed
