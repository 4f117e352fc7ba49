"""What the robots of a consensus-based auction tell each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CHARGERS = "chargers"
"""The auction, without an end, that claims to chargers are of; all others are of tasks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """`winner` has the task with `bid`; without a winner nobody is known to want it."""

    bid: float = 0.0
    winner: str | None = None

    def outbids(self, other: Belief) -> bool:
        """Higher, or as high and the earlier name."""
        if self.winner is None or other.winner is None:
            return self.winner is not None
        return (-self.bid, self.winner) < (-other.bid, other.winner)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What `sender` holds: one message, told to all neighbours."""

    sender: str
    beliefs: Mapping[str, Belief]
    """By task."""
    stamps: Mapping[str, int]
    """By robot; the sender's own counts its messages."""
    auction: str = ""
    """Of which it tells, where there are several."""
