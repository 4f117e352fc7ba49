"""The shift over DDS: real processes, with the embedded simulator for wheels."""

from __future__ import annotations

import json
import math
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caravan.adapters.journal import Journal
from caravan.adapters.picture import draw
from caravan.model.goal import FINAL_GOAL_STATES, Draft, draft_to_json
from caravan.model.market import Event, RobotState
from caravan.model.site import Site
from caravan.sim.sdf import read_world
from caravan.traffic.roadmap import Graph
from caravan_cli.fleet_bench.deliveries import deliveries
from caravan_cli.fleet_bench.meter import Meter, Tell, by_partner
from caravan_cli.fleet_bench.shift import ENDS, Shift
from caravan_cli.own_fleet import OwnFleet, own_fleet
from caravan_cli.resources import resource
from caravan_ros.plan import Process, fleet_plan

REQUESTER = "bench"
LOOK = 5.0
"""Once the shift is over, pause between two looks at the house's book, real s: an event may have been lost."""
_TOUCHES = re.compile(r" touches (\S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What fleet it shall be: `rate` is in simulated seconds a real one (0: as fast as it goes)."""

    site_file: Path
    site: Site
    hours: float
    seed: int
    rate: float
    processes: int
    logs: Path
    picture: Path | None


class _Floor:
    """What is heard of the fleet. Its clock is that of the newest heartbeat, s."""

    def __init__(self, wishes: Wishes, fleet: OwnFleet) -> None:
        self._fleet = fleet
        self.meter = Meter(wishes.site, Graph(wishes.site.roadmap))
        self.paths: defaultdict[str, list[tuple[float, float, float]]] = defaultdict(list)
        self.accepted: list[str] = []
        self.now = 0.0
        self.refused: list[Draft] = []
        fleet.client.on_state(self._hear)

    def _hear(self, state: RobotState) -> None:
        self.now = max(self.now, state.stamp)
        self.meter.hear(state)
        self.paths[state.robot].append((state.stamp, state.pose.x, state.pose.y))

    def give(self, draft: Draft) -> None:
        """Asks the house to take a goal."""

        def answered(goal: str | None) -> None:
            if goal is None:
                self.refused.append(draft)
            else:
                self.accepted.append(goal)

        self._fleet.client.post(json.dumps(draft_to_json(draft)), REQUESTER, answered)


def run_real(wishes: Wishes, tell: Tell) -> dict[str, Any]:
    """The figures of a shift. Raises Complaint where the fleet does not come up, ProcessDied where a part ends."""
    journal = Path()

    def plan(book: Path) -> Sequence[Process]:
        nonlocal journal
        journal = book
        return fleet_plan(
            wishes.site_file,
            robots=len(wishes.site.robots),
            agents_per_process=math.ceil(len(wishes.site.robots) / wishes.processes),
            rate=wishes.rate,
            seed=wishes.seed,
            model=resource("config/demo_readings.json"),
            journal=book,
        )

    with own_fleet(plan, wishes.logs) as fleet:
        setup = fleet.bring_up()
        floor = _Floor(wishes, fleet)
        fleet.until(lambda: floor.now, LOOK)
        before, start, begun = fleet.running.cpu(), floor.now, time.monotonic()
        end = start + wishes.hours * 3600.0
        shift = Shift(len(wishes.site.robots), end, deliveries(wishes.site, random.Random(wishes.seed)), floor.give)
        _work(fleet, floor, shift, lambda: tell(floor.now - start))
        taken, simulated = time.monotonic() - begun, floor.now - start
        used = {name: at - before.get(name, 0.0) for name, at in fleet.running.cpu().items()}
        fleet.running.stop()
        _settle(shift, journal)
    if wishes.picture is not None and wishes.site.world is not None:
        title = f"{wishes.site.name}: {wishes.hours:g} h over DDS, seed {wishes.seed}"
        draw(read_world(wishes.site.world), wishes.site, floor.paths, wishes.picture, title)
    touches = _TOUCHES.findall((wishes.logs / "sim.log").read_text(encoding="utf-8", errors="replace"))
    return {
        **shift.figures(wishes.hours),
        **by_partner(touches, wishes.site.robots),
        **floor.meter.figures(),
        "simulated_s": round(simulated, 1),
        "real_time_factor": round(simulated / taken, 2),
        "setup_s": round(setup, 1),
        "processes": wishes.processes,
        **_cores(used, taken),
    }


def _work(fleet: OwnFleet, floor: _Floor, shift: Shift, told: Callable[[], None]) -> None:
    fleet.client.on_event(shift.hear, kinds=sorted(ENDS))
    looked = time.monotonic()
    while shift.go_on(floor.now):
        fleet.until(lambda: False, 0.1)
        told()
        for number, _ in enumerate(floor.refused):
            shift.ends.setdefault(f"refused {number}", ("refused", floor.now))
        if floor.now >= shift.end and time.monotonic() - looked > LOOK:
            looked = time.monotonic()
            for goal in [goal for goal in floor.accepted if goal not in shift.ends]:
                state = fleet.client.explain(goal)[1]["goal"]["state"]
                if state in ENDS:
                    shift.hear(Event(stamp=floor.now, kind=state, goal=goal))


def _settle(shift: Shift, journal: Path) -> None:
    """Takes from the journal what became of each goal."""
    book = Journal(journal)
    try:
        for goal in book.goals():
            if goal.state in FINAL_GOAL_STATES:
                _, stamp = shift.ends.get(goal.id, ("", shift.end + 1.0))
                shift.ends[goal.id] = (goal.state.value, stamp)
    finally:
        book.close()


def _cores(used: dict[str, float], taken: float) -> dict[str, float]:
    """How many cores each kind of process kept busy."""
    kinds: defaultdict[str, float] = defaultdict(float)
    for name, seconds in used.items():
        kinds["agents" if name.startswith("agent_") else name] += seconds
    return {f"{kind}_cores": round(seconds / taken, 2) for kind, seconds in kinds.items()}
