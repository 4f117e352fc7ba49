"""Whether a robot that wants to drive moves at all, by its odometry; and what it does where it does not.

What looks the same from inside, something in the way, wheels that slip and odometry that has stopped, is treated alike:
no pushing, no driving blindly. First it stops, then it turns back; where it cannot do even that, it stands, and tries
now and then to turn on the spot, which touches nobody and shows whether it moves again.
"""

from __future__ import annotations

from enum import Enum, auto

from caravan.model.geometry import Pose, wrap

STALL = 1.0
"""A robot that drives and does not move stops after so long, s."""
STUCK = 4.0
"""One that has not moved for so long turns back, s; less than what it takes to count as an obstacle."""
PROBE = 15.0
"""One that could not move after that either tries again so often, s."""
_LONGEST = 0.5
"""Nothing is known of what was between two looks that are further apart, s: that much of it counts at most."""
_MOVED = 0.1
"""Less than this is no movement, m."""
_TURNED = 0.2
"""Nor is less than this, rad."""
_PART = 0.3
"""Of a slow robot: than this part of what it does in `STALL`."""


class Advice(Enum):
    """What a robot should do."""

    DRIVE = auto()
    STAND = auto()
    TURN_BACK = auto()
    PROBE = auto()
    """Turn on the spot."""


class Progress:
    """Watches one robot, which drives and turns at `speed` (m/s) and `turn_rate` (rad/s) where it is slowest.

    It may take `start` s to set off. All times are the caller's `now` (s).
    """

    def __init__(self, speed: float, turn_rate: float, start: float = 0.0) -> None:
        self._way = min(_MOVED, _PART * STALL * speed)
        self._turn = min(_TURNED, _PART * STALL * turn_rate)
        self._start = start
        self._anchor: Pose | None = None
        self._seen = 0.0
        self._stood = 0.0
        """How long it has not moved though it wanted to, s."""
        self._tries = 0
        """How often it has tried in vain since it last moved."""

    @property
    def failed(self) -> bool:
        """Whether it could not move after it had turned back either."""
        return self._tries > 1

    def look(self, pose: Pose, wants: bool, now: float) -> Advice:
        """Takes in where it is and whether it may drive somewhere. TURN_BACK is said once."""
        elapsed, self._seen = min(max(0.0, now - self._seen), _LONGEST), now
        self._stood += elapsed
        if self._anchor is None or self._moved(pose, self._anchor):
            self._anchor, self._stood, self._tries = pose, 0.0, 0
        elif not wants and not self.failed:
            self._stood = 0.0
        if self.failed:
            return Advice.PROBE if self._stood % PROBE >= PROBE - STALL else Advice.STAND
        if self._stood < STALL + self._start:
            return Advice.DRIVE
        if self._stood < STUCK + self._start and self._tries == 0:
            return Advice.STAND
        self._stood, self._tries = 0.0, self._tries + 1
        return Advice.STAND if self.failed else Advice.TURN_BACK

    def _moved(self, pose: Pose, since: Pose) -> bool:
        return pose.point.distance(since) > self._way or abs(wrap(pose.yaw - since.yaw)) > self._turn
