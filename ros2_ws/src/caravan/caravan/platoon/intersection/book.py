"""Time slots of the box: who has been promised the way through, from when to when.

A slot is from the moment a party can no longer stop at the line until the last of its vehicles has left what another
lane crosses. Slots whose lanes do not cross may lie at the same time; vehicles of one lane follow each other and need
no rule. The times are foreseen, and foreseen anew as the vehicles drive; that nobody enters while another is still in
the way does not hang on them, but on the guard (`run`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

GRACE = 3.0
"""A slot is overdue when its vehicles are so much later than they were foreseen to be, s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Vehicles that take one slot together: a vehicle, or a platoon."""

    lane: int
    members: tuple[int, ...]
    """From front to back."""
    since: float
    """When it first asked, s."""
    commits: float
    """When, if it went now, the first could no longer stop at the line, s."""
    leaves: Mapping[int, float]
    """By lane that it crosses: when, if it went now, its last would be out of the way, s."""
    clears: float
    """When, if it went now, its last would be out of the box, s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """What a party was promised. `due`: when it was to be out, s, as foreseen at first."""

    party: Party
    due: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The slots, in the order in which they were given."""

    slots: tuple[Slot, ...] = ()

    def free(self, party: Party) -> bool:
        """Whether the party, if it went now, would find the way free at the moment it can no longer stop."""
        leaves = (slot.party.leaves.get(party.lane, -math.inf) for slot in self.slots)
        return all(time <= party.commits for time in leaves)

    def shut(self) -> frozenset[int]:
        """Lanes in whose way somebody is overdue: nobody can tell for how long."""
        return frozenset(
            lane for slot in self.slots for lane, leaves in slot.party.leaves.items() if math.isinf(leaves)
        )

    def take(self, party: Party) -> Book:
        """The party has a slot. Raises ValueError where it is not free: a controller has promised what it has not."""
        if not self.free(party):
            raise ValueError(f"lane {party.lane}: vehicles {party.members} were given a slot that others still have")
        return replace(self, slots=(*self.slots, Slot(party=party, due=party.clears)))

    def foreseen(self, parties: Mapping[int, Party], now: float) -> Book:
        """The same with the newest times, by the slot's place; those that are overdue are in the way until they are
        out. Slots that are not in `parties` are done, or were taken back."""
        kept = []
        for place, slot in enumerate(self.slots):
            if place in parties:
                party = parties[place]
                if now > slot.due + GRACE:
                    party = replace(party, leaves=dict.fromkeys(party.leaves, math.inf), clears=math.inf)
                kept.append(replace(slot, party=party))
        return replace(self, slots=tuple(kept))
