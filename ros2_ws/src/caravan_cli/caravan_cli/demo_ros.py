"""The demo with real processes on real DDS, in a ROS domain of its own."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from caravan.model.goal import FINAL_GOAL_STATES, Goal
from caravan.model.goal_json import goal_from_json
from caravan.model.market import Event, RobotState
from caravan.model.site import Site
from caravan_cli.client import FleetClient
from caravan_cli.complaint import Complaint
from caravan_cli.demo_plan import DemoPlan
from caravan_cli.domain import free_domain
from caravan_cli.fleet_processes import program
from caravan_cli.live import LiveBoard
from caravan_cli.processes import Processes
from caravan_cli.report import DemoRun
from caravan_ros.plan import fleet_plan, start_logs

PAUSE = 1.0
"""Between two sentences, s."""
START_TIME = 60.0
"""How long the fleet may take to be there, s."""
LIMIT = 150.0
"""When the demo is given up, s after the first sentence: with its start and end it stays below three minutes."""
LOOK = 3.0
"""Pause between two looks at the house's book, s; an event may have been lost."""


class _Watch:
    """Hears the fleet while it works. Times in real s since the start."""

    def __init__(self, client: FleetClient, processes: Processes, board: LiveBoard) -> None:
        self._client = client
        self._processes = processes
        self._board = board
        self._begun = time.monotonic()
        self.events: list[Event] = []
        self.here: set[str] = set()
        """The robots that the auction house has heard."""
        self.paths: dict[str, list[tuple[float, float, float]]] = {}
        client.on_event(self._event)
        client.on_state(self._state)

    @property
    def now(self) -> float:
        return time.monotonic() - self._begun

    def wait(self, seconds: float) -> None:
        """Lets the fleet go on for a while. Raises ProcessDied where a part of it has died."""
        self._client.spin(seconds)
        self._processes.check()

    def _event(self, event: Event) -> None:
        self.events.append(event)
        if event.kind == "found":
            self.here.add(event.robot)
        self._board.hear(event, self.now)

    def _state(self, state: RobotState) -> None:
        self.paths.setdefault(state.robot, []).append((state.stamp, state.pose.x, state.pose.y))
        for holding in state.holdings:
            self._board.follow(holding.task_id, holding.progress, holding.remaining, self.now)


def run_real(plan: DemoPlan, site: Site, board: LiveBoard, out: Path, *, rate: float, seed: int, model: str) -> DemoRun:
    """Brings the fleet up, says the wishes, waits for their ends, and takes everything down again.

    Raises ProcessDied where a process ends early, Complaint where the fleet does not come up.
    """
    logs = out / "logs"
    journal = out / "demo.journal"
    journal.unlink(missing_ok=True)
    shutil.rmtree(start_logs(journal), ignore_errors=True)
    processes = fleet_plan(plan.site, rate=rate, seed=seed, model=model, journal=journal)
    with free_domain() as domain, Processes(logs) as running:
        env = {"ROS_DOMAIN_ID": str(domain), "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST"}
        for process in processes:
            running.start(program(process, logs, env))
        with FleetClient(domain) as client:
            watch = _Watch(client, running, board)
            board.note(f"starting {len(processes)} processes in ROS domain {domain}, logs in {logs}", watch.now)
            _wait_for_all(watch, client, site)
            setup = watch.now
            goals = _say_all(watch, client, board, plan, rate)
    return DemoRun(
        goals=goals, events=watch.events, paths=watch.paths, contacts=contacts(logs / "sim.log"), setup_seconds=setup
    )


def contacts(log: Path) -> int:
    """How often the simulator warned in its log that something touches."""
    return sum(" touches " in line for line in log.read_text(encoding="utf-8", errors="replace").splitlines())


def _wait_for_all(watch: _Watch, client: FleetClient, site: Site) -> None:
    while not (client.ready() and watch.here >= set(site.robots)):
        watch.wait(0.1)
        if watch.now > START_TIME:
            missing = ", ".join(sorted(set(site.robots) - watch.here)) or "the auction house"
            raise Complaint(f"nothing is heard of {missing} after {START_TIME:g} s; see the logs, or free the machine")


def _say_all(watch: _Watch, client: FleetClient, board: LiveBoard, plan: DemoPlan, rate: float) -> list[Goal]:
    """Says the wishes, and answers with what has become of them. The plan's pause is in s of the fleet's time."""
    ids: list[str] = []
    end = watch.now + LIMIT
    for wish in plan.wishes:
        ids.append(client.say(wish.text, "demo"))
        if plan.pause is None:
            watch.wait(PAUSE)
        else:
            _wait_for_ends(watch, client, board, ids, end)
            watch.wait(plan.pause / rate)
    return _wait_for_ends(watch, client, board, ids, end)


def _wait_for_ends(watch: _Watch, client: FleetClient, board: LiveBoard, ids: list[str], end: float) -> list[Goal]:
    looked = watch.now
    goals = [goal_from_json(client.explain(goal)[1]["goal"]) for goal in ids]
    while watch.now < end:
        watch.wait(0.1)
        if set(ids) <= board.board.ended or watch.now - looked > LOOK:
            looked = watch.now
            goals = [goal_from_json(client.explain(goal)[1]["goal"]) for goal in ids]
            if all(g.state in FINAL_GOAL_STATES for g in goals):
                break
    return goals
