"""Who goes next: in order of arrival, or by a signal. (By auction: `market`.)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from caravan.platoon.intersection.book import Book, Party
from caravan.platoon.intersection.geometry import CROSSING, LANES, LEFT, RIGHT, STRAIGHT

Asking = Mapping[int, Sequence[Party]]
"""By lane: the parties that have no slot yet, from front to back."""


class Controller(Protocol):
    """Gives slots."""

    def decide(self, now: float, asking: Asking, book: Book) -> list[Party]:
        """Who has a slot from now on, in this order; each must be free in the book with those before it."""


class Arrival:
    """First come first served: parties ask in the order in which they came; who finds its way taken asks again.

    The policy of AIM (Dresner and Stone, "A multiagent approach to autonomous intersection management", JAIR 2008).
    """

    def decide(self, now: float, asking: Asking, book: Book) -> list[Party]:
        """See `Controller`."""
        given: list[Party] = []
        refused: set[int] = set()
        for party in sorted((p for queue in asking.values() for p in queue), key=lambda p: (p.since, p.members)):
            if party.lane not in refused and book.free(party):
                book = book.take(party)
                given.append(party)
            else:
                refused.add(party.lane)
        return given


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """Lanes that have green together, for how long (s)."""

    lanes: frozenset[int]
    green: float


CLEARING = 3.0
"""Between two phases nobody has green, s."""
LOST = 4.0
"""Of each phase, while vehicles start and the box clears, s."""
SATURATION = {STRAIGHT: 2000.0, LEFT: 1600.0}
"""Vehicles an hour from a lane that always has green and a queue (measured: `tests/laws`)."""


def timed(demand: Mapping[int, float], shortest: float = 6.0, longest: float = 120.0) -> tuple[Phase, ...]:
    """The four phases of a signal that is timed for a demand (vehicles an hour, by lane), as Webster has it.

    The cycle with the least delay is `(1.5 L + 5) / (1 - Y)`, with L the lost time and Y the sum of the highest
    demand over saturation of each phase; green goes by the phases' parts of Y ("Traffic signal settings", 1958).
    """
    lanes = [frozenset({3 * road + turn, 3 * (road + 2) + turn}) for road in (0, 1) for turn in (STRAIGHT, LEFT)]
    parts = [max(demand[lane] / SATURATION[lane % 3] for lane in group) for group in lanes]
    lost, total = LOST * len(lanes), sum(parts)
    cycle = longest if total >= 1.0 else min(longest, (1.5 * lost + 5.0) / (1.0 - total))
    green = [max(shortest, (cycle - lost) * part / total + LOST - CLEARING) for part in parts]
    return tuple(Phase(lanes=group, green=time) for group, time in zip(lanes, green, strict=True))


class Signal:
    """A fixed cycle; right turns, which cross nobody, always have green. Parties know how long it stays green, and go
    if they get over the line in time."""

    def __init__(self, plan: Sequence[Phase]) -> None:
        self._plan = plan
        self._cycle = sum(phase.green + CLEARING for phase in plan)

    def decide(self, now: float, asking: Asking, book: Book) -> list[Party]:
        """See `Controller`."""
        lanes, until = self._green(now)
        given = []
        for lane, queue in asking.items():
            for party in queue:
                if lane % 3 != RIGHT and (lane not in lanes or party.commits > until or not book.free(party)):
                    break
                book = book.take(party)
                given.append(party)
        return given

    def _green(self, now: float) -> tuple[frozenset[int], float]:
        """Which lanes have green, and until when (s)."""
        into = now % self._cycle
        for phase in self._plan:
            if into < phase.green:
                return phase.lanes, now - into + phase.green
            into -= phase.green + CLEARING
            if into < 0.0:
                break
        return frozenset(), now


FREE = frozenset(lane for lane in LANES if not CROSSING[lane])
"""Lanes that cross nobody."""
