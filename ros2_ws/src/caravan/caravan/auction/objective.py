"""What the fleet is after: a blend of team objectives, and how late a task may be.

A robot's bid for a task is what its objective comes to with the task less what it is without (the path bidding rules
of Lagoudakis et al. 2005, "Auction-based multi-robot routing", and Tovey et al. 2005), f_k the finish of task k (s):

    finish      sum of f_k - now          the mean time to a finish (MiniAve, MiniSum of completion times)
    makespan    max of f_k - now          as it is with the task, not what it adds (MiniMax)
    travel      sum of driving times      (MiniSum), s
    tardiness   sum of p_k max(0, f_k - deadline_k), p_k = 1, 2, 4, 8 for low to urgent; without it deadlines are hard
    energy      charge used, Wh

The cost is the sum of weight * objective: weights have the unit s per unit of the objective.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from caravan.model.goal import PRIORITIES

OBJECTIVES = ("finish", "makespan", "travel", "tardiness", "energy")
DEFAULT: Mapping[str, float] = {"finish": 1.0, "travel": 0.25}
"""Soonest done, and of two robots as fast the one with less to drive."""


def weights_of(entries: Iterable[str]) -> dict[str, float]:
    """The weights in entries like "finish=1". Raises ValueError naming the entry, its flaw and what is known."""
    weights: dict[str, float] = {}
    for entry in entries:
        name, _, number = entry.partition("=")
        try:
            weight = float(number)
        except ValueError:
            weight = math.nan
        if name not in OBJECTIVES or name in weights or not (math.isfinite(weight) and weight >= 0.0):
            known = ", ".join(OBJECTIVES)
            raise ValueError(f"objective {entry!r}: give each name once with a weight of at least 0; names are {known}")
        weights[name] = weight
    if not any(weights.values()):
        raise ValueError("objective: no weight is above 0; give one, like finish=1")
    return weights


def urgency(priority: str) -> float:
    """How much a second of lateness counts: 1, 2, 4, 8 from low to urgent."""
    return float(2 ** PRIORITIES.index(priority))
