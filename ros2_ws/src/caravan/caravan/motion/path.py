"""The polyline of what a robot was granted, from the point where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from caravan.model.geometry import Point, Pose

NEAR = 0.65
"""Points that are granted no more are still driven to within this distance, m: there they count as reached early."""


def joined(path: Sequence[Point], pose: Pose, points: Sequence[Point]) -> list[Point]:
    """`path`, from the point that the robot comes from, brought up to date with the granted `points` not yet reached.

    Empty where there is nowhere to drive to.
    """
    ahead = list(path[1:])
    shared = next(k for k in range(len(ahead) + 1) if ahead[k:] == list(points[: len(ahead) - k]))
    start, kept = path[0] if path else pose.point, ahead[:shared]
    while kept and kept[0].distance(pose) > NEAR:
        behind = kept.pop(0)
        if shared < len(ahead):
            # It was reached, not taken back: from there the robot comes.
            start = behind
    return [start, *kept, *points] if kept or points else []


def off_path(pose: Pose, path: Sequence[Point]) -> float:
    """How far (m) a robot is from a path of two points or more."""
    return min(_off_segment(pose, a, b) for a, b in pairwise(path))


def _off_segment(pose: Pose, a: Point, b: Point) -> float:
    length = a.distance(b)
    if length < 1e-9:
        return b.distance(pose)
    part = ((pose.x - a.x) * (b.x - a.x) + (pose.y - a.y) * (b.y - a.y)) / length**2
    part = min(1.0, max(0.0, part))
    return Point(a.x + part * (b.x - a.x), a.y + part * (b.y - a.y)).distance(pose)
