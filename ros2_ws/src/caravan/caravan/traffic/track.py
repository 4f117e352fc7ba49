"""What traffic control knows of one robot: its reports and the part of its route that it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from caravan.model.geometry import Point
from caravan.model.plan import TrafficReport
from caravan.model.site import Robot

STUCK = 5.0
"""A robot that has not moved for so long, though it may, counts as an obstacle, s."""
_MOVED = 0.1
"""Less than this is no movement, m."""


@dataclass(slots=True)
class Track:
    """One robot. `route` are the nodes it holds, numbered from `first`; the last one is where its plan starts."""

    robot: Robot
    report: TrafficReport
    heard: float
    patience: float
    """When it was not heard of for so long it counts as dead, s."""
    route: list[str]
    first: int = 0
    reached: int = -1
    confirmed: bool = False
    """It numbers its route as this session does, so that no older session can send it anywhere."""
    beside: frozenset[str] = frozenset()
    """Nodes it stands in the way of until it has reached its first one."""
    since: float = 0.0
    """When it got its destination."""
    arrived: float | None = None
    """When it was first known to be there."""
    anchor: Point = field(default_factory=lambda: Point(0.0, 0.0))
    moved: float = 0.0

    @property
    def last(self) -> int:
        """Number of the last granted node."""
        return self.first + len(self.route) - 1

    @property
    def end(self) -> str:
        """The last granted node."""
        return self.route[-1]

    def occupied(self) -> set[str]:
        """Nodes that nobody else may enter."""
        return {*self.route, *self.beside}

    def carries(self, held: Sequence[str]) -> bool:
        """Whether its route has all of `held` (nodes) in that order without a gap."""
        return any(self.route[k : k + len(held)] == list(held) for k in range(len(self.route)))

    def continued(self, held: list[str]) -> list[str] | None:
        """The route, lengthened to `held` where that begins in it, so that its numbers stay; None where it does not."""
        for k in range(len(self.route)):
            if self.route[k:] == held[: len(self.route) - k]:
                return self.route[:k] + held
        return None

    def absorb(self, report: TrafficReport, session: int, now: float) -> bool:
        """Takes up a newer report; whether it asks for a new plan."""
        old, self.report, self.heard = self.report, report, now
        if report.pose.point.distance(self.anchor) > _MOVED:
            self.anchor, self.moved = report.pose.point, now
        if report.session == session:
            self._follow(report)
        wish = (report.destination, report.avoid, report.urgent)
        changed = wish != (old.destination, old.avoid, old.urgent)
        if changed:
            self.since, self.arrived = now, None
        if self.arrived is None and self.reached == self.last and self.end == report.destination:
            self.since = self.arrived = now
        return changed or report.fixed != old.fixed

    def _follow(self, report: TrafficReport) -> None:
        self.confirmed = True
        self.reached = max(self.reached, min(report.reached, self.last))
        if self.reached >= self.first:
            self.beside = frozenset()
        while self.first <= min(report.cleared, self.reached, self.last - 1):
            del self.route[0]
            self.first += 1

    def stale(self, now: float) -> bool:
        """Whether it counts as dead."""
        return now - self.heard > self.patience

    def blocked(self, now: float) -> bool:
        """Whether it stands though it may drive."""
        return self.reached < self.last and now - self.moved > STUCK

    def drives(self, now: float) -> bool:
        """Whether it takes part in the plan; else it is an obstacle."""
        return self.confirmed and not (self.report.fixed or self.stale(now) or self.blocked(now))

    def grant(self, node: str, now: float) -> None:
        """Lets it drive one node further."""
        if self.reached == self.last:
            self.moved = now
        self.route.append(node)
