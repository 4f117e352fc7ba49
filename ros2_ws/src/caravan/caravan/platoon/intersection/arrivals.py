"""Who comes to the intersection: platoons at random times (Poisson), each to one lane, from a seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from caravan.platoon.intersection.driving import BETWEEN, LENGTH, WITHIN
from caravan.platoon.intersection.geometry import APPROACH, LANES
from caravan.platoon.plant import Floats
from caravan.platoon.spacing import STANDSTILL

Ints = npt.NDArray[np.int64]

APPROACHES = (0.3, 0.2, 0.3, 0.2)
"""The shares of the four roads: a main road, and a side road."""
TURNS = (0.25, 0.55, 0.2)
"""The shares of left, straight and right."""
SHARES = np.outer(APPROACHES, TURNS).ravel()
"""By lane: which part of all vehicles comes there."""
URGENCIES = {1.0: 0.8, 3.0: 0.15, 10.0: 0.05}
"""What a second is worth to a vehicle, in credits, and to what share of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """The vehicles, in the order of their lanes and, in a lane, from front to back."""

    lane: Ints
    due: Floats
    """When each comes into sight where nobody is in its way, s."""
    party: Ints
    """The platoon that it belongs to."""
    urgency: Floats
    """What a second is worth to it, credits."""


def arrivals(rng: np.random.Generator, load: float, seconds: float, largest: int) -> Traffic:
    """`load` vehicles an hour for `seconds`, in platoons of 1 to `largest`, all sizes alike."""
    rate = load / 3600.0 / (0.5 * (1 + largest))
    platoons = rng.poisson(rate * seconds)
    times = np.sort(rng.uniform(0.0, seconds, platoons))
    lanes = rng.choice(len(LANES), platoons, p=SHARES)
    sizes = rng.integers(1, largest + 1, platoons)
    rows: list[tuple[int, float, int]] = []
    for lane in LANES:
        free = 0.0
        for party in np.flatnonzero(lanes == lane):
            due = max(float(times[party]), free + BETWEEN)
            for _ in range(sizes[party]):
                rows.append((lane, due, int(party)))
                free = due + (LENGTH + STANDSTILL) / APPROACH
                due = free + WITHIN
    return Traffic(
        lane=np.array([row[0] for row in rows], dtype=np.int64),
        due=np.array([row[1] for row in rows], dtype=np.float64),
        party=np.array([row[2] for row in rows], dtype=np.int64),
        urgency=rng.choice(list(URGENCIES), len(rows), p=list(URGENCIES.values())),
    )
