"""How fast a real fleet allocates: award latency on an idle fleet, and throughput when everything comes at once."""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from caravan.model.goal import Draft, Intent, Task, TaskKind, draft_to_json
from caravan.model.market import Event
from caravan.model.site import Site
from caravan_cli.board import percentile
from caravan_cli.complaint import Complaint
from caravan_cli.own_fleet import OwnFleet

REQUESTER = "bench"
PAUSE = (0.2, 1.2)
"""Between a task that was awarded and the next one on the idle fleet, s."""
AWARD_TIME = 15.0
"""How long a single award is waited for, s."""
STANDSTILL = 60.0
"""When all tasks come at once, and none is awarded for so long, the rest is given up, s."""
IN_FLIGHT = 64
"""How many requests wait for their answers at once."""

Advance = Callable[[], None]
"""Called once for each task that is awarded."""


def drafts(site: Site, count: int, rng: random.Random) -> list[str]:
    """Drafts of one task each, as JSON: drives and inspections at places of the site that are no chargers."""
    places = sorted(p.id for p in site.places.values() if p.position is not None and not p.charger)
    if not places:
        raise Complaint(f"the site {site.name!r} has no place with a position to send robots to")
    return [_draft(rng.choice(places), rng) for _ in range(count)]


def _draft(place: str, rng: random.Random) -> str:
    drive = rng.random() < 0.5
    task = Task(id="t1", kind=TaskKind.GO, to=place) if drive else Task(id="t1", kind=TaskKind.INSPECT, places=(place,))
    return json.dumps(draft_to_json(Draft(intent=Intent.TASKS, tasks=(task,))))


@dataclass(slots=True)
class Ear:
    """Hears awards. Times in real s (time.monotonic)."""

    awards: dict[str, float] = field(default_factory=dict)
    """When the first award of each goal was heard."""

    def hear(self, event: Event) -> None:
        """Takes in an event of the kind award."""
        self.awards.setdefault(event.goal, time.monotonic())


def one_by_one(fleet: OwnFleet, ear: Ear, tasks: Sequence[str], rng: random.Random, advance: Advance) -> list[float]:
    """Award latencies, s: each task comes at a random moment to a fleet that has nothing else to do.

    A task is given up when it is awarded, so that the next one finds the robots idle. One that is not awarded in
    time counts as infinite.
    """
    latencies = []
    for draft in tasks:
        fleet.until(lambda: False, rng.uniform(*PAUSE))
        sent = time.monotonic()
        goal = fleet.client.submit(draft, REQUESTER)
        awarded = fleet.until(lambda g=goal: g in ear.awards, AWARD_TIME)  # type: ignore[misc]
        latencies.append(ear.awards[goal] - sent if awarded else float("inf"))
        fleet.client.cancel(goal, REQUESTER)
        advance()
    return latencies


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """What came of tasks that all came at once; times in s since the first was sent."""

    sent: int
    accepted: tuple[str, ...]
    """Their goals. What is missing was refused, or its answer got lost."""
    accepted_after: float
    awarded: int
    awarded_after: float


def at_once(fleet: OwnFleet, ear: Ear, tasks: Sequence[str], advance: Advance) -> Burst:
    """Sends tasks as fast as the service takes them, and waits until all are awarded or none is for a while."""
    waiting, ids, answers, awarded = list(reversed(tasks)), list[str](), 0, 0
    begun = moved = accepted_at = time.monotonic()

    def answered(goal: str | None) -> None:
        nonlocal answers, accepted_at
        answers, accepted_at = answers + 1, time.monotonic()
        if goal is not None:
            ids.append(goal)

    while (answers < len(tasks) or awarded < len(ids)) and time.monotonic() - moved < STANDSTILL:
        while waiting and len(tasks) - len(waiting) - answers < IN_FLIGHT:
            fleet.client.post(waiting.pop(), REQUESTER, answered)
        fleet.client.spin(0.005)
        fleet.running.check()
        for _ in range(sum(goal in ear.awards for goal in ids) - awarded):
            awarded, moved = awarded + 1, time.monotonic()
            advance()
    return Burst(
        sent=len(tasks),
        accepted=tuple(ids),
        accepted_after=accepted_at - begun,
        awarded=awarded,
        awarded_after=max((ear.awards[goal] for goal in ids if goal in ear.awards), default=begun) - begun,
    )


def figures(latencies: Sequence[float], burst: Burst) -> dict[str, Any]:
    """The figures as JSON values; a percentile that tasks without any award reach is None."""
    ranks = {name: percentile(latencies, part) for name, part in (("award_p50_s", 0.5), ("award_p95_s", 0.95))}
    return {
        **{name: round(at, 4) if at is not None and math.isfinite(at) else None for name, at in ranks.items()},
        "tasks_per_minute": round(60.0 * burst.awarded / burst.awarded_after, 1) if burst.awarded else 0.0,
        "accepted": len(burst.accepted),
        "unanswered_or_refused": burst.sent - len(burst.accepted),
        "accepted_s": round(burst.accepted_after, 2),
        "awarded_s": round(burst.awarded_after, 2),
    }
