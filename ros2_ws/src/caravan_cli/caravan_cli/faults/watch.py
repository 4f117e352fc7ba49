"""How a fleet takes faults, as one hears it: who was missed after which time, and when work went on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from caravan.model.market import Event, Lease
from caravan_cli.faults.plan import AGENT, HEAL, Fault

ENDS = frozenset({"done", "failed", "cancelled", "refused", "asked"})
BACK = 8.0
"""So long after it is started again an auction node may take until it can lead, s: found by all, a copy in sync."""
JITTER = 0.2
"""So much later than the fault must a heartbeat be said, s of the fleet's clock, to have come after it for sure."""


@dataclass(slots=True, kw_only=True)
class Case:
    """A fault that happened. Times in real s since its beginning; None: it did not come to that."""

    fault: Fault
    target: str
    """The process that was hit."""
    robots: Collection[str]
    """Those who live in it."""
    begun: float
    clock: float
    """The fleet's clock then, s."""
    owed: Mapping[str, str]
    """Tasks that those robots had, with who had it."""
    over: float | None = None
    """When it was over, s."""
    disturbed: bool = False
    """An auction node was hit too, and not back yet: the times say nothing about this fault alone."""
    noticed: float | None = None
    work: float | None = None

    def hear(self, event: Event, at: float) -> None:
        """Takes in an event that was heard at `at` (s)."""
        since = at - self.begun
        if self.fault.kind not in AGENT:
            return
        if event.kind == "lost" and event.robot in self.robots and self.over is None and self.noticed is None:
            self.noticed = since
        elif event.kind == "award" and event.robot != self.owed.get(event.task, event.robot) and self.work is None:
            self.work = since

    def hear_lease(self, stamp: float, at: float) -> None:
        """A heartbeat of `stamp` (s) was answered: robots may work on, since some auction node leads."""
        if self.fault.kind not in AGENT and self.work is None and stamp > self.clock + JITTER:
            self.work = at - self.begun


@dataclass(slots=True)
class Watch:
    """What was heard so far. Times (`at`) are real s from any origin."""

    clock: float = 0.0
    """The fleet's clock, s."""
    ended: set[str] = field(default_factory=set)
    """Goals at their end."""
    owners: dict[str, str] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)

    def hear(self, event: Event, at: float) -> None:
        """Takes in an event."""
        if event.kind in ENDS:
            self.ended.add(event.goal)
        if event.kind == "award":
            self.owners[event.task] = event.robot
        elif event.kind in ("returned", "task_done", "task_failed", "task_cancelled"):
            self.owners.pop(event.task, None)
        for case in self.cases:
            case.hear(event, at)

    def hear_lease(self, lease: Lease, at: float) -> None:
        """Takes in a lease that a robot was sent."""
        for case in self.cases:
            case.hear_lease(lease.stamp, at)

    def begin(self, fault: Fault, target: str, robots: Collection[str], at: float) -> Case:
        """A fault has happened."""
        agent = fault.kind in AGENT
        for case in self.cases if not agent else ():
            case.disturbed |= case.fault.kind in AGENT and case.noticed is None
        away = HEAL if agent else BACK
        houses = [case for case in self.cases if case.fault.kind not in AGENT]
        disturbed = any(case.over is None or at - case.over < away for case in houses)
        owed = {task: robot for task, robot in self.owners.items() if robot in robots}
        case = Case(
            fault=fault, target=target, robots=robots, begun=at, clock=self.clock, owed=owed, disturbed=disturbed
        )
        self.cases.append(case)
        return case
