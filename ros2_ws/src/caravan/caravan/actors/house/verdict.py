"""The verdict on a Draft: what the guard and the fleet's own limits have against it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from caravan.actors.house.scope import beyond
from caravan.actors.house.seating import seated
from caravan.language.guard import Reachable, Refused, examine
from caravan.model.goal import Draft, TaskKind
from caravan.model.site import Site


def forbidden(
    draft: Draft,
    site: Site,
    reachable: Reachable,
    now: float,
    *,
    live: Collection[str],
    spoken_to: str | None,
    requester: str,
) -> str | None:
    """Why a Draft must not or cannot be carried out, by the fleet or by the one robot `spoken_to`; None: it may.

    `live` are the robots that are heard now. Others may come and take their turn, but not in a manoeuvre.
    """
    meant = replace(draft, tasks=tuple(replace(t, robot=t.robot or spoken_to) for t in draft.tasks))
    alive = live if any(t.kind is TaskKind.PLATOON for t in draft.tasks) else None
    verdict = examine(meant, site, reachable, now, alive, requester=requester)
    if isinstance(verdict, Refused):
        return verdict.reason
    return beyond(seated(draft, site, live, spoken_to), site, spoken_to)
