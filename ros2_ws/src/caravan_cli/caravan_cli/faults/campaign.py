"""A campaign of faults: they begin and end while work flows, and then all that was accepted must come to its end."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from caravan.model.goal import FINAL_GOAL_STATES
from caravan.model.goal_json import goal_from_json
from caravan_cli.complaint import Complaint
from caravan_cli.faults.flow import Flow
from caravan_cli.faults.network import Network
from caravan_cli.faults.plan import AGENT, Fault, Kind
from caravan_cli.faults.watch import Case, Watch
from caravan_cli.own_fleet import OwnFleet

SETTLE_TIME = 240.0
"""How long the last goals may take when all faults are over, s."""


class Campaign:
    """One campaign with a fleet that is up."""

    def __init__(self, fleet: OwnFleet, flow: Flow, network: Network | None, house: str) -> None:
        self._fleet = fleet
        self._flow = flow
        self._network = network
        self._leader = house
        """The auction node that was last heard to lead."""
        self.watch = Watch()
        fleet.client.on_event(lambda event: self.watch.hear(event, time.monotonic()))
        fleet.client.on_clock(self._tick)
        fleet.client.on_leader(self._lead)
        for robot in fleet.robots:
            fleet.client.on_lease(robot, lambda lease: self.watch.hear_lease(lease, time.monotonic()))

    def run(self, faults: Sequence[Fault], tell: Callable[[Case], None]) -> None:
        """Lets all faults happen, each told when it begins. Raises ProcessDied where a process dies of itself."""
        origin = time.monotonic()
        ends: list[tuple[float, int, Case]] = []
        for number, fault in enumerate(faults):
            self._go_on(origin + fault.at, ends)
            case = self._begin(fault)
            heapq.heappush(ends, (case.begun + fault.lasts, number, case))
            tell(case)
        while ends:
            self._go_on(ends[0][0], ends)

    def settle(self) -> list[str]:
        """Waits until the goals that were accepted have ended; answers with those that have not."""
        end = time.monotonic() + SETTLE_TIME
        while (left := self._left()) and time.monotonic() < end:
            self._fleet.until(lambda: not self._left(), 3.0)
            for goal in left:
                self._look(goal)
        return self._left()

    def _left(self) -> list[str]:
        return [goal for goal in self._flow.accepted if goal not in self.watch.ended]

    def _look(self, goal: str) -> None:
        """An event may have been lost."""
        with suppress(Complaint):
            found = goal_from_json(self._fleet.client.explain(goal)[1]["goal"])
            if found.state in FINAL_GOAL_STATES:
                self.watch.ended.add(goal)

    def _tick(self, clock: float) -> None:
        self.watch.clock = clock

    def _lead(self, node: str) -> None:
        self._leader = node

    def _go_on(self, until: float, ends: list[tuple[float, int, Case]]) -> None:
        """Lets the fleet work, and faults end that are over, until a time."""
        while True:
            now = time.monotonic()
            while ends and ends[0][0] <= now:
                self._end(heapq.heappop(ends)[2])
            if now >= until:
                return
            self._flow.step(self.watch.ended)
            self._fleet.client.spin(0.02)
            self._fleet.running.check()

    def _begin(self, fault: Fault) -> Case:
        target = fault.target or self._leader
        robots = [robot for robot, process in self._fleet.robots.items() if process == target]
        case = self.watch.begin(fault, target, robots, time.monotonic())
        self._do(fault.kind, target, heal=False)
        return case

    def _end(self, case: Case) -> None:
        case.over = time.monotonic()
        self._do(case.fault.kind, case.target, heal=True)

    def _do(self, kind: Kind, target: str, *, heal: bool) -> None:
        match kind:
            case Kind.KILL_AGENT | Kind.KILL_HOUSE if heal:
                self._fleet.start(target)
            case Kind.KILL_AGENT | Kind.KILL_HOUSE:
                self._fleet.running.kill(target)
            case Kind.STOP_AGENT | Kind.STOP_HOUSE:
                self._fleet.running.freeze(target, thaw=heal)
            case Kind.CUT_HOUSE if self._network is not None:
                self._network.cut(target, heal=heal)
            case Kind.LOSS if self._network is not None:
                self._network.lose(target, heal=heal)
            case _:
                raise ValueError(f"{kind} needs a network")


def spread(cases: Sequence[Case], what: str, *, agents: bool) -> list[float]:
    """All values of a recovery time of the faults of agents, or of auction nodes, sorted."""
    values = [getattr(case, what) for case in cases if (case.fault.kind in AGENT) == agents and not case.disturbed]
    return sorted(value for value in values if value is not None)
