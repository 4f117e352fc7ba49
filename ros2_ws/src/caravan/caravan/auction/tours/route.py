"""Routes that know when they can be where, so that an insertion is checked in constant time a position.

A route keeps, for each of its stops, when it leaves there and the latest arrival that keeps all that follows in time
(forward time slack: Savelsbergh 1992), and what the best insertion of each request costs. Equal routes are one object:
a search that comes back to a route finds what it knew of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from caravan.auction.tours.problem import Problem, Stop, Vehicle

GRACE = 1e-7
"""Lateness that is rounding and not lateness, s."""
ANYWHERE = -1
"""The place where a vehicle without an end ends: no way to it is long."""
KEPT = 20_000
"""Routes that are remembered; about 2 kB each."""


class Insertion(NamedTuple):
    """The cheapest way of a request into a route: what it adds, and before which stops of the route its own go."""

    cost: float
    first: int
    second: int


@dataclass(slots=True, eq=False)
class Route:
    """The stops of a vehicle of one kind, from its start to its end (numbers of the `Routes`), and what they cost."""

    kind: int
    stops: tuple[int, ...]
    leave: list[float]
    late: list[float]
    load: list[float]
    cost: float
    insertions: dict[int, Insertion | None] = field(default_factory=dict)

    @property
    def idle(self) -> bool:
        """It does nothing."""
        return len(self.stops) == 2


class Routes:
    """The routes of one problem. Stop 2r is the pickup of request r, 2r + 1 its delivery; starts and ends come after.

    A request without a delivery has stop 2r alone.
    """

    def __init__(self, problem: Problem) -> None:
        self.count = len(problem.requests)
        self.paired = [r.delivery is not None for r in problem.requests]
        self.request_load = [r.load for r in problem.requests]
        kinds = list(dict.fromkeys(_kind(v) for v in problem.vehicles))
        self.kinds = [kinds.index(_kind(v)) for v in problem.vehicles]
        self._capacity = [capacity + GRACE for _, _, capacity, _, _ in kinds]
        self._set_stops(problem, kinds)
        self._made: dict[tuple[int, tuple[int, ...]], Route] = {}

    def _set_stops(self, problem: Problem, kinds: list[_Kind]) -> None:
        stops: list[Stop] = []
        for request in problem.requests:
            stops += [request.pickup, request.delivery or request.pickup]
        for start, end, _, ready, due in kinds:
            stops += [Stop(place=start, ready=ready), Stop(place=ANYWHERE if end is None else end, due=due)]
        self.ready = [s.ready for s in stops]
        self.due = [s.due + GRACE for s in stops]
        self.service = [s.service for s in stops]
        self.travel = _travel(problem, [s.place for s in stops])
        self._towards = [list(column) for column in zip(*self.travel, strict=True)]

    def idle(self, kind: int) -> Route:
        """The route of a vehicle that does nothing; where it has an end elsewhere it is not driven there."""
        start = 2 * self.count + 2 * kind
        return self.make(kind, (start, start + 1))

    def make(self, kind: int, stops: tuple[int, ...]) -> Route:
        """The route along these stops, which the caller knows to be possible."""
        route = self._made.get((kind, stops))
        if route is None:
            if len(self._made) >= KEPT:
                self._made.clear()
            route = self._made[kind, stops] = self._schedule(kind, stops)
        return route

    def _schedule(self, kind: int, stops: tuple[int, ...]) -> Route:
        travel, ready, service = self.travel, self.ready, self.service
        load, carried, cost = [0.0], 0.0, 0.0
        leave = [ready[stops[0]]]
        for before, here in pairwise(stops):
            cost += travel[before][here]
            leave.append(max(ready[here], leave[-1] + travel[before][here]) + service[here])
            carried += self._change(here)
            load.append(carried)
        late = [self.due[stops[-1]]]
        for here, after in zip(stops[-2::-1], stops[:0:-1], strict=True):
            late.append(min(self.due[here], late[-1] - travel[here][after] - service[here]))
        late.reverse()
        return Route(kind, stops, leave, late, load, cost if len(stops) > 2 else 0.0)

    def _change(self, stop: int) -> float:
        request, delivery = divmod(stop, 2)
        if request >= self.count or not self.paired[request]:
            return 0.0
        return -self.request_load[request] if delivery else self.request_load[request]

    def requests(self, route: Route) -> list[int]:
        """The requests that the route serves, in the order of their pickups."""
        return [stop >> 1 for stop in route.stops[1:-1] if not stop & 1]

    def without(self, route: Route, gone: set[int]) -> Route:
        """The route without these requests."""
        inner = [stop for stop in route.stops[1:-1] if stop >> 1 not in gone]
        return self.make(route.kind, (route.stops[0], *inner, route.stops[-1]))

    def with_request(self, route: Route, request: int, where: Insertion) -> Route:
        """The route with this request inserted."""
        stops, first, second = route.stops, where.first, where.second
        head = (*stops[:first], 2 * request, *stops[first:second])
        own = (2 * request + 1,) if self.paired[request] else ()
        return self.make(route.kind, head + own + stops[second:])

    def insertion(self, route: Route, request: int) -> Insertion | None:
        """The cheapest possible insertion, or None."""
        if request not in route.insertions:
            find = self._find_pair if self.paired[request] else self._find_single
            route.insertions[request] = find(route, request)
        return route.insertions[request]

    def _find_single(self, route: Route, request: int) -> Insertion | None:
        stops, leave, late = route.stops, route.leave, route.late
        stop = 2 * request
        towards, onwards = self._towards[stop], self.travel[stop]
        ready, due, service = self.ready[stop], self.due[stop], self.service[stop]
        best, at, idle = math.inf, 0, route.idle
        for i in range(1, len(stops)):
            before, after = stops[i - 1], stops[i]
            arrival = leave[i - 1] + towards[before]
            if arrival > due:
                break
            cost = towards[before] + onwards[after] - (0.0 if idle else self.travel[before][after])
            if cost < best and (arrival if arrival > ready else ready) + service + onwards[after] <= late[i]:
                best, at = cost, i
        return Insertion(best, at, at) if at else None

    def _find_pair(self, route: Route, request: int) -> Insertion | None:
        """Both stops at once. No detour is shorter, so what is too late here is too late further on."""
        stops, leave, load = route.stops, route.leave, route.load
        pickup = 2 * request
        towards, onwards, travel = self._towards[pickup], self.travel[pickup], self.travel
        ready, due, service = self.ready[pickup], self.due[pickup], self.service[pickup]
        latest, room = (
            self.due[pickup + 1] - onwards[pickup + 1],
            self._capacity[route.kind] - self.request_load[request],
        )
        best, first, second, idle = math.inf, 0, 0, route.idle
        for i in range(1, len(stops)):
            before, after = stops[i - 1], stops[i]
            time = leave[i - 1] + towards[before]
            if time > due:
                break
            time = (time if time > ready else ready) + service
            if time > latest:
                break
            detour = towards[before] - (0.0 if idle else travel[before][after])
            if load[i - 1] <= room and detour + onwards[after] < best:
                cost, j = self._deliver(route, pickup, i, time, detour, best)
                if cost < best:
                    best, first, second = cost, i, j
        return Insertion(best, first, second) if first else None

    def _deliver(
        self, route: Route, pickup: int, first: int, time: float, detour: float, best: float
    ) -> tuple[float, int]:
        """The best place for the delivery where the pickup goes before stop `first` and is left at `time`.

        `detour` is what the pickup adds, but for the way onwards from it; only what costs less than `best` counts.
        """
        stops, late, load, travel = route.stops, route.late, route.load, self.travel
        delivery, request = pickup + 1, pickup >> 1
        towards, onwards = self._towards[delivery], travel[delivery]
        ready, due, service = self.ready[delivery], self.due[delivery], self.service[delivery]
        room = self._capacity[route.kind] - self.request_load[request]
        here, place = pickup, 0
        for j in range(first, len(stops)):
            after = stops[j]
            way, arrival = travel[here][after], time + towards[here]
            if arrival > due:
                break
            cost = detour + towards[here] + onwards[after] - (0.0 if here == pickup else way)
            if cost < best:
                leaves = (arrival if arrival > ready else ready) + service
                if leaves + onwards[after] <= late[j]:
                    best, place = cost, j
            time += way
            if time > late[j] or load[j] > room:
                break
            if here == pickup:
                detour += way
                if detour >= best:
                    break
            time = (time if time > self.ready[after] else self.ready[after]) + self.service[after]
            here = after
        return (best, place) if place else (math.inf, 0)


_Kind = tuple[int, int | None, float, float, float]


def _kind(vehicle: Vehicle) -> _Kind:
    return (vehicle.start, vehicle.end, vehicle.capacity, vehicle.ready, vehicle.due)


def _travel(problem: Problem, places: list[int]) -> list[list[float]]:
    rows = {place: [*problem.travel[place], 0.0] for place in set(places) - {ANYWHERE}}
    rows[ANYWHERE] = [0.0] * (len(problem.travel) + 1)
    return [[row[place] for place in places] for row in (rows[place] for place in places)]
