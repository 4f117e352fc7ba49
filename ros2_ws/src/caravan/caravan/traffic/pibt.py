"""One step of all robots at once: PIBT (Okumura et al., Artificial Intelligence 310, 2022) without rotations.

A robot enters a node only if it is free or its occupant leaves in the same step, and such chains always end in a free
node: neither two robots swap nor does a full ring turn. So the order in which robots pass a node can be carried out by
robots that come late, one after the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from caravan.traffic.roadmap import Graph

Places = tuple[int, ...]
"""The node of every agent, by agent number."""

_NOT_HERE = 1e9
"""Cost of standing in a node that must be avoided, s: above any travel time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A robot that plans: `goal` is a node number (None: anywhere), `avoid` the nodes it must not enter.

    `taken` are nodes kept free for others; they must not lie on its way. A `patient` agent waits for its turn and gives
    way to all that do not.
    """

    name: str
    goal: int | None
    avoid: frozenset[int] = frozenset()
    speed: float = 1.0
    taken: frozenset[int] = frozenset()
    patient: bool = False


class Crowd:
    """Agents on a graph in which the nodes of `closed` can be left but not entered."""

    def __init__(self, graph: Graph, agents: Sequence[Agent], closed: frozenset[int] = frozenset()) -> None:
        self.graph = graph
        self.agents = list(agents)
        self.closed = closed
        self.costs = [self._cost(agent) for agent in agents]
        """For each agent the time (s) from every node to its goal."""
        self._choices: list[dict[int, tuple[int, ...]]] = [{} for _ in agents]
        self._moves: list[dict[int, tuple[tuple[int, float], ...]]] = [{} for _ in agents]

    def send(self, i: int, goal: int | None) -> None:
        """Gives agent `i` another goal."""
        self.agents[i] = replace(self.agents[i], goal=goal)
        self.costs[i] = self._cost(self.agents[i])
        self._choices[i], self._moves[i] = {}, {}

    def _cost(self, agent: Agent) -> Sequence[float]:
        if agent.goal is None:
            times: Sequence[float] = [0.0] * len(self.graph.names)
        else:
            times = self.graph.times(agent.goal, agent.avoid | (self.closed - {agent.goal}), agent.speed)
        if not agent.avoid:
            return times
        out = self.graph.ways_out(agent.avoid)
        return [_NOT_HERE * (1 + out.get(v, 0)) if v in agent.avoid else t for v, t in enumerate(times)]

    def can_arrive(self, i: int, at: int) -> bool:
        """Whether it is the turn of agent `i` and it may drive to its goal from node `at`, were it alone."""
        agent = self.agents[i]
        if agent.patient or agent.goal is None or agent.goal in self.closed or agent.goal in agent.avoid:
            return False
        return math.isfinite(self._time(i, at))

    def _time(self, i: int, at: int) -> float:
        agent = self.agents[i]
        if agent.goal is None or at not in agent.avoid:
            return self.costs[i][at]
        return self.graph.times(agent.goal, agent.avoid | self.closed, agent.speed)[at]

    def home(self, i: int, at: int) -> bool:
        """Whether agent `i` has nowhere to go from node `at`."""
        goal = self.agents[i].goal
        return goal is None or goal == at or not math.isfinite(self.costs[i][at])

    def pause(self, i: int) -> float:
        """What a step in which agent `i` stands costs it, s: as much as an average lane."""
        return self.graph.mean_length / self.agents[i].speed

    def choices(self, i: int, v: int) -> tuple[int, ...]:
        """Nodes where agent `i` may be one step after `v`, best first; `v` itself is among them."""
        known = self._choices[i]
        if v not in known:
            known[v] = self._rank(i, v)
        return known[v]

    def time(self, i: int, v: int, u: int) -> float:
        """What it costs agent `i` to go from `v` to `u`, s; to stay, where they are one."""
        return self.pause(i) if u == v else self.graph.lane_time(v, u, self.agents[i].speed)

    def moves(self, i: int, v: int) -> tuple[tuple[int, float], ...]:
        """The choices with the time (s) that each takes."""
        known = self._moves[i]
        if v not in known:
            known[v] = tuple((u, self.time(i, v, u)) for u in self.choices(i, v))
        return known[v]

    def _rank(self, i: int, v: int) -> tuple[int, ...]:
        cost, avoid, shut = self.costs[i], self.agents[i].avoid, self.closed | self.agents[i].taken
        lost = not math.isfinite(cost[v])
        free = [
            u for u in self.graph.after[v] if u not in shut and (u not in avoid or (v in avoid and cost[u] < cost[v]))
        ]
        return tuple(sorted((v, *free), key=lambda u: (0.0 if lost else cost[u], u != v, u)))

    def step(self, at: Sequence[int], order: Iterable[int], forced: Mapping[int, int] | None = None) -> Places | None:
        """Where the agents at the nodes `at` go next, those first in `order` having their way first.

        `forced` agents go where it says. None where that cannot be.
        """
        return _Step(self, at).run(order, forced or {})


class _Step:
    """The bookkeeping of one step: who is where, and who takes which node next."""

    def __init__(self, crowd: Crowd, at: Sequence[int]) -> None:
        self._crowd = crowd
        self._at = at
        self._here = {v: i for i, v in enumerate(at)}
        self._next: list[int | None] = [None] * len(at)
        self._taken: dict[int, int] = {}

    def run(self, order: Iterable[int], forced: Mapping[int, int]) -> Places | None:
        for i, u in forced.items():
            if u in self._taken or self._rings(i, u):
                return None
            self._next[i] = u
            self._taken[u] = i
        for i in order:
            if self._next[i] is None and not self._move(i):
                return None
        return tuple(v for v in self._next if v is not None)

    def _move(self, i: int) -> bool:
        """Moves agent `i`, and whom it pushes on, and so forth; False where it can be nowhere."""
        pushing = [(i, iter(self._options(i)))]
        while pushing:
            j, options = pushing[-1]
            u = next((u for u in options if u not in self._taken and not self._rings(j, u)), None)
            self._next[j] = self._at[j] if u is None else u
            self._taken[self._at[j] if u is None else u] = j
            if u is None:
                pushing.pop()
                continue
            pushed = self._here.get(u)
            if pushed is None or self._next[pushed] is not None:
                return True
            pushing.append((pushed, iter(self._options(pushed))))
        return False

    def _options(self, i: int) -> Sequence[int]:
        choices = self._crowd.choices(i, self._at[i])
        if self._crowd.agents[i].goal is None and choices[0] == self._at[i]:
            return sorted(choices, key=lambda u: (u != self._at[i], u in self._here))
        return choices

    def _rings(self, i: int, u: int) -> bool:
        """Whether `i` going to `u` would close a ring of robots that all move."""
        j = self._here.get(u)
        while j is not None and j != i:
            ahead = self._next[j]
            if ahead is None or ahead == self._at[j]:
                return False
            j = self._here.get(ahead)
        return j == i and u != self._at[i]
