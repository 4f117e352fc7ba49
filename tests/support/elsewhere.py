"""A navigator that drives by itself and is told goals, as Nav2 looks from outside, with the ways in which it fails."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from caravan.model.geometry import Pose, Twist, wrap

SPEED = 1.0
BRAKES = 0.5
NEAR = 0.15
"""Where the next pose is gone for, and the last is reached, m."""
FAULTS = ("", "refuses", "aborts", "silent", "runaway", "astray", "short")
"""Refuses goals; gives them up; drives without a word; drives on without end or obedience; drives off; stops early."""


class Elsewhere:
    """One robot's. A goal is taken, driven for, and ends; `events` tells what became of which: (goal, event)."""

    def __init__(self) -> None:
        self.fault = ""
        self.limit = math.inf
        """m/s; 0 for none, as nav2_msgs/SpeedLimit has it."""
        self.events: list[tuple[Any, str]] = []
        self._goal: Any = None
        self._poses: list[Pose] = []

    @property
    def idle(self) -> bool:
        """Whether it has no goal."""
        return self._goal is None

    def take(self, goal: Any, poses: Sequence[Pose]) -> bool:
        """Offers a goal; one that is taken replaces the goal before."""
        if self.fault == "refuses":
            return False
        self._end("aborted")
        self._goal, self._poses = goal, list(poses)
        return True

    def drop(self, goal: Any = None) -> None:
        """Ends a goal, where it is this one; None: whichever."""
        if self.fault != "runaway" and goal in (None, self._goal):
            self._end("cancelled")

    def turn(self, pose: Pose) -> Twist | None:
        """The velocity that it drives with, if it drives; to be asked at each odometry."""
        if self._goal is None:
            return None
        if self.fault == "aborts":
            self._end("aborted")
            return Twist()
        if self.fault == "runaway":
            return Twist(SPEED)
        if self.fault != "silent":
            self.events.append((self._goal, "feedback"))
        return self._toward(pose)

    def _toward(self, pose: Pose) -> Twist:
        while len(self._poses) > 1 and self._poses[0].point.distance(pose) < NEAR:
            self._poses.pop(0)
        aim = self._poses[0]
        left = aim.point.distance(pose)
        if len(self._poses) == 1 and left < (1.0 if self.fault == "short" else NEAR):
            self._end("succeeded")
            return Twist()
        astray = math.radians(60.0) if self.fault == "astray" else 0.0
        error = wrap(math.atan2(aim.y - pose.y, aim.x - pose.x) + astray - pose.yaw)
        top = min(SPEED, self.limit or SPEED, math.sqrt(2.0 * BRAKES * self._way(pose)) + 0.05)
        return Twist(top * max(0.0, 1.0 - abs(error) / 0.5), max(-1.0, min(1.0, 2.0 * error)))

    def _way(self, pose: Pose) -> float:
        points = [pose.point, *(p.point for p in self._poses)]
        return sum(a.distance(b) for a, b in pairwise(points))

    def _end(self, event: str) -> None:
        if self._goal is not None:
            self.events.append((self._goal, event))
        self._goal, self._poses = None, []
