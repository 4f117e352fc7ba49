"""What a place in a platoon costs a truck, so that the least sum is the platoon in a good order.

The seats of a platoon are the places from the front, and each truck bids for each of them. A part of the cost is the
number of the place (from 0) times a value of the truck: by the rearrangement inequality (Hardy, Littlewood, Pólya 1934)
the sum over all places is least where the highest values are at the front. The values fall with what the truck brakes
and rise with how far it goes along: so the strongest brakes, and who leaves first, come to the back. The part for the
fuel is what its tank lacks, divided by the number of the place (from 1): so the lowest tank is not in front, where the
wind is. Where trucks do not differ, overtaking decides: each keeps its rank on the road.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

BRAKES = 20.0
"""What 1 m/s2 less of braking costs one place further back, s."""
STRONGEST = 12.0
"""No vehicle brakes harder, m/s2."""
EXIT = 10.0
"""What it costs one place further back to go along to the end, s."""
FAR = 5000.0
"""Who goes along for so far (m), or has no exit, goes along to the end."""
FUEL = 20.0
"""What an empty tank costs in front, s."""
OVERTAKE = 1.0
"""For each vehicle to be overtaken, or let past, s."""
CLOSING = 3.0
"""How fast a truck comes up to a platoon, m/s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """How a truck is placed that bids."""

    brake: float
    """m/s2."""
    to_exit: float | None
    """How far it goes along, m; None: to the end."""
    fuel: float
    """0..1."""
    way: float
    """How far the vehicle is ahead, or behind, that leads or would lead, m."""
    rank: int
    """How many vehicles drive in front of it that may be of the platoon."""


def place_cost(place: int, situation: Situation) -> Mapping[str, float]:
    """The parts of what the place costs (1 is the front), s."""
    behind, along = place - 1, FAR if situation.to_exit is None else min(FAR, situation.to_exit)
    return {
        "drive": abs(situation.way) / CLOSING,
        "overtake": OVERTAKE * abs(behind - situation.rank),
        "brakes": behind * BRAKES * (STRONGEST - situation.brake),
        "exit": behind * EXIT * along / FAR,
        "fuel": FUEL * (1.0 - situation.fuel) / place,
    }
