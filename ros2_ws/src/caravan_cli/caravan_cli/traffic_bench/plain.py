"""Plain PIBT, for comparison (Okumura et al., Artificial Intelligence 310, 2022): rotations, waiting time, distance."""

from __future__ import annotations

import random
from collections.abc import Sequence

from caravan.traffic.roadmap import Graph


class PlainPibt:
    """Who waits longest for its target goes first, pushes whom it meets, and passes its right of way on to them."""

    def __init__(self, graph: Graph, start: Sequence[int], goals: Sequence[int], rng: random.Random) -> None:
        self._graph = graph
        self._rng = rng
        self._at = list(start)
        self._away = [graph.times(goal) for goal in goals]
        self._waited = [0] * len(start)
        self._next: dict[int, int] = {}
        self._here: dict[int, int] = {}
        self._taken: set[int] = set()

    def send(self, i: int, goal: int) -> None:
        """Gives agent `i` a new target."""
        self._away[i] = self._graph.times(goal)
        self._waited[i] = 0

    def step(self) -> tuple[int, ...]:
        """Where everyone is after the next step."""
        self._here = {v: i for i, v in enumerate(self._at)}
        self._next, self._taken = {}, set()
        self._waited = [count + 1 for count in self._waited]
        for i in sorted(range(len(self._at)), key=lambda i: (-self._waited[i], i)):
            if i not in self._next:
                self._move(i)
        self._at = [self._next[i] for i in range(len(self._at))]
        return tuple(self._at)

    def _move(self, first: int) -> None:
        """Moves agent `first`; whom it pushes moves before it, and where that fails it tries its next choice."""
        pushing = [(first, self._choices(first, None))]
        while pushing:
            i, choices = pushing[-1]
            u = next((u for u in choices if u not in self._taken), None)
            self._next[i] = self._at[i] if u is None else u
            self._taken.add(self._next[i])
            if u is None:
                pushing.pop()
                continue
            pushed = self._here.get(u)
            if pushed is None or pushed in self._next:
                return
            pushing.append((pushed, self._choices(pushed, self._at[i])))

    def _choices(self, i: int, pusher: int | None) -> list[int]:
        """The cells where agent `i` may go, nearest to its target first, without the one that it is pushed from."""
        cells = [v for v in (*self._graph.after[self._at[i]], self._at[i]) if v != pusher]
        self._rng.shuffle(cells)
        return sorted(cells, key=lambda v: self._away[i][v])
