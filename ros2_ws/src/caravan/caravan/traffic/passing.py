"""The passing order: which robot enters a node after which (action dependency graph, Hoenig et al., RA-L 2019).

A plan says at which step each robot enters a node; only the order of the entries counts, never the time. Since plans
hold no swaps and no rotations, some robot can always go on, however late the others are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visit:
    """`robot` enters `node` at plan step `step`."""

    robot: str
    node: str
    step: int


class PassingOrder:
    """The visits still to come, by robot and by node, earliest first.

    `paths` gives the node of each robot at every step of the plan; the first one it holds already. All paths have the
    same length, and no two robots share a node in a step, swap, or turn in a ring.
    """

    def __init__(self, paths: Mapping[str, Sequence[str]]) -> None:
        self._last = {path[0]: robot for robot, path in paths.items()}
        self._ahead: dict[str, deque[Visit]] = {}
        for robot, path in paths.items():
            self._ahead[robot] = deque(
                Visit(robot, node, t) for t, node in enumerate(path) if t and node != path[t - 1]
            )
        self._queues: dict[str, deque[Visit]] = {}
        for visit in sorted((v for ahead in self._ahead.values() for v in ahead), key=lambda v: v.step):
            self._queues.setdefault(visit.node, deque()).append(visit)

    def next(self, robot: str) -> str | None:
        """The node that `robot` enters next, None where the plan leaves it where it is."""
        ahead = self._ahead.get(robot)
        return ahead[0].node if ahead else None

    def before(self, robot: str) -> str | None:
        """Who enters the next node of `robot` before it, None where it is first in line (or has no next node)."""
        ahead = self._ahead.get(robot)
        if not ahead:
            return None
        first = self._queues[ahead[0].node][0]
        return None if first.robot == robot else first.robot

    def take(self, robot: str) -> str:
        """The next node of `robot`, which must be first in line for it; it is granted and no longer ahead."""
        visit = self._ahead[robot].popleft()
        self._queues[visit.node].popleft()
        self._last = {node: other for node, other in self._last.items() if other != robot} | {visit.node: robot}
        return visit.node

    def steps_to(self, robot: str, node: str, may_enter: Callable[[str, str], bool]) -> int | None:
        """How many steps it takes at least until `robot` enters `node`, all robots driving on as soon as they may.

        None where the plan does not bring it there, or only by a visit that `may_enter` (robot, node) forbids: one of
        its own or one that must come before. Visits that it does not depend on do not count.
        """
        hits = [k for k, visit in enumerate(self._ahead.get(robot, ())) if visit.node == node]
        if not hits:
            return None
        done: dict[Visit, int] = {}
        for visit in list(self._ahead[robot])[: hits[0] + 1]:
            self._settle(visit, done)
        return max(done.values()) if all(may_enter(v.robot, v.node) for v in done) else None

    def _settle(self, visit: Visit, done: dict[Visit, int]) -> None:
        """Notes the earliest step of `visit` in `done`, and of all that it depends on before."""
        open_ = [visit]
        while open_:
            own, left = self._previous(open_[-1]), self._leaving(open_[-1])
            missing = [v for v in (own, left) if v is not None and v not in done]
            if missing:
                open_.extend(missing)
                continue
            now = open_.pop()
            done[now] = max(1 + (done[own] if own else 0), done[left] if left else 0)

    def _previous(self, visit: Visit) -> Visit | None:
        ahead = self._ahead[visit.robot]
        k = ahead.index(visit)
        return ahead[k - 1] if k else None

    def _leaving(self, visit: Visit) -> Visit | None:
        """The visit by which the robot that is in the node before `visit` leaves it, if it is still to come."""
        queue = self._queues[visit.node]
        k = queue.index(visit)
        if k == 0:
            standing = self._last.get(visit.node)
            return self._ahead[standing][0] if standing is not None else None
        former = queue[k - 1]
        ahead = self._ahead[former.robot]
        return ahead[ahead.index(former) + 1]
