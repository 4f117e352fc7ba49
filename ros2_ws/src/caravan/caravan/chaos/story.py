"""A story: what is said to a fleet, how bad its radio is, and what breaks when. Drawn from a seed, kept as JSON."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from caravan.fleet import HOUSE, TRAFFIC, house_names
from caravan.model.site import Site
from caravan.sim.radio import RadioSettings

ROBOTS = 3
HORIZON = 45.0
"""Faults begin within so many seconds of a story."""
BURST = 5
"""So many goals at one time are a burst."""
DRIFT = 0.1
"""The most that a robot's clock gains or loses, s a second."""
ALL = "all"
"""Whom a halt of the whole fleet strikes."""
LEADER = "leader"
"""Whom a fault strikes that is for the auction house which leads when it begins."""


class FaultKind(StrEnum):
    """What can break."""

    DEAD = "dead"
    """A robot's process or the auction house is killed, and starts again after the span."""
    CRASH = "crash"
    """The auction house dies at its `amount`-th write or message from then on, and starts again after the span."""
    HANG = "hang"
    """A robot's process, the auction house or traffic control stands still; after the span it goes on as it was, with
    all messages of that time at once."""
    CUT = "cut"
    """A station, and those `along` with it, are cut off from all others by radio."""
    DEAF = "deaf"
    """A station hears nothing; what it says goes out."""
    AMNESIA = "amnesia"
    """Traffic control dies and starts again at once."""
    CLOCK = "clock"
    """A robot's clock is `amount` s ahead."""
    DRIFT = "drift"
    """A robot's clock gains `amount` s a second, and is set right after the span."""
    HALT = "halt"
    """A robot, or the fleet, is ordered to halt, and to resume after the span."""
    DISK = "disk"
    """The house's journal, or a robot's start log, cannot be written."""
    LIAR = "liar"
    """A robot's model misreads what it is asked to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """From `at` on for `span` s (after the beginning), something is broken."""

    kind: FaultKind
    who: str
    at: float
    span: float = 0.0
    amount: float = 0.0
    along: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A goal said at `at` s, again each second until it is accepted; taken back at `cancel` s, if that is given.

    `kind`: "go" (one place), "inspect" (one), "deliver" (`item` from the first place to the second), "then" (go to
    the first place, inspect the second afterwards), "urgent" (go), "both" (two robots inspect one place together),
    "again" (inspect one place every 20 s, twice).
    """

    kind: str
    places: tuple[str, ...]
    item: str | None = None
    at: float = 0.0
    cancel: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All that happens to a fleet of the site's first `robots` robots and `houses` auction houses.

    `seed` is that of its chance.
    """

    seed: int
    wishes: tuple[Wish, ...]
    faults: tuple[Fault, ...] = ()
    radio: RadioSettings = field(default_factory=RadioSettings)
    robots: int = ROBOTS
    houses: int = 1


def story(seed: int, site: Site) -> Story:
    """The story of a seed at a site: some wishes, of which a burst may come at once, and some faults, of which several
    may strike together.

    Raises ValueError where the site has too few places to tell one.
    """
    rng = random.Random(seed)
    names = sorted(site.robots)[:ROBOTS]
    places = sorted(p.id for p in site.places.values() if p.position is not None and not p.charger)
    if len(places) < 2 or not names:
        raise ValueError(f"site {site.name}: chaos needs a robot and two places that have a position and no charger")
    items = _items(site, names)
    times, houses = _times(rng), rng.choice((1, 1, 2, 3))
    # Over a radio so slow that most bids and votes come too late, many goals take hours and nobody leads for long.
    slow = 1.5 if len(times) < BURST and houses == 1 else 0.8
    radio = RadioSettings(
        delay_max=rng.choice((0.02, 0.02, 0.4, 0.8, slow)),
        loss=rng.choice((0.0, 0.1, 0.3)),
        duplicate=rng.choice((0.0, 0.2, 0.5)),
        straggle=rng.choice((0.0, 2.0, 30.0)),
    )
    wishes = tuple(_wish(rng, places, items, at) for at in times)
    cast = _Cast(robots=tuple(names), houses=house_names(houses))
    faults = [fault for _ in range(rng.choice((0, 1, 1, 2, 2, 3, 4))) for fault in _strike(rng, cast)]
    return Story(seed=seed, wishes=wishes, faults=tuple(faults), radio=radio, robots=len(names), houses=houses)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cast:
    robots: tuple[str, ...]
    houses: tuple[str, ...]

    @property
    def stations(self) -> tuple[str, ...]:
        return (*self.robots, *self.houses, TRAFFIC)

    def house(self, rng: random.Random) -> str:
        """An auction house, most often the one that leads."""
        return rng.choice((LEADER, LEADER, *self.houses)) if len(self.houses) > 1 else HOUSE


def _times(rng: random.Random) -> list[float]:
    """When something is said: now and then a burst at one time, else a few at any time."""
    if rng.random() < 0.08:
        return [_tenth(rng.uniform(0.0, 15.0))] * rng.randint(BURST, 2 * BURST - 1)
    return [_tenth(rng.uniform(0.0, rng.choice((15.0, HORIZON)))) for _ in range(rng.randint(1, 3))]


def _items(site: Site, names: list[str]) -> list[str]:
    """Items that every one of the robots can carry."""
    able = set[str].intersection(*(set(site.robots[name].capabilities) for name in names))
    return sorted(item.id for item in site.items.values() if set(item.needs) <= able)


def _wish(rng: random.Random, places: list[str], items: list[str], at: float) -> Wish:
    kind = rng.choice(("go", "inspect", "deliver", "then") if items else ("go", "inspect", "then"))
    count = 2 if kind in ("deliver", "then") else 1
    return Wish(
        kind=kind,
        places=tuple(rng.sample(places, count)),
        item=rng.choice(items) if kind == "deliver" else None,
        at=at,
        cancel=_tenth(at + rng.uniform(0.1, rng.choice((1.5, 4.0, 30.0)))) if rng.random() < 0.25 else None,
    )


def _strike(rng: random.Random, cast: _Cast) -> list[Fault]:
    """A fault, or two that strike together, at one robot where both are a robot's."""
    at = rng.choice((rng.uniform(0.0, HORIZON), rng.randint(1, 3) * HORIZON / 4.0))
    robot = rng.choice(cast.robots)
    first = _fault(rng, cast, robot, _tenth(at))
    if rng.random() >= 0.3:
        return [first]
    if first.kind is FaultKind.CRASH:
        # It dies again before it is well up.
        at += rng.uniform(0.1, first.span)
        return [first, replace(first, at=_tenth(at), amount=rng.randint(0, 3))]
    return [first, _fault(rng, cast, robot, _tenth(at + rng.uniform(0.0, 2.0)))]


def _fault(rng: random.Random, cast: _Cast, robot: str, at: float) -> Fault:
    """A fault of any kind at that time, at that robot if it strikes a robot."""
    kind = rng.choice(tuple(FaultKind))
    span = _tenth(rng.uniform(1.0, 15.0))
    house = cast.house(rng)
    station = rng.choice((robot, robot, house, house, TRAFFIC))
    match kind:
        case FaultKind.DEAD:
            return Fault(kind=kind, who=house if station == TRAFFIC else station, at=at, span=span)
        case FaultKind.HANG | FaultKind.DEAF:
            return Fault(kind=kind, who=station, at=at, span=span)
        case FaultKind.CUT:
            others = [name for name in cast.stations if name != station]
            along = rng.sample(others, rng.choice((0, 0, 1, 2, len(others) // 2)))
            return Fault(kind=kind, who=station, at=at, span=span, along=tuple(along))
        case FaultKind.CRASH:
            return Fault(kind=kind, who=house, at=at, span=_tenth(span / 3.0), amount=rng.randint(0, 12))
        case FaultKind.CLOCK:
            return Fault(kind=kind, who=robot, at=at, span=span, amount=_tenth(rng.uniform(-10.0, 10.0)))
        case FaultKind.DRIFT:
            return Fault(kind=kind, who=robot, at=at, span=span, amount=round(rng.uniform(-DRIFT, DRIFT), 2))
        case FaultKind.HALT:
            return Fault(kind=kind, who=rng.choice((robot, ALL)), at=at, span=_tenth(3.0 * span))
        case FaultKind.LIAR:
            return Fault(kind=kind, who=robot, at=0.0, span=HORIZON)
        case FaultKind.DISK:
            return Fault(kind=kind, who=rng.choice((house, robot)), at=at, span=span)
        case FaultKind.AMNESIA:
            return Fault(kind=kind, who=TRAFFIC, at=at)


def _tenth(value: float) -> float:
    return round(value, 1)


def story_to_json(told: Story) -> dict[str, Any]:
    """The story as a JSON object."""
    return asdict(told)


def story_from_json(data: Mapping[str, Any]) -> Story:
    """The inverse of `story_to_json`. Raises KeyError, TypeError or ValueError for what is no story."""
    return Story(
        seed=data["seed"],
        wishes=tuple(Wish(**{**wish, "places": tuple(wish["places"])}) for wish in data["wishes"]),
        faults=tuple(_fault_from_json(fault) for fault in data["faults"]),
        radio=RadioSettings(**data["radio"]),
        robots=data["robots"],
        houses=data["houses"],
    )


def _fault_from_json(data: Mapping[str, Any]) -> Fault:
    return Fault(**{**data, "kind": FaultKind(data["kind"]), "along": tuple(data["along"])})
