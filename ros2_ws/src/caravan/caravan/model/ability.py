"""What a robot can and may do by the site file: asked by the guard, by the market, and by the robot before it moves."""

from __future__ import annotations

import math

from caravan.model.goal import Task, TaskKind
from caravan.model.site import CLEARANCE, Item, Roadmap, Robot, Site, Zone


def stops_of(task: Task) -> tuple[str, ...]:
    """The places that a task names as its aims, in order."""
    return tuple(stop for stop in (task.from_, task.to, *task.places) if stop is not None)


def needs_of(task: Task, site: Site) -> list[str]:
    """The capabilities that the task and its item ask for, sorted."""
    item = site.items.get(task.item or "")
    return sorted({*task.needs, *(item.needs if item is not None else ())})


def at_once(robot: Robot, item: Item | None) -> int:
    """How many of an item the robot carries at once; 0 where one is too heavy."""
    if item is None or robot.max_load is None or item.mass <= 0.0:
        return robot.payload
    return min(robot.payload, math.floor(robot.max_load / item.mass + 1e-9))


def width_of(robot: Robot) -> float:
    """How wide a lane must be for the robot, m."""
    return 2.0 * (robot.radius + CLEARANCE)


def fits(robot: Robot, node: str, roadmap: Roadmap) -> bool:
    """Whether a lane leads to the node that is wide enough for the robot."""
    return roadmap.narrow.get(node, math.inf) >= width_of(robot) - 1e-9


def too_narrow(robot: Robot, roadmap: Roadmap) -> set[str]:
    """The nodes that only lanes lead to that are too narrow for the robot."""
    return {node for node in roadmap.narrow if not fits(robot, node, roadmap)}


def _barred(robot: Robot, site: Site) -> list[Zone]:
    """The zones that are not for the robot."""
    return [z for z in site.policy.zones.values() if z.robots is not None and robot.id not in z.robots]


def closed_to(robot: Robot, site: Site) -> tuple[str, ...]:
    """The nodes where the robot must not drive, for a zone or for their lanes' width, sorted."""
    places = {place for zone in _barred(robot, site) for place in zone.places}
    return tuple(sorted(places | too_narrow(robot, site.roadmap)))


def unable(robot: Robot, task: Task, site: Site) -> str | None:
    """Why the robot cannot or must not do the task, as it follows on its name ("cannot lift"); None where it may."""
    if task.kind is TaskKind.PLATOON and site.road is None:
        return "drives on no road"
    if site.road is not None and task.kind not in (TaskKind.GO, TaskKind.PLATOON):
        return "drives on a road: it goes to the exits and in platoons"
    lacks = [need for need in needs_of(task, site) if need not in robot.capabilities]
    if lacks:
        return f"cannot {' and '.join(lacks)}"
    item = site.items.get(task.item or "")
    if item is not None and at_once(robot, item) < 1:
        return f"carries {robot.max_load:g} kg, and one {item.id} weighs {item.mass:g} kg"
    # Asked for each task and robot, of the stops alone: the nodes of a site may be many.
    barred = _barred(robot, site)
    for stop in stops_of(task):
        if not fits(robot, stop, site.roadmap):
            return f"is too wide for the lanes to {stop}"
        if any(stop in zone.places for zone in barred):
            return f"may not drive to {stop}"
    return None
