"""Which straight lines of the floor become lanes: as many as keep apart, in the middle of what is narrow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import ndimage

from caravan.adapters.survey.floor import Mask
from caravan.sim.footprint import Array

_LONG = 4
"""Lines this many times as long as they are apart come first: aisles matter more than what crosses a corridor."""
_PLACE = 30
"""What a place on a line is worth, in cells of its length: lines rather lead to places than past them."""


def choose(free: Mask, gap: Array, places: Sequence[tuple[int, int]], apart: int) -> Mask:
    """The cells of lines along the second axis that are `apart` cells or more from each other.

    In each round the set of lines that are worth most in all (Bellman's recursion over the first axis); the next round
    looks where they leave room, as where the aisles of two halls do not line up. A line is worth its length, and more
    where it is far from obstacles; as a root, so that two lines in one aisle keep as far from its two sides.
    """
    worth = free * (1.0 + np.sqrt(np.maximum(gap, 0.0) / gap.max()))
    for cell in places:
        worth[cell] += _PLACE * free[cell]
    chosen = np.zeros_like(free)
    room = free.copy()
    least = _LONG * apart
    while True:
        runs = ndimage.binary_opening(room, structure=np.ones((1, least + 1), dtype=bool))
        rows = _best((worth * runs).sum(axis=1), apart)
        if not rows and least == apart:
            return chosen
        if not rows:
            least = apart
        for row in rows:
            chosen[row] |= runs[row]
        near = ndimage.maximum_filter(chosen.astype(np.uint8), size=(2 * apart - 1, 2 * apart - 1))
        room = free & (near == 0)


def _best(worth: Array, apart: int) -> list[int]:
    """The rows of the greatest worth in all, `apart` or more from each other; none without any worth."""
    total = np.zeros(len(worth) + 1)
    for i, value in enumerate(worth):
        total[i + 1] = max(total[i], value + total[max(0, i + 1 - apart)])
    rows, i = [], len(worth)
    while i > 0:
        if total[i] > total[i - 1]:
            rows.append(i - 1)
            i = max(0, i - apart)
        else:
            i -= 1
    return rows[::-1]
