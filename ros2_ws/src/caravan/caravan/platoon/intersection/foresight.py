"""When vehicles would be where, if all of them went now.

A vehicle speeds up to the limit, and slows down for its turn; and it passes the line no sooner than its headway after
the one in front. Estimates: slots are planned by them, and safety does not hang on them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from caravan.platoon.intersection.driving import ACCELERATE, BRAKE, COMFORT, LAG, LENGTH, SURE
from caravan.platoon.intersection.geometry import APPROACH
from caravan.platoon.safety import REACTION
from caravan.platoon.spacing import STANDSTILL

LOOK = 0.2
"""Between two looks at whether it may pass, s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A vehicle now. `front` is the place in the list of who drives in front of it; None where nobody does."""

    along: float
    speed: float
    turn_speed: float
    headway: float
    front: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """Of the vehicles of a list, by their places in it."""

    now: float
    seen: Sequence[Seen]
    line: Sequence[float]
    """When each passes the line, s."""
    commits: Sequence[float]
    """When each can no longer stop at the line, s."""

    def reaches(self, place: int, along: float) -> float:
        """When the front bumper is at `along` (m, behind the line), s; `now` where it is already."""
        one = self.seen[place]
        if one.along >= along:
            return self.now
        return max(self.now, self.line[place]) + _alone(one, along) - _alone(one, 0.0)


def foresee(now: float, seen: Sequence[Seen]) -> Foresight:
    """See `Foresight`. Vehicles come in the list after those in front of them."""
    line: list[float] = []
    commits: list[float] = []
    for one in seen:
        passes, cannot_stop = now + _alone(one, 0.0), now + _committing(one)
        if one.front is not None:
            behind = one.headway + (LENGTH + STANDSTILL) / one.turn_speed
            if seen[one.front].along < 0.0:
                passes = max(passes, line[one.front] + behind)
            if commits[one.front] > now:
                cannot_stop = max(cannot_stop, commits[one.front] + behind)
        line.append(passes)
        commits.append(cannot_stop)
    return Foresight(now=now, seen=seen, line=line, commits=commits)


def _alone(one: Seen, to: float) -> float:
    """How long (s) until its front bumper is at `to` with nobody in front; 0 where it is already there.

    The quicker of two ways to drive that are both too slow: at the limit to the line, with the time that slowing down
    for the turn costs; and no faster than the turn's speed all along.
    """
    way = max(0.0, to - one.along)
    if one.turn_speed >= APPROACH:
        return _run(way, one.speed, APPROACH)
    inside = max(0.0, to - max(one.along, 0.0))
    slowing = (APPROACH - one.turn_speed) ** 2 / (2.0 * COMFORT * APPROACH)
    fast = _run(way - inside, one.speed, APPROACH) + slowing + inside / one.turn_speed
    return min(fast, _run(way, one.speed, one.turn_speed))


def _run(way: float, speed: float, top: float) -> float:
    """How long (s) a way takes while the speed grows to `top`; the lag counts as far as the speed has to grow."""
    if way <= 0.0:
        return 0.0
    start = min(speed, top)
    growing = (top**2 - start**2) / (2.0 * ACCELERATE)
    part = min(way, growing)
    grown = math.sqrt(start**2 + 2.0 * ACCELERATE * part)
    return (grown - start) / ACCELERATE + (way - part) / top + LAG * (1.0 - start / top)


def _committing(one: Seen) -> float:
    """How long (s) until it can no longer stop: with growing speed, or, farther away, at the limit.

    The way to a stop is taken as `SURE + r v + v^2 / 2b` with r the reaction, the lag, and the time between two looks.
    """
    react, away = REACTION + LAG + LOOK, -one.along - SURE
    square = 0.5 / ACCELERATE + 0.5 / BRAKE
    rest = max(0.0, away + 0.5 * one.speed**2 / ACCELERATE)
    grown = (math.sqrt(react**2 + 4.0 * square * rest) - react) / (2.0 * square)
    if grown > APPROACH:
        return _run(away - react * APPROACH - 0.5 * APPROACH**2 / BRAKE, one.speed, APPROACH)
    return max(0.0, (grown - one.speed) / ACCELERATE)
