"""Whether a record is sound: rectangles of vehicles in the box that touch, apart from all that the controllers know.

Vehicles are rectangles on the way of their lane, turned as the way is turned under their middle. Two convex figures are
apart if and only if they are so along the normal of one of their sides (separating axis theorem).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from caravan.platoon.intersection.arrivals import Ints
from caravan.platoon.intersection.driving import LENGTH
from caravan.platoon.intersection.geometry import pose
from caravan.platoon.intersection.record import Snapshot
from caravan.platoon.plant import Floats

WIDTH = 2.0
"""Of a vehicle, m."""


def contacts(snapshots: Sequence[Snapshot], lane: Ints) -> Iterator[tuple[float, int, int]]:
    """Time (s) and vehicles, wherever two touch."""
    for snapshot in snapshots:
        corners = rectangles(lane[snapshot.vehicles], snapshot.along)
        for one in range(len(corners)):
            for other in np.flatnonzero(touching(corners[one], corners[one + 1 :])):
                yield snapshot.time, int(snapshot.vehicles[one]), int(snapshot.vehicles[one + 1 + other])


def rectangles(lanes: Ints, along: Floats) -> Floats:
    """The four corners (m) of vehicles whose front bumpers are at `along`."""
    found = np.empty((len(lanes), 4, 2))
    for place, (lane, front) in enumerate(zip(lanes, along, strict=True)):
        x, y, heading = (float(value[0]) for value in pose(int(lane), np.array([front - 0.5 * LENGTH])))
        ahead, aside = np.array([np.cos(heading), np.sin(heading)]), np.array([-np.sin(heading), np.cos(heading)])
        signs = ((1, 1), (1, -1), (-1, -1), (-1, 1))
        found[place] = [(x, y) + 0.5 * (a * LENGTH * ahead + b * WIDTH * aside) for a, b in signs]
    return found


def touching(one: Floats, others: Floats) -> npt.NDArray[np.bool_]:
    """Which of the other rectangles touch the one; where there are as many as others, which touch their own."""
    ones = np.broadcast_to(one, others.shape)
    apart = np.zeros(len(others), dtype=bool)
    for rectangle in (ones, others):
        for side in (rectangle[:, 0] - rectangle[:, 1], rectangle[:, 1] - rectangle[:, 2]):
            mine = np.einsum("kpc,kc->kp", ones, side)
            its = np.einsum("kpc,kc->kp", others, side)
            apart |= (mine.max(axis=1) < its.min(axis=1)) | (its.max(axis=1) < mine.min(axis=1))
    return ~apart
