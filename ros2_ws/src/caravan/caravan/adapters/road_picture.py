"""A picture of what vehicles did on a road: their places, speeds and gaps over time, and what was said meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from caravan.adapters.ink import COLOURS
from caravan.adapters.picture import INK, Track
from caravan.model.geometry import Point
from caravan.model.road import Road
from caravan.model.site import Robot, Site

STEP = 0.5
"""Between two points of a line, s."""
SMOOTH = 1.5
"""A speed is the way driven in so much time about a moment, s."""
CLOSE = 60.0
"""Wider gaps are not drawn, m."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ride:
    """Of one vehicle, at each time: how far along the road (m, growing from lap to lap), how far to the left (m)."""

    s: Floats
    offset: Floats
    speed: Floats
    """m/s."""
    there: NDArray[np.bool_]
    """Whether it was heard about this time, and is in a lane of the road."""


def draw_drive(
    site: Site, paths: Mapping[str, Track], said: Sequence[tuple[float, str]], out: Path, title: str = ""
) -> None:
    """Writes a PNG to `out`; `said` are orders with their times (s). Raises OSError where `out` cannot be written."""
    assert site.road is not None
    driven = {name: path for name, path in sorted(paths.items()) if len(path) > 1}
    start = min(path[0][0] for path in driven.values())
    time = np.arange(start, max(path[-1][0] for path in driven.values()), STEP)
    rides = {name: ride(site.road, path, time) for name, path in driven.items()}
    figure = Figure(figsize=(11.0, 10.5), dpi=120, facecolor="white", layout="constrained")
    figure.suptitle(title, color=INK)
    places, speeds, gaps = figure.subplots(3, 1, sharex=True)
    front = next(iter(rides.values()))
    for number, (name, ridden) in enumerate(rides.items()):
        style = {"color": COLOURS[number % len(COLOURS)], "linewidth": 1.6, "label": name}
        places.plot(time - start, np.where(ridden.there, ridden.s - front.s, np.nan), **style)
        speeds.plot(time - start, np.where(ridden.there, ridden.speed * 3.6, np.nan), **style)
        gaps.plot(time - start, gap(name, rides, site.robots, site.road), **style)
    _label(places, f"m ahead of {next(iter(rides))}")
    _label(speeds, "speed, km/h")
    _label(gaps, "gap to the one ahead, m")
    gaps.set_xlabel("s")
    gaps.set_ylim(0.0, CLOSE)
    for number, (at, _) in enumerate(said, start=1):
        for axes in (places, speeds, gaps):
            axes.axvline(at - start, color=INK, linewidth=0.8, linestyle=":")
        places.text(at - start, 1.0, f" {number}", transform=places.get_xaxis_transform(), va="top", color=INK)
    figure.legend(*places.get_legend_handles_labels(), loc="outside right upper", frameon=False)
    legend = "\n".join(f"{number}  {text}" for number, (_, text) in enumerate(said, start=1))
    figure.supxlabel(legend, fontsize="small", ha="left", x=0.05, color=INK)
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out)


def ride(road: Road, path: Track, time: Floats) -> Ride:
    """What a vehicle that was there and then did at each `time`."""
    feet, near = [], None
    for _, x, y in path:
        near, offset = road.project(Point(x, y), near)
        feet.append((near, offset))
    s, offsets = np.array(feet).T
    if road.closed:
        s = np.unwrap(s, period=road.length)
    heard = np.array([at for at, _, _ in path])
    before, after = (np.interp(time + side * SMOOTH / 2, heard, s) for side in (-1.0, 1.0))
    offset = np.interp(time, heard, offsets)
    lanes = (offset > -road.lane_width / 2) & (offset < (road.lanes - 0.5) * road.lane_width)
    return Ride(
        s=np.interp(time, heard, s),
        offset=offset,
        speed=(after - before) / SMOOTH,
        there=lanes & (time >= heard[0] + SMOOTH / 2) & (time <= heard[-1] - SMOOTH / 2),
    )


def gap(name: str, rides: Mapping[str, Ride], robots: Mapping[str, Robot], road: Road) -> Floats:
    """From the front of a vehicle to the rear of the nearest ahead in its lane (m), not a number where none is near."""
    own = rides[name]
    found = np.full(len(own.s), np.inf)
    for other, theirs in rides.items():
        if other != name:
            apart = theirs.s - own.s
            apart = apart % road.length if road.closed else np.where(apart > 0.0, apart, np.inf)
            beside = np.abs(theirs.offset - own.offset) < road.lane_width / 2
            clear = apart - (_length(robots[name]) + _length(robots[other])) / 2.0
            found = np.where(own.there & theirs.there & beside, np.minimum(found, clear), found)
    return np.where(found <= CLOSE, found, np.nan)


def _length(robot: Robot) -> float:
    return 2.0 * robot.radius if robot.length is None else robot.length


def _label(axes: Any, text: str) -> None:
    axes.set_ylabel(text)
    axes.grid(visible=True, color="#e3e6ea", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
