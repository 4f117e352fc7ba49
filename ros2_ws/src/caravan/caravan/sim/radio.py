"""The radio of the fleet in memory: delay, loss, duplicates, reordering and cuts, all from one seed."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Collection
from dataclasses import dataclass
from typing import Generic, TypeVar

M = TypeVar("M")


@dataclass(frozen=True, slots=True, kw_only=True)
class RadioSettings:
    """Delays in s; probabilities in 0..1."""

    delay_min: float = 0.002
    delay_max: float = 0.02
    loss: float = 0.0
    duplicate: float = 0.0
    straggle: float = 0.0
    """The second copy of a message may come so much later than the first, s."""


class Radio(Generic[M]):
    """Messages of type `M` on their way between named stations. Times are the caller's `now` (s)."""

    def __init__(self, settings: RadioSettings, rng: random.Random) -> None:
        self._settings = settings
        self._rng = rng
        self._count = itertools.count()
        self._air: list[tuple[float, int, str, M]] = []
        self._sides: tuple[frozenset[str], ...] = ()

    def send(self, source: str, target: str, message: M, now: float) -> None:
        """Puts a message on the air; it may arrive late, twice, out of order or never."""
        if self.parted(source, target):
            return
        copies = 1 + (self._rng.random() < self._settings.duplicate)
        for copy in range(copies):
            if self._rng.random() >= self._settings.loss:
                delay = self._rng.uniform(self._settings.delay_min, self._settings.delay_max)
                if copy and self._settings.straggle:
                    delay += self._rng.uniform(0.0, self._settings.straggle)
                heapq.heappush(self._air, (now + delay, next(self._count), target, message))

    def due(self, now: float) -> list[tuple[str, M]]:
        """What has arrived by now, in order of arrival, with its target; it is gone from the air."""
        arrived = []
        while self._air and self._air[0][0] <= now:
            _, _, target, message = heapq.heappop(self._air)
            arrived.append((target, message))
        return arrived

    def cut(self, *sides: Collection[str]) -> None:
        """Cuts each of these sides off from all stations that are not on it; none given heals all cuts."""
        self._sides = tuple(frozenset(side) for side in sides)

    def parted(self, one: str, other: str) -> bool:
        """Whether a cut lies between two stations."""
        return bool(self._sides) and any((one in side) != (other in side) for side in self._sides)
