"""A picture of a site from above: shelves, places, lanes, and where each robot drove."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from matplotlib import patches, patheffects
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from caravan.adapters.ink import COLOURS
from caravan.model.geometry import Point
from caravan.model.site import Site
from caravan.sim.footprint import footprint, rim
from caravan.sim.world import Shape, World

Track = Sequence[tuple[float, float, float]]
"""Where a robot was: (time s, x m, y m)."""

INK, _LANE, _FLOOR = "#2f3640", "#c9ced6", "#fbfbf9"
_MARKING_HEIGHT = 0.05
_SHIFT = 0.08
"""Paths are drawn this far beside each other, m, so that none hides another on the same lane."""
_LABEL = 0.3
_CROWDED = 0.8
"""A lane whose direction has more than this (as a cosine) of a side's hides a name there."""
_SIDES = {"top": (0, 1), "bottom": (0, -1), "right": (1, 0), "left": (-1, 0)}


def draw(world: World, site: Site, paths: Mapping[str, Track], out: Path, title: str = "") -> None:
    """Writes a PNG to `out`. Robots without a path are left out; later robots are drawn over earlier ones.

    Raises OSError where `out` cannot be written.
    """
    figure = Figure(figsize=(13.0, 9.2), dpi=120, facecolor="white", layout="constrained")
    axes = figure.add_subplot()
    draw_world(axes, world)
    _draw_lanes(axes, site)
    draw_places(axes, site)
    driven = sorted((robot, path) for robot, path in paths.items() if path)
    for number, (robot, path) in enumerate(driven):
        shift = _SHIFT * (number % 7 - (min(len(driven), 7) - 1) / 2)
        _draw_path(axes, robot, path, COLOURS[number % len(COLOURS)], shift)
    start = Line2D([], [], marker="o", lw=0.0, color="white", mec=INK, mew=1.5, label="start")
    end = Line2D([], [], marker="D", lw=0.0, color=INK, mec="white", label="end")
    frame(axes, title or site.name, start, end)
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out)


def draw_world(axes: Any, world: World) -> None:
    """Markings on the floor, and what stands on it."""
    for model in world.models.values():
        for shape in model.visuals:
            if shape.position[2] < _MARKING_HEIGHT and shape.colour is not None:
                _fill(axes, shape, facecolor=shape.colour, alpha=0.3, linewidth=0.0, zorder=1)
    for shape in world.obstacles:
        if footprint(shape) is not None:
            wall = "wall" in shape.name
            face = "#8b929c" if wall else "#d7dbe2"
            _fill(axes, shape, facecolor=face, edgecolor="#8b929c", linewidth=0.8, zorder=3)


def _fill(axes: Any, shape: Shape, **style: Any) -> None:
    """The shape's outline, whatever its height."""
    raised = Shape(
        name=shape.name,
        kind=shape.kind,
        size=shape.size,
        position=(shape.position[0], shape.position[1], 0.5),
        quaternion=shape.quaternion,
    )
    outline = footprint(raised)
    assert outline is not None
    axes.add_patch(patches.Polygon(rim(outline, 48), closed=True, **style))


def _draw_lanes(axes: Any, site: Site) -> None:
    nodes = site.roadmap.nodes
    for lane in site.roadmap.lanes:
        a, b = nodes[lane.start], nodes[lane.end]
        axes.plot([a.x, b.x], [a.y, b.y], color=_LANE, linewidth=0.9, zorder=2, solid_capstyle="round")
        if not lane.two_way:
            middle = ((a.x + b.x) / 2, (a.y + b.y) / 2)
            axes.annotate("", xy=middle, xytext=(a.x, a.y), arrowprops={"arrowstyle": "->", "color": _LANE}, zorder=2)


def draw_places(axes: Any, site: Site) -> None:
    """Places with their names, where these hide no lane."""
    for place in site.places.values():
        if place.position is None:
            continue
        p, side = place.position, _free_side(site, place.id)
        marker, colour = ("s", "#2e9e5b") if place.charger else ("o", INK)
        axes.plot(p.x, p.y, marker, color=colour, markersize=4.5, zorder=4)
        dx, dy = _SIDES[side]
        text = axes.text(
            p.x + _LABEL * dx,
            p.y + _LABEL * dy,
            place.id.replace("_", " "),
            ha={1: "left", 0: "center", -1: "right"}[dx],
            va={1: "bottom", 0: "center", -1: "top"}[dy],
            fontsize=7.5,
            color=INK,
            zorder=8,
        )
        text.set_path_effects([patheffects.withStroke(linewidth=2.5, foreground="white", alpha=0.85)])


def _free_side(site: Site, node: str) -> str:
    """Where a name hides no lane: above or below the node if one of them has room, else beside it."""
    here = site.roadmap.nodes[node]
    lanes = [(lane.start, lane.end) for lane in site.roadmap.lanes if node in (lane.start, lane.end)]
    ends = [end if start == node else start for start, end in lanes]

    def towards(side: str) -> float:
        dx, dy = _SIDES[side]
        points = [site.roadmap.nodes[end] for end in ends]
        return max(((q.x - here.x) * dx + (q.y - here.y) * dy) / max(q.distance(here), 1e-9) for q in points)

    if not ends:
        return "top"
    upright = min(("top", "bottom"), key=towards)
    return upright if towards(upright) < _CROWDED else min(_SIDES, key=towards)


def _draw_path(axes: Any, robot: str, path: Track, colour: str, shift: float) -> None:
    """A path, drawn `shift` metres to the south-east of where it was."""
    xs, ys = [x + shift for _, x, _ in path], [y - shift for _, _, y in path]
    length = sum(Point(*a[1:]).distance(Point(*b[1:])) for a, b in pairwise(path))
    axes.plot(xs, ys, color="white", linewidth=3.6, alpha=0.9, zorder=5, solid_capstyle="round")
    axes.plot(xs, ys, color=colour, linewidth=2.0, zorder=6, label=f"{robot}  {length:.0f} m")
    axes.plot(xs[0], ys[0], "o", color="white", markeredgecolor=colour, markeredgewidth=2.0, markersize=9, zorder=7)
    axes.plot(xs[-1], ys[-1], "D", color=colour, markeredgecolor="white", markeredgewidth=1.2, markersize=9, zorder=7)


def frame(axes: Any, title: str, *more: Any) -> None:
    """Title, scale and, where something has a label, the legend, with `more` at its end."""
    axes.set_title(title, fontsize=13, color=INK, loc="left", pad=10)
    axes.set_aspect("equal")
    axes.autoscale_view()
    axes.margins(0.01)
    axes.set_facecolor(_FLOOR)
    axes.tick_params(colors="#8b929c", labelsize=7, length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    handles, _ = axes.get_legend_handles_labels()
    if handles:
        axes.legend(
            handles=[*handles, *more],
            loc="upper center",
            bbox_to_anchor=(0.5, -0.03),
            ncols=8,
            frameon=False,
            fontsize=8.5,
        )
