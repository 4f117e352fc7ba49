"""Worlds of roads: what is painted on the ground beside the line of a road and its ramps. Nothing stands there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from caravan.model.geometry import Pose
from caravan.model.road import Line, Road
from caravan.model.site import Site
from make_world.ground import Ground

ABOUT = """\
Made by scripts/make_world from config/{name}.yaml; do not edit. A floor, and roads that are painted on it. The
     trucks are not in it: they are spawned from the site file."""
SURFACE = "          <surface><friction><ode><mu>1.0</mu><mu2>1.0</mu2></ode></friction></surface>\n"
HEAD = """
    <model name="roads">
      <static>true</static>
      <link name="link">
"""
TAIL = """      </link>
    </model>
  </world>
</sdf>
"""
ASPHALT, WHITE = "0.42 0.43 0.45 1", "0.97 0.97 0.97 1"
SHOULDER = 1.5
"""Asphalt beyond the outer lines, m."""
PAINT = 0.15
"""Breadth of a painted line, m."""
DASH, PAUSE = 6.0, 12.0
"""Of a dashed line, m."""
BEYOND = 30.0
"""Ground beyond the roads, m."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """Something painted along a line, from `first` to `last` m; `step` is how long the flat pieces are in bends, m."""

    line: Line
    offset: float
    width: float
    first: float
    last: float
    step: float = 10.0


def world_text(site: Site, roads: Sequence[Road]) -> str:
    """The SDF 1.10 of a world in which `roads` are seen, of which the site may have one as its own."""
    spots = [spot for road in roads for spot in road.spots()]
    west, east = min(p.x for p in spots) - BEYOND, max(p.x for p in spots) + BEYOND
    south, north = min(p.y for p in spots) - BEYOND, max(p.y for p in spots) + BEYOND
    x, y, wide, deep = (west + east) / 2, (south + north) / 2, east - west, north - south
    floor = Ground(
        about=ABOUT.format(name=site.name),
        name=site.name,
        x=x,
        y=y,
        wide=wide,
        deep=deep,
        lamp=50.0,
        sky="0.75 0.85 0.95 1",
        colour="0.78 0.85 0.72 1",
        surface=SURFACE,
    )
    text = floor.sdf() + HEAD
    for number, strip in enumerate(strip for road in roads for strip in _grounds(road)):
        text += _boxes(f"ground_{number}", strip, ASPHALT, 0.004)
    for number, strip in enumerate(strip for road in roads for strip in _paint(road)):
        text += _boxes(f"line_{number}", strip, WHITE, 0.008)
    return text + TAIL


def crossing(road: Road) -> tuple[Road, ...]:
    """The road, with no ramps, and the same three more times, turned about the middle of the world."""
    bare, start = replace(road, ramps={}), road.start

    def turned(quarters: int) -> Road:
        cos, sin = ((1, 0), (0, 1), (-1, 0), (0, -1))[quarters]
        x, y = start.x * cos - start.y * sin, start.x * sin + start.y * cos
        return replace(bare, start=Pose(x, y, start.yaw + quarters * math.pi / 2.0))

    return tuple(turned(quarters) for quarters in range(4))


def _grounds(road: Road) -> Iterator[Strip]:
    width = road.lanes * road.lane_width
    middle = (road.lanes - 1) * road.lane_width / 2.0
    for line, offset, wide in [(road, middle, width), *((ramp, 0.0, road.lane_width) for ramp in road.ramps.values())]:
        yield Strip(line=line, offset=offset, width=wide + 2.0 * SHOULDER, first=0.0, last=line.length, step=20.0)


def _paint(road: Road) -> Iterator[Strip]:
    half = road.lane_width / 2.0
    left = road.middle(road.lanes - 1) + half
    for offset in (-half, left):
        yield Strip(line=road, offset=offset, width=PAINT, first=0.0, last=road.length)
    for lane in range(1, road.lanes):
        for number in range(int(road.length / (DASH + PAUSE))):
            s = number * (DASH + PAUSE)
            yield Strip(line=road, offset=road.middle(lane) - half, width=PAINT, first=s, last=s + DASH)
    for ramp in road.ramps.values():
        for offset in (-half, half):
            yield Strip(line=ramp, offset=offset, width=PAINT, first=0.0, last=ramp.length)


def _boxes(name: str, strip: Strip, colour: str, top: float) -> str:
    """Flat boxes along a strip: one for what is straight, short ones in bends."""
    text, s = "", 0.0
    for segment in strip.line.segments:
        first, last = max(s, strip.first), min(s + segment.length, strip.last)
        s += segment.length
        if last <= first:
            continue
        count = max(1, math.ceil((last - first) / strip.step)) if segment.curvature else 1
        for k in range(count):
            middle = first + (k + 0.5) * (last - first) / count
            length = (last - first) / count * (1.0 - segment.curvature * strip.offset)
            pose = strip.line.pose(middle, strip.offset)
            text += _box(f"{name}_{middle:.0f}", pose, (length, strip.width), colour, top)
    return text


def _box(name: str, at: Pose, size: tuple[float, float], colour: str, top: float) -> str:
    yaw = math.remainder(at.yaw, math.tau)
    return (
        f'        <visual name="{name}">\n'
        f"          <pose>{at.x:.3f} {at.y:.3f} {top - 0.002:g} 0 0 {yaw:.5f}</pose>\n"
        f"          <geometry><box><size>{size[0]:.3f} {size[1]:g} 0.004</size></box></geometry>\n"
        f"          <material><ambient>{colour}</ambient><diffuse>{colour}</diffuse></material>\n"
        "        </visual>\n"
    )
