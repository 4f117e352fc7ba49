"""What is said at an intersection: how vehicles come to it, and which of them have a slot. Every message says all.

A *slot* is the leave to cross, for the vehicles that it names, by one way. It holds for `LEASE` from the stamp of the
message that lists it, and is in force again with the next one; who hears none has none.
"""

from __future__ import annotations

from dataclasses import dataclass

LEASE = 1.0
"""A slot may be taken up for so long after it was last told of, s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approach:
    """What a vehicle says, ten times a second, of its way to the intersection, through it and out of it."""

    name: str
    sequence: int
    stamp: float
    """When it was so, s."""
    exit: str
    """The place whose ramp it takes; empty: straight on."""
    along: float
    """Of its front bumper from the line where vehicles wait, m: less than 0 before it."""
    speed: float
    length: float
    platoon: tuple[str, ...]
    """Who drives with it, from front to back; itself alone where it drives alone."""
    bid: float
    """What going now is worth to it, credits."""
    inside: bool
    """It has gone: it does not stop at the line any more, and is not out of the intersection yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Vehicles that cross one after the other, from where they come by the ramp to `exit` (empty: straight on)."""

    vehicles: tuple[str, ...]
    exit: str
    valid: bool
    """Whether it may still be taken up: else it was taken back, and stands until all know that nobody did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """All slots, in the order in which they were given: none goes before one that it crosses."""

    node: str
    """Which auction node says so, as the leader of `term`."""
    term: int
    stamp: float
    slots: tuple[Slot, ...]
