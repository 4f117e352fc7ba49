"""The polyline of what a robot was granted, from the point where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from caravan.model.geometry import Point, Pose, off_segment

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
    return min(off_segment(pose, a, b) for a, b in pairwise(path))
