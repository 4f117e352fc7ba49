"""Large neighbourhood search over tours: take some requests out, put them back, keep what is better or, while it is
hot, what is a little worse (Ropke & Pisinger 2006; Christiaens & Vanden Berghe 2020)."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from caravan.auction.tours.problem import Problem
from caravan.auction.tours.recreate import DEPTH, Recreate
from caravan.auction.tours.route import Route, Routes
from caravan.auction.tours.ruin import Ruin

ROUND = 400
"""Steps of the first round; each is longer than the one before, so that a search may be ended at any time."""
GROWTH = 1.5
SHRINKING = 0.35
"""The part of a round that tries to do with one vehicle less, where fewer are better."""
HOT, COLD = 1e-2, 1e-4
"""Temperatures at the start and at the end of a round, as parts of the cost."""


@dataclass(frozen=True, slots=True)
class State:
    """Tours, one for each vehicle, and the requests in none of them."""

    tours: list[Route]
    absent: list[int]
    cost: float
    used: int

    @classmethod
    def of(cls, tours: list[Route], absent: list[int]) -> State:
        """The state with its cost."""
        return cls(tours, absent, sum(t.cost for t in tours), sum(not t.idle for t in tours))


class Search:
    """A search with its best state so far. What `steps` finds in its first n steps never depends on how many follow."""

    def __init__(self, problem: Problem, rng: random.Random) -> None:
        self.routes = Routes(problem)
        self._fewest, self._rng = problem.fewest, rng
        self._ruin, self._recreate = Ruin(self.routes), Recreate(self.routes, problem)
        self.best = self._auction(1)
        self._misses = [0] * self.routes.count

    def steps(self) -> Iterator[None]:
        """Improves `best`, a step at a time, without an end. The first step is the auctions over again with regret."""
        self._keep(self._auction(DEPTH))
        yield
        length = float(ROUND)
        while True:
            shrinking = int(SHRINKING * length) if self._fewest and not self.best.absent else 0
            yield from self._shrink(shrinking)
            yield from self._cool(int(length) - shrinking)
            length *= GROWTH

    def _auction(self, depth: int) -> State:
        """Every request auctioned from nothing; without windows and loads it is better to have no regret."""
        tours = [self.routes.idle(kind) for kind in self.routes.kinds]
        absent = self._recreate.by_regret(tours, list(range(self.routes.count)), len(tours), depth)
        return State.of(tours, absent)

    def _rank(self, state: State) -> tuple[int, int, float]:
        return (len(state.absent), state.used if self._fewest else 0, state.cost)

    def _keep(self, state: State) -> None:
        if self._rank(state) < self._rank(self.best):
            self.best = state

    def _limit(self) -> int:
        return self.best.used if self._fewest and not self.best.absent else len(self.best.tours)

    def _try(self, state: State, limit: int) -> State:
        tours, taken = self._ruin(state.tours, self._rng)
        absent = self._recreate(tours, state.absent + taken, limit, self._rng)
        return State.of(tours, absent)

    def _temperatures(self, steps: int) -> Iterator[float]:
        hot = HOT * self.best.cost
        return (hot * (COLD / HOT) ** (step / steps) for step in range(steps))

    def _likes(self, new: State, old: State, temperature: float) -> bool:
        if len(new.absent) != len(old.absent):
            return len(new.absent) < len(old.absent)
        return new.cost < old.cost - temperature * math.log(1.0 - self._rng.random())

    def _cool(self, steps: int) -> Iterator[None]:
        """Simulated annealing from the best state, with no more vehicles than it has where fewer are better."""
        state = self.best
        for temperature in self._temperatures(steps):
            new = self._try(state, self._limit())
            if self._likes(new, state, temperature):
                state = new
                self._keep(new)
            yield

    def _shrink(self, steps: int) -> Iterator[None]:
        """Fleet minimization by sums of absences: a vehicle's requests go to the others, those first to be missing that
        have been missing least."""
        state = self._with_one_less(self.best)
        for temperature in self._temperatures(steps):
            if state.used == 0:
                return
            new = self._try(state, self.best.used - 1)
            missing, before = self._missing(new), self._missing(state)
            if missing < before or (missing == before and self._likes(new, state, temperature)):
                state = new
            for request in new.absent:
                self._misses[request] += 1
            if not new.absent:
                self._keep(new)
                state = self._with_one_less(new)
            yield

    def _missing(self, state: State) -> int:
        return sum(self._misses[r] for r in state.absent)

    def _with_one_less(self, state: State) -> State:
        """Without the vehicle whose requests have been missing least."""
        used = [slot for slot, tour in enumerate(state.tours) if not tour.idle]
        requests = self.routes.requests
        if not used:
            return state
        slot = min(used, key=lambda s: sum(self._misses[r] for r in requests(state.tours[s])))
        tours = list(state.tours)
        taken = requests(tours[slot])
        tours[slot] = self.routes.idle(tours[slot].kind)
        return State.of(tours, state.absent + taken)
