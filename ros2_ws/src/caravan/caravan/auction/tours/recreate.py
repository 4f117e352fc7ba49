"""How requests come into routes: one after the other, each where it is cheapest, or first the one that cannot wait."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from heapq import nsmallest
from typing import NamedTuple

from caravan.auction.tours.problem import Problem
from caravan.auction.tours.route import Insertion, Route, Routes

BLINK = 0.02
"""How often a route is overlooked (SISR: 1 % of all positions), so that the same choice is not made for ever."""
PATIENT = 0.1
"""How often requests go in by regret instead of in an order."""
DEPTH = 3
"""How many of the best routes regret looks at."""
NO_ROUTE = 1e6
"""The regret of a route that is missing, s."""
EARLY = 1e-3
"""What a low cost counts against regret: it decides between equals."""


class Recreate:
    """Puts requests into tours. `limit`: how many tours may be in use."""

    def __init__(self, routes: Routes, problem: Problem) -> None:
        self._routes = routes
        last = [r.delivery or r.pickup for r in problem.requests]
        far = [max((v[r.pickup.place] for v in self._starts(problem)), default=0.0) for r in problem.requests]
        self._orders: list[list[float]] = [
            [-r.load for r in problem.requests],
            [-f for f in far],
            far,
            [r.pickup.due - r.pickup.ready + s.due - s.ready for r, s in zip(problem.requests, last, strict=True)],
            [r.pickup.ready for r in problem.requests],
            [-s.due for s in last],
        ]

    @staticmethod
    def _starts(problem: Problem) -> list[tuple[float, ...]]:
        return [problem.travel[start] for start in {v.start for v in problem.vehicles}]

    def __call__(self, tours: list[Route], absent: list[int], limit: int, rng: random.Random) -> list[int]:
        """Changes `tours`; answers with the requests that no route can take."""
        if rng.random() < PATIENT:
            return self.by_regret(tours, absent, limit)
        self._sort(absent, rng)
        left = []
        for request in absent:
            best: tuple[int, Insertion] | None = None
            for slot in self._open(tours, limit):
                way = self._routes.insertion(tours[slot], request)
                if way is not None and (best is None or way.cost < best[1].cost) and rng.random() >= BLINK:
                    best = (slot, way)
            if best is None:
                left.append(request)
            else:
                tours[best[0]] = self._routes.with_request(tours[best[0]], request, best[1])
        return left

    def _sort(self, absent: list[int], rng: random.Random) -> None:
        order = rng.randrange(len(self._orders) + 4)
        rng.shuffle(absent)
        if order < len(self._orders):
            absent.sort(key=self._orders[order].__getitem__)

    def _open(self, tours: list[Route], limit: int) -> Iterator[int]:
        """The tours that may be tried; of idle ones that are all alike, the first."""
        spare = limit - sum(not tour.idle for tour in tours)
        idle: set[int] = set()
        for slot, tour in enumerate(tours):
            if not tour.idle:
                yield slot
            elif spare > 0 and tour.kind not in idle:
                idle.add(tour.kind)
                yield slot

    def by_regret(self, tours: list[Route], absent: list[int], limit: int, depth: int = DEPTH) -> list[int]:
        """Sequential single-item auctions with regret (Koenig et al. 2008; Potvin & Rousseau 1993).

        The request next that would lose most by waiting goes to the tour where it is cheapest; with a `depth` of 1
        there is no regret, and the cheapest goes first. Changes `tours`; answers with the rest.
        """
        slots = list(self._open(tours, limit))
        offers = {request: self._offer(tours, request, slots, depth) for request in absent}
        while offers:
            request = max(offers, key=lambda r: offers[r].regret)
            offer = offers[request]
            if offer.way is None:
                break
            del offers[request]
            slot = offer.slots[0]
            idle = tours[slot].idle
            tours[slot] = self._routes.with_request(tours[slot], request, offer.way)
            slots = list(self._open(tours, limit)) if idle else slots
            for other, old in offers.items():
                if idle or self._changes(old, tours[slot], slot, other):
                    offers[other] = self._offer(tours, other, slots, depth)
        return list(offers)

    def _changes(self, offer: _Offer, tour: Route, slot: int, request: int) -> bool:
        """Whether the tour that is new at `slot` makes another offer of this one."""
        way = self._routes.insertion(tour, request)
        return slot in offer.slots or (way is not None and way.cost < offer.worst)

    def _offer(self, tours: list[Route], request: int, slots: list[int], depth: int) -> _Offer:
        ways = [(way.cost, slot, way) for slot in slots if (way := self._routes.insertion(tours[slot], request))]
        if not ways:
            return _Offer(-math.inf, (), math.inf, None)
        top = nsmallest(depth, ways) if depth > 1 else [min(ways)]
        best, missing = top[0][0], depth - len(top)
        regret = sum(cost - best for cost, _, _ in top) + NO_ROUTE * missing
        worst = math.inf if missing else top[-1][0]
        return _Offer(regret - EARLY * best, tuple(slot for _, slot, _ in top), worst, top[0][2])


class _Offer(NamedTuple):
    """The best ways of a request into the tours: in `slots`, best first, none of them dearer than `worst`."""

    regret: float
    slots: tuple[int, ...]
    worst: float
    way: Insertion | None
