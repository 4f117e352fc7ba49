"""The lanes as traffic control has them: which are blocked, as far as robots have found, and what is left to drive."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from caravan.model.plan import BlockedLane, BlockedLanes
from caravan.traffic.beliefs import Beliefs
from caravan.traffic.closing import without
from caravan.traffic.roadmap import Graph
from caravan.traffic.spurs import Spurs

_SHARED = 2.0
"""What is blocked is said again so often, s."""
_FREED = 10.0
"""That nothing is blocked any more is said for so long, s."""


class Lanes:
    """The lanes of one `session` of traffic control. All times are the caller's `now` (s)."""

    def __init__(self, graph: Graph, session: int) -> None:
        self.open = graph
        """The roadmap without the lanes that are closed."""
        self.spurs = Spurs(graph)
        self._all = graph
        self._session = session
        self._beliefs = Beliefs()
        self._closed: tuple[BlockedLane, ...] = ()
        self._said = self._used = float("-inf")

    def blocked(self, lane: Sequence[str], now: float) -> None:
        """A robot could not pass a lane (two nodes; none: nothing was in its way). What is no lane is ignored."""
        if len(lane) == 2 and self._is_lane(lane[0], lane[1]):
            self._beliefs.blocked(lane[0], lane[1], now)

    def passed(self, lanes: Iterable[tuple[str, str]], now: float) -> None:
        """A robot has passed some lanes."""
        for lane in lanes:
            self._beliefs.passed(*lane, now)

    def refresh(self, now: float) -> bool:
        """Brings `open` up to date; whether it has changed."""
        closed = self._beliefs.closed(now)
        lanes = tuple(BlockedLane(start=a, end=b, until=until) for (a, b), until in closed.items())
        if lanes == self._closed:
            return False
        before, self._closed, self._said, self._used = self.open, lanes, float("-inf"), now
        self.open = without(self._all, frozenset(closed))
        if self.open is not before:
            self.spurs = Spurs(self.open)
        return self.open is not before

    def due(self, now: float) -> list[BlockedLanes]:
        """What is to be said to all robots now."""
        matters = self._closed or now - self._used <= _FREED
        if not matters or now - self._said < _SHARED:
            return []
        self._said = now
        return [BlockedLanes(session=self._session, stamp=now, lanes=self._closed)]

    def knows(self, node: str) -> bool:
        """Whether it is a node of the roadmap."""
        return node in self._all.index

    def why_not(self, start: str, goal: str, avoid: Collection[str]) -> str:
        """Why there is no way between two nodes; empty where there is one."""
        if goal not in avoid and self.open.reachable(start, goal, avoid):
            return ""
        if goal in avoid or not self._all.reachable(start, goal, avoid):
            return f"no way to {goal}"
        blocked = ", ".join(f"{lane.start} - {lane.end}" for lane in self._closed)
        return f"no way to {goal} while something is in the way on {blocked}"

    def _is_lane(self, a: str, b: str) -> bool:
        index = self._all.index
        return a in index and b in index and index[b] in self._all.beside[index[a]]
