"""What a search takes out of its routes before it puts it back better."""

from __future__ import annotations

import random

from caravan.auction.tours.route import Route, Routes

TAKEN = 8.0
"""Stops that are taken out on average (SISR: 10, on problems of hundreds)."""
LONGEST = 10
"""Stops of a route that are taken out at once, at most."""
SCATTERED = 0.3
"""How often a few requests are taken from anywhere: one is a relocation, two may swap."""
FEW = 8
"""What a few are, at most."""
SPLIT = 0.5
"""How often a string keeps some stops inside it."""
KEPT_ON = 0.5
"""How often it keeps one more."""


class Ruin:
    """Takes neighbouring strings out of routes (SISR: Christiaens & Vanden Berghe 2020, adjacent string removal), or a
    few requests from anywhere (Ropke & Pisinger 2006, random removal)."""

    def __init__(self, routes: Routes) -> None:
        stops = [s for r in range(routes.count) for s in (2 * r, 2 * r + 1)[: 1 + routes.paired[r]]]
        self._stops = stops
        self._nearest: dict[int, list[int]] = {}
        self._routes = routes

    def __call__(self, tours: list[Route], rng: random.Random) -> tuple[list[Route], list[int]]:
        """The tours that are left, and the requests that were taken out of them."""
        served = [request for tour in tours for request in self._routes.requests(tour)]
        if not served:
            return list(tours), []
        if rng.random() < SCATTERED:
            gone = set(rng.sample(served, rng.randint(1, min(FEW, len(served)))))
        else:
            gone = self._strings(tours, served, rng)
        left = [self._routes.without(t, gone) if any(s >> 1 in gone for s in t.stops[1:-1]) else t for t in tours]
        return left, [request for request in served if request in gone]

    def _near(self, stop: int) -> list[int]:
        """All stops, the nearest first."""
        if stop not in self._nearest:
            travel = self._routes.travel
            ranked = sorted((travel[stop][other] + travel[other][stop], other) for other in self._stops)
            self._nearest[stop] = [other for _, other in ranked]
        return self._nearest[stop]

    def _strings(self, tours: list[Route], served: list[int], rng: random.Random) -> set[int]:
        where = {stop: tour for tour in tours for stop in tour.stops[1:-1]}
        mean = len(where) / max(1, sum(not tour.idle for tour in tours))
        longest = min(LONGEST, mean)
        count = int(rng.uniform(1.0, 4.0 * TAKEN / (1.0 + longest)))
        ruined: list[Route] = []
        gone: set[int] = set()
        for stop in self._near(2 * rng.choice(served)):
            tour = where.get(stop)
            if tour is None or stop >> 1 in gone or any(tour is other for other in ruined):
                continue
            ruined.append(tour)
            inner = tour.stops[1:-1]
            gone.update(s >> 1 for s in _string(inner, inner.index(stop), longest, rng))
            if len(ruined) >= count:
                break
        return gone


def _string(stops: tuple[int, ...], at: int, longest: float, rng: random.Random) -> tuple[int, ...]:
    """Some stops in a row, `stops[at]` among them; at times with a gap between."""
    length = int(rng.uniform(1.0, min(len(stops), longest) + 1.0))
    kept = 0
    if length > 1 and rng.random() < SPLIT:
        while length + kept < len(stops) and rng.random() < KEPT_ON:
            kept += 1
    span = length + kept
    begin = rng.randint(max(0, at - span + 1), min(at, len(stops) - span))
    gap = begin + rng.randint(1, length - 1) if kept else begin
    return tuple(s for i, s in enumerate(stops[begin : begin + span], begin) if not gap <= i < gap + kept)
