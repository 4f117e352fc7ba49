"""How close straight lanes come to one another, m."""

from __future__ import annotations

from caravan.model.geometry import Point, off_segment


def _side(p: Point, a: Point, b: Point) -> float:
    return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)


def lane_gap(a: Point, b: Point, c: Point, d: Point) -> float:
    """Distance between the segments a-b and c-d, 0 where they cross."""
    if _side(a, c, d) * _side(b, c, d) < 0 and _side(c, a, b) * _side(d, a, b) < 0:
        return 0.0
    return min(off_segment(a, c, d), off_segment(b, c, d), off_segment(c, a, b), off_segment(d, a, b))
