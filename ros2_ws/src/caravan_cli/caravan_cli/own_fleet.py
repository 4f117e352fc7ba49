"""A simulated fleet of a command's own: real processes on real DDS, in a ROS domain that nobody else uses."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from caravan.model.market import Event
from caravan_cli.client import FleetClient
from caravan_cli.complaint import Complaint
from caravan_cli.domain import free_domain
from caravan_cli.fleet_processes import program
from caravan_cli.processes import Processes, Program
from caravan_ros.plan import Process

START_TIME = 90.0
"""How long the fleet may take to be there, s."""
LOCAL = MappingProxyType({"ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST"})
"""A fleet on this machine alone."""


class OwnFleet:
    """The fleet, as one hears and handles it. Times in real s."""

    def __init__(
        self, plan: Sequence[Process], programs: Mapping[str, Program], client: FleetClient, running: Processes
    ) -> None:
        self.client = client
        self.running = running
        self.here: set[str] = set()
        """The robots that the auction house has heard."""
        self.programs = programs
        agents = [p for p in plan if p.executable == "agent_node"]
        self.robots = {robot: p.name for p in agents for robot in p.parameters["robots"]}
        """The process that each robot lives in."""
        client.on_event(self._found, kinds=("found",))

    def until(self, done: Callable[[], object], limit: float) -> bool:
        """Lets the fleet go on until something is so, `limit` s at most; whether it is. Raises ProcessDied."""
        end = time.monotonic() + limit
        while not done() and time.monotonic() < end:
            self.client.spin(0.02)
            self.running.check()
        return bool(done())

    def bring_up(self) -> float:
        """Starts all processes; how long it took until the house had heard all robots. Raises Complaint."""
        begun = time.monotonic()
        for name in self.programs:
            self.start(name)
        if not self.until(lambda: self.client.ready() and self.here >= set(self.robots), START_TIME):
            missing = ", ".join(sorted(set(self.robots) - self.here)) or "the auction house"
            raise Complaint(f"nothing is heard of {missing} after {START_TIME:g} s; see the logs, or free the machine")
        return time.monotonic() - begun

    def _found(self, event: Event) -> None:
        self.here.add(event.robot)

    def start(self, name: str) -> None:
        """Starts a process of the plan, again where it was killed."""
        self.running.start(self.programs[name])


@contextmanager
def own_fleet(
    make_plan: Callable[[Path], Sequence[Process]],
    logs: Path,
    *,
    environment: Mapping[str, str] = LOCAL,
    before: Callable[[str], tuple[str, ...]] = lambda name: (),
) -> Iterator[OwnFleet]:
    """The fleet of the plan that `make_plan` makes for a journal, not brought up yet; all of it is gone afterwards.

    `before` names the words that stand before the command of a process.
    """
    with tempfile.TemporaryDirectory(prefix="caravan-") as folder, free_domain() as domain:
        plan = make_plan(Path(folder) / "journal")
        given = {p.name: program(p, logs, {"ROS_DOMAIN_ID": str(domain), **environment}) for p in plan}
        programs = {name: replace(p, command=(*before(name), *p.command)) for name, p in given.items()}
        with Processes(logs) as running, FleetClient(domain) as client:
            yield OwnFleet(plan, programs, client, running)
