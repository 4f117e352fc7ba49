"""What must hold between the parts of a site, and between a site and its world, before a robot moves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np

from caravan.adapters.fields import SiteError, suggest
from caravan.model.ability import closed_to
from caravan.model.geometry import Point
from caravan.model.site import Robot, Site
from caravan.sim.footprint import clearance, footprints, segment_distances
from caravan.sim.sdf import find_model, read_model
from caravan.sim.world import World

START_TOLERANCE = 0.5
"""How far from a roadmap node a robot may start, m."""
CLEARANCE = 0.1
"""Free space that must be left between a robot on the roadmap and an obstacle, m: what a tracker may stray."""


def check_starts(site: Site, file: Path) -> None:
    """Raises SiteError where a robot starts off the roadmap (if there is one), in a closed zone or on another robot."""
    placed = [r for r in site.robots.values() if r.start is not None]
    for robot in placed if site.roadmap.nodes else ():
        here = _start(robot)
        name, node = min(site.roadmap.nodes.items(), key=lambda item: item[1].distance(here))
        if node.distance(here) > START_TOLERANCE:
            raise SiteError(
                f"{file}: robots.{robot.id}.start: ({here.x:g}, {here.y:g}): {node.distance(here):.2f} m off the "
                f"roadmap; the nearest node is {name!r} at [{node.x:g}, {node.y:g}]"
            )
        if name in closed_to(robot.id, site.policy):
            raise SiteError(
                f"{file}: robots.{robot.id}.start: the nearest node is {name!r}, which a zone closes to it; "
                f"start it elsewhere, or name it among the zone's robots"
            )
    for one, other in combinations(placed, 2):
        if _start(one).distance(_start(other)) < one.radius + other.radius:
            raise SiteError(f"{file}: robots.{other.id}.start: {one.id!r} stands there already; start them apart")


def _start(robot: Robot) -> Point:
    assert robot.start is not None
    return robot.start.point


def check_roadmap(site: Site, file: Path) -> None:
    """Raises SiteError where robots on two lanes (or nodes) that have no node in common could touch."""
    nodes, lanes = site.roadmap.nodes, site.roadmap.lanes
    ends = list(dict.fromkeys(tuple(sorted((lane.start, lane.end))) for lane in lanes))
    parts: list[tuple[str, ...]] = [*ends, *((n,) for n in nodes)]
    radii = [r.radius for r in site.robots.values() if r.start is not None]
    if not radii or len(parts) < 2:
        return
    a = np.array([(nodes[p[0]].x, nodes[p[0]].y) for p in parts])
    b = np.array([(nodes[p[-1]].x, nodes[p[-1]].y) for p in parts])
    for i in range(len(parts) - 1):
        gaps = segment_distances(a[i], b[i], a[i + 1 :], b[i + 1 :])
        for j in np.flatnonzero(gaps < 2.0 * max(radii)):
            other = parts[i + 1 + int(j)]
            if not set(parts[i]) & set(other):
                raise SiteError(
                    f"{file}: roadmap: {_label(parts[i])} and {_label(other)} are {gaps[j]:.2f} m apart, and robots of "
                    f"{max(radii):g} m radius would touch; move them {2 * max(radii):g} m apart or join them"
                )


def _label(part: Sequence[str]) -> str:
    return f"the lane {part[0]} - {part[1]}" if len(part) > 1 else f"the node {part[0]}"


def check_world(site: Site, world: World) -> None:
    """Raises SiteError where `world` is no place for `site`.

    That is: a robot's model is missing or has no drive, or drives slower than the site says; a place, waypoint, lane
    or start leaves a robot less than `CLEARANCE` to an obstacle.
    """
    driving = [r for r in site.robots.values() if r.start is not None]
    for robot in driving:
        _check_model(robot, world)
    nodes, obstacles = site.roadmap.nodes, footprints(world)
    need = max((r.radius for r in driving), default=0.0) + CLEARANCE
    spots: list[tuple[str, Point, Point, float]] = []
    spots += [(f"the place or waypoint {n!r}", p, p, need) for n, p in nodes.items()]
    spots += [(f"the lane {e.start} - {e.end}", nodes[e.start], nodes[e.end], need) for e in site.roadmap.lanes]
    spots += [(f"the start of {r.id!r}", _start(r), _start(r), r.radius) for r in driving]
    for label, a, b, wanted in spots:
        gap, name = clearance(obstacles, a, b)
        if gap < wanted:
            how = "lies inside" if gap <= 0.0 else f"is {gap:.2f} m (a robot needs {wanted:.2f} m) from"
            raise SiteError(f"{world.file}: {label} {how} the obstacle {name!r}; move one of them")


def _check_model(robot: Robot, world: World) -> None:
    file = find_model(world.file, robot.model)
    if file is None:
        models = world.file.parent / "models"
        known = [folder.name for folder in models.iterdir()] if models.is_dir() else []
        raise SiteError(f"{models}: no model {robot.model!r} for robot {robot.id!r}; {suggest(robot.model, known)}")
    model = read_model(file)
    if model.drive is None:
        raise SiteError(f"{model.file}: robot {robot.id!r} needs a DiffDrive plugin in its model {robot.model!r}")
    for what, wanted, able in (
        ("speed", robot.speed, model.drive.speed),
        ("turn_rate", robot.turn_rate, model.drive.turn_rate),
        ("acceleration", robot.acceleration, model.drive.acceleration),
    ):
        if able is not None and wanted > able + 1e-9:
            raise SiteError(
                f"{model.file}: robot {robot.id!r} has {what} {wanted:g} in the site file, but its model reaches "
                f"{able:g}; lower the one or raise the other"
            )
