"""A small world for the laws of traffic: robots and crates on a roadmap; a radio that loses, doubles and delays."""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from caravan.actors.floor.progress import Advice, Progress
from caravan.actors.traffic.traffic_control import LEASE, TrafficControl
from caravan.model.geometry import Point, Pose
from caravan.model.plan import BlockedLanes, Stretch, TrafficReport
from caravan.model.site import Lane, Roadmap, Robot
from caravan.traffic.follower import RouteFollower, clearance_of
from caravan.traffic.roadmap import Graph

STEP = 0.1
CRATE = 0.3
"""Radius of a crate, m."""
Mail = TrafficReport | Stretch | BlockedLanes


def aisles(columns: int = 8, rows: int = 5, spurs: int = 6, pitch: float = 2.0) -> Roadmap:
    """A warehouse: two cross lanes joined by aisles, dead-end docks along the lower one, one one-way aisle."""
    nodes: dict[str, Point] = {}
    lanes = []
    for c in range(columns):
        for r in range(rows):
            nodes[f"n{c}_{r}"] = Point(c * pitch, r * pitch)
        for r in range(rows - 1):
            lanes.append(Lane(start=f"n{c}_{r}", end=f"n{c}_{r + 1}", two_way=c != 1))
    for r in (0, rows - 1):
        for c in range(columns - 1):
            lanes.append(Lane(start=f"n{c}_{r}", end=f"n{c + 1}_{r}", speed=1.0 if c == 2 else None))
    for c in range(spurs):
        nodes[f"dock_{c}"] = Point(c * pitch, -2 * pitch)
        nodes[f"gate_{c}"] = Point(c * pitch, -pitch)
        lanes.append(Lane(start=f"n{c}_0", end=f"gate_{c}"))
        lanes.append(Lane(start=f"gate_{c}", end=f"dock_{c}"))
    return Roadmap(nodes=nodes, lanes=tuple(lanes))


def comb(size: int, every: int, pitch: float = 2.0) -> Roadmap:
    """A single lane with blind sidings, `every` so many nodes: no loop anywhere."""
    nodes = {f"s{k}": Point(k * pitch, 0.0) for k in range(size)}
    sidings = {f"t{k}": Point(k * pitch, pitch) for k in range(0, size, every)}
    lanes = [Lane(start=f"s{k}", end=f"s{k + 1}") for k in range(size - 1)]
    return Roadmap(
        nodes=nodes | sidings, lanes=(*lanes, *(Lane(start=f"s{k}", end=f"t{k}") for k in range(0, size, every)))
    )


def ring(size: int = 12, radius: float = 8.0) -> Roadmap:
    """A closed loop."""
    angles = [math.tau * k / size for k in range(size)]
    nodes = {f"r{k}": Point(radius * math.cos(a), radius * math.sin(a)) for k, a in enumerate(angles)}
    return Roadmap(nodes=nodes, lanes=tuple(Lane(start=f"r{k}", end=f"r{(k + 1) % size}") for k in range(size)))


def fleet(roadmap: Roadmap, count: int, rng: random.Random, starts: Sequence[str] = ()) -> dict[str, Robot]:
    """`count` robots of mixed speeds and sizes, on nodes of their own: `starts`, or any."""
    starts = starts or rng.sample(sorted(roadmap.nodes), count)
    return {
        f"robot_{k}": Robot(
            id=f"robot_{k}",
            start=Pose(roadmap.nodes[node].x, roadmap.nodes[node].y),
            speed=rng.uniform(0.6, 2.0),
            radius=rng.choice((0.25, 0.35)),
        )
        for k, node in enumerate(starts)
    }


@dataclass
class Body:
    """A robot of the world: its follower, where it is, where it wants to go, what it has done."""

    robot: Robot
    follower: RouteFollower
    pose: Pose
    destination: str | None = None
    avoid: tuple[str, ...] = ()
    urgent: bool = False
    busy_until: float = 0.0
    stop_until: float = 0.0
    dead_until: float = 0.0
    since: float = 0.0
    longest: float = 0.0
    trips: int = 0
    entered: list[str] = field(default_factory=list)
    progress: Progress = field(default_factory=lambda: Progress(1.0, 1.5))


Next = Callable[[Body, float], str | None]


class World:
    """Runs one traffic control and many robots in virtual time; raises AssertionError where robots touch."""

    def __init__(
        self,
        roadmap: Roadmap,
        robots: Mapping[str, Robot],
        rng: random.Random,
        choose: Next,
        loss: float = 0.0,
        delay: float = 0.0,
        stops: float = 0.0,
        work: float = 2.0,
    ) -> None:
        self.roadmap, self.robots, self.rng, self.choose = roadmap, robots, rng, choose
        self.loss, self.delay, self.stops, self.work = loss, delay, stops, work
        self.now = 0.0
        self.graph = Graph(roadmap)
        widest = max(robot.radius for robot in robots.values())
        self.bodies = {
            name: Body(
                robot=robot,
                follower=RouteFollower(name, self.graph, clearance_of(robot.radius, widest)),
                pose=robot.start or Pose(0.0, 0.0),
            )
            for name, robot in robots.items()
        }
        self.control = TrafficControl(roadmap, robots, 1, 0.0)
        self.lines: list[Stretch] = []
        self.crates: list[Point] = []
        """Things that stand about, of which nobody knows."""
        self.blocked: BlockedLanes | None = None
        """What traffic control last said about lanes."""
        self._mail: list[tuple[float, int, Mail]] = []
        self._count = 0
        self._steps = 0

    def restart(self, session: int) -> None:
        """Traffic control dies and comes back without memory."""
        self.control = TrafficControl(self.roadmap, self.robots, session, self.now)

    def reboot(self, name: str) -> None:
        """A robot's program dies and comes back without memory."""
        widest = max(robot.radius for robot in self.robots.values())
        body = self.bodies[name]
        body.follower = RouteFollower(name, self.graph, clearance_of(body.robot.radius, widest))

    def push(self, name: str, to: Point) -> bool:
        """Somebody shoves a robot there, unless it would hit another or one could not stop before it in time."""
        others = [body for body in self.bodies.values() if body.robot.id != name]
        room = 1.5 + LEASE
        if any(o.pose.point.distance(to) < room * o.robot.speed + 2.0 * o.robot.radius for o in others):
            return False
        self.bodies[name].pose = Pose(to.x, to.y)
        return True

    def _send(self, message: Mail) -> None:
        for _ in range(2 if self.rng.random() < self.loss / 3 else 1):
            if self.rng.random() >= self.loss:
                self._count += 1
                due = self.now + (self.rng.uniform(0, self.delay) if self.delay else 0.0)
                heapq.heappush(self._mail, (due, self._count, message))

    def run(self, seconds: float) -> None:
        """Steps the world; checks its promises at every step."""
        end = self.now + seconds
        while self.now < end:
            self.step()

    def step(self) -> None:
        self._steps += 1
        self.now = self._steps * STEP
        for body in self.bodies.values():
            if self.now >= body.dead_until:
                self._live(body)
        for stretch in self.control.tick(self.now):
            self._send(stretch)
        while self._mail and self._mail[0][0] <= self.now:
            _, _, message = heapq.heappop(self._mail)
            self._deliver(message)
        self.check()

    def _deliver(self, message: Mail) -> None:
        if isinstance(message, TrafficReport):
            for stretch in self.control.receive(message, self.now):
                self._send(stretch)
            return
        if isinstance(message, BlockedLanes):
            self.blocked = message
            return
        self.lines.append(message)
        body = self.bodies[message.robot]
        if self.now >= body.dead_until:
            body.follower.receive(message, self.now)

    def _live(self, body: Body) -> None:
        follower = body.follower
        if body.destination is not None and follower.arrived(body.destination) and self.now >= body.busy_until:
            body.trips += 1
            body.longest = max(body.longest, self.now - body.since)
            body.destination = None
            body.busy_until = self.now + self.rng.uniform(0, self.work)
        if body.destination is None and self.now >= body.busy_until:
            body.destination, body.since = self.choose(body, self.now), self.now
        if self.rng.random() < self.stops * STEP:
            body.stop_until = self.now + self.rng.uniform(0, 4)
        if self.now >= body.stop_until:
            advice = body.progress.look(body.pose, follower.wants(self.now), self.now)
            if advice is Advice.TURN_BACK:
                follower.turn_back(self.now)
            elif self.now <= follower.lease:
                self._drive(body)
        fixed = self.now < body.busy_until
        if (self._steps + int(body.robot.id.rsplit("_", 1)[1])) % 2 == 0:
            self._send(follower.report(self.now, body.pose, body.destination, body.avoid, body.urgent, fixed))
        else:
            follower.move(body.pose)

    def _drive(self, body: Body) -> None:
        left = body.robot.speed * self.rng.uniform(0.5, 1.0) * STEP
        x, y = body.pose.x, body.pose.y
        for point in body.follower.points():
            gap = math.hypot(point.x - x, point.y - y)
            share = min(1.0, left / gap) if gap > 0 else 1.0
            there = Point(x + share * (point.x - x), y + share * (point.y - y))
            if self._hits(body, Point(x, y), there):
                break
            x, y, left = there.x, there.y, left - share * gap
            if left <= 0:
                break
        body.pose = Pose(x, y)
        for node in body.follower.held:
            if self.graph.point(node).distance(body.pose.point) < 0.1 and body.entered[-1:] != [node]:
                body.entered.append(node)

    def _hits(self, body: Body, here: Point, there: Point) -> bool:
        """Whether a crate is in the way of a robot; away from one it may always drive."""
        near = CRATE + body.robot.radius
        return any(there.distance(c) < near and there.distance(c) < here.distance(c) for c in self.crates)

    def check(self) -> None:
        """No two robots touch or hold the same node, in traffic control's eyes or their own."""
        for one, two in combinations(self.bodies.values(), 2):
            gap = one.pose.point.distance(two.pose.point)
            names = f"{one.robot.id} and {two.robot.id} at {self.now:.1f}"
            assert gap >= one.robot.radius + two.robot.radius, f"{names} touch: {gap:.2f} m"
            assert not set(one.follower.held) & set(two.follower.held), f"{names} hold the same node"
        held = [node for nodes in self.control.held().values() for node in set(nodes)]
        assert len(held) == len(set(held)), f"granted twice at {self.now:.1f}: {sorted(held)}"


def anywhere(roadmap: Roadmap, rng: random.Random) -> Next:
    """Random destinations that no other robot has."""
    goals: dict[str, str] = {}

    def choose(body: Body, now: float) -> str:
        goals.pop(body.robot.id, None)
        free = sorted(set(roadmap.nodes) - set(goals.values()) - set(body.avoid))
        goals[body.robot.id] = rng.choice(free)
        return goals[body.robot.id]

    return choose
