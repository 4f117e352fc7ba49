"""An intersection of four roads: twelve lanes into it, one for each turn, and where their ways cross.

Right-hand traffic. A lane is a number from 0 to 11: `3 * approach + turn`, approaches counter-clockwise from the one in
the south. A place in a lane is `along` in m: negative before the line, 0 at the line, more behind it. The four right
turns have a lane of their own to come from and to go to, and cross nobody.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from caravan.platoon.plant import Floats

LEFT, STRAIGHT, RIGHT = 0, 1, 2
LANES = range(12)
WIDE = 3.5
"""A lane, m."""
HALF = 15.0
"""From the middle to each line, m."""
APART = 3.0
"""Ways whose middles come nearer than this cross, m: a vehicle of 2 m, and half a metre on either side."""
APPROACH = 50.0 / 3.6
"""The speed limit, m/s."""
ASIDE = 3.0
"""Acceleration to the side in a turn, m/s2."""
_FINE = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """Where a way crosses another: from the front bumper at `enter` until the tail has passed `leave`, m along it."""

    enter: float
    leave: float


def name(lane: int) -> str:
    """In words: `from the south, left`."""
    return f"from the {('south', 'east', 'north', 'west')[lane // 3]}, {('left', 'straight', 'right')[lane % 3]}"


def offset(turn: int) -> float:
    """From the middle of the road to that of the lane, m."""
    return WIDE * (turn + 0.5)


def radius(lane: int) -> float:
    """Of the turn, m; infinite where there is none."""
    turn = lane % 3
    return {LEFT: HALF + offset(LEFT), STRAIGHT: math.inf, RIGHT: HALF - offset(RIGHT)}[turn]


def length(lane: int) -> float:
    """Of the way through the box, m."""
    return 2.0 * HALF if lane % 3 == STRAIGHT else 0.5 * math.pi * radius(lane)


def speed(lane: int) -> float:
    """The most that a vehicle drives in the box, m/s."""
    return min(APPROACH, math.sqrt(ASIDE * radius(lane)))


def pose(lane: int, along: Floats) -> tuple[Floats, Floats, Floats]:
    """x, y (m, from the middle) and heading (rad) of a point of the lane's way."""
    turn, start = lane % 3, offset(lane % 3)
    inside = np.clip(along, 0.0, length(lane))
    before, after = np.minimum(along, 0.0), np.maximum(along - length(lane), 0.0)
    if turn == STRAIGHT:
        x, y, bend = np.full_like(along, start), inside - HALF, np.zeros_like(along)
    else:
        side = 1.0 if turn == LEFT else -1.0
        angle = inside / radius(lane)
        x = start - side * radius(lane) * (1.0 - np.cos(angle))
        y, bend = radius(lane) * np.sin(angle) - HALF, side * angle
    x, y = x - after * np.sin(bend), y + before + after * np.cos(bend)
    quarter = 0.5 * math.pi * (lane // 3)
    cos, sin = math.cos(quarter), math.sin(quarter)
    return cos * x - sin * y, sin * x + cos * y, bend + 0.5 * math.pi + quarter


def _zones() -> Mapping[tuple[int, int], Zone]:
    steps = {lane: np.arange(0.0, length(lane) + _FINE, _FINE) for lane in LANES}
    ways = {lane: np.stack(pose(lane, steps[lane])[:2], axis=1) for lane in LANES}
    found: dict[tuple[int, int], Zone] = {}
    for one in LANES:
        for other in LANES:
            if one // 3 == other // 3:
                continue
            apart = np.linalg.norm(ways[one][:, None] - ways[other][None], axis=2).min(axis=1)
            near = steps[one][apart < APART - 1e-6]
            if near.size:
                found[one, other] = Zone(enter=float(near[0]), leave=float(near[-1]))
    return found


ZONES = _zones()
"""By pairs of lanes: where the first crosses the second. Pairs that do not cross are not there."""
CROSSING: Mapping[int, frozenset[int]] = {
    lane: frozenset(other for other in LANES if (lane, other) in ZONES) for lane in LANES
}
"""The lanes that each lane crosses."""
