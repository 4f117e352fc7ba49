"""Robots that traffic control finds somewhere: new to its session, pushed off their way, or lost; and who waits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from caravan.model.geometry import Point, off_segment
from caravan.model.plan import TrafficReport
from caravan.model.site import Robot
from caravan.traffic.astray import BESIDE, in_the_way, off_route
from caravan.traffic.follower import REACHED, clearance_of
from caravan.traffic.roadmap import Graph
from caravan.traffic.track import Track


class Strays:
    """Says what robots hold where they are found. `tracks` are those known of `robots`; `lease` is of a Stretch, s."""

    def __init__(self, graph: Graph, robots: Mapping[str, Robot], tracks: Mapping[str, Track], lease: float) -> None:
        self._graph = graph
        self._robots = robots
        self._tracks = tracks
        self._widest = max((robot.radius for robot in robots.values()), default=0.0)
        self._lease = lease

    def holders(self) -> dict[str, str]:
        """Who has each node that is held or stood beside; nobody ("") may enter those that two have."""
        holders: dict[str, str] = {}
        for name, track in self._tracks.items():
            for node in track.occupied():
                holders[node] = name if node not in holders else ""
        return holders

    def beside(self, robot: str, here: Point, held: Collection[str]) -> frozenset[str]:
        """Nodes that a robot which is `here`, and drives to the first node of `held`, is in the way of."""
        there = self._graph.point(next(iter(held)))
        if here.distance(there) <= REACHED:
            return frozenset()
        return in_the_way(self._graph, here, there, held, self._clearance(robot))

    def mind(self, track: Track) -> None:
        """Brings up to date what a robot stands in the way of, as it was last heard of."""
        if track.reached < track.first and track.beside:
            return
        here = track.report.pose.point
        off = off_route(self._graph, None, track.route, here)
        way = [*track.ahead, track.end][:1] + track.route
        track.beside = self.beside(track.report.robot, here, way) if off > BESIDE else frozenset()

    def adopt(self, report: TrafficReport, former: Track | None, now: float) -> Track | None:
        """A robot that is new to the session, with the nodes it holds, or else the nearest one that it can drive to.

        Where a late report had it hold others (`former`), what it holds now has numbers of its own: a Stretch with the
        former ones may be on its way, and must not be taken for more of the same route. None where its nodes are not
        to be had.
        """
        taken = {node for track in self._tracks.values() for node in track.occupied()}
        held = [node for node in report.held if node in self._graph.index] if report.session else []
        beside: frozenset[str] = frozenset()
        first = 0
        if not held:
            free = self._within_reach(report.pose.point, taken)
            if not free:
                return None
            held = [min(free, key=lambda node: self._graph.point(node).distance(report.pose.point))]
            beside = self.beside(report.robot, report.pose.point, held)
        elif taken.intersection(held):
            return None
        elif former is not None:
            longer = former.continued(held)
            held, first = (held, former.last + 1) if longer is None else (longer, former.first)
        return Track(
            robot=self._robots[report.robot],
            report=report,
            heard=now,
            patience=self._lease,
            route=held,
            first=first,
            reached=first - 1,
            turn=report.turn if report.session else 0,
            sure=first + len(held),
            beside=beside,
            lost=now if self._far(report, held) else None,
            since=now,
            anchor=report.pose.point,
            moved=now,
        )

    def find(self, track: Track, report: TrafficReport, now: float) -> None:
        """Gives a robot that has lost its way the nearest node that it can drive to, where there is one.

        What it held is not free before it is there: its odometry may be wrong, and its body still where it was.
        """
        here = report.pose.point
        taken = {node for other in self._tracks.values() if other is not track for node in other.occupied()}
        free = self._within_reach(here, taken)
        if not free:
            return
        node = min(free, key=lambda name: (self._shut(track, here, name), self._graph.point(name).distance(here)))
        before = track.occupied()
        track.turn, track.first, track.route = report.turn, report.cleared + 1, [node]
        track.reached, track.sure = report.cleared, track.last + 1
        track.beside = (self.beside(report.robot, here, [node]) | before) - {node}
        track.lost = track.moved = now

    def held_up(self, track: Track, now: float) -> str:
        """The robot that a robot must wait for where it stands; empty: nobody."""
        others = (other for other in self._tracks.values() if other is not track)
        if track.lost is None:
            return next((o.report.robot for o in others if o.beside and self._crosses(track, o)), "")
        if now - track.lost < self._lease:
            return "all others"  # Those whose way it is in have not stopped yet.
        here, node = track.report.pose.point, track.route[0]
        return next((o.report.robot for o in others if self._near(track, here, node, o)), "")

    def around(self, report: TrafficReport) -> frozenset[str]:
        """Nodes that a robot which holds none is in the way of where it stands."""
        here = report.pose.point
        return in_the_way(self._graph, here, here, (), self._clearance(report.robot))

    def _within_reach(self, here: Point, taken: Collection[str]) -> list[str]:
        """The free nodes that a robot may be sent to from `here`: the ends of the lanes that it is on.

        A straight way to any other might lead through a shelf. Off all lanes nobody knows what is between.
        """
        on = [
            lane
            for lane in self._graph.lanes
            if off_segment(here, self._graph.point(lane.start), self._graph.point(lane.end)) <= BESIDE
        ]
        ends = {node for lane in on for node in (lane.start, lane.end)}
        return [node for node in self._graph.names if node not in taken and (node in ends or not on)]

    def _far(self, report: TrafficReport, held: Sequence[str]) -> bool:
        """Whether a robot is far from the nodes that it holds."""
        return off_route(self._graph, None, held, report.pose.point) > BESIDE

    def _crosses(self, track: Track, other: Track) -> bool:
        """Whether a robot may drive to where another stands beside its way; of two that do, one goes first."""
        if other.beside.isdisjoint(track.ahead):
            return False
        return track.beside.isdisjoint(other.ahead) or track.report.robot > other.report.robot

    def _shut(self, track: Track, here: Point, node: str) -> bool:
        """Whether another robot stands between a robot that is `here` and a node."""
        return any(self._near(track, here, node, other) for other in self._tracks.values() if other is not track)

    def _near(self, track: Track, here: Point, node: str, other: Track) -> bool:
        away = off_segment(other.report.pose.point, here, self._graph.point(node))
        return away < self._clearance(track.report.robot)

    def _clearance(self, robot: str) -> float:
        return clearance_of(self._robots[robot].radius, self._widest)
