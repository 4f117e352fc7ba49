"""Living through a story: faults strike and heal, people speak, and the laws are checked at each step."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from caravan.chaos.laws import Laws, Violation
from caravan.chaos.people import People
from caravan.chaos.stage import Stage
from caravan.chaos.story import LEADER, Fault, FaultKind, Story
from caravan.fleet import HOUSE, FleetSettings
from caravan.model.goal import FINAL_GOAL_STATES
from caravan.model.site import Site
from caravan.sim.world import World

LIMIT = 900.0
"""Every goal must have ended so long after the last fault, s."""
SETTLING = 60.0
"""So long after that and after the last fault, all auction houses must have the same ledger, s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of a story. `trace` is a hash of all events and places: the same story gives the same one."""

    story: Story
    violations: tuple[Violation, ...]
    events: int
    seconds: float
    """Of virtual time."""
    trace: str


def live(told: Story, site: Site, settings: FleetSettings | None = None, world: World | None = None) -> Verdict:
    """The fleet of the site lives through the story, until a law is broken or all is over.

    `world` is that of the site, for those who live through many stories there; None: it is read from its file.
    Raises nothing that the fleet does: an exception in it breaks the law "sound".
    """
    laws = Laws(told)
    with Stage(site, told, settings or FleetSettings(), laws, world) as stage:
        laws.stage = stage
        play = _Play(told, stage, laws)
        try:
            play.through()
        # Whatever it is, it is a finding.
        except Exception as error:
            laws.broke("sound", f"{type(error).__name__}: {error}")
        lines = [*stage.log(), *stage.poses(), *(f"{v.law} {v.at} {v.note}" for v in laws.broken)]
        return Verdict(
            story=told,
            violations=tuple(laws.broken),
            events=len(stage.events),
            seconds=round(stage.now - stage.start, 1),
            trace=hashlib.sha256("\n".join(lines).encode()).hexdigest(),
        )


class _Play:
    """One run of a story on a stage."""

    def __init__(self, told: Story, stage: Stage, laws: Laws) -> None:
        self._told = told
        self._stage = stage
        self._laws = laws
        self._people = People(told, stage, laws)
        self._active: list[Fault] = []
        self._begun: dict[int, Fault] = {}
        """The faults that have begun, by number, with the names of those whom they struck."""
        self._done: set[int] = set()
        """Those that strike once, and have."""
        self._armed: dict[str, Fault] = {}
        """By house, the crash that it is to die of."""
        self._down: dict[str, float] = {}
        """Houses that have crashed, and until when they are down."""
        self._last = max((f.at + f.span for f in told.faults), default=0.0)

    @property
    def _time(self) -> float:
        return self._stage.now - self._stage.start + 1e-6

    def through(self) -> None:
        """To the end of all goals, or to the first violation, or to the limit."""
        ended: float | None = None
        while not self._laws.broken:
            silent = self._strike()
            self._people.act(self._time)
            self._stage.step()
            self._laws.step(silent)
            over = self._over()
            ended = (self._time if ended is None else ended) if over else None
            if ended is not None and not self._agreed(ended):
                continue
            if over or self._time > self._last + LIMIT:
                if not self._laws.broken:
                    self._laws.finish(over)
                return

    def _over(self) -> bool:
        if self._people.wait or not self._stage.open:
            return False
        return all(goal.state in FINAL_GOAL_STATES for goal in self._stage.goals)

    def _agreed(self, ended: float) -> bool:
        """Whether the houses agree on their ledgers; they have some time for it after the last fault."""
        if self._told.houses == 1:
            return True
        due = max(ended, self._last) + SETTLING
        return (self._time > self._last and self._stage.agree()) or self._time > due

    def _strike(self) -> set[str]:
        """Brings the stage to where the active faults want it; answers with whom the leading house cannot hear."""
        time, stage = self._time, self._stage
        active = [self._named(k, f) for k, f in enumerate(self._told.faults) if f.at <= time < f.at + f.span]
        if active != self._active:
            self._active = active
            self._break()
        dead, hung = self._struck(FaultKind.DEAD), self._struck(FaultKind.HANG)
        self._crash(dead)
        for robot in stage.site.robots:
            self._set_robot(robot, robot not in dead)
        for _ in self._once(FaultKind.AMNESIA):
            stage.restart_traffic()
        house, silent = stage.leader or HOUSE, dead | hung
        return {r for r in stage.site.robots if r in silent or not stage.reaches(r, house)}

    def _break(self) -> None:
        """Brings the stage to where faults want it that do something as they begin and end, and nothing between."""
        stage = self._stage
        stage.fill_disks(self._struck(FaultKind.DISK))
        stage.lie(self._struck(FaultKind.LIAR))
        stage.cut(*({f.who, *f.along} for f in self._active if f.kind is FaultKind.CUT))
        stage.deafen(self._struck(FaultKind.DEAF))
        stage.hang(self._struck(FaultKind.HANG))

    def _struck(self, kind: FaultKind) -> set[str]:
        """Whom the active faults of a kind strike."""
        return {fault.who for fault in self._active if fault.kind is kind}

    def _named(self, number: int, fault: Fault) -> Fault:
        """The fault with the name of whom it strikes, once and for all."""
        if number not in self._begun:
            who = (self._stage.leader or HOUSE) if fault.who == LEADER else fault.who
            self._begun[number] = replace(fault, who=who)
        return self._begun[number]

    def _once(self, kind: FaultKind) -> Iterator[Fault]:
        """The faults of a kind that begin now."""
        for number, fault in enumerate(self._told.faults):
            if fault.kind is kind and fault.at <= self._time and number not in self._done:
                self._done.add(number)
                yield self._named(number, fault)

    def _set_robot(self, robot: str, up: bool) -> None:
        own = [fault for fault in self._active if fault.who == robot]
        jumps = sum(f.amount for f in own if f.kind is FaultKind.CLOCK)
        gains = sum(f.amount * (self._time - f.at) for f in own if f.kind is FaultKind.DRIFT)
        self._stage.set_clock(robot, jumps + gains)
        if up == self._stage.up(robot):
            return
        if up:
            self._stage.revive(robot)
        else:
            self._stage.kill(robot)

    def _crash(self, dead: set[str]) -> None:
        """Arms what is to crash, and has the houses up or down as the faults want it."""
        stage = self._stage
        for house in [h for h in self._armed if not stage.armed(h)]:
            self._down[house] = self._time + self._armed.pop(house).span
        for fault in self._once(FaultKind.CRASH):
            self._armed[fault.who] = fault
            stage.crash_at(int(fault.amount), fault.who)
        for house in stage.houses:
            down = house in dead or self._time < self._down.get(house, 0.0)
            if down and stage.up(house):
                stage.kill_house(house)
            elif not down and not stage.up(house):
                stage.restart_house(house)
