"""Lane keeping: where a truck is along its road or ramp, and how it steers there.

The truck steers for a point ahead on the line that it keeps to: pure pursuit, as the robots of the warehouse do
(`motion.tracker`). A change of lanes is that line sliding sideways.
"""

from __future__ import annotations

import math

from caravan.model.geometry import Pose, wrap
from caravan.model.road import NEAR, Ramp, Road
from caravan.motion.tracker import pursue

REACH = (12.0, 1.0)
"""The point to steer for is ahead by at least the first (m), or by the second (s) at the speed that is driven."""
SHARP = 0.2
"""In a bend it is no further ahead than this part of the radius."""
SIDEWAYS = (0.9, 0.15)
"""How fast the line slides from one lane to the next: at most the first (m/s), and this part of the speed."""
IN_LANE = 0.6
"""A truck whose middle is off its lane's by more than this part of a lane is out of it."""
CLEARLY = 1.0
"""It is on a ramp that is nearer than all lanes by more than this, m."""
LEAN = 2.0
"""So much sideways acceleration a truck takes in the bends of a ramp, m/s2."""
STOP = 1.5
"""With so much (m/s2) it brakes for a bend and for the end of a ramp."""
_BEFORE_END = 3.0
"""It stops so far before the end, m."""


class Lane:
    """Where a truck of this `length` (m) is that was at `start`, and which line it keeps to."""

    def __init__(self, road: Road, length: float, start: Pose) -> None:
        self._road = road
        self._half = length / 2.0
        self._s, self.offset = road.project(start)
        """Of its middle; the offset is that to lane 0, m."""
        self.x = self._s + self._half
        """Of its front bumper; grows from lap to lap, m."""
        self._line = road.middle(self.now_in)
        self.target = self.now_in
        """The lane that it keeps to."""
        self.exit: str | None = None
        """The ramp that it takes when it comes there; never while this is None."""
        self.ramp: str | None = None
        """The ramp that it is on."""

    @property
    def now_in(self) -> int:
        """The lane that its middle is in."""
        return min(self._road.lanes - 1, max(0, round(self.offset / self._road.lane_width)))

    @property
    def in_lane(self) -> bool:
        """Whether it is in lane 0, as far as those behind it are concerned."""
        return self.beside(0)

    @property
    def settled(self) -> bool:
        """Whether it is in the middle of the lane that it keeps to."""
        return abs(self.offset - self._road.middle(self.target)) < 0.3

    def beside(self, lane: int) -> bool:
        """Whether it is within a lane."""
        return abs(self.offset - self._road.middle(lane)) <= IN_LANE * self._road.lane_width

    @property
    def off_road(self) -> bool:
        """Whether it is beside all lanes, and on no ramp."""
        return self.ramp is None and not any(map(self.beside, range(self._road.lanes)))

    def to_ramp(self, place: str) -> float:
        """How far (m) the ramp to a place is ahead; less than 0 where it is behind."""
        return self._road.ahead(self._s, self._road.ramps[place].at)

    @property
    def past_ramps(self) -> bool:
        """Whether it is on the road, behind all its ramps."""
        return self.ramp is None and all(self.to_ramp(place) < 0.0 for place in self._road.ramps)

    def wake(self, pose: Pose) -> None:
        """The truck finds itself at `pose`, not where it once started: on a ramp, where it is clearly on one.

        It keeps to the lane that it is in.
        """
        self._s, offset = self._road.project(pose)
        self.offset, self.x = offset, self._s + self._half
        self.target = self.now_in
        self._line = min(self._road.middle(self._road.lanes - 1), max(0.0, offset))
        off = min(abs(offset - self._road.middle(lane)) for lane in range(self._road.lanes))
        for place, ramp in self._road.ramps.items():
            s, aside = ramp.project(pose)
            if 0.0 < s < ramp.length and abs(aside) + CLEARLY < off:
                self.ramp = self.exit = place
                self._s, self.x = s, ramp.at + s + self._half

    def locate(self, pose: Pose, unseen: float = 0.0) -> None:
        """The truck's middle is at `pose`; it may have come so far (m) while nobody looked."""
        if self.ramp is None:
            s, self.offset = self._road.project(pose, near=self._s, within=NEAR + unseen)
            way = self._road.ahead(self._s, s)
            way = way - self._road.length if self._road.closed and way > self._road.length / 2.0 else way
            if self.exit is not None and 0.0 <= self.to_ramp(self.exit) <= way and self._is_on(self.exit, pose, way):
                self.ramp, self._s = self.exit, way - self.to_ramp(self.exit)
            else:
                self._s = s
            self.x += way
            return
        s, _ = self._the_ramp.project(pose, near=self._s, within=NEAR + unseen)
        self.x += s - self._s
        self._s = s
        across = self._road.project(pose, near=self.x - self._half)[1]
        # It has turned off: to those on the road it is beside it from then on, however the ramp goes on.
        if abs(across) > abs(self.offset):
            self.offset = max(-100.0, min(100.0, across))

    def _is_on(self, place: str, pose: Pose, way: float) -> bool:
        """Whether it has turned off where the ramp begins, and has not gone past that."""
        there = self._road.ramps[place].pose(way - self.to_ramp(place))
        return there.point.distance(pose) <= IN_LANE * self._road.lane_width

    def steer(self, pose: Pose, speed: float, step: float) -> float:
        """The turn rate (rad/s) that keeps it to its line at `speed` m/s; `step` s after the last call."""
        slide = step * min(SIDEWAYS[0], SIDEWAYS[1] * speed)
        wanted = self._road.middle(self.target)
        self._line = min(self._line + slide, max(self._line - slide, wanted))
        aim = self._ahead(self._reach(speed))
        error = wrap(math.atan2(aim.y - pose.y, aim.x - pose.x) - pose.yaw)
        return pursue(error, aim.point.distance(pose), speed)

    def allowed(self) -> float:
        """What may be driven here for the line's own sake, m/s: to a stop at its end, and slowly in a ramp's bends."""
        if self.ramp is not None:
            return min(self._stopping(self._the_ramp.length - self._s), _bending(self._the_ramp, self._s))
        end = self._stopping(math.inf if self._road.closed else self._road.length - self._s)
        return end if self.exit is None else min(end, _bending(self._road.ramps[self.exit], -self.to_ramp(self.exit)))

    def _stopping(self, left: float) -> float:
        return math.sqrt(2.0 * STOP * max(0.0, left - self._half - _BEFORE_END))

    @property
    def _the_ramp(self) -> Ramp:
        assert self.ramp is not None
        return self._road.ramps[self.ramp]

    def _reach(self, speed: float) -> float:
        """How far ahead the point is that it steers for, m: in a ramp's sharp bends, and close before them, nearer."""
        reach = max(REACH[0], REACH[1] * speed)
        ramp, s = (None, 0.0) if self.exit is None else (self._road.ramps[self.exit], -self.to_ramp(self.exit))
        ramp, s = (ramp, s) if self.ramp is None else (self._the_ramp, self._s)
        bends = () if ramp is None or s < -reach else ramp.bends
        return min(reach, *(SHARP * radius for _, last, radius in bends if s < last), math.inf)

    def _ahead(self, reach: float) -> Pose:
        if self.ramp is not None:
            return self._the_ramp.pose(self._s + reach)
        if self.exit is not None and 0.0 <= self.to_ramp(self.exit) < reach and self.in_lane:
            return self._road.ramps[self.exit].pose(reach - self.to_ramp(self.exit))
        return self._road.pose(self._s + reach, self._line)


def _bending(ramp: Ramp, s: float) -> float:
    """What the bends of a ramp allow (m/s) where one is at `s` of it; less than 0: before it."""
    ahead = ((first, radius) for first, last, radius in ramp.bends if s < last)
    return min(
        (math.sqrt(LEAN * radius + 2.0 * STOP * max(0.0, first - s)) for first, radius in ahead), default=math.inf
    )
