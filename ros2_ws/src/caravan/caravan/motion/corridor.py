"""The corridor that a robot drives into straight ahead, and how far a laser scanner sees it free."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What a laser scanner measured: beam k looks `first` + k `step` (rad) to the left of ahead.

    `ranges` are distances to what it hits (m), infinite for nothing, negative infinity for something too near to
    measure; NaN says nothing, and neither does what is below `nearest`.
    """

    first: float
    step: float
    nearest: float
    ranges: Sequence[float]


def free_ahead(scan: Scan, half_width: float) -> float:
    """The way ahead (m, from the scanner) to what is first hit within `half_width` to either side; may be infinite."""
    free = math.inf
    for k, distance in enumerate(scan.ranges):
        if distance == math.inf or math.isnan(distance) or -math.inf < distance < scan.nearest:
            continue
        angle = scan.first + k * scan.step
        reach = max(distance, 0.0)
        ahead = reach * math.cos(angle)
        if ahead < free and math.cos(angle) > 0.0 and reach * abs(math.sin(angle)) <= half_width:
            free = ahead
    return free
