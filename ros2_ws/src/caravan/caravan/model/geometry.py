"""Points, poses and velocities in the plane. Metres, radians, seconds; x east, y north, yaw counter-clockwise."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """A position in the world frame, m."""

    x: float
    y: float

    def distance(self, other: Point | Pose) -> float:
        """Euclidean distance to `other`, m."""
        return math.hypot(other.x - self.x, other.y - self.y)


@dataclass(frozen=True, slots=True)
class Pose:
    """A position (m) and a heading (rad) in the world frame."""

    x: float
    y: float
    yaw: float = 0.0

    @property
    def point(self) -> Point:
        """The position alone."""
        return Point(self.x, self.y)


@dataclass(frozen=True, slots=True)
class Twist:
    """A planar velocity in the robot's own frame: `linear` m/s ahead, `angular` rad/s counter-clockwise."""

    linear: float = 0.0
    angular: float = 0.0


def driven(pose: Pose, way: float, turn: float) -> Pose:
    """Where a robot is that was at `pose`, and has come `way` m ahead since while it turned evenly by `turn` rad."""
    yaw = pose.yaw + 0.5 * turn
    return Pose(pose.x + way * math.cos(yaw), pose.y + way * math.sin(yaw), pose.yaw + turn)


def wrap(angle: float) -> float:
    """`angle` (rad) brought into (-pi, pi]."""
    wrapped = math.remainder(angle, math.tau)
    return math.pi if wrapped == -math.pi else wrapped


def along(p: Point | Pose, a: Point, b: Point) -> float:
    """Where `p` projects on the line a-b: 0 at `a`, 1 at `b`; 0 where a and b coincide."""
    dx, dy = b.x - a.x, b.y - a.y
    square = dx * dx + dy * dy
    return ((p.x - a.x) * dx + (p.y - a.y) * dy) / square if square else 0.0


def off_segment(p: Point | Pose, a: Point, b: Point) -> float:
    """Distance (m) from `p` to the segment a-b."""
    t = min(1.0, max(0.0, along(p, a, b)))
    return math.hypot(a.x + t * (b.x - a.x) - p.x, a.y + t * (b.y - a.y) - p.y)
