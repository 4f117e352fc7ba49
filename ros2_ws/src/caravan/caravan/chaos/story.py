"""A story: what is said to a fleet, how bad its radio is, and what breaks when. Drawn from a seed, kept as JSON."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from caravan.fleet import HOUSE, TRAFFIC
from caravan.model.site import Site
from caravan.sim.radio import RadioSettings

ROBOTS = 3
HORIZON = 45.0
"""Faults begin within so many seconds of a story."""


class FaultKind(StrEnum):
    """What can break."""

    DEAD = "dead"
    """A robot's process or the auction house is killed, and starts again after the span."""
    CRASH = "crash"
    """The auction house dies at its `amount`-th write or message from then on, and starts again after the span."""
    CUT = "cut"
    """A station is cut off by radio."""
    AMNESIA = "amnesia"
    """Traffic control dies and starts again at once."""
    CLOCK = "clock"
    """A robot's clock is `amount` s ahead."""
    DISK = "disk"
    """The journal cannot be written."""
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
    """All that happens to a fleet of the site's first `robots` robots; `seed` is that of its chance."""

    seed: int
    wishes: tuple[Wish, ...]
    faults: tuple[Fault, ...] = ()
    radio: RadioSettings = field(default_factory=RadioSettings)
    robots: int = ROBOTS


def story(seed: int, site: Site) -> Story:
    """The story of a seed at a site: one to three wishes, none to four faults, of which two may strike at once.

    Raises ValueError where the site has too few places to tell one.
    """
    rng = random.Random(seed)
    names = sorted(site.robots)[:ROBOTS]
    places = sorted(p.id for p in site.places.values() if p.position is not None and not p.charger)
    if len(places) < 2 or not names:
        raise ValueError(f"site {site.name}: chaos needs a robot and two places that have a position and no charger")
    items = _items(site, names)
    wishes = tuple(_wish(rng, places, items) for _ in range(rng.randint(1, 3)))
    faults = [_fault(rng, names) for _ in range(rng.choice((0, 1, 1, 2, 2, 3, 4)))]
    radio = RadioSettings(
        delay_max=rng.choice((0.02, 0.02, 0.4, 0.8, 1.5)),
        loss=rng.choice((0.0, 0.1, 0.3)),
        duplicate=rng.choice((0.0, 0.2, 0.5)),
        straggle=rng.choice((0.0, 2.0, 30.0)),
    )
    return Story(seed=seed, wishes=wishes, faults=tuple(faults), radio=radio, robots=len(names))


def _items(site: Site, names: list[str]) -> list[str]:
    """Items that every one of the robots can carry."""
    able = set[str].intersection(*(set(site.robots[name].capabilities) for name in names))
    return sorted(item.id for item in site.items.values() if set(item.needs) <= able)


def _wish(rng: random.Random, places: list[str], items: list[str]) -> Wish:
    kind = rng.choice(("go", "inspect", "deliver", "then") if items else ("go", "inspect", "then"))
    count = 2 if kind in ("deliver", "then") else 1
    at = _tenth(rng.uniform(0.0, 15.0))
    return Wish(
        kind=kind,
        places=tuple(rng.sample(places, count)),
        item=rng.choice(items) if kind == "deliver" else None,
        at=at,
        cancel=_tenth(at + rng.uniform(0.2, rng.choice((4.0, 30.0)))) if rng.random() < 0.25 else None,
    )


def _fault(rng: random.Random, names: list[str]) -> Fault:
    kind = rng.choice(tuple(FaultKind))
    at = _tenth(rng.choice((rng.uniform(0.0, HORIZON), rng.randint(1, 3) * HORIZON / 4.0)))
    span = _tenth(rng.uniform(1.0, 15.0))
    match kind:
        case FaultKind.DEAD:
            return Fault(kind=kind, who=rng.choice((*names, HOUSE)), at=at, span=span)
        case FaultKind.CUT:
            return Fault(kind=kind, who=rng.choice((*names, HOUSE, TRAFFIC)), at=at, span=span)
        case FaultKind.CRASH:
            return Fault(kind=kind, who=HOUSE, at=at, span=_tenth(span / 3.0), amount=rng.randint(0, 12))
        case FaultKind.CLOCK:
            return Fault(kind=kind, who=rng.choice(names), at=at, span=span, amount=_tenth(rng.uniform(-10.0, 10.0)))
        case FaultKind.LIAR:
            return Fault(kind=kind, who=rng.choice(names), at=0.0, span=HORIZON)
        case FaultKind.DISK:
            return Fault(kind=kind, who=HOUSE, at=at, span=span)
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
        faults=tuple(Fault(**{**fault, "kind": FaultKind(fault["kind"])}) for fault in data["faults"]),
        radio=RadioSettings(**data["radio"]),
        robots=data["robots"],
    )
