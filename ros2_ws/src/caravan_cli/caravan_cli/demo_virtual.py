"""The demo in virtual time: the fleet in memory, no ROS, the same events for the same seed."""

from __future__ import annotations

import time
from collections.abc import Callable

from caravan.adapters.film import Film
from caravan.fleet import Fleet, Reader
from caravan.model.goal import FINAL_GOAL_STATES, Goal
from caravan.model.site import Site
from caravan_cli.demo_plan import DemoPlan
from caravan_cli.filming import wall_clock
from caravan_cli.live import LiveBoard
from caravan_cli.report import DemoRun

PAUSE = 2.0
"""Between two sentences, s."""
LIMIT = 3600.0
"""When the demo is given up, s of virtual time."""


def run_virtual(
    site: Site, plan: DemoPlan, reader: Reader, seed: int, show: LiveBoard, film: Film | None = None
) -> DemoRun:
    """Says the plan's wishes to a fleet in memory, and runs it until all of them are at their ends."""
    begun = time.monotonic()
    with Fleet(site, reader=reader, seed=seed) as fleet:
        start = fleet.now
        step = _stepper(fleet, start, show, film)
        while _heard(fleet) < len(site.robots) and fleet.now - start < LIMIT:
            step()
        setup = time.monotonic() - begun
        ids = []
        for wish in plan.wishes:
            ids.append(fleet.say(wish.text, requester="demo"))
            if plan.pause is not None:
                while _open(fleet, ids) and fleet.now - start < LIMIT:
                    step()
            ended = fleet.now
            while fleet.now - ended < (PAUSE if plan.pause is None else plan.pause):
                step()
        while _open(fleet, ids) and fleet.now - start < LIMIT:
            step()
        goals = {g.id: g for g in fleet.goals}
        return DemoRun(
            goals=[goals[i] for i in ids],
            events=fleet.events,
            paths=fleet.paths,
            contacts=fleet.contacts,
            setup_seconds=setup,
        )


def _stepper(fleet: Fleet, start: float, show: LiveBoard, film: Film | None) -> Callable[[], None]:
    told = 0

    def step() -> None:
        nonlocal told
        fleet.step()
        for event in fleet.events[told:]:
            show.hear(event, event.stamp - start)
        told = len(fleet.events)
        for task in (t for goal in fleet.goals for t in goal.tasks):
            show.follow(task.id, task.progress, task.remaining, fleet.now - start)
        if film is not None:
            film.show(fleet.now, fleet.robot_poses, wall_clock(fleet.now, fleet.site), show.last)

    return step


def _heard(fleet: Fleet) -> int:
    return len({e.robot for e in fleet.events if e.kind == "found"})


def _open(fleet: Fleet, ids: list[str]) -> list[Goal]:
    return [g for g in fleet.goals if g.id in ids and g.state not in FINAL_GOAL_STATES]
