"""Which lanes are blocked, as far as robots have found: a log-odds belief for each, which fades with time.

As in an occupancy grid (Moravec and Elfes, ICRA 1985): evidence adds up, for and against. 0 means that nothing is
known, and a lane of which nothing is known is driven. A lane counts in both directions alike.
"""

from __future__ import annotations

import math

HIT = 2.0
"""What one robot that could not pass a lane adds to its log-odds."""
PASS = 3.0
"""What one robot that passed it takes away."""
MOST = 4.0
"""No belief is stronger."""
CLOSED = 0.85
"""From these log-odds on (a probability of 0.7) a lane is closed to planning."""
HALF_LIFE = 60.0
"""After so long half of the log-odds are forgotten, s."""

Ends = tuple[str, str]
"""The two nodes of a lane, in the order of the alphabet."""


def ends(a: str, b: str) -> Ends:
    """The lane between two nodes, whichever way it is driven."""
    return (a, b) if a <= b else (b, a)


class Beliefs:
    """The beliefs of one traffic control. All times are the caller's `now` (s), which never runs back."""

    def __init__(self) -> None:
        self._odds: dict[Ends, tuple[float, float]] = {}
        """The log-odds of each lane that was ever found blocked, and when they were so."""

    def blocked(self, a: str, b: str, now: float) -> None:
        """A robot could not pass the lane between two nodes."""
        self._odds[ends(a, b)] = (min(MOST, self.odds(a, b, now) + HIT), now)

    def passed(self, a: str, b: str, now: float) -> None:
        """A robot has passed the lane between two nodes."""
        if ends(a, b) in self._odds:
            self._odds[ends(a, b)] = (max(0.0, self.odds(a, b, now) - PASS), now)

    def odds(self, a: str, b: str, now: float) -> float:
        """The log-odds that the lane between two nodes is blocked, from 0."""
        odds, at = self._odds.get(ends(a, b), (0.0, now))
        return odds * math.exp2((at - now) / HALF_LIFE)

    def closed(self, now: float) -> dict[Ends, float]:
        """The lanes that are closed, in the order of the alphabet, and until when each is if nobody else comes by."""
        return {
            lane: at + HALF_LIFE * math.log2(odds / CLOSED)
            for lane, (odds, at) in sorted(self._odds.items())
            if self.odds(*lane, now) >= CLOSED
        }
