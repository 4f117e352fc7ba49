"""Where a robot is on the roadmap, and how long it drives from there."""

from __future__ import annotations

from caravan.actors.floor.drag import Drag
from caravan.model.ability import closed_to
from caravan.model.charging import chargers
from caravan.model.geometry import Pose
from caravan.model.plan import BlockedLanes
from caravan.model.site import Robot, Site
from caravan.traffic.beliefs import ends
from caravan.traffic.closing import without
from caravan.traffic.roadmap import Graph


class Ways:
    """The ways of one robot. Times are in s, and `now` is the caller's."""

    def __init__(self, robot: Robot, site: Site, graph: Graph) -> None:
        self._graph = graph
        self._speed = min(robot.speed, site.policy.max_speed)
        self.closed = closed_to(robot, site)
        """The nodes where it must never drive."""
        self._places = chargers(site)
        self._pose = robot.start or Pose(0.0, 0.0)
        self._drag = Drag()
        self._now = 0.0
        self._stands: tuple[Pose | None, str] = (None, "")
        """Where it was when it was last asked for its node, and the node."""
        self._blocked = BlockedLanes(session=0, stamp=0.0)

    def mind(self, now: float) -> None:
        """Takes in the time."""
        self._now = now

    def move(self, pose: Pose) -> None:
        """Takes in where it is."""
        self._pose = pose

    def hear(self, blocked: BlockedLanes) -> None:
        """Learns which lanes are blocked; what is older than what it knows is ignored."""
        if (blocked.session, blocked.stamp) > (self._blocked.session, self._blocked.stamp):
            self._blocked = blocked

    def follow(self, place: str | None, arrived: bool) -> None:
        """Learns how long drives take: the robot drives to `place` (None: nowhere), or has `arrived` there."""
        self._drag.follow(place, arrived, lambda there: self._travel(self.here(), there, ()), self._now)

    def shut(self, avoid: tuple[str, ...]) -> tuple[str, ...]:
        """The places that it must not enter, with some that it is to avoid."""
        return tuple(dict.fromkeys((*avoid, *self.closed))) if self.closed else avoid

    def drag(self) -> float:
        """How many times longer than alone its drives have lately taken."""
        return self._drag.factor(self._now)

    def here(self) -> str:
        """The node that it is nearest to."""
        pose, node = self._stands
        if pose != self._pose:
            node = self._graph.nearest(self._pose.point)
            self._stands = (self._pose, node)
        return node

    def drive_time(self, start: str, end: str, avoid: tuple[str, ...]) -> float | None:
        """As drives have lately been: longer than alone where others are in the way. None where there is no way."""
        time = self._travel(start, end, avoid)
        return None if time is None else time * self.drag()

    def chargers(self, here: str) -> tuple[str, ...]:
        """The chargers that can be reached from a node, the nearest first."""
        times = {place: self._travel(here, place, ()) for place in self._places}
        return tuple(sorted((p for p, t in times.items() if t is not None), key=lambda p: (times[p], p)))

    def to_chargers(self) -> dict[str, float]:
        """How long it drives to each charger that it can reach, the nearest first."""
        here = self.here()
        return {p: time for p in self.chargers(here) if (time := self.drive_time(here, p, ())) is not None}

    def is_charger(self, node: str) -> bool:
        """Whether a node is a charger."""
        return node in self._places

    def stand(self, place: str, seat: int, avoid: tuple[str, ...]) -> str:
        """Where the robot on a seat of a shared task stands at a place: no two robots stand at one node."""
        stands = self._graph.around(place, seat, self.shut(avoid)) if place in self._graph.index else ()
        return stands[-1] if stands else place

    def _travel(self, start: str, end: str, avoid: tuple[str, ...]) -> float | None:
        closed = frozenset(ends(lane.start, lane.end) for lane in self._blocked.lanes if lane.until > self._now)
        return without(self._graph, closed).travel_time(start, end, self._speed, self.shut(avoid))
