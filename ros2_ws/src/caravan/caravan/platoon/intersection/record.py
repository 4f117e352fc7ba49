"""What happens at an intersection: who breaks down, who was where, and when each crossed."""

from __future__ import annotations

from dataclasses import dataclass

from caravan.platoon.intersection.arrivals import Ints
from caravan.platoon.plant import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Stall:
    """A vehicle that brakes to a stop from where it is at `along` (m), for `seconds`; with None it takes no slot for so
    long, from its first slot on."""

    vehicle: int
    along: float | None
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Who is where near the box at a time."""

    time: float
    vehicles: Ints
    along: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What happened, by vehicle; times in s, NaN where it did not happen."""

    asked: Floats
    """When its party asked first."""
    first: Floats
    """When nobody of its lane that had no slot was before its party any more."""
    given: Floats
    """When it had a slot."""
    out: Floats
    """When its tail had left the box."""
    entered: Floats
    smallest_gap: float
    """In a lane, m."""
    snapshots: tuple[Snapshot, ...]
