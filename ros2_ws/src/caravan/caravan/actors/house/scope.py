"""What the language can say and the fleet cannot do yet: refused in words, never dropped in silence."""

from __future__ import annotations

from caravan.actors.house.seating import lacks
from caravan.auction.ledger import endless
from caravan.model.goal import Draft, Task, TaskKind
from caravan.model.site import Site


def beyond(draft: Draft, site: Site, spoken_to: str | None = None) -> str | None:
    """Why the fleet (or the one robot `spoken_to`) cannot carry out a Draft that is allowed; None where it can."""
    without_end = {task.id for task in draft.tasks if endless(task)}
    for task in draft.tasks:
        reason = _beyond(task, site, spoken_to) or _never(task, without_end)
        if reason is not None:
            return f"{task.id}: {reason}"
    return None


def _never(task: Task, without_end: set[str]) -> str | None:
    waits = sorted(without_end & set(task.after))
    return f"{waits[0]} goes on until it is cancelled, so this would never start; say how many times" if waits else None


def _beyond(task: Task, site: Site, spoken_to: str | None) -> str | None:
    if task.kind is TaskKind.PLATOON:
        return lacks(task, site)
    alone = task.robot or spoken_to
    if task.robots > 1 and alone is not None:
        return f"it takes {task.robots} robots, and was given to {alone} alone; leave the robot out"
    if task.kind is TaskKind.DELIVER and task.from_ is None:
        return f"where shall the {task.item} be fetched? Say it with the place, like 'from dock 1'"
    if task.kind is TaskKind.WAIT and task.duration is None:
        return "how long shall it wait? Say it with the time, like 'for two minutes'"
    return None
