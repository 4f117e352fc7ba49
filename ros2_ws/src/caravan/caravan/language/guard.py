"""The last word before work is auctioned: is the agreed Draft allowed, possible and safe? Plain code, no model."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from caravan.language.form import malformed
from caravan.model.goal import Draft, Intent, Task, TaskKind
from caravan.model.site import Site

_DAY = 86400
_GOAL = re.compile(r"g[0-9]+")

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
    draft: Draft, site: Site, reachable: Reachable, now: float, alive: Collection[str] | None = None
) -> Allowed | Refused:
    """Whether the fleet may and can do what the Draft says. `now` is UTC, s; `alive` the robots heard of (None: all).

    It must be well formed (`form`); every id must be of the site; some robots alive must have the capabilities;
    quantities and speeds must be within the policy; a `by` must lie ahead today (00:00 is the coming midnight); places
    must be joined by lanes that the task does not avoid.
    """
    if draft.intent is Intent.UNCLEAR:
        return Refused(reason=f"the goal is unclear ({draft.reason}): say it again in other words")
    if draft.intent is Intent.TASKS and not draft.tasks:
        return Refused(reason="there is nothing to do in it: name a task")
    flaw = malformed(draft)
    if flaw is not None:
        return Refused(reason=flaw)
    fleet = site.robots if alive is None else alive
    for problem in _target_problems(draft, site):
        return Refused(reason=problem)
    for task in draft.tasks:
        for problem in _problems(task, site, fleet, now):
            return Refused(reason=f"{task.id}: {problem}")
        for problem in _way(task, site, reachable):
            return Refused(reason=f"{task.id}: {problem}")
    return Allowed()


def _target_problems(draft: Draft, site: Site) -> Iterator[str]:
    target = draft.target
    if target is None or target == "all" or target in site.robots or _GOAL.fullmatch(target):
        return
    if draft.intent is not Intent.QUERY or target not in site.places:
        yield f"{target} is neither a robot nor a goal here; {_known('robots', site.robots)}"


def _problems(task: Task, site: Site, alive: Collection[str], now: float) -> Iterator[str]:
    """What speaks against the task but its way; each check relies on the earlier ones having found nothing."""
    yield from _unknown(task, site)
    yield from _limits(task, site)
    yield from _hours(task, site, now)
    yield from _crew(task, site, alive)


def _unknown(task: Task, site: Site) -> Iterator[str]:
    groups = (
        ("places", site.places, (task.from_, task.to, *task.places, *task.avoid)),
        ("robots", site.robots, (task.robot, task.leader, task.at, *task.members)),
        ("items", site.items, (task.item,)),
        ("platoons", site.platoons, (task.platoon, task.into)),
        ("capabilities", site.capabilities, task.needs),
    )
    for kind, known, named in groups:
        for name in named:
            if name is not None and name not in known:
                yield f"{name} is not one of the {kind} here; {_known(kind, known)}"


def _known(kind: str, known: Collection[str]) -> str:
    return f"{kind} are {', '.join(sorted(known)[:10])}{', ...' if len(known) > 10 else ''}" if known else f"no {kind}"


def _limits(task: Task, site: Site) -> Iterator[str]:
    policy = site.policy
    if not 1 <= task.quantity <= policy.max_quantity:
        yield f"{task.quantity} is not a quantity between 1 and {policy.max_quantity}"
    if task.speed is not None and not 0 < task.speed <= policy.max_speed:
        yield f"{task.speed} m/s is not allowed; up to {policy.max_speed} m/s is"
    if task.robots < 1:
        yield "robots must be at least 1"


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


def _crew(task: Task, site: Site, alive: Collection[str]) -> Iterator[str]:
    """Whether robots that live can do it; a platoon's members must all live."""
    needs = sorted({*task.needs, *(site.items[task.item].needs if task.item else ())})
    able = [r for r in sorted(alive) if r in site.robots and set(needs) <= set(site.robots[r].capabilities)]
    platoon = (task.leader, *task.members) if task.kind is TaskKind.PLATOON else ()
    wanted = {robot for robot in (task.robot, *platoon) if robot is not None}
    for robot in sorted(wanted):
        if robot not in alive:
            yield f"{robot} does not answer; alive are {', '.join(sorted(alive)) or 'no robots'}"
        elif robot not in able:
            yield f"{robot} cannot {' and '.join(needs)}; {', '.join(able) or 'no robot alive'} can"
    if len(able) < task.robots:
        skill = f" that can {' and '.join(needs)}" if needs else ""
        yield f"it takes {task.robots} robots{skill}, alive are {', '.join(able) or 'none'}"


def _way(task: Task, site: Site, reachable: Reachable) -> Iterator[str]:
    """What keeps it from its places; asked only where all of them are known."""
    stops = [stop for stop in (task.from_, task.to, *task.places) if stop is not None]
    for stop in stops:
        if stop in task.avoid:
            yield f"{stop} is both where it goes and to be avoided; leave one out"
    chargers = sorted(id_ for id_, place in site.places.items() if place.charger)
    if task.kind is TaskKind.CHARGE and chargers and task.to is not None and task.to not in chargers:
        yield f"{task.to} has no charger; {', '.join(chargers)} have"
    if not site.roadmap.nodes:
        return
    for stop in stops:
        if stop not in site.roadmap.nodes:
            yield f"{stop} has no position on the map; give it one in the site file or name another place"
    for start, end in pairwise(stops):
        if not reachable(start, end, task.avoid):
            around = f" without {', '.join(task.avoid)}" if task.avoid else ""
            yield f"there is no way from {start} to {end}{around}"
