"""One run: robots on a map get targets without end, and all that they do is checked."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from caravan.traffic.grid import Cell, Grid
from caravan.traffic.lifelong import Lifelong
from caravan.traffic.pibt import Agent
from caravan.traffic.roadmap import Graph
from caravan_cli.traffic_bench.plain import PlainPibt
from caravan_cli.traffic_bench.validator import start_faults, step_faults

STILL = 2.0
"""Deadlock: no robot arrives in so many times the steps of the longest way that any had to go."""
LATE = 5.0
GRACE = 50
"""Livelock: a robot does not arrive within `LATE` times the steps of its way, and `GRACE` more."""


class Planner(Protocol):
    """What moves the robots."""

    def step(self) -> Sequence[int]:
        """The node of each robot after the next step."""

    def send(self, i: int, goal: int) -> None:
        """Gives robot `i` a new target."""


Make = Callable[[Graph, Sequence[int], Sequence[int], random.Random], Planner]


def caravan(graph: Graph, start: Sequence[int], goals: Sequence[int], rng: random.Random) -> Planner:
    """The planner of the product."""
    agents = [Agent(name=str(i), goal=goal) for i, goal in enumerate(goals)]
    return Lifelong(graph, agents, tuple(start), rng)


PLANNERS: dict[str, Make] = {"caravan": caravan, "plain_pibt": PlainPibt}


@dataclass(slots=True)
class Run:
    """What came of a run."""

    arrived: int = 0
    ways: list[float] = field(default_factory=list)
    """Steps of the shortest way to each target drawn."""
    seconds_to_start: float = 0.0
    """Time of a core that the planner used before the first step."""
    seconds: list[float] = field(default_factory=list)
    """Time of a core that the planner used, step by step."""
    longest: int = 0
    """Steps that a robot was on its way to one target at most."""
    deadlock: bool = False
    livelock: bool = False
    faults: list[str] = field(default_factory=list)
    stood: dict[Cell, int] = field(default_factory=dict)
    """How often a robot stood still in a cell on its way."""

    def figures(self, agents: int) -> dict[str, Any]:
        """The figures of this run."""
        steps, mean_way = len(self.seconds), sum(self.ways) / len(self.ways)
        return {
            "targets_per_step": self.arrived / steps,
            "free_flow_per_step": agents / mean_way,
            "share_of_free_flow": self.arrived / steps * mean_way / agents,
            "seconds_to_start": self.seconds_to_start,
            "seconds_per_step": sum(self.seconds) / steps,
            "seconds_per_step_max": max(self.seconds),
            "longest_wait": self.longest,
            "deadlock": self.deadlock,
            "livelock": self.livelock,
            "faults": self.faults,
        }


class Course:
    """A map and the targets of each robot, the same for every planner: all from one seed."""

    def __init__(self, grid: Grid, agents: int, seed: int) -> None:
        self.grid = grid
        self._cells = grid.free()
        self._free = frozenset(self._cells)
        self._seed = seed
        self._draws = [random.Random(f"{seed}/{i}") for i in range(agents)]
        self._graph = Graph(grid.roadmap())
        self._at = random.Random(f"{seed}/start").sample(range(len(self._cells)), agents)
        self._goals = [self._draw(i) for i in range(agents)]
        self._since = [0] * agents
        self._ways = [0.0] * agents
        self._last_arrival = 0

    def _draw(self, i: int) -> int:
        """The next target of robot `i`: any cell but the one where it is."""
        k = self._draws[i].randrange(len(self._cells) - 1)
        return k + (k >= self._at[i])

    def drive(self, make: Make, steps: int, tell: Callable[[], None]) -> Run:
        """Lets the planner of `make` move the robots so many steps; `tell` is called after each. Once a course."""
        run = Run(faults=start_faults(self._free, self._places(self._at)))
        begun = time.process_time()
        planner = make(self._graph, self._at, self._goals, random.Random(self._seed))
        run.seconds_to_start = time.process_time() - begun
        self._set_out(run, range(len(self._at)), 0)
        for now in range(1, steps + 1):
            begun = time.process_time()
            after = planner.step()
            seconds = time.process_time() - begun
            self._move(run, after)
            run.seconds.append(seconds + self._send_on(run, planner, now))
            self._watch(run, now)
            tell()
        return run

    def _places(self, at: Sequence[int]) -> list[Cell]:
        return [self._cells[v] for v in at]

    def _move(self, run: Run, after: Sequence[int]) -> None:
        run.faults += step_faults(self._free, self._places(self._at), self._places(after))
        for v, u in zip(self._at, after, strict=True):
            if v == u:
                run.stood[self._cells[v]] = run.stood.get(self._cells[v], 0) + 1
        self._at = list(after)

    def _send_on(self, run: Run, planner: Planner, now: int) -> float:
        """Sends those who have arrived to their next targets; how long (s) the planner took for it."""
        arrived = [i for i, goal in enumerate(self._goals) if self._at[i] == goal]
        for i in arrived:
            self._goals[i] = self._draw(i)
        begun = time.process_time()
        for i in arrived:
            planner.send(i, self._goals[i])
        seconds = time.process_time() - begun
        if arrived:
            run.arrived += len(arrived)
            self._last_arrival = now
        self._set_out(run, arrived, now)
        return seconds

    def _set_out(self, run: Run, robots: Iterable[int], now: int) -> None:
        for i in robots:
            self._since[i], self._ways[i] = now, self._graph.times(self._goals[i])[self._at[i]]
            run.ways.append(self._ways[i])

    def _watch(self, run: Run, now: int) -> None:
        """Notes who is how long on its way, and whether nobody, or somebody, ever arrives."""
        run.longest = max(run.longest, now - min(self._since))
        run.deadlock |= now - self._last_arrival > STILL * max(run.ways)
        run.livelock |= any(now - s > LATE * way + GRACE for s, way in zip(self._since, self._ways, strict=True))
