"""Whether the batteries of a site last for its ways, before a robot moves."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from caravan.adapters.site_check import driving
from caravan.auction.quote import JAM, Means
from caravan.execution.errand import FULL
from caravan.model.ability import closed_to
from caravan.model.charging import chargers, longest_wait
from caravan.model.site import Robot, Site
from caravan.traffic.roadmap import Graph

_LARGER, _TRIES = 1.1, 50
"""Capacities are tried each so many times the one before; a hundred times the first is not looked beyond."""


def small_batteries(site: Site) -> Iterator[str]:
    """Robots that would decline all work at the place that is farthest from the chargers, were they full and alone."""
    graph = Graph(site.roadmap)
    for robot in driving(site) if chargers(site) else ():
        farthest = _farthest(robot, site, graph)
        if farthest is None or _lasts(robot, site, *farthest[1:]):
            continue
        place, out, back = farthest
        yield (
            f"robots.{robot.id}.battery.capacity: {robot.battery.capacity:g} Wh do not last from a charger to "
            f"{place!r} ({out:.0f} s) and back ({back:.0f} s, {JAM:g} times that in a jam) with the reserve and "
            f"what the wait for a charger takes; {_remedy(robot, site, place, out, back)}"
        )


def _remedy(robot: Robot, site: Site, place: str, out: float, back: float) -> str:
    trials = (math.ceil(10.0 * robot.battery.capacity * _LARGER**k) / 10.0 for k in range(1, _TRIES))
    enough = next((wh for wh in trials if _lasts(_with(robot, wh), site, out, back)), None)
    if enough is None:
        return "none would, as robots use up too much while they wait for one; add chargers, or raise charge_power"
    return f"give it {enough:g} Wh, or add a charger nearer to it, or close {place!r} to the robot by a zone"


def _with(robot: Robot, capacity: float) -> Robot:
    return replace(robot, battery=replace(robot.battery, capacity=capacity))


def _lasts(robot: Robot, site: Site, out: float, back: float) -> bool:
    means = Means.of(robot.battery, wait=longest_wait(robot, site), full=FULL, charger=lambda here: ("", back))
    return means.full - means.need(out, 0.0) - means.home("") >= means.floor


def _farthest(robot: Robot, site: Site, graph: Graph) -> tuple[str, float, float] | None:
    """The place from which it drives longest to a charger, with how long it drives there and back, s."""
    closed, speed = closed_to(robot, site), min(robot.speed, site.policy.max_speed)

    def nearest(place: str, there: bool) -> float:
        ends = ((spot, place) if there else (place, spot) for spot in chargers(site))
        return min((t for a, b in ends if (t := graph.travel_time(a, b, speed, closed)) is not None), default=math.inf)

    backs = {place: nearest(place, there=False) for place in site.places if place not in closed}
    place = max((p for p, time in backs.items() if time < math.inf), key=lambda p: backs[p], default=None)
    out = math.inf if place is None else nearest(place, there=True)
    return None if place is None or out == math.inf else (place, out, backs[place])
