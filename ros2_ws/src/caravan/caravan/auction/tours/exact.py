"""The best plan there is, for problems that are small and free: what an allocation is measured against."""

from __future__ import annotations

import math

from caravan.auction.tours.problem import Problem

LIMIT = 12
"""Requests at most: the work grows as 3 to their number."""


def optimum(problem: Problem) -> float:
    """The least travel with which all requests are served, by dynamic programming over subsets (Held & Karp 1962).

    For requests without deliveries, loads and times, and vehicles without ends. Raises ValueError for others.
    """
    count = len(problem.requests)
    free = all(r.delivery is None and r.load == 0.0 and r.pickup.due == math.inf for r in problem.requests)
    if count > LIMIT or not free or any(v.end is not None or v.due < math.inf for v in problem.vehicles):
        raise ValueError(f"no problem of at most {LIMIT} requests that are free in time and load")
    paths = _paths(problem)
    everything = (1 << count) - 1
    best = [0.0] + [math.inf] * everything
    for vehicle in problem.vehicles:
        to = [problem.travel[vehicle.start][r.pickup.place] for r in problem.requests]
        alone = [min((to[j] + paths[s][j] for j in range(count) if s >> j & 1), default=0.0) for s in range(len(best))]
        best = [_split(best, alone, s) for s in range(len(best))]
    return best[everything]


def _paths(problem: Problem) -> list[list[float]]:
    """The shortest path from request j through all of subset s, by [s][j]."""
    count = len(problem.requests)
    places = [r.pickup.place for r in problem.requests]
    way = [[problem.travel[a][b] for b in places] for a in places]
    paths = [[math.inf] * count for _ in range(1 << count)]
    for subset in range(1, 1 << count):
        members = [j for j in range(count) if subset >> j & 1]
        for j in members:
            rest = subset & ~(1 << j)
            paths[subset][j] = min((way[j][k] + paths[rest][k] for k in members if k != j), default=0.0)
    return paths


def _split(others: list[float], alone: list[float], subset: int) -> float:
    """The least cost of `subset` where one vehicle takes a part of it and those before it take the rest."""
    best, part = others[subset], subset
    while part:
        best = min(best, alone[part] + others[subset & ~part])
        part = (part - 1) & subset
    return best
