"""The nouns of tour planning: the pickup and delivery problem with time windows (Dumas et al. 1991) and its plans.

Times s. Travel is both time and cost. Loads and capacities are in one unit, of the caller's choice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Work at `place` (an index of the travel matrix) that begins within [ready, due] and takes `service`.

    A vehicle that comes before `ready` waits.
    """

    place: int
    ready: float = 0.0
    due: float = math.inf
    service: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`load` (not negative) goes from `pickup` to `delivery` in one vehicle.

    Without a delivery it is work at `pickup` alone, and nothing is carried.
    """

    id: str
    pickup: Stop
    delivery: Stop | None = None
    load: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """It leaves place `start` from `ready` on and is at place `end` by `due`; without an end it stays where it is."""

    id: str
    start: int
    end: int | None = None
    capacity: float = math.inf
    ready: float = 0.0
    due: float = math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What has to be done, and by whom.

    `travel[a][b]` is from place a to place b, infinite where there is no way; no detour is shorter.

    `fewest`: a plan with fewer vehicles is better whatever they travel (the objective of Li & Lim 2001).
    """

    travel: tuple[tuple[float, ...], ...]
    requests: tuple[Request, ...]
    vehicles: tuple[Vehicle, ...]
    fewest: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """A stop of a tour: a request's pickup, or its delivery."""

    request: str
    delivery: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """What a vehicle does, in order; a vehicle that does nothing stays where it is."""

    vehicle: str
    visits: tuple[Visit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The tours that are not empty, in the order of the vehicles; `cost` is all their travel, to the ends included."""

    tours: tuple[Tour, ...]
    unserved: tuple[str, ...] = ()
    cost: float = 0.0
