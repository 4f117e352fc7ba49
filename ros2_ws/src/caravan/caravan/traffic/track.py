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
    turn: int = 0
    """Its numbers are those after so many turns."""
    sure: int = 0
    """Number of the first node granted after its latest turn: where it has reached that, it has driven there."""
    passed: list[tuple[str, str]] = field(default_factory=list)
    """The lanes that it has passed by its latest report."""
    confirmed: bool = False
    """It numbers its route as this session does, so that no older session can send it anywhere."""
    beside: frozenset[str] = frozenset()
    """Nodes that it stands in the way of, though it does not hold them."""
    lost: float | None = None
    """When it was found away from its route, if it is not back on one yet."""
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

    def is_news(self, report: TrafficReport, now: float) -> bool:
        """Whether a report is newer than the last; of a robot that seemed dead any is: its clock was set back."""
        return report.stamp > self.report.stamp or self.stale(now)

    def robots_time(self, now: float) -> float:
        """What the robot's own clock shows `now`, or a little less: by how long its report was on the way."""
        return self.report.stamp + (now - self.heard)

    def absorb(self, report: TrafficReport, session: int, now: float) -> bool:
        """Takes up a newer report; whether it asks for a new plan."""
        old, self.report, self.heard = self.report, report, now
        if report.pose.point.distance(self.anchor) > _MOVED:
            self.anchor, self.moved = report.pose.point, now
        self.passed = []
        if report.session == session:
            self._follow(report, now)
        wish = (report.destination, report.avoid, report.urgent)
        changed = wish != (old.destination, old.avoid, old.urgent)
        turned = report.session == session and report.turn != old.turn
        if changed:
            self.since, self.arrived = now, None
        if self.arrived is None and self.reached == self.last and self.end == report.destination:
            self.since = self.arrived = now
        return changed or turned or report.fixed != old.fixed

    @property
    def retreat(self) -> str | None:
        """The node that it needs to turn back to, since it cannot get to the end of its route; None: it needs none."""
        if not self.report.blocked or self.reached == self.last or self.last >= self.sure:
            return None
        start, end = self.report.blocked
        return start if end == self.end and start not in self.route else None

    @property
    def ahead(self) -> list[str]:
        """The nodes that it may drive to and has not reached."""
        return self.route[max(0, self.reached + 1 - self.first) :]

    def _turn(self, report: TrafficReport, now: float) -> None:
        """It has given up what lay ahead, and keeps some of its nodes under new numbers."""
        if set(report.held) <= set(self.route):
            self.turn, self.first, self.route = report.turn, report.cleared + 1, list(report.held)
            self.reached, self.sure = report.reached, self.last + 1
            self.moved = now

    def _follow(self, report: TrafficReport, now: float) -> None:
        self.confirmed = True
        if report.turn > self.turn and report.held:
            self._turn(report, now)
        if report.turn != self.turn:
            return
        before, self.reached = self.reached, max(self.reached, min(report.reached, self.last))
        numbers = range(max(before, self.first, self.sure), self.reached)
        self.passed = [(self.route[k - self.first], self.route[k + 1 - self.first]) for k in numbers]
        if self.reached >= self.first:
            self.lost = None
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
        if not self.confirmed or self.report.fixed or (self.report.blocked and self.retreat):
            return False
        return not (self.stale(now) or self.blocked(now))

    def grant(self, node: str, now: float) -> None:
        """Lets it drive one node further."""
        if self.reached == self.last or self.retreat:
            self.moved = now
        self.route.append(node)
