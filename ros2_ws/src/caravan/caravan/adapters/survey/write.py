"""A roadmap written into a site file, of which all the rest stays as it was."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from caravan.model.geometry import Point
from caravan.model.site import Lane, Roadmap, Site

_SECTION = re.compile(r"^roadmap:.*(?:\n(?![^\s#]).*)*\n?", re.MULTILINE)
"""From `roadmap:` to the next line that begins at the margin, other than with a comment."""
_STRAIGHT = math.cos(math.radians(1.0))
_PLAIN = re.compile(r"[A-Za-z]\w*")


def with_roadmap(text: str, site: Site, roadmap: Roadmap, remark: str) -> str:
    """The text of a site file with `roadmap` instead of its own; `remark` is a comment above it, without the #."""
    rest = _SECTION.sub("", text).rstrip("\n")
    return f"{rest}\n\n{roadmap_text(site, roadmap, remark)}" if rest else roadmap_text(site, roadmap, remark)


def roadmap_text(site: Site, roadmap: Roadmap, remark: str) -> str:
    """The roadmap as a section of a site file. Places of `site` are nodes by themselves; the others are waypoints."""
    lines = ["roadmap:", f"  # {remark}", "  waypoints:"]
    nodes = [(name, point) for name, point in roadmap.nodes.items() if name not in site.places]
    lines += [f"    {_name(name)}: [{point.x:.12g}, {point.y:.12g}]" for name, point in nodes]
    lines.append("  lanes:")
    for lane, row in _rows(roadmap):
        names = ", ".join(map(_name, row))
        rules = "".join(f", {key}: {value}" for key, value in _rules(lane))
        lines.append(f"    - {{nodes: [{names}]{rules}}}" if rules else f"    - [{names}]")
    return "\n".join(lines) + "\n"


def _name(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _rules(lane: Lane) -> Iterator[tuple[str, str]]:
    if not lane.two_way:
        yield "two_way", "false"
    for key, value in (("speed", lane.speed), ("width", lane.width)):
        if value is not None:
            yield key, f"{value:.12g}"


def _rows(roadmap: Roadmap) -> Iterator[tuple[Lane, list[str]]]:
    """Lanes of equal rules that lie in a row, straight on: the first of them, and the nodes of the row."""
    left = dict.fromkeys(roadmap.lanes)
    ahead: dict[str, list[Lane]] = {}
    for lane in roadmap.lanes:
        for end in (lane.start, lane.end):
            ahead.setdefault(end, []).append(lane)
    for first in roadmap.lanes:
        if first not in left:
            continue
        del left[first]
        row = [first.start, first.end]
        while (more := _next(roadmap, row, first, [c for c in ahead[row[-1]] if c in left])) is not None:
            del left[more]
            row.append(more.end if more.start == row[-1] else more.start)
        yield first, row


def _next(roadmap: Roadmap, row: list[str], first: Lane, lanes: list[Lane]) -> Lane | None:
    """The lane that leads straight on from the end of `row` under the rules of `first`."""
    at = row[-1]
    for lane in lanes:
        way = lane.start == at or lane.two_way
        other = lane.end if lane.start == at else lane.start
        alike = (lane.two_way, lane.speed, lane.width) == (first.two_way, first.speed, first.width)
        if way and alike and _ahead(*(roadmap.nodes[n] for n in (row[-2], at, other))) > _STRAIGHT:
            return lane
    return None


def _ahead(a: Point, b: Point, c: Point) -> float:
    """The cosine of the turn at `b` on the way from `a` to `c`."""
    dot = (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y)
    return dot / max(1e-12, a.distance(b) * b.distance(c))
