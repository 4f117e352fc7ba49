"""Credits: each vehicle comes with as many, what is paid goes into a pot, and the pot to those who wait.

Shares are of the pot as it stood before the auction, and as much for each that waits, whether it wins or not, whatever
it bids: so they change nothing about what is best to bid in it. Who waits longer has more shares.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

ENDOWMENT = 20.0
"""Credits that each comes with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purses:
    """Credits by vehicle, and in the pot. A vehicle that is not there has its `ENDOWMENT`."""

    held: Mapping[int, float]
    pot: float = 0.0

    def of(self, vehicle: int) -> float:
        """What it has."""
        return self.held.get(vehicle, ENDOWMENT)

    def settled(self, prices: Mapping[int, float], waiting: Collection[int]) -> Purses:
        """After an auction: the pot goes to all who waited, winners and losers, and what was paid into the pot."""
        share = self.pot / len(waiting) if waiting else 0.0
        held = dict(self.held)
        for vehicle in waiting:
            held[vehicle] = self.of(vehicle) + share - prices.get(vehicle, 0.0)
        kept = 0.0 if waiting else self.pot
        return replace(self, held=held, pot=kept + sum(prices.values()))
