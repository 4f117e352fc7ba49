"""The last word before work is auctioned: is the agreed Draft allowed, possible and safe? Plain code, no model."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, pairwise

from caravan.language.authority import overreach
from caravan.language.bounds import beyond_site, known
from caravan.language.form import malformed
from caravan.model.ability import closed_to, needs_of, stops_of, unable
from caravan.model.goal import Draft, Intent, Task, TaskKind
from caravan.model.site import Robot, Site

_DAY = 86400
_GOAL = re.compile(r"g[0-9]+")
_TOLD = 3
"""Of so many robots it is said why they cannot do a task."""

Reachable = Callable[[str, str, Iterable[str]], bool]
"""Whether one can drive from a place to another through none of some places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """Nothing speaks against the Draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The Draft must not be carried out; `reason` says why, and what would be possible."""

    reason: str


def examine(
    draft: Draft,
    site: Site,
    reachable: Reachable,
    now: float,
    alive: Collection[str] | None = None,
    requester: str = "",
) -> Allowed | Refused:
    """Whether the fleet may and can do what the Draft says. `now` is UTC, s; `alive` the robots heard of (None: all).

    It must be well formed (`form`); every id must be of the site; the `requester` must have the right to it; some
    robots alive must have the capabilities, carry the item and be let into the places; quantities and speeds must be
    within the policy; a `by` must lie ahead today (00:00 is the coming midnight); places must be joined by lanes that
    the task does not avoid, and able robots must reach them from where they start.
    """
    if draft.intent is Intent.UNCLEAR:
        return Refused(reason=f"the goal is unclear ({draft.reason}): say it again in other words")
    if draft.intent is Intent.TASKS and not draft.tasks:
        return Refused(reason="there is nothing to do in it: name a task")
    fleet = [r for r in sorted(site.robots if alive is None else alive) if r in site.robots]
    flaw = malformed(draft) or next(_target_problems(draft, site), None) or overreach(draft, site, requester)
    flaw = flaw or _no_way_home(draft, site)
    if flaw is not None:
        return Refused(reason=flaw)
    for task in draft.tasks:
        for problem in _problems(task, site, fleet, reachable, now):
            return Refused(reason=f"{task.id}: {problem}")
    return Allowed()


def objection(task: Task, robot: Robot, site: Site) -> str | None:
    """What a robot has against a task by its own copy of the site, whatever others have allowed; None: nothing."""
    flaw = next(beyond_site(task, site), None)
    reason = unable(robot, task, site) if flaw is None else None
    return flaw or (None if reason is None else f"{robot.id} {reason}")


def _target_problems(draft: Draft, site: Site) -> Iterator[str]:
    target = draft.target
    if target is None or target == "all" or target in site.robots or _GOAL.fullmatch(target):
        return
    if draft.intent is not Intent.QUERY or target not in site.places:
        yield f"{target} is neither a robot nor a goal here; {known('robots', site.robots)}"


def _no_way_home(draft: Draft, site: Site) -> str | None:
    """Why nobody comes home: on a road nobody turns round, and who has left it is at an exit."""
    if draft.command != "home" or site.road is None:
        return None
    return f"nobody drives home on a road; send them to an exit; {known('exits', site.road.ramps)}"


def _problems(task: Task, site: Site, fleet: list[str], reachable: Reachable, now: float) -> Iterator[str]:
    """What speaks against the task; each check relies on the earlier ones having found nothing."""
    why = {r: unable(site.robots[r], task, site) for r in fleet}
    able = [r for r, flaw in why.items() if flaw is None]
    yield from beyond_site(task, site)
    yield from _hours(task, site, now)
    yield from _crew(task, site, able, why)
    yield from _stops(task, site)
    yield from _ways(task, site, able, reachable)


def _hours(task: Task, site: Site, now: float) -> Iterator[str]:
    today = (now + site.utc_offset) % _DAY
    if task.by is None:
        return
    by = _seconds(task.by) or _DAY
    if by <= today:
        yield f"it is {_hhmm(today)} already, so {task.by} has passed today; name a later time"
    elif task.not_before is not None and _seconds(task.not_before) >= by:
        yield f"it cannot start at {task.not_before} and be done by {task.by}; name a later end"


def _seconds(hhmm: str) -> int:
    return int(hhmm[:2]) * 3600 + int(hhmm[3:]) * 60


def _hhmm(seconds: float) -> str:
    return f"{int(seconds // 3600):02d}:{int(seconds // 60 % 60):02d}"


def _crew(task: Task, site: Site, able: list[str], why: Mapping[str, str | None]) -> Iterator[str]:
    """Whether robots that live can do it (`why` not, for each); a platoon's members must all live."""
    platoon = (task.leader, task.at, *task.members) if task.kind is TaskKind.PLATOON else ()
    wanted = {robot for robot in (task.robot, *platoon) if robot is not None}
    for robot in sorted(wanted):
        if robot not in why:
            yield f"{robot} does not answer; alive are {', '.join(why) or 'no robots'}"
        elif robot not in able:
            yield f"{robot} {why[robot]}; {', '.join(able) or 'no robot alive'} can"
    if len(able) < task.robots:
        needs = needs_of(task, site)
        skill = f" that can {' and '.join(needs)}" if needs else ""
        reasons = [f"{r} {flaw}" for r, flaw in why.items() if flaw is not None and not flaw.startswith("cannot")]
        told = f" ({'; '.join(reasons[:_TOLD])})" if reasons else ""
        yield f"it takes {task.robots} robots{skill}, alive are {', '.join(able) or 'none'}{told}"


def _stops(task: Task, site: Site) -> Iterator[str]:
    """What is wrong with the places that it goes to; asked only where all of them are known."""
    stops = stops_of(task)
    for stop in stops:
        if stop in task.avoid:
            yield f"{stop} is both where it goes and to be avoided; leave one out"
    chargers = sorted(id_ for id_, place in site.places.items() if place.charger)
    if task.kind is TaskKind.CHARGE and chargers and task.to is not None and task.to not in chargers:
        yield f"{task.to} has no charger; {', '.join(chargers)} have"
    for stop in stops if site.roadmap.nodes and site.road is None else ():
        if stop not in site.roadmap.nodes:
            yield f"{stop} has no position on the map; give it one in the site file or name another place"


def _ways(task: Task, site: Site, able: list[str], reachable: Reachable) -> Iterator[str]:
    """What keeps the able robots from its places: lanes that are not there, places to be avoided or closed to them."""
    if not site.roadmap.nodes or site.road is not None:
        return
    stops = stops_of(task)
    for start, end in pairwise(stops):
        if not reachable(start, end, task.avoid):
            around = f" without {', '.join(task.avoid)}" if task.avoid and reachable(start, end, ()) else ""
            yield f"there is no way from {start} to {end}{around}; {_beside(end, around)}"
    wanted = able if task.robot is None else [task.robot]
    ends = ((robot, _cut_off(task, site, site.robots[robot], reachable)) for robot in wanted)
    # Mostly the first ones will do: the rest need not be looked at.
    ways = list(islice((robot for robot, end in ends if end is None), min(task.robots, len(wanted))))
    if len(ways) < min(task.robots, len(wanted)):
        lost = {robot: _cut_off(task, site, site.robots[robot], reachable) for robot in able}
        robot = next(robot for robot in wanted if lost[robot] is not None)
        others = ", ".join(other for other, end in lost.items() if end is None)
        yield f"{robot} cannot reach {lost[robot]} by the lanes open to it; {others or 'no other robot'} can"


def _cut_off(task: Task, site: Site, robot: Robot, reachable: Reachable) -> str | None:
    """The first of the task's places that the robot cannot reach from where it starts."""
    shut = (*task.avoid, *closed_to(robot, site))
    ways = pairwise((*_home(robot, site), *stops_of(task)))
    return next((end for start, end in ways if not reachable(start, end, shut)), None)


def _beside(place: str, around: str) -> str:
    return "let it pass there" if around else f"name a place with lanes to it instead of {place}"


def _home(robot: Robot, site: Site) -> tuple[str, ...]:
    """The node where the robot starts, if it is known."""
    if robot.start is None:
        return ()
    here = robot.start.point
    return (min(site.roadmap.nodes, key=lambda node: site.roadmap.nodes[node].distance(here)),)
