"""The policy of a site file: limits, zones and rights.

policy:
  max_speed: 1.5                  # m/s
  max_quantity: 20
  sentences_per_minute: 60        # of one requester; drafts_per_minute for goals that programs spell out
  zones:
    cold chain: {places: [cold_store], robots: [lifter_1], requesters: [anna], max_speed: 0.5}
    pit: {places: [pit], robots: []}            # nobody drives there; places or waypoints
  rights:                         # left out: everybody may do everything
    anna: [tasks, urgent, platoon, control]
    "*": [tasks]                  # everybody else
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from caravan.adapters.fields import Field, suggest
from caravan.model.site import ANYBODY, RIGHTS, Lane, Policy, Roadmap, Zone

_COUNTS = ("max_quantity", "sentences_per_minute", "drafts_per_minute")


def read_policy(field: Field, nodes: Collection[str], robots: Collection[str]) -> Policy:
    """The policy; zones may name only these places or waypoints, and robots. Raises SiteError."""
    given = field.fields("max_speed", *_COUNTS, "zones", "rights")
    values: dict[str, Any] = {name: given[name].count() for name in _COUNTS if name in given}
    if "max_speed" in given:
        values["max_speed"] = given["max_speed"].number(above=0.0)
    zones = given["zones"].entries() if "zones" in given else ()
    rights = given["rights"].entries() if "rights" in given else ()
    return Policy(
        **values,
        zones={name: _zone(name, f, nodes, robots) for name, f in zones},
        rights={name: _one_of(f, RIGHTS, "right") for name, f in rights},
    )


def _zone(name: str, field: Field, nodes: Collection[str], robots: Collection[str]) -> Zone:
    given = field.fields("places", "robots", "requesters", "max_speed")
    if "places" not in given:
        raise field.error("a zone needs places: [a, b]")
    requesters = given["requesters"].texts() if "requesters" in given else None
    if requesters is not None and ANYBODY in requesters:
        raise given["requesters"].error("leave requesters out where everybody may send robots")
    return Zone(
        id=name,
        places=_one_of(given["places"], nodes, "place or waypoint"),
        robots=_one_of(given["robots"], robots, "robot") if "robots" in given else None,
        requesters=requesters,
        max_speed=given["max_speed"].number(above=0.0) if "max_speed" in given else None,
    )


def _one_of(field: Field, known: Collection[str], what: str) -> tuple[str, ...]:
    for item in field.items():
        if item.text() not in known:
            raise item.error(f"no {what} of this name; {suggest(item.text(), known)}")
    return field.texts()


def slowed(roadmap: Roadmap, policy: Policy) -> Roadmap:
    """The roadmap with the speeds of zones on the lanes that touch their places."""
    limits: Mapping[str, float] = {}
    for zone in policy.zones.values():
        if zone.max_speed is not None:
            limits = {**limits, **{p: min(zone.max_speed, limits.get(p, zone.max_speed)) for p in zone.places}}
    return replace(roadmap, lanes=tuple(_slowed(lane, limits) for lane in roadmap.lanes)) if limits else roadmap


def _slowed(lane: Lane, limits: Mapping[str, float]) -> Lane:
    caps = [cap for cap in (limits.get(lane.start), limits.get(lane.end), lane.speed) if cap is not None]
    return replace(lane, speed=min(caps, default=None))
