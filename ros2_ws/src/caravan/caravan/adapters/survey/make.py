"""A roadmap from the free floor of a world.

Long straight lines over the floor make a lattice; places are linked into it, and where that does not reach, points on
the cheapest way over the floor are linked like places. All lanes are two-way: where the floor is wide enough for two
robots, two lanes run side by side, and the planner uses them as it needs them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from caravan.adapters.fields import SiteError
from caravan.adapters.survey.bridges import ways
from caravan.adapters.survey.floor import Floor, lay_out
from caravan.adapters.survey.lattice import lattice
from caravan.adapters.survey.net import Net
from caravan.model.geometry import Point
from caravan.model.site import CLEARANCE, Lane, Roadmap
from caravan.sim.footprint import footprints
from caravan.sim.outlines import Outlines
from caravan.sim.world import World

SPACING = 4.0
"""Between lanes side by side where nothing else is said, in robot radii."""
_LINKS = 4
"""Lanes from a place at most."""
_REACH = 2.5
"""How long a lane to a place may be, in spacings."""
_FAN = math.cos(math.radians(50.0))
"""A third lane from a place has at least this angle to the others; as a cosine."""
_ROUNDS = 6
"""How often points are added on ways to places that are not reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a roadmap is made for: places by id, the greatest radius of a robot, and how far lanes are apart (m)."""

    places: Mapping[str, Point]
    radius: float
    spacing: float

    @property
    def apart(self) -> float:
        """How far lanes and nodes without a common node are apart at least, m."""
        return 2.0 * self.radius + CLEARANCE


def make(world: World, task: Task) -> Roadmap:
    """The roadmap of `world`, the same for the same world and task. Waypoints are named w1, w2, ... from south-west.

    Every lane keeps clear of all obstacles by the radius and `CLEARANCE`, lanes without a common node leave two robots
    room, and every place can be reached. Raises SiteError where that cannot be.
    """
    floor = survey(world, task)
    places = list(task.places.values())
    points, lanes = lattice(floor, places, task.spacing)
    pins = list(places)
    for _ in range(_ROUNDS):
        net = _linked(floor, task, pins, points, lanes)
        lost = _lost(net, len(places))
        if not lost:
            return _roadmap(net, floor, task)
        more = _between(floor, net, [places[k] for k in lost], task)
        if not more:
            break
        pins += [p for k, p in enumerate(more) if all(p.distance(q) >= task.apart for q in (*pins, *more[:k]))]
    name = list(task.places)[lost[0]]
    raise SiteError(
        f"{world.file}: no lane to the place {name!r} leaves the others room; make the spacing smaller (it is "
        f"{task.spacing:g} m), or move {name!r} away from the places beside it"
    )


def survey(world: World, task: Task) -> Floor:
    """The floor of `world`, of which only the region with the places in it counts as free (no places: the largest).

    Raises SiteError where the task has no sense, and where a place has no room, is too near another or is cut off.
    """
    if task.spacing < task.apart:
        raise SiteError(
            f"a spacing of {task.spacing:g} m lets robots of {task.radius:g} m radius touch; "
            f"make it {task.apart:g} or more"
        )
    outlines = Outlines(footprints(world))
    if not outlines.names and not task.places:
        raise SiteError(f"{world.file}: nothing stands in this world, and there are no places to lead lanes to")
    need = task.radius + CLEARANCE
    floor = lay_out(outlines, task.places.values(), need, need + task.spacing / 2.0)
    regions = floor.regions()
    sizes = np.bincount(regions.ravel(), minlength=2)[1:]
    home = _home(world, floor, task, regions) if task.places else 1 + int(sizes.argmax())
    return replace(floor, free=regions == home)


def _home(world: World, floor: Floor, task: Task, regions: NDArray[np.int32]) -> int:
    """The region that all places are in."""
    names, points = list(task.places), list(task.places.values())
    found = [floor.region(regions, point) for point in points]
    for k, (name, point) in enumerate(task.places.items()):
        if found[k] == 0:
            here = np.array([[point.x, point.y]])
            gap, which = floor.outlines.gaps(here, here, floor.need)
            what = floor.outlines.names[int(which[0])] if which[0] >= 0 else "what stands around it"
            raise SiteError(
                f"{world.file}: the place {name!r} at [{point.x:g}, {point.y:g}] is {max(0.0, gap[0]):.2f} m from "
                f"{what!r}, and a robot of {task.radius:g} m radius needs {floor.need:.2f} m; move one of them"
            )
        for near in range(k):
            if points[near].distance(point) < task.apart:
                raise SiteError(
                    f"the places {names[near]!r} and {name!r} are {points[near].distance(point):.2f} m apart, and "
                    f"robots of {task.radius:g} m radius could touch; move them apart"
                )
    home = max(found, key=found.count)
    for name, region in zip(names, found, strict=True):
        if region != home:
            other = names[found.index(home)]
            raise SiteError(
                f"{world.file}: the place {name!r} is cut off: a robot of {task.radius:g} m radius has no way from it "
                f"to {other!r}; widen a passage to {2.0 * floor.need:.2f} m or more, or move the place"
            )
    return home


def _linked(floor: Floor, task: Task, pins: list[Point], points: list[Point], lanes: list[tuple[int, int]]) -> Net:
    """Pins linked into what the lattice of `points` and `lanes` has beside them."""
    apart = task.apart
    where = np.array([(p.x, p.y) for p in points]).reshape(-1, 2)
    far = np.ones(len(points), dtype=bool)
    for point in pins:
        far &= np.hypot(where[:, 0] - point.x, where[:, 1] - point.y) >= max(apart, task.spacing / 2.0)
    number = {int(k): len(pins) + i for i, k in enumerate(np.flatnonzero(far))}
    net = Net(floor, [*pins, *(points[k] for k in number)], apart)
    net.lay((number[a], number[b]) for a, b in lanes if a in number and b in number)
    reach = _REACH * task.spacing
    for pin in range(len(pins)):
        _link(net, pin, net.around(pin, reach))
    for end in [node for node, others in net.beside.items() if len(others) == 1]:
        _link(net, end, net.around(end, reach))
    _join(net, reach)
    net.prune(len(pins))
    for pin in range(len(pins)):
        if len(net.beside[pin]) == 1:
            _link(net, pin, net.around(pin, 2.0 * reach))
    net.prune(len(task.places))
    return net


def _link(net: Net, pin: int, others: list[int]) -> None:
    for other in others:
        links = net.beside[pin]
        if len(links) < 2 or (len(links) < _LINKS and all(net.turn(pin, other, k) < _FAN for k in links)):
            net.lay([(pin, other)])


def _join(net: Net, reach: float) -> None:
    """Lanes from the smaller parts to the rest, where there is room for them."""
    for part in net.parts()[1:]:
        for node in sorted(part):
            net.lay([(node, other) for other in net.around(node, reach) if other not in part and net.beside[other]])


def _lost(net: Net, places: int) -> list[int]:
    """The places that do not hang together with the largest part."""
    home = next(iter(net.parts()), set[int]())
    return [k for k in range(places) if k not in home]


def _between(floor: Floor, net: Net, lost: list[Point], task: Task) -> list[Point]:
    """Points on the ways to lost places, from the largest part or, where there is none, from the last of them."""
    home = next(iter(net.parts()), set[int]())
    starts = [net.points[k] for k in sorted(home)] or [lost.pop()]
    return [point for way in ways(floor, starts, lost, task.spacing) for point in way]


def _roadmap(net: Net, floor: Floor, task: Task) -> Roadmap:
    """The largest part, with the ends of each lane in the order of the nodes."""
    names = dict(enumerate(task.places))
    home = sorted(net.parts()[0] - names.keys(), key=lambda k: (net.points[k].y, net.points[k].x))
    names |= {k: f"w{i}" for i, k in enumerate(home, 1)}
    rank = {k: i for i, k in enumerate(names)}
    pairs = [(a, b) for a in names for b in sorted(net.beside[a], key=rank.__getitem__) if rank[a] < rank[b]]
    return Roadmap(
        nodes={name: net.points[k] for k, name in names.items()},
        lanes=tuple(
            Lane(start=names[a], end=names[b], width=width)
            for (a, b), width in zip(pairs, _widths(net, floor, pairs, task.spacing), strict=True)
        ),
    )


def _widths(net: Net, floor: Floor, pairs: list[tuple[int, int]], enough: float) -> list[float | None]:
    """The free width of each lane, m, rounded down to cm; None where it is `enough`."""
    ends = np.array([[(net.points[k].x, net.points[k].y) for k in pair] for pair in pairs]).reshape(-1, 2, 2)
    gaps, _ = floor.outlines.gaps(ends[:, 0], ends[:, 1], enough / 2.0)
    return [math.floor(200.0 * gap + 1e-6) / 100.0 if gap < enough / 2.0 else None for gap in gaps.tolist()]
