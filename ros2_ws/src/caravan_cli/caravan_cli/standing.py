"""A fleet that stays up, and the simulator alone: started, watched and told about until somebody ends it."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

from caravan.model.market import Event, RobotState
from caravan_cli.client import FleetClient
from caravan_cli.complaint import Complaint
from caravan_cli.domain import chosen_domain, in_use
from caravan_cli.fleet_processes import program
from caravan_cli.live import LiveBoard
from caravan_cli.processes import Processes
from caravan_cli.render import Screen
from caravan_ros.plan import Process

LOOK = 1.0
"""How long a fleet of another machine is looked for in the domain, s."""
LOOK_HERE = 8.0
"""The same where somebody on this machine is in the domain, s."""


def stand(plan: Sequence[Process], logs: Path, robots: Collection[str], screen: Screen) -> NoReturn:
    """Starts a fleet in the domain of ROS_DOMAIN_ID and tells what happens there, without an end; events are JSON.

    Raises Complaint where a fleet is there already, ProcessDied where a part of the new one dies.
    """
    os.environ.setdefault("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    look = LOOK_HERE if in_use(chosen_domain()) else LOOK
    with FleetClient() as client:
        if client.ready(within=look):
            raise Complaint(f"ROS domain {client.domain} has a fleet already; end it, or set ROS_DOMAIN_ID to another")
    with Processes(logs) as processes:
        for process in plan:
            processes.start(program(process, logs, {}))
        with FleetClient() as client, LiveBoard(screen) as board:
            _tell(client, processes, board, robots, screen)


def _tell(
    client: FleetClient, processes: Processes, board: LiveBoard, robots: Collection[str], screen: Screen
) -> NoReturn:
    begun = time.monotonic()
    here: set[str] = set()

    def event(event: Event) -> None:
        board.hear(event, time.monotonic() - begun)
        screen.emit(asdict(event))
        if event.kind == "found" and event.robot not in here:
            here.add(event.robot)
            if here >= set(robots):
                screen.say(f"{len(here)} robots are up in ROS domain {client.domain}: say something with caravan say")

    def state(state: RobotState) -> None:
        for holding in state.holdings:
            board.follow(holding.task_id, holding.progress, holding.remaining, time.monotonic() - begun)

    client.on_event(event)
    client.on_state(state)
    while True:
        client.spin(0.1)
        processes.check()
