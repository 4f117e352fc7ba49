"""How a fleet takes faults, as one hears it: who was missed after which time, and when work went on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from caravan.model.market import Event
from caravan_cli.faults.plan import AGENT, HEAL, Fault

ENDS = frozenset({"done", "failed", "cancelled", "refused", "asked"})
WORK = frozenset({"accepted", "award", "taken"})
"""Events that only a house which is open again brings about."""


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
    """The auction node was hit too before this robot's death was noticed: the times say nothing about it."""
    noticed: float | None = None
    work: float | None = None

    def hear(self, event: Event, at: float) -> None:
        """Takes in an event that was heard at `at` (s)."""
        since = at - self.begun
        if self.fault.kind not in AGENT:
            if self.work is None and event.kind in WORK and event.stamp > self.clock:
                self.work = since
        elif event.kind == "lost" and event.robot in self.robots and self.over is None and self.noticed is None:
            self.noticed = since
        elif event.kind == "award" and event.robot != self.owed.get(event.task, event.robot) and self.work is None:
            self.work = since


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

    def begin(self, fault: Fault, target: str, robots: Collection[str], at: float) -> Case:
        """A fault has happened."""
        agent = fault.kind in AGENT
        for case in self.cases:
            if not agent and case.fault.kind in AGENT:
                case.disturbed |= case.noticed is None
        houses = [case for case in self.cases if case.fault.kind not in AGENT]
        disturbed = agent and any(case.over is None or at - case.over < HEAL for case in houses)
        owed = {task: robot for task, robot in self.owners.items() if robot in robots}
        case = Case(
            fault=fault, target=target, robots=robots, begun=at, clock=self.clock, owed=owed, disturbed=disturbed
        )
        self.cases.append(case)
        return case
