"""Who may ask for what: the rights of requesters, and the zones where not everybody may send robots.

A requester is the name that came with the request. Nobody proves a name here: that is for the network (SROS 2).
"""

from __future__ import annotations

from collections.abc import Iterator

from caravan.model.ability import stops_of
from caravan.model.goal import Draft, Intent, Task, TaskKind
from caravan.model.site import ANYBODY, RIGHTS, Policy, Site, Zone

_SHOWN = 5
_ACTS = {
    "tasks": "order work",
    "urgent": "order urgent work",
    "platoon": "order platoons",
    "control": "halt or call robots, or cancel for others",
}


def may(requester: str, policy: Policy, right: str) -> bool:
    """Whether a requester (empty: unknown) has a right of `RIGHTS`. Where the policy gives no rights, all have all."""
    assert right in RIGHTS, right
    rights = policy.rights
    return not rights or right in rights.get(requester, rights.get(ANYBODY, ()))


def forbidden(requester: str, policy: Policy, right: str) -> str | None:
    """Why a requester may not do something, and who may; None where they may."""
    if may(requester, policy, right):
        return None
    who = [name for name, rights in sorted(policy.rights.items()) if right in rights]
    allowed = f"{_listed(who)} may" if who else "nobody may"
    return f"{requester or 'who gives no name'} may not {_ACTS[right]}; {allowed}"


def overreach(draft: Draft, site: Site, requester: str) -> str | None:
    """What of a Draft its requester has no right to; None: nothing. Whose goal is cancelled is not looked at here."""
    policy = site.policy
    whole = draft.target in (None, "all") or draft.target in site.robots
    if draft.intent is Intent.CONTROL and (whole or draft.command != "cancel"):
        return forbidden(requester, policy, "control")
    for task in draft.tasks:
        for right in _rights(task):
            reason = forbidden(requester, policy, right)
            if reason is not None:
                return f"{task.id}: {reason}"
        for stop, zone in _zones(task, policy):
            if zone.requesters is not None and requester not in zone.requesters:
                who = f"only {_listed(zone.requesters)}" if zone.requesters else "nobody"
                return f"{task.id}: {stop} is in the zone '{zone.id}', where {who} may send robots; name another place"
    return None


def _rights(task: Task) -> Iterator[str]:
    yield "tasks"
    if task.priority == "urgent":
        yield "urgent"
    if task.kind is TaskKind.PLATOON:
        yield "platoon"


def _zones(task: Task, policy: Policy) -> Iterator[tuple[str, Zone]]:
    for stop in stops_of(task):
        for zone in policy.zones.values():
            if stop in zone.places:
                yield stop, zone


def _listed(names: tuple[str, ...] | list[str]) -> str:
    shown = ["anybody" if name == ANYBODY else name for name in names[:_SHOWN]]
    return ", ".join(shown) + (", ..." if len(names) > _SHOWN else "")
