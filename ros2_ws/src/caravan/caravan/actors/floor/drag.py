"""Congestion as a robot meets it: how much longer than alone its drives have lately taken."""

from __future__ import annotations

import math
from collections.abc import Callable

_MOST = 3.0
"""No drive counts as longer than so many times what it takes alone."""
_NEW = 0.3
"""The part of a new drive in the average."""
_HALF_LIFE = 120.0
"""After so long without a drive half of the excess is forgotten, s."""
_SHORT = 3.0
"""Drives that take less alone say nothing, s."""
_EASE, _START = 1.2, 3.0
"""What curves take, as a multiple, and what turning, starting and stopping take, s: no fault of others."""


class Drag:
    """A running average over drives. All times are the caller's `now` (s)."""

    def __init__(self) -> None:
        self._excess = 0.0
        self._at = 0.0
        self._place: str | None = None
        self._since = self._alone = 0.0

    def follow(self, place: str | None, arrived: bool, alone: Callable[[str], float | None], now: float) -> None:
        """The robot drives to `place` (None: nowhere), or has `arrived` there; `alone` is what it takes alone, s."""
        if arrived and place is not None and place == self._place:
            self._learn(now)
        if arrived or place is None:
            self._place = None
        elif place != self._place:
            self._place, self._since, self._alone = place, now, alone(place) or 0.0

    def factor(self, now: float) -> float:
        """What a drive takes as a multiple of what it takes alone, from 1."""
        return 1.0 + self._excess * math.exp2(-max(0.0, now - self._at) / _HALF_LIFE)

    def _learn(self, now: float) -> None:
        if self._alone < _SHORT:
            return
        longer = min(max((now - self._since) / (_EASE * self._alone + _START), 1.0), _MOST) - 1.0
        self._excess = (1.0 - _NEW) * (self.factor(now) - 1.0) + _NEW * longer
        self._at = now
