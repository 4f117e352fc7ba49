"""The robot's side of traffic control: what it was granted, where on it it is, what it has left behind. No I/O."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from caravan.model.geometry import Point, Pose, along, off_segment
from caravan.model.plan import Stretch, TrafficReport
from caravan.traffic.astray import ASTRAY, off_route
from caravan.traffic.roadmap import Graph

REACHED = 0.25
"""A node counts as reached within this distance, m."""
GIVE_UP = 3.0
"""A robot has braked for sure when its lease ran out so long ago, s."""
HEARD = 2.0
"""Traffic control is there when it was heard so lately, s."""
SAID = 10.0
"""A lane that a robot could not pass is told for so long, s: longer than any report is lost."""
BARRED = 30.0
"""A robot that waits to turn back tries so long after whether the way is free again, s."""
CREEP = 0.3
"""A robot that has lost its way drives no faster to where it finds back, m/s."""
_CORNER = 2.4 * REACHED
"""A corner may be cut at most this far from its node, m."""


def clearance_of(radius: float, others: float, margin: float = 0.15) -> float:
    """How far (m) a robot of `radius` must be from a node before one of at most radius `others` may enter it."""
    return radius + others + margin


class RouteFollower:
    """Keeps one robot's numbered route. Lost, doubled, late and reordered Stretches do no harm.

    A node stays held until the robot is farther than `clearance` (m) from it and from all other lanes that meet there;
    or, where it lies ahead, until the robot has stood without a lease for `GIVE_UP` (s): a traffic control that was
    started anew may not know that it granted the node, and give it to somebody else. One that still knows grants it
    again.

    Where something is in its way it turns back (`turn_back`). Its route is another one from then on, told by its
    `turn`: a Stretch of an earlier turn, still on its way, lengthens nothing.
    """

    def __init__(self, robot: str, graph: Graph, clearance: float) -> None:
        self.robot = robot
        self.session = 0
        self.reached = -1
        self.turn = 0
        self.lease = -math.inf
        self.note = ""
        self._heard = -math.inf
        self._refused = False
        """Whether traffic control said lately that it must not drive on now."""
        self._blocked: tuple[str, ...] = ()
        self._gave_up = -math.inf
        self._barred = False
        """It can not get to the end of its route, and waits for the node behind it to turn back to."""
        self._graph = graph
        self._clearance = clearance
        self._first = 0
        self._route: list[str] = []
        self._previous: str | None = None
        self._pose: Pose | None = None
        self._found = False
        """Whether it has been on its route since it has one."""
        self._lost = False

    @property
    def held(self) -> tuple[str, ...]:
        """Nodes it stands on or was granted and has not left, in driving order."""
        return tuple(self._route)

    @property
    def cleared(self) -> int:
        """Number of the last route node that it has wholly left."""
        return self._first - 1

    @property
    def waiting(self) -> bool:
        """Whether it is at the end of what it was granted."""
        return self.reached == self._first + len(self._route) - 1

    def points(self) -> list[Point]:
        """The granted points still to drive to, in order; the robot must stop at the last."""
        if self._barred:
            return []
        return [self._graph.point(node) for node in self._route[self.reached + 1 - self._first :]]

    def wants(self, now: float) -> bool:
        """Whether it has somewhere to drive, and may or is kept from it by somebody in its way."""
        refused = self._refused and not self._lost and now - self._heard <= HEARD
        return bool(self.points()) and (refused or now <= self.lease)

    def speed(self, braking: float) -> float:
        """The highest speed (m/s) here with which all lanes granted can be kept to, braking with `braking` m/s2."""
        nodes = [n for k in range(self.reached - 1, self._first + len(self._route)) if (n := self._node(k))]
        ahead = self._route[max(0, self.reached + 1 - self._first) :]
        highest, way = CREEP if self._lost else math.inf, 0.0
        for start, end in pairwise(nodes):
            highest = min(highest, math.sqrt(self._graph.lane_speed(start, end) ** 2 + 2.0 * braking * way))
            if end in ahead and self._pose is not None:
                way = self._graph.point(end).distance(self._pose)
        return highest

    def arrived(self, destination: str) -> bool:
        """Whether it is at `destination` and was not sent on from there."""
        return self.waiting and bool(self._route) and self._route[-1] == destination

    def receive(self, stretch: Stretch, now: float, further: bool = True) -> None:
        """Takes up a Stretch: new nodes, a longer lease, or a new session of traffic control.

        A new session is taken up only if it knows all that this robot holds; else the next report tells it. Where the
        robot is not to go `further` than it was granted before, only the longer lease counts.
        """
        if stretch.robot != self.robot or stretch.session < self.session or self._pose is None:
            return
        if stretch.session > self.session:
            if not further or not self._switch(stretch, self._pose):
                return
        elif stretch.turn != self.turn:
            return
        elif further:
            self._lengthen(stretch)
        self._heard, self._refused = now, stretch.lease <= now
        self.lease = max(self.lease, stretch.lease)
        self.note = stretch.note

    def _lengthen(self, stretch: Stretch) -> None:
        known = self._first + len(self._route) - stretch.first
        if known >= 0:
            self._route.extend(stretch.nodes[known:])
            self._unbar()

    def _unbar(self) -> None:
        """Where the node to turn back to is granted, it drives there: the one that it cannot get to is behind it."""
        if self._barred and len(self._route) > 1:
            self._barred, self.reached = False, self._first

    def _switch(self, stretch: Stretch, pose: Pose) -> bool:
        held, nodes = self._route, list(stretch.nodes)
        if not nodes:
            return False
        if held:
            offset = next((c for c in range(len(nodes)) if nodes[c : c + len(held)] == held), None)
            if offset is None:
                return False
            self.reached += stretch.first + offset - self._first
        else:
            # Where it is far from what it is said to hold it has lost its way, and does not drive there blindly.
            offset, self._found = 0, True
            self.reached = stretch.first + self._locate(nodes, pose.point)
        self._first, self._route = stretch.first + offset, nodes[offset:]
        self.session, self.turn = stretch.session, stretch.turn
        self.lease, self._previous = -math.inf, None
        self._unbar()
        self._advance(pose.point)
        return True

    def _locate(self, nodes: Sequence[str], p: Point) -> int:
        """Index of the node after which `p` is on the way along `nodes`; -1 before the first."""
        places = [self._graph.point(node) for node in nodes]
        lanes = list(pairwise(places))
        if not lanes:
            return -1
        k = min(range(len(lanes)), key=lambda j: off_segment(p, *lanes[j]))
        return k if along(p, *lanes[k]) > 0 else k - 1

    def move(self, pose: Pose) -> None:
        """Notes where the robot is now: which nodes it has reached and cleared."""
        self._pose = pose
        self._advance(pose.point)
        self._mind_way(pose.point)

    def _mind_way(self, p: Point) -> None:
        """Notes whether it is on its route, or has lost it."""
        if not self._route:
            return
        off = off_route(self._graph, self._previous, self._route, p)
        self._found = self._found or off < ASTRAY / 2.0
        if self._found and off > ASTRAY:
            self._lose_way()

    def _lose_way(self) -> None:
        """It is where its route is not: traffic control must find it a node from which it can go on."""
        self.turn += 1
        self.reached, self._route, self._previous = self.cleared, [], None
        self._barred, self._blocked, self._found, self._lost = False, (), False, True

    def turn_back(self, now: float) -> bool:
        """Gives up what lies ahead, since something is in the way on the lane that it is on or about to enter.

        It goes back to the node that it came from. Where it holds that no more, it waits until it is granted. False
        where it is on no lane of the roadmap, or at the end of its route: there is nothing to turn back on.
        """
        at = self.reached - self._first
        if self._pose is None or self._barred or at + 1 >= len(self._route):
            return False
        end = self._route[at + 1]
        start = self._route[at] if at >= 0 else self._previous or self._start_of_lane(end, self._pose.point)
        if start is None:
            return False
        # Nobody else can be on the lane, as it holds one end of it and holds the other, or is clear of it.
        if at >= 0:
            self._route[at:] = [end, start]
        else:
            self._route, self._barred = [end], True
        self.turn += 1
        self._blocked, self._gave_up, self._previous = (start, end), now, None
        self._advance(self._pose.point)
        return True

    def _start_of_lane(self, end: str, p: Point) -> str | None:
        """The other end of the lane that leads to `end`, and on which `p` is; None where it is on none."""
        here = self._graph.point(end)
        others = [self._graph.names[v] for v in self._graph.beside[self._graph.index[end]]]
        start = min(others, key=lambda other: off_segment(p, here, self._graph.point(other)), default=None)
        near = start is not None and off_segment(p, here, self._graph.point(start)) <= REACHED
        return start if near else None

    def report(
        self,
        now: float,
        pose: Pose,
        destination: str | None,
        avoid: Sequence[str] = (),
        urgent: bool = False,
        fixed: bool = False,
    ) -> TrafficReport:
        """The report to send about 5 times a second."""
        self.move(pose)
        if now > self.lease + GIVE_UP:
            self._give_up_ahead(pose.point)
        if self._barred and now > self._gave_up + BARRED:
            self._barred = False
        return TrafficReport(
            robot=self.robot,
            stamp=now,
            pose=pose,
            destination=destination,
            avoid=tuple(avoid),
            urgent=urgent,
            fixed=fixed,
            session=self.session,
            reached=self.reached,
            cleared=self.cleared,
            held=self.held,
            turn=self.turn,
            blocked=self._blocked if self._barred or now <= self._gave_up + SAID else (),
        )

    def _give_up_ahead(self, p: Point) -> None:
        """Keeps of the route only what it stands on: up to the node that it has reached, or is on the lane to."""
        at = self.reached - self._first
        if self._route and (at < 0 or p.distance(self._graph.point(self._route[at])) > REACHED):
            at += 1
        del self._route[at + 1 :]

    def _advance(self, p: Point) -> None:
        last = self._first + len(self._route) - 1
        while self.reached < last and self._is_at(self.reached + 1, p):
            self.reached, self._lost = self.reached + 1, False
        self._barred = self._barred and self.reached < last
        while self._first <= self.reached and self._first < last and self._clear_of(self._route[0], p):
            self._previous = self._route.pop(0)
            self._first += 1

    def _node(self, number: int) -> str | None:
        k = number - self._first
        if k == -1:
            return self._previous
        return self._route[k] if 0 <= k < len(self._route) else None

    def _is_at(self, number: int, p: Point) -> bool:
        """Whether it is at a node, or has cut the corner there and is on the lane after it."""
        before, node, after = (self._node(number + d) for d in (-1, 0, 1))
        if node is None:
            return False
        here = self._graph.point(node)
        if p.distance(here) <= REACHED:
            return True
        if before is None or after is None or before == after or p.distance(here) > _CORNER:
            return False
        beyond = self._graph.point(after)
        return along(p, here, beyond) > 0 and off_segment(p, here, beyond) <= REACHED

    def _clear_of(self, node: str, p: Point) -> bool:
        here = self._graph.point(node)
        if p.distance(here) <= self._clearance:
            return False
        beside = (self._graph.names[v] for v in self._graph.beside[self._graph.index[node]])
        lanes = ((here, self._graph.point(other)) for other in beside if other not in self._route)
        return all(off_segment(p, *lane) > self._clearance for lane in lanes)
