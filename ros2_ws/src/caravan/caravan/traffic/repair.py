"""Better plans by repair: large neighbourhood search (Li et al., AAAI 2022; Jiang et al., 2024 use it in windows).

PIBT looks one step ahead, so robots wait and make way where they need not. Here a robot that is late in the plan and
those in its way are taken out of it, and each in turn gets its soonest path through what is left. If they are no later
in sum, the new paths stay. No path ever closes a ring with others, as in PIBT without rotations.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterable, Sequence
from itertools import pairwise

from caravan.traffic.pibt import Crowd, Places

_GROUP = 5
"""Agents that are replanned together at most."""
_LOOKS = 400
"""A search looks at so many places at most."""
_ENDLESS = 1e12
"""The delay of an agent that the plan leaves where it cannot go on from counts as this, s: above any other."""
_STIR = 0.01
"""What moving on costs an agent that has arrived, in parts of the lane's time: it stays where it can."""


def repair(
    crowd: Crowd, steps: Sequence[Places], rng: random.Random, tries: int, fixed: int | None = None
) -> tuple[Places, ...]:
    """`steps` with as many tries to let late agents arrive sooner; the path of agent `fixed` stays as it is."""
    plan = _Plan(crowd, steps)
    late = [0.0 if i == fixed else min(plan.delay(i), _ENDLESS) for i in range(len(crowd.agents))]
    if len(steps) < 2 or not any(late):
        return tuple(steps)
    for i in rng.choices(range(len(late)), late, k=tries):
        if plan.delay(i) > 0.0:
            plan.replan(plan.group(i, fixed), rng)
    return tuple(zip(*plan.paths, strict=True))


class _Plan:
    """The paths of all agents, who is where at each step, and what each path costs."""

    def __init__(self, crowd: Crowd, steps: Sequence[Places]) -> None:
        self._crowd = crowd
        self.paths: list[Sequence[int]] = list(zip(*steps, strict=True))
        self._here = [{v: i for i, v in enumerate(at)} for at in steps]
        self._last = len(steps) - 1
        self._home = [crowd.home(i, v) for i, v in enumerate(steps[0])]
        self._alone = [0.0 if self._home[i] else crowd.costs[i][v] for i, v in enumerate(steps[0])]
        self._costs = [self._cost(i, path) for i, path in enumerate(self.paths)]

    def _cost(self, i: int, path: Sequence[int]) -> float:
        """When agent `i` arrives (s), counting from the end of the path as if it were alone from there."""
        if self._home[i]:
            return 0.0
        goal, total = self._crowd.agents[i].goal, 0.0
        for v, u in pairwise(path):
            total += self._crowd.time(i, v, u)
            if u == goal:
                return total
        return total + self._crowd.costs[i][path[-1]]

    def delay(self, i: int) -> float:
        """How much later (s) agent `i` arrives than if it were alone."""
        return 0.0 if self._home[i] else max(0.0, self._costs[i] - self._alone[i])

    def group(self, i: int, fixed: int | None) -> list[int]:
        """Agent `i`, and those who are where it would rather be."""
        group = [i]
        for t, v in enumerate(self.paths[i][:-1]):
            best = self._crowd.choices(i, v)[0]
            for j in (self._here[t + 1].get(best), self._here[t].get(best)):
                if j is not None and j != fixed and j not in group:
                    group.append(j)
            if len(group) >= _GROUP:
                break
        return group[:_GROUP]

    def replan(self, group: list[int], rng: random.Random) -> None:
        """Gives the agents of `group` new paths, in an order drawn, if they are no worse in sum."""
        before = [(i, self.paths[i], self._costs[i]) for i in group]
        self._take_out(group)
        rng.shuffle(group)
        left = sum(cost for _, _, cost in before) - sum(self._alone[i] for i in group)
        for n, i in enumerate(group):
            found = self._search(i, left + self._alone[i] + 1e-9)
            if found is None:
                self._take_out(group[:n])
                for j, path, cost in before:
                    self._put_in(j, path, cost)
                return
            self._put_in(i, *found)
            left -= found[1] - self._alone[i]

    def _take_out(self, group: Iterable[int]) -> None:
        for i in group:
            for here, v in zip(self._here, self.paths[i], strict=True):
                del here[v]

    def _put_in(self, i: int, path: Sequence[int], cost: float) -> None:
        self.paths[i], self._costs[i] = path, cost
        for here, v in zip(self._here, path, strict=True):
            here[v] = i

    def _search(self, i: int, limit: float) -> tuple[Sequence[int], float] | None:
        """The soonest path of agent `i` past all others, and its cost; None where none was found below `limit` (A*)."""
        start, goal = self.paths[i][0], self._crowd.agents[i].goal
        costs, moves = self._crowd.costs[i], self._crowd.moves
        front = [(self._alone[i], 0, 0, start, self._home[i], 0.0, -1)]
        looked: list[tuple[int, int]] = []
        seen = set[tuple[int, int, bool]]()
        count = 0
        while front and len(looked) < _LOOKS:
            cost, left, _, v, there, spent, parent = heapq.heappop(front)
            if (left, v, there) in seen:
                continue
            seen.add((left, v, there))
            looked.append((v, parent))
            if -left == self._last:
                return _path(looked), cost
            here, after = self._here[-left], self._here[1 - left]
            for u, time in moves(i, v):
                passed = spent + (time if not there else 0.0 if u == v else _STIR * time)
                total = passed if there or u == goal else passed + costs[u]
                if total >= limit or u in after or (u in here and self._rings(v, u, -left)):
                    continue
                count += 1
                heapq.heappush(front, (total, left - 1, count, u, there or u == goal, passed, len(looked) - 1))
        return None

    def _rings(self, v: int, u: int, t: int) -> bool:
        """Whether going from `v` to `u` at step `t` would close a ring of agents that all move."""
        here = self._here[t]
        j = here.get(u)
        while j is not None and u != v:
            u, before = self.paths[j][t + 1], u
            if u == before:
                return False
            j = here.get(u)
        return u == v


def _path(looked: Sequence[tuple[int, int]]) -> Places:
    """The way to the last place looked at."""
    path, k = [], len(looked) - 1
    while k >= 0:
        v, k = looked[k]
        path.append(v)
    return tuple(reversed(path))
