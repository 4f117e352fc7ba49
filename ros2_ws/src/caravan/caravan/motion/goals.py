"""A navigator that drives itself and is told goals, such as Nav2: which goal it should have, and when it has none.

A goal is the whole way still granted. It is replaced where the grant grows or changes, and called off
where the lease runs out, the grant is taken back, or the robot strays from it. A state machine, with no I/O: what
happened goes in, what is to be sent comes out. A goal that fails is told again after a pause, while the grant stands.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from caravan.model.geometry import Point, Pose, Twist
from caravan.motion.limits import Limits
from caravan.motion.path import joined, off_path

ENOUGH = 0.25
"""So near to its last point a goal has succeeded, m: there traffic control counts a point as reached."""
_PAUSE = 1.0
"""Before a goal that failed is told again, s; doubled each time it fails again."""
_LONGEST_PAUSE = 8.0
_BACK = 0.1
"""On its way back to its lanes a robot may get so much farther from them first, m: it may have to turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """A goal to tell: drive through these poses, in order, in place of any goal before."""

    number: int
    poses: tuple[Pose, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOff:
    """All goals up to this one are to be called off, until it is sure that each has ended."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowDown:
    """Drive at most so fast from now on, m/s."""

    speed: float


Told = Send | CallOff | SlowDown


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long silence is borne, s; how far a robot may stray from what it was granted, m."""

    answer: float = 3.0
    """Without a sign of a goal: an answer, and feedback from then on."""
    odometry: float = 0.5
    stray: float = 0.4
    """Off the lanes of its grant. One that stands twice as far off is not driven: nobody knows what is between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Goal:
    number: int
    points: tuple[Point, ...]
    heard: float
    """When there was the last sign of it, or it was told."""
    off: float
    """How far off its way the robot was when it was told, m: it may find back."""


class GoalNavigator:
    """One robot's goals. `drain` what is to be sent after each call; say what became of it by the other calls."""

    start = 10.0
    """How long the navigator may plan before it sets off, s."""

    def __init__(self, limits: Limits, patience: Patience) -> None:
        self.note = ""
        self._limits = limits
        self._patience = patience
        self._path: list[Point] = []
        self._pose = Pose(0.0, 0.0)
        self._lease = -math.inf
        self._sensed = math.inf
        self._goal: _Goal | None = None
        self._number = 0
        self._speed = -1.0
        self._pause = _PAUSE
        self._wait = -math.inf
        self._out: list[Told] = []

    @property
    def underway(self) -> bool:
        """Whether there is a goal that may be driven for."""
        return self._goal is not None

    def drain(self) -> list[Told]:
        """What is to be sent; empty afterwards."""
        out, self._out = self._out, []
        return out

    # -- what is wanted of it -------------------------------------------------------------------------------------

    def drive(
        self,
        pose: Pose,
        velocity: Twist,
        points: Sequence[Point],
        lease: float,
        now: float,
        allowed: float = math.inf,
    ) -> Twist | None:
        """As `Navigator.drive`: a stop, or None while the goal stands and the base is the other's to drive."""
        if not all(map(math.isfinite, (pose.x, pose.y, pose.yaw))):
            return self._stop()
        self._pose, self._lease, self._sensed = pose, lease, now
        before, self._path = len(self._path), joined(self._path, pose, points)
        if len(self._path) < before:
            self._pause = _PAUSE
        if len(self._path) < 2 or not now <= lease:
            return self._stop()
        off = off_path(pose, self._path)
        if self._goal is not None:
            self._mind(self._goal, off, now)
        if 0.0 < self._wait - now <= _LONGEST_PAUSE:
            return self._stop()
        if self._goal is None and off > 2.0 * self._patience.stray:
            self.note = f"it stands {off:.2f} m off its way; drive it back"
            return self._stop()
        self._keep_speed(allowed)
        self._keep_goal(off, now)
        return None

    def forget(self) -> None:
        """As `Navigator.forget`; the goal is called off."""
        self._path = []
        self._stop()

    def watch(self, now: float) -> Twist | None:
        """To be asked some ten times a second, odometry or not: a stop where there is no ground to drive on."""
        if now - self._sensed > self._patience.odometry or (self._goal is not None and not now <= self._lease):
            return self._stop()
        return None

    def _stop(self) -> Twist:
        if self._goal is not None:
            self._out.append(CallOff(number=self._goal.number))
            self._goal = None
        return Twist()

    def _mind(self, goal: _Goal, off: float, now: float) -> None:
        """Ends a goal that nothing is heard of, or that leads the robot astray."""
        if abs(now - goal.heard) > self._patience.answer:
            self._fail(f"nothing was heard of its goal for {self._patience.answer:g} s", now)
        elif off > max(self._patience.stray, goal.off + _BACK):
            self._fail(f"it was led {off:.2f} m off its way", now)

    def _keep_speed(self, allowed: float) -> None:
        """Told in steps, rounded down: each is a message. Never 0, which would stand for no limit."""
        speed = max(0.05, math.floor(min(allowed, self._limits.speed) * 20.0 + 1e-9) / 20.0)
        if speed != self._speed:
            self._speed = speed
            self._out.append(SlowDown(speed=speed))

    def _keep_goal(self, off: float, now: float) -> None:
        ahead = tuple(self._path[1:])
        if self._goal is not None and self._goal.points[-len(ahead) :] == ahead:
            return
        self._number += 1
        self._goal = _Goal(number=self._number, points=ahead, heard=now, off=off)
        # The speed again: who drives may have been started anew.
        self._out += [SlowDown(speed=self._speed), Send(number=self._number, poses=headed(self._path))]

    # -- what became of it ------------------------------------------------------------------------------------------

    def progressed(self, number: int, now: float) -> None:
        """There was a sign of a goal: it was taken on, or is driven for."""
        if self._goal is not None and self._is_current(number):
            self._goal = replace(self._goal, heard=now)
            self.note = ""

    def succeeded(self, number: int, now: float) -> None:
        """A goal has ended, at its last point as its navigator has it."""
        if self._goal is None or not self._is_current(number):
            return
        short = self._goal.points[-1].distance(self._pose)
        if short > ENOUGH:
            self.failed(number, f"its goal ended {short:.2f} m from the last point", now)
            return
        self._path = [self._goal.points[-1]]
        self._goal = None
        self.note, self._pause = "", _PAUSE

    def failed(self, number: int, why: str, now: float) -> None:
        """A goal was refused, could not be told, or has ended otherwise than by success."""
        if self._is_current(number):
            self._fail(why, now)

    def _fail(self, why: str, now: float) -> None:
        self._stop()
        self.note = f"{why}; it tries again in {self._pause:g} s"
        self._wait = now + self._pause
        self._pause = min(_LONGEST_PAUSE, 2.0 * self._pause)

    def _is_current(self, number: int) -> bool:
        return self._goal is not None and self._goal.number == number


def headed(path: Sequence[Point]) -> tuple[Pose, ...]:
    """The points after the first, each with the heading in which a robot leaves it; the last: in which it comes."""
    ways = [math.atan2(b.y - a.y, b.x - a.x) for a, b in pairwise(path)]
    return tuple(Pose(p.x, p.y, way) for p, way in zip(path[1:], [*ways[1:], ways[-1]], strict=True))
