"""How close points and straight lanes come to one another, m."""

from __future__ import annotations

import math

from caravan.model.geometry import Point


def along(p: Point, a: Point, b: Point) -> float:
    """Where `p` projects on the line a-b: 0 at `a`, 1 at `b`; 0 where a and b coincide."""
    dx, dy = b.x - a.x, b.y - a.y
    square = dx * dx + dy * dy
    return ((p.x - a.x) * dx + (p.y - a.y) * dy) / square if square else 0.0


def off_lane(p: Point, a: Point, b: Point) -> float:
    """Distance from `p` to the segment a-b."""
    t = min(1.0, max(0.0, along(p, a, b)))
    return math.hypot(a.x + t * (b.x - a.x) - p.x, a.y + t * (b.y - a.y) - p.y)


def _side(p: Point, a: Point, b: Point) -> float:
    return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)


def lane_gap(a: Point, b: Point, c: Point, d: Point) -> float:
    """Distance between the segments a-b and c-d, 0 where they cross."""
    if _side(a, c, d) * _side(b, c, d) < 0 and _side(c, a, b) * _side(d, a, b) < 0:
        return 0.0
    return min(off_lane(a, c, d), off_lane(b, c, d), off_lane(c, a, b), off_lane(d, a, b))
