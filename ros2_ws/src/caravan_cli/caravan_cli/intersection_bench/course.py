"""Runs of the intersection, and their figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from caravan.platoon.intersection.arrivals import SHARES, Traffic, arrivals
from caravan.platoon.intersection.controllers import Arrival, Controller, Signal, timed
from caravan.platoon.intersection.geometry import LANES
from caravan.platoon.intersection.market import BOUND, Market
from caravan.platoon.intersection.run import alone, run
from caravan.platoon.intersection.validator import contacts
from caravan.platoon.plant import Floats

LOADS = (1000.0, 2000.0, 3000.0, 4000.0)
"""Vehicles an hour."""
DRAIN = 3600.0
"""After the last has come all have so long to cross, s."""
URGENT = 10.0
"""Credits a second of those that the figures call urgent."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One run: vehicles come for `seconds`, in platoons of up to `largest`."""

    load: float
    controller: str
    seed: int
    seconds: float
    largest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """By vehicle: time lost against an empty intersection (s), and from being first in the lane to a slot (s; NaN
    where it never was first)."""

    delay: Floats
    wait: Floats
    urgency: Floats
    contacts: int
    smallest_gap: float


def _signal(course: Course, traffic: Traffic) -> Controller:
    return Signal(timed({lane: course.load * float(SHARES[lane]) for lane in LANES}))


def _market(course: Course, traffic: Traffic) -> Controller:
    return Market(lambda vehicle, now: float(traffic.urgency[vehicle]))


CONTROLLERS: Mapping[str, Callable[[Course, Traffic], Controller]] = {
    "signal": _signal,
    "fcfs": lambda course, traffic: Arrival(),
    "auction": _market,
}


def drive(course: Course) -> Outcome:
    """One run; the same seed and load bring the same vehicles to each controller."""
    traffic = arrivals(np.random.default_rng(course.seed), course.load, course.seconds, course.largest)
    record = run(traffic, CONTROLLERS[course.controller](course, traffic), course.seconds + DRAIN)
    return Outcome(
        delay=record.out - traffic.due - np.array([_alone(int(lane)) for lane in traffic.lane]),
        wait=record.given - record.first,
        urgency=traffic.urgency,
        contacts=sum(1 for _ in contacts(record.snapshots, traffic.lane)),
        smallest_gap=record.smallest_gap,
    )


_alone = cache(alone)


def together(load: float, controller: str, runs: Sequence[Outcome]) -> Row:
    """The figures of several seeds."""
    delay, wait, urgency = (
        np.concatenate([getattr(one, field) for one in runs]) for field in ("delay", "wait", "urgency")
    )
    crossed = np.isfinite(delay)
    some = crossed.any()
    urgent = crossed & (urgency >= URGENT)
    return {
        "load": load,
        "controller": controller,
        "seeds": len(runs),
        "vehicles": len(delay),
        "left": int((~crossed).sum()),
        "mean_delay": float(delay[crossed].mean()) if some else None,
        "p95_delay": float(np.percentile(delay[crossed], 95)) if some else None,
        "worst_delay": float(delay[crossed].max()) if some else None,
        "weighted_delay": float(np.average(delay[crossed], weights=urgency[crossed])) if some else None,
        "urgent_delay": float(delay[urgent].mean()) if urgent.any() else None,
        "worst_wait": float(np.nanmax(wait)) if np.isfinite(wait).any() else None,
        "contacts": sum(one.contacts for one in runs),
        "smallest_gap": min(one.smallest_gap for one in runs),
    }


def sound(rows: Sequence[Row]) -> bool:
    """Whether nobody touched another, all crossed, and at the auction nobody waited for longer than `BOUND`."""
    safe = all(row["contacts"] == 0 and row["left"] == 0 for row in rows)
    waits = [row["worst_wait"] for row in rows if row["controller"] == "auction" and row["worst_wait"] is not None]
    return safe and all(wait <= BOUND for wait in waits)
