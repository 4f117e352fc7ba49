"""A site with fewer robots than its file says, or more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count as count_from

from caravan.adapters.fields import SiteError
from caravan.adapters.site_check import on_road
from caravan.model.geometry import Point, Pose
from caravan.model.road import Road
from caravan.model.site import Robot, Site

APART = 40.0
"""Between the middles of vehicles that line up on a road, m."""


def robots_of(site: Site, count: int) -> Site:
    """The site with `count` robots (0: as it is): its first ones, or all of them and copies.

    Copies are named on ("carrier_4") and start at roadmap nodes, each as far from the others as can be; vehicles line
    up in lane 0 of the road, behind the others. Raises SiteError where there is nothing to copy or no room left.
    """
    if count == 0:
        return site
    robots = dict(list(site.robots.items())[: max(count, 0)])
    models = [r for r in robots.values() if r.start is not None]
    taken = [r.start.point for r in models if r.start is not None]
    lined_up = site.road is not None and all(on_road(robot, site) for robot in models)
    starts = _on_road(site.road, taken) if site.road and lined_up else _at_nodes(site, models, taken)
    while len(robots) < count:
        start = next(starts, None)
        if not models or start is None:
            raise SiteError(
                f"{count} robots: the site {site.name!r} has models and nodes to start at for {len(robots)}"
            )
        model = models[len(robots) % len(models)]
        name = next(n for k in count_from(1) if (n := f"{model.id.rstrip('0123456789')}{k}") not in robots)
        robots[name] = replace(model, id=name, aliases=(), start=start)
        taken.append(start.point)
    return replace(site, robots=robots)


def _at_nodes(site: Site, models: Sequence[Robot], taken: Sequence[Point]) -> Iterator[Pose]:
    """Free nodes, each the one farthest from all that is taken by then."""
    closed = {place for zone in site.policy.zones.values() if zone.robots is not None for place in zone.places}
    closed |= site.roadmap.narrow.keys()
    free = {name: point for name, point in site.roadmap.nodes.items() if name not in closed}
    apart = 2.0 * max((r.radius for r in models), default=0.0)
    while free := {n: p for n, p in free.items() if min(map(p.distance, taken), default=0.0) > apart}:
        farthest = max(free.values(), key=lambda p: min(map(p.distance, taken)))
        yield Pose(farthest.x, farthest.y)


def _on_road(road: Road, taken: Sequence[Point]) -> Iterator[Pose]:
    """Free places in lane 0, from behind the last vehicle backwards."""
    last = min((road.project(point)[0] for point in taken), default=road.length)
    for number in count_from(1):
        s = last - APART * number
        if s < (last - road.length if road.closed else 0.0):
            return
        pose = road.pose(s)
        if min(map(pose.point.distance, taken), default=APART) > 0.9 * APART:
            yield pose
