"""Legs: what a task comes to, one drive and one piece of work after another."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from caravan.model.goal import Task, TaskKind
from caravan.model.work import Leg

LOAD_TIME = 5.0
"""Time to load or unload what a robot carries at once, s."""
INSPECT_TIME = 5.0
PATROL_TIME = 1.0
MANOEUVRE_TIME = 30.0
"""What a manoeuvre of a platoon is thought to take, s."""


_VERBS = {
    "form": "forming a platoon",
    "join": "joining a platoon",
    "leave": "leaving its platoon",
    "split": "splitting its platoon",
    "merge": "merging platoons",
    "set": "agreeing on speed and headway",
    "dissolve": "dissolving its platoon",
}
Stand = Callable[[str], str]
"""Where a robot stands that works at a place together with others: a node of its own, the place or one beside it."""


def legs(
    task: Task, at_once: int, chargers: tuple[str, ...] = (), stand: Stand = lambda place: place
) -> tuple[Leg, ...]:
    """The legs of `task`, repetitions included, for a robot that carries `at_once` of its item.

    A delivery of more than that takes several trips. `chargers` (nearest first) serve a charge task that names none.
    Those who share a task work each where they `stand`, but load, unload and charge at the place itself, one after
    another. Raises ValueError for a task that no single robot can carry out.
    """
    once = _once(task, at_once, chargers)
    if task.robots > 1 and task.kind not in (TaskKind.DELIVER, TaskKind.CHARGE):
        once = tuple(leg if leg.place is None else replace(leg, place=stand(leg.place)) for leg in once)
    return once * task.times


def repeatable(task: Task) -> bool:
    """Whether the work on a leg of the task may be done again when nobody knows if it was; loading may not."""
    return task.kind is not TaskKind.DELIVER


def _once(task: Task, at_once: int, chargers: tuple[str, ...]) -> tuple[Leg, ...]:
    match task.kind:
        case TaskKind.DELIVER:
            trip = (
                Leg(place=task.from_, work=LOAD_TIME, verb="loading"),
                Leg(place=task.to, work=LOAD_TIME, verb="unloading", laden=True),
            )
            return trip * math.ceil(task.quantity / at_once)
        case TaskKind.GO:
            return (Leg(place=task.to, work=0.0, verb="arriving"),)
        case TaskKind.PATROL:
            return tuple(Leg(place=p, work=PATROL_TIME, verb="patrolling") for p in task.places)
        case TaskKind.INSPECT:
            return tuple(Leg(place=p, work=INSPECT_TIME, verb="inspecting") for p in task.places)
        case TaskKind.WAIT:
            return (Leg(place=task.to, work=task.duration or 0.0, verb="waiting"),)
        case TaskKind.CHARGE:
            charger = task.to or (chargers[0] if chargers else None)
            if charger is None:
                raise ValueError(f"task {task.id}: the site has no charger; give a place 'charger: true'")
            return (Leg(place=charger, work=None, verb="charging"),)
        case TaskKind.PLATOON:
            return (Leg(place=None, work=MANOEUVRE_TIME, verb=_VERBS[task.manoeuvre or "form"], open=True),)
