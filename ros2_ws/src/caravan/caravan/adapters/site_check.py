"""What must hold between the parts of a site, and between a site and its world, before a robot moves.

Each check yields what is wrong, one sentence with field, value and remedy a fault; `check_world` raises the first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain, combinations

import numpy as np

from caravan.adapters.fields import SiteError, suggest
from caravan.model.ability import closed_to, too_narrow, width_of
from caravan.model.geometry import Point
from caravan.model.road import Road
from caravan.model.site import CLEARANCE, Roadmap, Robot, Site
from caravan.sim.footprint import Array, footprints, segment_distances
from caravan.sim.outlines import Outlines, near
from caravan.sim.sdf import find_model, read_model
from caravan.sim.world import World

START_TOLERANCE = 0.5
"""How far from a roadmap node a robot may start, m."""
_STRETCH = 5.0
"""A road is looked at in straight stretches of this length, m."""


def driving(site: Site) -> list[Robot]:
    """The robots that have a start and keep to the roadmap."""
    return [r for r in site.robots.values() if r.start is not None and not on_road(r, site)]


def on_road(robot: Robot, site: Site) -> bool:
    """Whether it is a vehicle that keeps to the road of the site, and not to the roadmap."""
    return site.road is not None and robot.length is not None


def vehicles(site: Site) -> list[Robot]:
    """The vehicles that have a start."""
    return [r for r in site.robots.values() if r.start is not None and on_road(r, site)]


def _start(robot: Robot) -> Point:
    assert robot.start is not None
    return robot.start.point


def home(robot: Robot, roadmap: Roadmap) -> str:
    """The node where a driving robot starts. The roadmap must have nodes."""
    here = _start(robot)
    return min(roadmap.nodes, key=lambda name: roadmap.nodes[name].distance(here))


def bad_starts(site: Site) -> Iterator[str]:
    """Robots that start off the roadmap (if there is one), where they must not drive, or on another robot."""
    robots = driving(site)
    for robot in robots if site.roadmap.nodes else ():
        here, name = _start(robot), home(robot, site.roadmap)
        node, field = site.roadmap.nodes[name], f"robots.{robot.id}.start"
        if node.distance(here) > START_TOLERANCE:
            yield (
                f"{field}: ({here.x:g}, {here.y:g}): {node.distance(here):.2f} m off the roadmap; the nearest node is "
                f"{name!r} at [{node.x:g}, {node.y:g}]"
            )
        elif name in too_narrow(robot, site.roadmap):
            yield (
                f"{field}: the nearest node is {name!r}, and its lanes are {site.roadmap.narrow[name]:g} m wide where "
                f"the robot needs {width_of(robot):g}; start it elsewhere"
            )
        elif name in closed_to(robot, site):
            yield (
                f"{field}: the nearest node is {name!r}, which a zone closes to it; start it elsewhere, or name it "
                f"among the zone's robots"
            )
    for one, other in combinations([*robots, *vehicles(site)], 2):
        if _start(one).distance(_start(other)) < one.radius + other.radius and _overlap(one, other):
            yield f"robots.{other.id}.start: {one.id!r} stands there already; start them apart"


def _overlap(one: Robot, other: Robot) -> bool:
    """Whether two robots stand in each other where they start, of which the circles around them do."""
    a, b = _box(one), _box(other)
    return a is None or b is None or not (_apart(a, b) or _apart(b, a))


def _box(robot: Robot) -> Array | None:
    """The corners (4 x 2) of a robot that is a box, where it starts."""
    if robot.length is None or robot.width is None or robot.start is None:
        return None
    cos, sin = np.cos(robot.start.yaw), np.sin(robot.start.yaw)
    corners = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)]) * (robot.length / 2.0, robot.width / 2.0)
    return np.asarray(corners @ np.array([(cos, sin), (-sin, cos)]) + (robot.start.x, robot.start.y))


def _apart(a: Array, b: Array) -> bool:
    """Whether a side of the box `a` parts it from the box `b`."""
    for side in (a[1] - a[0], a[2] - a[1]):
        one, other = a @ side, b @ side
        if one.max() < other.min() or other.max() < one.min():
            return True
    return False


class _Parts:
    """The nodes and lanes of a site: where they are, and the greatest radius of a robot that may be there, m."""

    def __init__(self, site: Site) -> None:
        nodes = site.roadmap.nodes
        widest = dict.fromkeys(nodes, 0.0)
        for robot in driving(site):
            for name in nodes.keys() - set(closed_to(robot, site)):
                widest[name] = max(widest[name], robot.radius)
        lanes = list(dict.fromkeys(tuple(sorted((lane.start, lane.end))) for lane in site.roadmap.lanes))
        self.names: list[tuple[str, ...]] = [*((n,) for n in nodes), *lanes]
        self.a: Array = np.array([(nodes[p[0]].x, nodes[p[0]].y) for p in self.names]).reshape(-1, 2)
        self.b: Array = np.array([(nodes[p[-1]].x, nodes[p[-1]].y) for p in self.names]).reshape(-1, 2)
        self.radius: Array = np.array([min(widest[end] for end in p) for p in self.names])
        self._places = site.places

    def label(self, number: int) -> str:
        """The part as it stands in a sentence."""
        part = self.names[number]
        if len(part) > 1:
            return f"the lane {part[0]} - {part[1]}"
        return f"the {'place' if part[0] in self._places else 'waypoint'} {part[0]!r}"


def tight_spots(site: Site) -> Iterator[str]:
    """Lanes and nodes without a common node on which two robots could touch."""
    parts = _Parts(site)
    widest = float(parts.radius.max(initial=0.0))
    if widest == 0.0:
        return
    reach = 2.0 * widest + CLEARANCE
    low, high = np.minimum(parts.a, parts.b), np.maximum(parts.a, parts.b)
    i, j = near(low, high, low, high, reach)
    open_ = (i < j) & (parts.radius[i] > 0.0) & (parts.radius[j] > 0.0)
    i, j = i[open_], j[open_]
    gaps = segment_distances(parts.a[i], parts.b[i], parts.a[j], parts.b[j])
    needs = parts.radius[i] + parts.radius[j] + CLEARANCE
    for k in np.flatnonzero(gaps < needs - 1e-9):
        one, other = int(i[k]), int(j[k])
        if not set(parts.names[one]) & set(parts.names[other]):
            yield (
                f"roadmap: {parts.label(one)} and {parts.label(other)} are {gaps[k]:.2f} m apart, and robots of "
                f"{max(parts.radius[one], parts.radius[other]):g} m radius could touch; move them {needs[k]:g} m apart "
                f"or join them"
            )


def narrow_lanes(site: Site) -> Iterator[str]:
    """Lanes that are too narrow for a robot that may drive to both their ends."""
    for lane in site.roadmap.lanes:
        for robot in driving(site) if lane.width is not None else ():
            assert lane.width is not None
            if lane.width < width_of(robot) - 1e-9 and not {lane.start, lane.end} & set(closed_to(robot, site)):
                yield (
                    f"roadmap: the lane {lane.start} - {lane.end} is {lane.width:g} m wide and {robot.id!r}, which may "
                    f"drive to both its ends, needs {width_of(robot):g}; put a waypoint into the lane, or close one "
                    f"end to the robot by a zone"
                )
                break


def cut_off(site: Site) -> Iterator[str]:
    """Places from which, or to which, a robot that may drive there finds no way from where it starts."""
    after, before = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for lane in site.roadmap.lanes:
        for a, b in ((lane.start, lane.end), (lane.end, lane.start))[: 2 if lane.two_way else 1]:
            after[a].add(b)
            before[b].add(a)
    told = set[tuple[str, tuple[str, ...], str]]()
    for robot in driving(site):
        start, closed = home(robot, site.roadmap), closed_to(robot, site)
        there, back = (_reached(start, ways, set(closed)) for ways in (after, before))
        for place in site.places.values():
            if place.position is None or place.id in closed or (place.id, closed, start) in told:
                continue
            told.add((place.id, closed, start))
            if place.id not in there & back:
                way = "to it" if place.id not in there else "back from it"
                yield (
                    f"places.{place.id}: {robot.id!r}, which starts at {start!r}, has no way {way} by the lanes open "
                    f"to it; lead a lane there, or close the place to the robot by a zone"
                )


def _reached(start: str, ways: dict[str, set[str]], closed: set[str]) -> set[str]:
    found, front = {start}, [start]
    while front:
        new = ways[front.pop()] - found - closed
        found |= new
        front += new
    return found


def dead_ends(site: Site) -> list[str]:
    """The nodes that a robot can leave only the way it came, sorted: one that stands there shuts another in."""
    beside = defaultdict[str, set[str]](set)
    for lane in site.roadmap.lanes:
        beside[lane.start].add(lane.end)
        beside[lane.end].add(lane.start)
    return sorted(node for node, others in beside.items() if len(others) == 1)


def check_world(site: Site, world: World) -> None:
    """Raises SiteError where `world` is no place for `site` (see `misfits`), or robots cannot reach a place."""
    for fault in chain(misfits(site, world), cut_off(site)):
        raise SiteError(f"{world.file}: {fault}")


def misfits(site: Site, world: World) -> Iterator[str]:
    """What is wrong with `site` in `world`.

    A robot's model is missing or has no drive, or drives slower than the site says; a place, waypoint, lane or start
    leaves a robot less than `CLEARANCE` to an obstacle; an obstacle stands in a lane of the road.
    """
    robots = driving(site)
    for robot in [*robots, *vehicles(site)]:
        yield from _bad_model(robot, world)
    parts, outlines = _Parts(site), Outlines(footprints(world))
    labels = [parts.label(k) for k in range(len(parts.names))]
    yield from _close(outlines, labels, parts.a, parts.b, parts.radius + CLEARANCE)
    starts = np.array([(_start(r).x, _start(r).y) for r in robots]).reshape(-1, 2)
    labels = [f"the start of {r.id!r}" for r in robots]
    yield from _close(outlines, labels, starts, starts, np.array([r.radius for r in robots]))
    yield from _beside_road(site, outlines)


def _beside_road(site: Site, outlines: Outlines) -> Iterator[str]:
    """Obstacles in a lane of a road or on a ramp of it."""
    for road in site.roads:
        yield from _beside(road, outlines, "the road" if road.to is None else f"the road to {road.to!r}")


def _beside(road: Road, outlines: Outlines, name: str) -> Iterator[str]:
    half = road.lane_width / 2.0
    lanes = [(f"lane {k} of {name}", road, road.middle(k)) for k in range(road.lanes)]
    for label, line, offset in [*lanes, *((f"the ramp to {place!r}", ramp, 0.0) for place, ramp in road.ramps.items())]:
        steps = np.linspace(0.0, line.length, 2 + int(line.length / _STRETCH))
        poses = [line.pose(float(s), offset) for s in steps]
        spots = np.array([(pose.x, pose.y) for pose in poses])
        labels = [f"{label} at s = {s:.0f}" for s in steps[1:]]
        yield from _close(outlines, labels, spots[:-1], spots[1:], np.full(len(labels), half))


def _close(outlines: Outlines, labels: Sequence[str], a: Array, b: Array, need: Array) -> Iterator[str]:
    if not len(a):
        return
    gaps, which = outlines.gaps(a, b, float(need.max()))
    for k in np.flatnonzero(gaps < need - 1e-9).tolist():
        how = "lies inside" if gaps[k] <= 0.0 else f"is {gaps[k]:.2f} m (a robot needs {need[k]:.2f} m) from"
        yield f"{labels[k]} {how} the obstacle {outlines.names[which[k]]!r}; move one of them"


def _bad_model(robot: Robot, world: World) -> Iterator[str]:
    file = find_model(world.file, robot.model)
    if file is None:
        models = world.file.parent / "models"
        known = [folder.name for folder in models.iterdir()] if models.is_dir() else []
        yield f"{models} has no model {robot.model!r} for robot {robot.id!r}; {suggest(robot.model, known)}"
        return
    model = read_model(file)
    if model.drive is None:
        plugins = "DiffDrive or AckermannSteering plugin"
        yield f"{model.file}: robot {robot.id!r} needs a {plugins} in its model {robot.model!r}"
        return
    for what, wanted, able in (
        ("speed", robot.speed, model.drive.speed),
        ("turn_rate", robot.turn_rate, model.drive.turn_rate),
        ("acceleration", robot.acceleration, model.drive.acceleration),
        ("brake", robot.brake, model.drive.brake if robot.length is not None else None),
    ):
        if able is not None and wanted > able + 1e-9:
            yield (
                f"{model.file}: robot {robot.id!r} has {what} {wanted:g} in the site file, but its model reaches "
                f"{able:g}; lower the one or raise the other"
            )
