"""What a base does by itself: it stops where it hears no command for too long.

A vehicle on a road brakes as its drive can: `lag a' + a = -brake`, from no acceleration on. Those behind it reckon with
that (`caravan.platoon.safety`): a base whose emergency brake came at once would be hit. Its wheels stay turned as they
were, so that it stays in its lane in a bend.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from caravan.model.geometry import Twist
from caravan.model.site import Robot

COMMAND_TIME = 0.5
"""A base stops when its last command is older than this, s."""
_CRAWL = 0.1
"""Slower than this it turns on the spot, m/s."""


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
        self._bends = [0.0] * len(robots)
        """As sharply as this their last commands turned, 1/m."""
        self._next = math.inf
        """Nobody's command is too old before."""

    def hear(self, base: int, command: Twist, now: float) -> None:
        """A command came, which the base follows."""
        self._braking.pop(base, None)
        self._bends[base] = command.angular / command.linear if abs(command.linear) > _CRAWL else 0.0
        self._heard[base] = now
        self._next = min(self._next, now + COMMAND_TIME)

    def stop(self, base: int, speed: float, now: float) -> None:
        """The base stops from `speed` (m/s) on, unless it does so already."""
        self._heard.pop(base, None)
        self._braking.setdefault(base, (now, speed))

    def twists(self, speed_of: Callable[[int], float], now: float) -> dict[int, Twist]:
        """How those bases are to move now that stop by themselves: at last not at all, and then no more of them.

        `speed_of` tells how fast (m/s) a base is as it begins to.
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
        return {base: Twist(speed, self._bends[base] * speed) for base, speed in speeds.items()}

    def _speed(self, base: int, begun: float, seconds: float) -> float:
        """That many seconds after it began to stop from the speed `begun`."""
        lag = self._lags[base]
        if lag <= 0.0:
            return 0.0
        lost = self._brakes[base] * (seconds - lag * (1.0 - math.exp(-seconds / lag)))
        return math.copysign(max(0.0, abs(begun) - lost), begun)
