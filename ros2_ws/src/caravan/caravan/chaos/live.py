"""Living through a story: faults strike and heal, people speak, and the laws are checked at each step."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from caravan.chaos.laws import Laws, Violation
from caravan.chaos.speech import sentence
from caravan.chaos.stage import Stage
from caravan.chaos.story import Fault, FaultKind, Story, Wish
from caravan.fleet import HOUSE, FleetSettings, Refused
from caravan.model.goal import FINAL_GOAL_STATES
from caravan.model.site import Site

LIMIT = 900.0
"""Every goal must have ended so long after the last fault, s."""
_AGAIN = 1.0
"""Pause before a goal that was refused is said again, s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of a story. `trace` is a hash of all events and places: the same story gives the same one."""

    story: Story
    violations: tuple[Violation, ...]
    events: int
    seconds: float
    """Of virtual time."""
    trace: str


def live(told: Story, site: Site, settings: FleetSettings | None = None) -> Verdict:
    """The fleet of the site lives through the story, until a law is broken or all is over.

    Raises nothing that the fleet does: an exception in it breaks the law "sound".
    """
    laws = Laws(told)
    with Stage(site, told, settings or FleetSettings(), laws) as stage:
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
        self._unsaid = list(told.wishes)
        self._said: list[tuple[Wish, str]] = []
        self._next = 0.0
        self._crashes: dict[Fault, float | None] = {}
        self._forgotten: set[Fault] = set()

    @property
    def _time(self) -> float:
        return self._stage.now - self._stage.start + 1e-6

    def through(self) -> None:
        """To the end of all goals, or to the first violation, or to the limit."""
        last = max((f.at + f.span for f in self._told.faults), default=0.0)
        while not self._laws.broken:
            active = [f for f in self._told.faults if f.at <= self._time < f.at + f.span]
            silent = self._strike(active)
            self._speak()
            self._stage.step()
            self._laws.step(silent)
            over = self._over()
            if over or self._time > last + LIMIT:
                if not self._laws.broken:
                    self._laws.finish(over)
                return

    def _over(self) -> bool:
        goals = self._stage.goals
        return not self._unsaid and self._stage.open and all(g.state in FINAL_GOAL_STATES for g in goals)

    def _strike(self, active: list[Fault]) -> set[str]:
        """Brings the stage to where the active faults want it; answers with who cannot be heard by the house."""
        by = {kind: [f for f in active if f.kind is kind] for kind in FaultKind}
        stage = self._stage
        stage.fill_disks(f.who for f in by[FaultKind.DISK])
        stage.liars = frozenset(f.who for f in by[FaultKind.LIAR])
        cut = {f.who for f in by[FaultKind.CUT]}
        stage.cut(cut)
        dead = {f.who for f in by[FaultKind.DEAD]}
        self._crash(HOUSE in dead)
        for robot in stage.site.robots:
            self._set_robot(robot, by, robot not in dead)
        for fault in self._told.faults:
            if fault.kind is FaultKind.AMNESIA and fault.at <= self._time and fault not in self._forgotten:
                self._forgotten.add(fault)
                stage.restart_traffic()
        return {r for r in stage.site.robots if r in dead or (r in cut) != (HOUSE in cut)}

    def _set_robot(self, robot: str, by: dict[FaultKind, list[Fault]], up: bool) -> None:
        self._stage.set_clock(robot, sum(f.amount for f in by[FaultKind.CLOCK] if f.who == robot))
        if up and not self._stage.up(robot):
            self._stage.revive(robot)
        elif not up and self._stage.up(robot):
            self._stage.kill(robot)

    def _crash(self, dead: bool) -> None:
        """Arms what is to crash, and has the house up or down as the faults want it."""
        stage = self._stage
        for fault in self._told.faults:
            if (
                fault.kind is FaultKind.CRASH
                and fault.at <= self._time
                and fault not in self._crashes
                and stage.up(HOUSE)
            ):
                self._crashes[fault] = None
                stage.crash_at(int(fault.amount))
        for fault, since in self._crashes.items():
            if since is None and not stage.up(HOUSE) and not dead:
                self._crashes[fault] = self._time
        down = dead or any(since is not None and self._time < since + f.span for f, since in self._crashes.items())
        if down and stage.up(HOUSE):
            stage.kill_house()
        elif not down and not stage.up(HOUSE):
            stage.restart_house()

    def _speak(self) -> None:
        if self._time >= self._next:
            for wish in [w for w in self._unsaid if w.at <= self._time]:
                self._say(wish)
        for wish, goal_id in self._said:
            if wish.cancel is not None and self._time >= wish.cancel and goal_id not in self._laws.cancelled:
                self._cancel(goal_id)

    def _say(self, wish: Wish) -> None:
        try:
            goal_id = self._stage.say(sentence(wish))
        except Refused:
            self._next = self._time + _AGAIN
            return
        self._laws.say(goal_id)
        self._unsaid.remove(wish)
        self._said.append((wish, goal_id))

    def _cancel(self, goal_id: str) -> None:
        try:
            self._stage.cancel(goal_id)
        except Refused:
            return
        self._laws.cancelled.add(goal_id)
