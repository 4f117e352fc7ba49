"""The site file (YAML): vocabulary, roadmap, robots, world and policy, read into a `Site`.

No part is obligatory: reading sentences needs names only, driving needs positions and lanes.

    places:   {dock_1: {aliases: [bay 1], position: [x, y], charger: false}}
    robots:   {carrier_1: {aliases: [], capabilities: [lift], model: carrier, start: [x, y, yaw], payload: 2, ...}}
              {truck_1: {length: 10, width: 2.5, brake: 6, start: {s: 120, lane: 0}, destination: exit_2, ...}}
    items:    {pallet: {aliases: [], needs: [lift], mass: kg}}
    platoons, capabilities: {lift: {aliases: []}}
    roadmap:  {waypoints: {n_1: [x, y]}, lanes: [[a, b, c], {nodes: [c, d], two_way: false, ...}]}
    road:     see road_file.py; so is crossroads, a list of roads
    name, world: text     utc_offset: "+02:00" or seconds     policy: see policy_file.py

A lane may have `two_way: false` (from the first node to the last), `speed` (m/s) and `width` (m; the free width where
it is too narrow for some robot: a robot needs its diameter and 0.1 m on each side, and keeps off nodes that only lanes
too narrow for it lead to). Zones are in the policy, and hold for the lanes that touch their places and waypoints.
`payload` is how many items a robot carries at once, `max_load` how many kg; an item too heavy for it, it cannot carry.
A robot is round, of `radius`, or a box of `length` and `width`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import fields as dataclass_fields
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

from caravan.adapters.charge_check import small_batteries
from caravan.adapters.fields import Field, SiteError, load, suggest
from caravan.adapters.more_robots import robots_of
from caravan.adapters.policy_file import read_policy, slowed
from caravan.adapters.road_file import read_crossroads, read_road, start_on
from caravan.adapters.site_check import bad_starts, check_world, narrow_lanes, tight_spots
from caravan.model.geometry import Point
from caravan.model.road import Road
from caravan.model.site import Battery, Item, Lane, Named, Place, Policy, Roadmap, Robot, Site

__all__ = ["SiteError", "check_world", "load_site", "read_site", "robots_of"]

_PARTS = tuple(f.name for f in dataclass_fields(Site))
_ROS_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_OFFSET = re.compile(r"([+-])(\d{1,2}):([0-5]\d)")


def read_site(path: str | Path) -> Site:
    """The site in the file at `path`. Raises SiteError naming file, field, value and remedy.

    A world's path is looked for beside the file, then in ../worlds. Checked beyond single fields: capabilities and
    lane ends are known, robots start on the roadmap and apart, lanes without a common node keep robots apart, none is
    too narrow for a robot that could take it, and batteries last from the chargers to all places and back.
    """
    site = load_site(path)
    for fault in chain(bad_starts(site), narrow_lanes(site), tight_spots(site), small_batteries(site)):
        raise SiteError(f"{path}: {fault}")
    return site


def load_site(path: str | Path) -> Site:
    """The site in a file, of which each field is known to be right, but not that they go together for driving."""
    file = Path(path)
    top = load(file).fields(*_PARTS)
    places = {key: _place(key, f) for key, f in _entries(top, "places")}
    road = read_road(top["road"], places) if "road" in top else None
    robots = {key: _robot(key, f, road) for key, f in _entries(top, "robots")}
    roadmap = _roadmap(top["roadmap"], places) if "roadmap" in top else _bare_roadmap(places)
    nodes = {**places, **roadmap.nodes}
    policy = read_policy(top["policy"], nodes, robots) if "policy" in top else Policy()
    site = Site(
        **_plain(top),
        places=places,
        robots=robots,
        items={key: _item(key, f) for key, f in _entries(top, "items")},
        platoons={key: _named(key, f) for key, f in _entries(top, "platoons")},
        capabilities={key: _named(key, f) for key, f in _entries(top, "capabilities")},
        roadmap=slowed(roadmap, policy),
        road=road,
        crossroads=read_crossroads(top["crossroads"], road, places) if "crossroads" in top else (),
        policy=policy,
    )
    _check_capabilities(site, top)
    return site


def _entries(top: Mapping[str, Field], part: str) -> list[tuple[str, Field]]:
    return list(top[part].entries()) if part in top else []


def _plain(top: Mapping[str, Field]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if "name" in top:
        out["name"] = top["name"].text()
    if "utc_offset" in top:
        out["utc_offset"] = _offset(top["utc_offset"])
    if "world" in top:
        out["world"] = _world_path(top["world"])
    return out


def _offset(field: Field) -> float:
    if not isinstance(field.value, str):
        seconds = field.number()
    elif match := _OFFSET.fullmatch(field.value):
        sign, hours, minutes = match.groups()
        seconds = (-1.0 if sign == "-" else 1.0) * (int(hours) * 3600 + int(minutes) * 60)
    else:
        raise field.error('this must be "+HH:MM", "-HH:MM" or a number of seconds')
    if abs(seconds) > 14 * 3600:
        raise field.error("no clock on Earth is more than 14 hours from UTC")
    return seconds


def _world_path(field: Field) -> str:
    folder = field.file.parent.resolve()
    tried = [folder / field.text(), folder.parent / "worlds" / field.text()]
    for candidate in tried:
        if candidate.is_file():
            return str(candidate.resolve())
    raise field.error(f"no such world file; looked for {' and '.join(map(str, tried))}")


def _aliases(given: Mapping[str, Field]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(given["aliases"].texts())) if "aliases" in given else ()


def _named(key: str, field: Field) -> Named:
    return Named(id=key, aliases=_aliases(field.fields("aliases")))


def _item(key: str, field: Field) -> Item:
    given = field.fields("aliases", "needs", "mass")
    needs = given["needs"].texts() if "needs" in given else ()
    mass = given["mass"].number(0.0) if "mass" in given else 0.0
    return Item(id=key, aliases=_aliases(given), needs=needs, mass=mass)


def _place(key: str, field: Field) -> Place:
    given = field.fields("aliases", "position", "charger")
    position = Point(*given["position"].numbers("x y")) if "position" in given else None
    charger = given["charger"].flag() if "charger" in given else False
    return Place(id=key, aliases=_aliases(given), position=position, charger=charger)


_NUMBERS = (
    *("speed", "turn_rate", "acceleration", "turn_acceleration"),
    *("radius", "max_load", "length", "width", "brake", "lag"),
)


def _robot(key: str, field: Field, road: Road | None) -> Robot:
    given = field.fields(*(f.name for f in dataclass_fields(Robot) if f.name != "id"))
    values: dict[str, Any] = {"aliases": _aliases(given)}
    values |= {name: given[name].number(above=0.0) for name in _NUMBERS if name in given}
    values |= _box(field, given, values)
    if "capabilities" in given:
        values["capabilities"] = given["capabilities"].texts()
    values |= {name: given[name].text() for name in ("model", "owner") if name in given}
    if "price" in given:
        values["price"] = given["price"].number(0.0)
    if "payload" in given:
        values["payload"] = given["payload"].count()
    if "battery" in given:
        values["battery"] = _battery(given["battery"])
    if "destination" in given:
        values["destination"] = _destination(given["destination"], road)
    if "start" in given:
        if not _ROS_NAME.fullmatch(key):
            raise field.error(f"{key!r} cannot name ROS topics; use letters, digits and _ for a robot that drives")
        values["start"] = start_on(given["start"], road)
    return Robot(id=key, **values)


def _box(field: Field, given: Mapping[str, Field], values: Mapping[str, float]) -> dict[str, float]:
    """The radius of a robot that is a box, if it is."""
    if "length" not in given and "width" not in given:
        return {}
    if "length" not in given or "width" not in given:
        raise field.error("a box needs both, length and width")
    if "radius" in given:
        raise given["radius"].error("its length and width say how large it is; leave the radius out")
    return {"radius": math.hypot(values["length"], values["width"]) / 2.0}


def _destination(field: Field, road: Road | None) -> str:
    name = field.text()
    if road is None or name not in road.ramps:
        raise field.error(f"no ramp of the road leads there; {suggest(name, road.ramps if road else ())}".rstrip("; "))
    return name


def _battery(field: Field) -> Battery:
    given = field.fields(*(f.name for f in dataclass_fields(Battery)))
    values = {name: f.number(0.0) for name, f in given.items()}
    if values.get("capacity", 1.0) <= 0.0:
        raise given["capacity"].error("this must be more than 0 Wh")
    if values.get("charge_power", 1.0) <= 0.0:
        raise given["charge_power"].error("this must be more than 0 W; a site without chargers leaves it out")
    if values.get("reserve", 0.0) >= 1.0:
        raise given["reserve"].error("this is a fraction of the capacity, from 0 up to but less than 1")
    return Battery(**values)


def _bare_roadmap(places: Mapping[str, Place]) -> Roadmap:
    return Roadmap(nodes={p.id: p.position for p in places.values() if p.position is not None})


def _roadmap(field: Field, places: Mapping[str, Place]) -> Roadmap:
    given = field.fields("waypoints", "lanes")
    nodes = dict(_bare_roadmap(places).nodes)
    for key, waypoint in _entries(given, "waypoints"):
        if key in places:
            raise waypoint.error(f"{key!r} is a place already; a waypoint needs a name of its own")
        nodes[key] = Point(*waypoint.numbers("x y"))
    lanes: dict[tuple[str, str], Lane] = {}
    for entry in given["lanes"].items() if "lanes" in given else ():
        for lane in _lanes(entry, nodes, places):
            ends = [(lane.start, lane.end), (lane.end, lane.start)][: 2 if lane.two_way else 1]
            if any(end in lanes for end in ends):
                raise entry.error(f"the lane from {lane.start!r} to {lane.end!r} is given twice")
            lanes.update(dict.fromkeys(ends, lane))
    return Roadmap(nodes=nodes, lanes=tuple(dict.fromkeys(lanes.values())))


def _lanes(entry: Field, nodes: Mapping[str, Point], places: Mapping[str, Place]) -> list[Lane]:
    given = entry.fields("nodes", "two_way", "speed", "width") if isinstance(entry.value, dict) else {"nodes": entry}
    if "nodes" not in given:
        raise entry.error("this lane has no nodes; write nodes: [a, b]")
    ends = given["nodes"].items()
    if len(ends) < 2:
        raise entry.error("a lane needs two nodes or more: [a, b]")
    for end in ends:
        _check_node(end, nodes, places)
    two_way = given["two_way"].flag() if "two_way" in given else True
    speed, width = (given[key].number(above=0.0) if key in given else None for key in ("speed", "width"))
    for a, b in pairwise(ends):
        if a.value == b.value:
            raise b.error("a lane cannot lead from a node to itself")
    return [Lane(start=a.value, end=b.value, two_way=two_way, speed=speed, width=width) for a, b in pairwise(ends)]


def _check_node(end: Field, nodes: Mapping[str, Point], places: Mapping[str, Place]) -> None:
    name = end.text()
    if name in places and name not in nodes:
        raise end.error(f"the place {name!r} has no position; give it one: position: [x, y]")
    if name not in nodes:
        raise end.error(f"no waypoint or place of this name; {suggest(name, nodes)}")


def _check_capabilities(site: Site, top: Mapping[str, Field]) -> None:
    if "capabilities" not in top:
        return
    for part, key in (("robots", "capabilities"), ("items", "needs")):
        for name, entry in _entries(top, part):
            wanted = entry.fields(*entry.value or {}).get(key)
            for field in wanted.items() if wanted else ():
                if field.value not in site.capabilities:
                    hint = suggest(field.text(), site.capabilities)
                    raise field.error(f"{name!r} names an unknown capability; {hint}")
