"""The section `road` of a site file: straights and arcs, lanes, ramps; and starts on it.

road:
  start: [x, y, yaw]                       # the middle of lane 0, the right one
  segments: [{straight: 800}, {arc: 250, degrees: 180}, ...]     # m; degrees more than 0 are to the left
  closed: true                             # it ends where it starts
  lanes: 2
  lane_width: 3.75
  speed: 25                                # limit, m/s
  ramps: {exit_1: {at: 200, segments: [...]}}     # leaves lane 0 there, and ends at the place exit_1
  to: east                                 # it ends itself at the place east
  line: 180                                # vehicles wait here for their turn at the intersection

Where roads meet, each has a line. The others stand, one after the other, in the section `crossroads`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from caravan.adapters.fields import Field, suggest
from caravan.model.geometry import Pose
from caravan.model.road import Ramp, Road, Segment, arc, straight
from caravan.model.site import Place

CLOSES = 0.01
"""A closed road ends no farther from its start, m and rad."""
MEETS = 2.0
"""A ramp ends no farther from its place, m."""


def read_road(field: Field, places: Mapping[str, Place]) -> Road:
    """The road of a site with these places. Raises SiteError."""
    given = field.fields("start", "segments", "closed", "lanes", "lane_width", "speed", "ramps", "to", "line")
    for name in ("start", "segments"):
        if name not in given:
            raise field.error(f"a road needs {name}")
    lanes = given["lanes"].count() if "lanes" in given else Road.lanes
    numbers: dict[str, Any] = {n: given[n].number(above=0.0) for n in ("lane_width", "speed") if n in given}
    width = lanes * numbers.get("lane_width", Road.lane_width)
    road = Road(
        start=Pose(*given["start"].numbers("x y yaw")),
        segments=_segments(given["segments"], width),
        closed=given["closed"].flag() if "closed" in given else False,
        lanes=lanes,
        **numbers,
    )
    _check_closed(given["segments"], road)
    ramps = given["ramps"].entries() if "ramps" in given else ()
    return replace(
        road,
        ramps={name: _ramp(name, entry, road, places) for name, entry in ramps},
        to=_end(given["to"], road, places) if "to" in given else None,
        line=_on(given["line"], road) if "line" in given else None,
    )


def read_crossroads(field: Field, road: Road | None, places: Mapping[str, Place]) -> tuple[Road, ...]:
    """The roads that meet the `road` of the site. Raises SiteError."""
    if road is None:
        raise field.error("these meet the site's road, and it has none; give it one: road: {...}")
    roads = tuple(read_road(entry, places) for entry in field.items())
    for entry, one in zip((field, *field.items()), (road, *roads), strict=True):
        if one.line is None or one.lanes > 1 or one.closed:
            which = "the site's road" if one is road else "a road here"
            raise entry.error(f"where roads meet, {which} needs one lane, open ends and a line where vehicles wait")
    return roads


def start_on(field: Field, road: Road | None) -> Pose:
    """Where a robot starts: [x, y, yaw], or {s, lane} on the road. Raises SiteError."""
    if not isinstance(field.value, dict):
        return Pose(*field.numbers("x y yaw"))
    if road is None:
        raise field.error("this site has no road; write start: [x, y, yaw], or give it one: road: {...}")
    given = field.fields("s", "lane")
    if "s" not in given:
        raise field.error("a start on the road needs s, how far along it: start: {s: 120, lane: 0}")
    lane = given["lane"].number(0.0) if "lane" in given else 0.0
    if lane not in range(road.lanes):
        raise given["lane"].error(f"the road has the lanes 0 (the right one) to {road.lanes - 1}")
    return road.pose(_on(given["s"], road), road.middle(int(lane)))


def _on(field: Field, road: Road) -> float:
    """An s on the road."""
    s = field.number(0.0)
    if s > road.length:
        raise field.error(f"the road is {road.length:.1f} m long")
    return s


def _segments(field: Field, width: float) -> tuple[Segment, ...]:
    entries = field.items()
    if not entries:
        raise field.error("this needs a stretch or more: [{straight: 100}, {arc: 250, degrees: 90}]")
    return tuple(_segment(entry, width) for entry in entries)


def _segment(entry: Field, width: float) -> Segment:
    given = entry.fields("straight", "arc", "degrees")
    if given.keys() == {"straight"}:
        return straight(given["straight"].number(above=0.0))
    if given.keys() != {"arc", "degrees"}:
        raise entry.error("a stretch is {straight: length} or {arc: radius, degrees: angle}")
    radius, degrees = given["arc"].number(above=0.0), given["degrees"].number()
    if radius <= width:
        raise given["arc"].error(f"the road is {width:g} m wide; bend it around more than that")
    if not 0.0 < abs(degrees) <= 360.0:
        raise given["degrees"].error("this must be from -360 to 360 and not 0; more than 0 is to the left")
    return arc(radius, math.radians(degrees))


def _check_closed(field: Field, road: Road) -> None:
    if not road.closed:
        return
    off, turned = road.end.point.distance(road.start), math.remainder(road.end.yaw - road.start.yaw, math.tau)
    if off > CLOSES or abs(turned) > CLOSES:
        where = (
            f"({road.end.x:.2f}, {road.end.y:.2f}), {off:.2f} m and {math.degrees(turned):.1f} degrees off its start"
        )
        raise field.error(f"the road is to be closed and ends at {where}; change the stretches, or leave closed out")


def _end(field: Field, road: Road, places: Mapping[str, Place]) -> str:
    name = field.text()
    place = places[name].position if name in places else None
    if place is None or place.distance(road.end) > MEETS:
        x, y = road.end.x, road.end.y
        raise field.error(f"the road ends at [{x:.2f}, {y:.2f}]; name a place that has that position")
    return name


def _ramp(name: str, entry: Field, road: Road, places: Mapping[str, Place]) -> Ramp:
    if name not in places:
        raise entry.error(f"a ramp has the name of the place that it leads to; {suggest(name, places)}")
    given = entry.fields("at", "segments")
    for key in ("at", "segments"):
        if key not in given:
            raise entry.error(f"a ramp needs {key}")
    ramp = road.ramp(_on(given["at"], road), _segments(given["segments"], road.lane_width))
    place = places[name].position
    if place is None or place.distance(ramp.end) > MEETS:
        raise entry.error(
            f"the ramp ends at [{ramp.end.x:.2f}, {ramp.end.y:.2f}]; give the place {name!r} that position"
        )
    return ramp
