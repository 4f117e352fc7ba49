"""Dead ends: who may drive in, so that nobody waits in front of a robot that has to come out.

What hangs on the rest of the roadmap by one node alone is a spur: dead-end docks, blind aisles, trees of them. All
robots that are in a spur, or whose turn it is to drive in, claim the nodes they still have to pass there. Others with a
destination behind a claimed node stay outside until it is free.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from caravan.traffic.pibt import Agent
from caravan.traffic.roadmap import Graph

_NEAR = 8.0
"""A robot this near to the mouth of a spur rests where it is until its turn comes, s."""
_ROOM = 2
"""Nodes outside of spurs that there must be for each robot."""


class Spurs:
    """The spurs of a graph, one-way lanes counted like others."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._towards: dict[int, int] = {}
        degree = [len(beside) for beside in graph.beside]
        ends = [v for v, count in enumerate(degree) if count == 1]
        while ends:
            v = ends.pop()
            inner = next((u for u in graph.beside[v] if u not in self._towards), None)
            if inner is None:
                break
            self._towards[v] = inner
            degree[inner] -= 1
            if degree[inner] == 1:
                ends.append(inner)

    def way_out(self, v: int) -> tuple[int, ...]:
        """The nodes of the spur from `v` to where it joins the rest, `v` first; none where `v` is in no spur."""
        way = []
        while v in self._towards:
            way.append(v)
            v = self._towards[v]
        return tuple(way)

    def mouth(self, v: int) -> int:
        """The node outside at which the spur of `v` begins."""
        return self._towards[self.way_out(v)[-1]]

    def same(self, a: int, b: int) -> bool:
        """Whether `a` and `b` are in one spur."""
        return self.way_out(a)[-1:] == self.way_out(b)[-1:] != ()

    def between(self, a: int, b: int) -> set[int]:
        """The nodes from `a` to `b`, both in one spur."""
        one, two = self.way_out(a), self.way_out(b)
        meet = next(v for v in one if v in two)
        return {*one, *two} - {v for v in one if v in two} | {meet}

    def take_turns(
        self, agents: Sequence[Agent], start: Sequence[int], rank: Iterable[int], closed: frozenset[int]
    ) -> list[Agent]:
        """`agents` as they should plan: those whose turn it is not keep out, those who rest in the way come out.

        `start` are their nodes, `rank` their numbers, first come first, `closed` the nodes of obstacles. Where there is
        little room outside of spurs to wait in, as on a roadmap without any loop, they plan as they are.
        """
        if len(self._graph.names) - len(self._towards) < _ROOM * len(agents):
            return list(agents)
        out = list(agents)
        resting = {start[i]: i for i, agent in enumerate(agents) if agent.goal is None}
        claims = {i: self._inside(agent, start[i]) for i, agent in enumerate(agents)}
        claimed = set(closed).union(*claims.values())
        for i in rank:
            agent = agents[i]
            if agent.goal is None or not self.way_out(agent.goal) or self.same(start[i], agent.goal):
                continue
            way = set(self.way_out(agent.goal))
            if not way & claimed:
                claimed |= way
                claims[i] |= way
                continue
            out[i] = self._wait(agent, start[i])
            for node in way & resting.keys():
                j = resting[node]
                out[j] = replace(agents[j], goal=self._room(node, {*start, *closed, *agents[j].avoid}))
        for i, at in enumerate(start):
            others = {v for v in claimed - claims[i] if self.way_out(v) and not self.same(v, at)}
            out[i] = replace(out[i], taken=frozenset(others))
        return out

    def _inside(self, agent: Agent, at: int) -> set[int]:
        """The nodes that an agent at `at` claims in the spur it is in."""
        way = self.way_out(at)
        if agent.goal is None or not way:
            return {at}
        return self.between(at, agent.goal) if self.same(at, agent.goal) else set(way)

    def _wait(self, agent: Agent, at: int) -> Agent:
        """`agent` on its way to the mouth of the spur that it has to wait for, or resting near it."""
        assert agent.goal is not None
        mouth = self.mouth(agent.goal)
        near = self._graph.times(mouth, agent.avoid, agent.speed)[at] <= _NEAR and not self.way_out(at)
        return replace(agent, goal=None if near else mouth, patient=True)

    def _room(self, node: int, taken: set[int]) -> int | None:
        """The node nearest to `node` that is in no spur, not at the mouth of this one, and not `taken`."""
        shut = {*taken, self.mouth(node), *self._towards}
        free = [v for v in range(len(self._graph.names)) if v not in shut]
        here = self._graph.points[node]
        return min(free, key=lambda v: self._graph.points[v].distance(here), default=None)
