"""A robot's own clock, which may be set: when it is set back, another era begins.

What answers something said before may be on its way still, and would seem new: it is of an earlier era.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class EraLog(Protocol):
    """What outlives the robot's process."""

    def era(self) -> int:
        """How many eras of the robot's clock have begun."""

    def begin_era(self, number: int) -> str | None:
        """On None it is on disk that this era has begun, else the answer says why it is not."""


class OwnClock:
    """The eras of a clock. A new one begins with each process.

    `draw` answers with a number below 2**32 that it has not given to this robot lately, in an earlier process neither.
    `ahead` answers with how far the clock is ahead of one that is never set, s: one that was set back while the process
    stood still shows by that. Stamps that come up to `slack` (s) out of order are no clock that was set back.
    """

    def __init__(self, log: EraLog, draw: Callable[[], int], ahead: Callable[[], float], slack: float) -> None:
        self._log = log
        self._draw = draw
        self._ahead = ahead
        self._slack = slack
        self._most_ahead = self.latest = float("-inf")
        self.era = self._next_era(log.era())

    def mind(self, now: float) -> bool:
        """Takes in the time; whether the clock was set back."""
        ahead = self._ahead()
        self._most_ahead = max(self._most_ahead, ahead)
        back = now < self.latest - self._slack or ahead < self._most_ahead - self._slack
        if back:
            self.era = self._next_era(self.era >> 32)
            self.latest, self._most_ahead = now, ahead
        self.latest = max(self.latest, now)
        return back

    def _next_era(self, count: int) -> int:
        """The era after `count` others, greater than they; where no disk could note one, at least no earlier one."""
        self._log.begin_era(count + 1)
        return (count + 1 << 32) + self._draw()
