"""What a base does by itself: it stops where it hears no command for too long.

A vehicle on a road brakes as its drive can: `lag a' + a = -brake`, from no acceleration on. Those behind it reckon with
that (`caravan.platoon.safety`): a base whose emergency brake came at once would be hit. It steers straight ahead.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from caravan.model.site import Robot

COMMAND_TIME = 0.5
"""A base stops when its last command is older than this, s."""


class Watchdog:
    """Of the bases of `robots`, which are called by their numbers. Times are s of any clock, the same in all calls."""

    def __init__(self, robots: Sequence[Robot]) -> None:
        self._brakes = [robot.brake for robot in robots]
        # Round robots brake as they accelerate, and at once.
        self._lags = [0.0 if robot.length is None else robot.lag for robot in robots]
        self._heard: dict[int, float] = {}
        """When those that are driven heard their last command."""
        self._braking: dict[int, tuple[float, float]] = {}
        """Since when those stop by themselves, and from what speed, m/s."""
        self._next = math.inf
        """Nobody's command is too old before."""

    def hear(self, base: int, now: float) -> None:
        """A command came, which the base follows."""
        self._braking.pop(base, None)
        self._heard[base] = now
        self._next = min(self._next, now + COMMAND_TIME)

    def stop(self, base: int, speed: float, now: float) -> None:
        """The base stops from `speed` (m/s) on, unless it does so already."""
        self._heard.pop(base, None)
        self._braking.setdefault(base, (now, speed))

    def speeds(self, speed_of: Callable[[int], float], now: float) -> dict[int, float]:
        """How fast (m/s) those bases are to be now that stop by themselves: at last 0, and then no more of them.

        `speed_of` tells how fast a base is as it begins to.
        """
        if now > self._next:
            for base in [base for base, heard in self._heard.items() if now - heard > COMMAND_TIME]:
                self.stop(base, speed_of(base), now)
            self._next = min(self._heard.values(), default=math.inf) + COMMAND_TIME
        if not self._braking:
            return {}
        speeds = {base: self._speed(base, speed, now - since) for base, (since, speed) in self._braking.items()}
        for base, speed in speeds.items():
            if speed == 0.0:
                del self._braking[base]
        return speeds

    def _speed(self, base: int, begun: float, seconds: float) -> float:
        """That many seconds after it began to stop from the speed `begun`."""
        lag = self._lags[base]
        if lag <= 0.0:
            return 0.0
        lost = self._brakes[base] * (seconds - lag * (1.0 - math.exp(-seconds / lag)))
        return math.copysign(max(0.0, abs(begun) - lost), begun) + 0.0
