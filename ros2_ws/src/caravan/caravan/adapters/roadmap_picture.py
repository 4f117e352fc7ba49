"""A picture of a roadmap over its world: how wide its lanes are, which way they lead, and what zones they are in."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from caravan.adapters.ink import COLOURS
from caravan.adapters.picture import INK, draw_places, draw_world, frame
from caravan.model.geometry import Point
from caravan.model.site import Site
from caravan.sim.world import World

_WIDE, _NARROW, _START = "#4a90c4", "#e69f00", "#d55e00"
_MANY = 30
"""Places that are called alike but for a number and are more than this are points without names."""
_INCHES = 14.0
_DPI = 110
_LANE = 1.3
_ROOM = 0.07
"""For scale, title and legend, of the width of a picture."""
_LEAST, _MOST = 0.45, 1.1
"""How high a picture may be, of its width."""


def draw_roadmap(world: World, site: Site, out: Path) -> None:
    """Writes a PNG to `out`. Raises OSError where `out` cannot be written."""
    figure = Figure(figsize=_size(world, site), dpi=_DPI, facecolor="white", layout="constrained")
    axes = figure.add_subplot()
    draw_world(axes, world)
    _draw_zones(axes, site)
    _draw_lanes(axes, site)
    _draw_starts(axes, site)
    _draw_places(axes, site)
    frame(axes, f"{site.name}: {_sizes(site)}")
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, pil_kwargs={"optimize": True})


def _sizes(site: Site) -> str:
    lanes, nodes, road = site.roadmap.lanes, site.roadmap.nodes, site.road
    length = sum(nodes[lane.start].distance(nodes[lane.end]) for lane in lanes)
    told = [f"{len(nodes)} nodes, {len(lanes)} lanes, {length:.0f} m"] if lanes or road is None else []
    told += [f"a road of {road.length:.0f} m and {len(road.ramps)} ramps"] if road is not None else []
    return ", ".join(told)


def _size(world: World, site: Site) -> tuple[float, float]:
    """Width and height of the picture, inches, as the floor is wide and high."""
    points = [(s.position[0], s.position[1]) for s in world.obstacles]
    points += [(p.x, p.y) for p in site.roadmap.nodes.values()]
    points += [(p.x, p.y) for road in site.roads for p in road.spots()]
    if not points:
        return _INCHES, _INCHES * _LEAST
    xs, ys = zip(*points, strict=True)
    high = (max(ys) - min(ys)) / max(1.0, max(xs) - min(xs)) + _ROOM
    return _INCHES, _INCHES * min(_MOST, max(_LEAST, high))


def _draw_lanes(axes: Any, site: Site) -> None:
    nodes, widths = site.roadmap.nodes, sorted({lane.width for lane in site.roadmap.lanes if lane.width is not None})
    some = " to ".join(f"{width:g}" for width in dict.fromkeys((*widths[:1], *widths[-1:])))
    for colour, label, narrow in ((_WIDE, "lane", False), (_NARROW, f"lane {some} m wide", True)):
        lanes = [lane for lane in site.roadmap.lanes if (lane.width is not None) == narrow]
        if not lanes:
            continue
        rows = [[(nodes[e].x, nodes[e].y) for e in (lane.start, lane.end)] for lane in lanes]
        axes.add_collection(LineCollection(rows, colors=colour, linewidths=_LANE, zorder=4))
        axes.plot([], [], color=colour, linewidth=2.0, label=label)
        for lane in lanes:
            if not lane.two_way:
                _arrow(axes, nodes[lane.start], nodes[lane.end], colour)
    axes.plot([p.x for p in nodes.values()], [p.y for p in nodes.values()], ".", color=_WIDE, markersize=3.5, zorder=4)


def _arrow(axes: Any, a: Point, b: Point, colour: str) -> None:
    middle, start = ((a.x + 2 * b.x) / 3, (a.y + 2 * b.y) / 3), (a.x, a.y)
    axes.annotate("", xy=middle, xytext=start, arrowprops={"arrowstyle": "-|>", "color": colour}, zorder=5)


def _draw_zones(axes: Any, site: Site) -> None:
    """The lanes that touch a place of a zone, broad under all others."""
    nodes = site.roadmap.nodes
    for number, zone in enumerate(site.policy.zones.values()):
        members, colour = set(zone.places), COLOURS[(number + 3) % len(COLOURS)]
        rows = [
            [(nodes[e].x, nodes[e].y) for e in (lane.start, lane.end)]
            for lane in site.roadmap.lanes
            if members & {lane.start, lane.end}
        ]
        axes.add_collection(LineCollection(rows, colors=colour, linewidths=7.0, alpha=0.35, zorder=3.5))
        axes.plot([], [], color=colour, linewidth=7.0, alpha=0.35, label=f"zone {zone.id}")


def _draw_starts(axes: Any, site: Site) -> None:
    for robot in site.robots.values():
        if robot.start is not None:
            turned = math.degrees(robot.start.yaw) - 90.0
            axes.plot(
                robot.start.x, robot.start.y, marker=(3, 0, turned), color=_START, markersize=8.0, zorder=6, lw=0.0
            )
    if any(robot.start is not None for robot in site.robots.values()):
        axes.plot([], [], marker=(3, 0, 0), color=_START, markersize=8.0, lw=0.0, label="a robot's start")


def _draw_places(axes: Any, site: Site) -> None:
    """Points for all places, and the names of those of which there are not too many to read."""
    kinds = Counter(_kind_of_place(name) for name in site.places)
    few = {name: place for name, place in site.places.items() if kinds[_kind_of_place(name)] <= _MANY}
    draw_places(axes, replace(site, places=few))
    rest = [p.position for name, p in site.places.items() if name not in few and p.position is not None]
    axes.plot([p.x for p in rest], [p.y for p in rest], "o", color=INK, markersize=3.5, zorder=5)


def _kind_of_place(name: str) -> str:
    return name.split("_")[0]
