"""What a task asks for beyond what the site knows or allows, whoever asks and whoever is to do it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from caravan.model.ability import stops_of
from caravan.model.goal import Task, TaskKind
from caravan.model.site import Site

_SHOWN = 10


def beyond_site(task: Task, site: Site) -> Iterator[str]:
    """Ids that the site does not have; quantities, numbers of robots and speeds beyond its policy; closed places."""
    yield from unknown_names(task, site)
    yield from _too_much(task, site)
    yield from _off_road(task, site)
    for zone in site.policy.zones.values():
        for stop in stops_of(task):
            if stop in zone.places and zone.robots == ():
                yield f"no robot may drive to {stop} (zone '{zone.id}'); name another place"
            slow = zone.max_speed if stop in zone.places else None
            if slow is not None and task.speed is not None and task.speed > slow:
                yield f"{task.speed} m/s is not allowed at {stop} (zone '{zone.id}'); up to {slow} m/s is"


def known(kind: str, names: Collection[str]) -> str:
    """The first of the names that there are."""
    if not names:
        return f"no {kind}"
    return f"{kind} are {', '.join(sorted(names)[:_SHOWN])}{', ...' if len(names) > _SHOWN else ''}"


def named_in(task: Task) -> dict[str, tuple[str, ...]]:
    """The ids in a task, by the part of the site file that has such ids."""
    groups = {
        "places": (task.from_, task.to, *task.places, *task.avoid),
        "robots": (task.robot, task.leader, task.at, *task.members),
        "items": (task.item,),
        "platoons": (task.platoon, task.into),
        "capabilities": task.needs,
    }
    return {part: tuple(name for name in names if name is not None) for part, names in groups.items()}


def unknown_names(task: Task, site: Site) -> Iterator[str]:
    """The ids in a task that the site does not have, with what it has."""
    for part, names in named_in(task).items():
        there = getattr(site, part)
        yield from (
            f"{name} is not one of the {part} here; {known(part, there)}" for name in names if name not in there
        )


def told(speed: float, site: Site) -> str:
    """A speed (m/s) in words, on a road as people say it there, too."""
    return f"{speed:g} m/s" if site.road is None else f"{speed:g} m/s ({speed * 3.6:.0f} km/h)"


def _too_much(task: Task, site: Site) -> Iterator[str]:
    policy = site.policy
    if not 1 <= task.quantity <= policy.max_quantity:
        yield f"{task.quantity} is not a quantity between 1 and {policy.max_quantity}"
    if task.speed is not None and not 0 < task.speed <= policy.max_speed:
        yield f"{told(task.speed, site)} is not allowed; up to {told(policy.max_speed, site)} is"
    if task.robots < 1:
        yield "robots must be at least 1"


def _off_road(task: Task, site: Site) -> Iterator[str]:
    """A manoeuvre without a road, a speed that the road does not allow, and places that no ramp leads to."""
    if site.road is None:
        if task.kind is TaskKind.PLATOON:
            yield "there is no road here to drive on in a platoon"
        return
    if task.speed is not None and task.speed > site.road.speed:
        yield f"{told(task.speed, site)} is not allowed on this road; up to {told(site.road.speed, site)} is"
    for stop in stops_of(task):
        if stop not in site.exits:
            yield f"{stop} is no exit of the road; {known('exits', site.exits)}"
