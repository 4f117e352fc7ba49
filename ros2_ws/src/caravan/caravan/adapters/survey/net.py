"""A roadmap that grows lane by lane, where each new lane must leave the others room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from caravan.adapters.survey.floor import Floor
from caravan.model.geometry import Point
from caravan.sim.footprint import segment_distances


class Net:
    """Nodes by number and lanes between them. No two parts that share no node are nearer than `apart` (m)."""

    def __init__(self, floor: Floor, points: Iterable[Point], apart: float) -> None:
        self.points = list(points)
        self.beside: dict[int, set[int]] = defaultdict(set)
        """The nodes that a lane leads to from each node that has one."""
        self._floor, self._apart = floor, apart
        self._where = np.array([(p.x, p.y) for p in self.points]).reshape(-1, 2)
        nodes = np.arange(len(self.points))
        self._ends = np.column_stack((nodes, nodes))

    def lay(self, lanes: Iterable[tuple[int, int]]) -> None:
        """Lays each lane that leaves others room, one after the other."""
        for a, b in lanes:
            if self.room(a, b):
                self._ends = np.vstack((self._ends, (a, b)))
                self.beside[a].add(b)
                self.beside[b].add(a)

    def room(self, a: int, b: int) -> bool:
        """Whether a lane from `a` to `b` would keep clear of all obstacles, and of all it shares no node with."""
        p, q = self._where[a], self._where[b]
        if a == b or b in self.beside[a] or not self._floor.clear(p[None], q[None])[0]:
            return False
        shares = (self._ends == a).any(axis=1) | (self._ends == b).any(axis=1)
        others = self._ends[~shares]
        low, high = np.minimum(p, q) - self._apart, np.maximum(p, q) + self._apart
        start, end = self._where[others[:, 0]], self._where[others[:, 1]]
        close = (np.minimum(start, end) < high).all(axis=1) & (np.maximum(start, end) > low).all(axis=1)
        return bool((segment_distances(p, q, start[close], end[close]) >= self._apart - 1e-9).all())

    def turn(self, node: int, one: int, other: int) -> float:
        """The cosine of the angle at `node` between the ways to two others."""
        a, b = self._where[one] - self._where[node], self._where[other] - self._where[node]
        return float(a @ b / (np.hypot(*a) * np.hypot(*b)))

    def around(self, node: int, reach: float) -> list[int]:
        """The other nodes within `reach` (m), the nearest first."""
        away = np.hypot(*(self._where - self._where[node]).T)
        return [int(k) for k in np.argsort(away, kind="stable") if k != node and away[k] <= reach]

    def prune(self, keep: int) -> None:
        """Takes away dead ends, as far as none of the first `keep` nodes lies in them."""
        ends = [n for n, others in self.beside.items() if len(others) == 1 and n >= keep]
        while ends:
            node = ends.pop()
            for other in self.beside.pop(node):
                self.beside[other].discard(node)
                if len(self.beside[other]) == 1 and other >= keep:
                    ends.append(other)
        self._ends = self._ends[[a == b or b in self.beside[a] for a, b in self._ends.tolist()]]

    def parts(self) -> list[set[int]]:
        """The nodes of each part that hangs together, the largest part first."""
        left, found = {n for n, others in self.beside.items() if others}, []
        while left:
            part, front = set[int](), [min(left)]
            while front:
                node = front.pop()
                if node not in part:
                    part.add(node)
                    front += self.beside[node] - part
            left -= part
            found.append(part)
        return sorted(found, key=lambda part: (-len(part), min(part)))
