"""A plan that never ends: whoever arrives gets another goal, and the plan is carried on step by step (lifelong MAPF).

Each step the plan of the last one is kept, lengthened by PIBT (`traffic.pibt`) and repaired (`traffic.repair`). An
agent that is too long on its way leads: the plan then holds its arrival, found by search where it must be
(`traffic.window`), and no repair touches its path.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from caravan.traffic.pibt import Agent, Crowd, Places
from caravan.traffic.repair import repair
from caravan.traffic.roadmap import Graph
from caravan.traffic.window import extend, roll, seek

HORIZON = 8
"""The plan is at least so many steps long."""
_TRIES = 0.5
"""Repairs tried a step for each agent."""
_PATIENCE = 2.0
"""An agent is late after so many times the steps that it would take alone, and a horizon."""
_EFFORT = 250
"""A search for a leader's plan tries at most so many steps, and as many more after each that failed."""
_HOPELESS = 50
"""An agent that no plan was found for does not lead again for so many steps."""


class Lifelong:
    """Moves agents on a graph, all by one node a step or not at all. Same inputs, same steps.

    An agent that has arrived stays where it can, or makes way, until it is sent on.
    """

    def __init__(self, graph: Graph, agents: Sequence[Agent], start: Places, rng: random.Random) -> None:
        self.led = 0
        """How many agents were late, and led."""
        self._crowd = Crowd(graph, agents)
        self._rng = rng
        self._plan: tuple[Places, ...] = (start,)
        self._leader: int | None = None
        self._waited = [0] * len(agents)
        self._failures = [0] * len(agents)
        self._late = [self._deadline(i) for i in range(len(agents))]

    def send(self, i: int, goal: int) -> None:
        """Sends agent `i` on to a new goal."""
        self._crowd.send(i, goal)
        self._waited[i], self._failures[i], self._late[i] = 0, 0, self._deadline(i)
        if i == self._leader:
            self._leader = None

    def _deadline(self, i: int) -> float:
        """How many steps agent `i` may be on its way from where it is now."""
        return _PATIENCE * self._crowd.costs[i][self._plan[0][i]] / self._crowd.pause(i) + HORIZON

    def step(self) -> Places:
        """Where everyone is after the next step."""
        rank = sorted(range(len(self._waited)), key=lambda i: -self._waited[i])
        if self._leader is None:
            self._lead(rank)
        missing = HORIZON + 1 - len(self._plan)
        if missing > 0:
            self._plan += roll(self._crowd, self._plan[-1], rank, None, missing).steps[1:]
        tries = round(_TRIES * len(rank)) + 1
        self._plan = repair(self._crowd, self._plan, self._rng, tries, self._leader)
        self._plan = self._plan[1:] or self._plan
        self._waited = [count + 1 for count in self._waited]
        return self._plan[0]

    def _lead(self, rank: Sequence[int]) -> None:
        """Lets the agent lead that is longest on its way, if one is late."""
        at = self._plan[0]
        late = (i for i in rank if self._waited[i] > self._late[i] and at[i] != self._crowd.agents[i].goal)
        leader = next((i for i in late if self._crowd.can_arrive(i, at[i])), None)
        if leader is None or self._crowd.agents[leader].goal in [places[leader] for places in self._plan]:
            return
        window = roll(self._crowd, at, rank, leader, HORIZON)
        if window.arrival is None:
            failures = self._failures[leader]
            found = seek(self._crowd, at, rank, leader, _EFFORT * (1 + failures), failures)
            window = extend(self._crowd, found, rank, leader, HORIZON)
        if window.arrival is None:
            self._failures[leader] += 1
            self._late[leader] = self._waited[leader] + _HOPELESS
            return
        self.led += 1
        self._plan, self._leader = window.steps, leader
