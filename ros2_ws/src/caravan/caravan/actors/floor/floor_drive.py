"""Driving on the floor of a warehouse: leg by leg on a roadmap, as far as traffic control lets it, and to chargers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from caravan.actors.able import admission
from caravan.actors.floor.charger_queue import ChargerQueue
from caravan.actors.floor.chores import Chores
from caravan.actors.floor.progress import Advice, Progress
from caravan.actors.floor.ways import Ways
from caravan.actors.robot.agent import Agent, AgentSettings
from caravan.actors.robot.driving import Heard
from caravan.actors.robot.entry import Entry
from caravan.actors.robot.mandate import Mandate
from caravan.actors.robot.obedience import Obedience
from caravan.actors.robot.odometry import Odometry
from caravan.actors.robot.own_clock import OwnClock
from caravan.actors.robot.starts import StartLog
from caravan.actors.robot.worklist import Worklist
from caravan.model.charging import longest_wait
from caravan.model.claims import CHARGERS, Claims
from caravan.model.geometry import Pose, Twist
from caravan.model.goal import Task
from caravan.model.market import AWAITS_CHARGER
from caravan.model.plan import BlockedLanes, Stretch, TrafficReport
from caravan.model.site import Robot, Site
from caravan.model.work import Leg
from caravan.motion.driver import Driver
from caravan.motion.navigator import IN_THE_WAY, Navigator
from caravan.traffic.follower import RouteFollower, clearance_of
from caravan.traffic.roadmap import Graph

_PROBE = 0.5
"""How fast a robot turns on the spot to find out whether it moves, rad/s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Aim:
    """What the robot is after: the leg it is on, where it must not drive, and whose leg that is."""

    leg: Leg | None = None
    task: Task | None = None
    own: bool = False


_NOTHING = _Aim()


def floor_agent(
    robot: Robot,
    site: Site,
    graph: Graph,
    settings: AgentSettings,
    log: StartLog,
    draw: Callable[[], int],
    model: str = "",
    navigator: Navigator | None = None,
    ahead: Callable[[], float] = lambda: 0.0,
) -> Agent:
    """The agent of a robot on the roadmap of `site`, with what its log holds of the time before a restart.

    `model` is the id of the language model that it reads goals with. `navigator` drives it; None: a `Driver`. Its
    `OwnClock` has `draw` and `ahead`.
    """
    ways = Ways(robot, site, graph)
    admit = admission(robot, site)
    wait = longest_wait(robot, site)
    worklist = Worklist(robot, ways.drive_time, ways.chargers, log, ways.here(), ways.stand, admit, wait=wait)
    mandate = Mandate(worklist, Obedience(log), settings.lease)
    drive = FloorDrive(robot, site, graph, ways, mandate, settings, navigator or Driver(robot, site.policy))
    clock = OwnClock(log, draw, ahead, settings.lease / 2.0)
    return Agent(robot, mandate, drive, clock, settings, model)


class FloorDrive:
    """Drives one robot; see `Driving`."""

    def __init__(
        self,
        robot: Robot,
        site: Site,
        graph: Graph,
        ways: Ways,
        mandate: Mandate,
        settings: AgentSettings,
        navigator: Navigator,
    ) -> None:
        self._robot = robot
        self._graph = graph
        self._ways = ways
        self._mandate = mandate
        self._worklist = mandate.worklist
        self._pause = settings.report
        widest = max(r.radius for r in site.robots.values())
        self._follower = RouteFollower(robot.id, graph, clearance_of(robot.radius, widest))
        self._navigator = navigator
        self._turn = self._follower.turn
        self._odometry = Odometry(min(robot.speed, site.policy.max_speed))
        slowest = min((graph.lane_speed(lane.start, lane.end) for lane in site.roadmap.lanes), default=math.inf)
        speed = min(robot.speed, site.policy.max_speed, slowest)
        self._progress = Progress(speed, robot.turn_rate, navigator.start)
        self._queue = ChargerQueue(robot.id)
        self._chores = Chores(robot, ways, self._worklist, settings.top_up, self._queue)
        self._battery = 1.0
        self._sensed: float | None = None
        self._reported = float("-inf")
        self.pose = robot.start or Pose(0.0, 0.0)

    # -- what the market asks -----------------------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """See `Driving`."""
        return self._chores.busy

    def here(self) -> str:
        """See `Driving`."""
        return self._ways.here()

    def drag(self) -> float:
        """See `Driving`."""
        return self._ways.drag()

    def unfit(self, task: Task) -> str | None:
        """See `Driving`."""
        return "charging" if self._chores.charging and not self._chores.may_leave(task, self._battery) else None

    def give_way(self, task: Task) -> None:
        """See `Driving`."""
        self._chores.give_way(task, self._battery)

    def go_home(self) -> None:
        """See `Driving`."""
        if self._robot.start is not None:
            self._chores.go(self._graph.nearest(self._robot.start.point))

    # -- what happens -------------------------------------------------------------------------------------------

    def sense(self, pose: Pose, velocity: Twist, battery: float, now: float) -> Twist | None:
        """See `Driving`."""
        elapsed = 0.0 if self._sensed is None else max(0.0, now - self._sensed)
        self._battery, self._sensed = battery, now
        believed = self._odometry.believes(pose, velocity, now)
        if believed:
            self.pose = pose
            self._ways.move(pose)
            self._follower.move(pose)
        self._chores.mind_battery(battery, self._occupied(now), now)
        aim = self._aim(now)
        self._ways.follow(aim.leg.place if aim.leg is not None else None, self._working(aim))
        if self._working(aim):
            self._work(aim, elapsed, now)
            self._aim(now)  # What comes next begins at once.
        return self._drive(velocity, not self._mandate.halted and believed, now)

    def hear(self, message: Heard, now: float) -> None:
        """See `Driving`."""
        match message:
            case Stretch() if message.robot == self._robot.id:
                self._follower.receive(message, now, further=not self._pauses(now))
            case BlockedLanes():
                self._ways.hear(message)
            case Claims() if message.auction == CHARGERS:
                self._queue.hear(message, now)
            case _:
                pass

    def tick(self, now: float) -> list[Claims]:
        """See `Driving`."""
        return self._queue.tick(now)

    def mind(self, now: float) -> None:
        """See `Driving`."""
        self._ways.mind(now)

    def forget(self, now: float) -> None:
        """See `Driving`."""
        self._reported = self._follower.lease = float("-inf")
        self._queue.forget()

    def _drive(self, velocity: Twist, may: bool, now: float) -> Twist | None:
        """The velocity that brings it on along its route, where it `may` drive."""
        follower, navigator = self._follower, self._navigator
        wants = may and follower.wants(now) and navigator.note in ("", IN_THE_WAY)
        advice = self._progress.look(self.pose, wants, now)
        if advice is Advice.TURN_BACK and follower.turn_back(now):
            self._reported = float("-inf")
        if follower.turn != self._turn:
            self._turn = follower.turn
            navigator.forget()
        lease = follower.lease if may and advice is Advice.DRIVE else -math.inf
        allowed = follower.speed(self._robot.acceleration)
        twist = navigator.drive(self.pose, velocity, follower.points(), lease, now, allowed)
        return Twist(0.0, min(_PROBE, self._robot.turn_rate)) if may and advice is Advice.PROBE else twist

    # -- doing --------------------------------------------------------------------------------------------------

    def _aim(self, now: float) -> _Aim:
        if not self._mandate.halted and self._chores.busy:
            return _Aim(leg=self._chores.leg, own=True)
        return _at(self._mandate.job(now))

    def _interrupted(self, now: float) -> _Aim:
        """What a short gap in its lease keeps it from; of a task that the house asks about, only work at its place."""
        entry = None if self._chores.busy else self._mandate.interrupted(now)
        aim = _at(entry)
        return aim if entry is not None and (entry.confirmed or self._working(aim)) else _NOTHING

    def _pauses(self, now: float) -> bool:
        """Whether it is in a short gap of its lease, in which it drives no further than it was granted before."""
        return self._mandate.lapsed(now) and self._interrupted(now).leg is not None

    def _working(self, aim: _Aim) -> bool:
        if aim.leg is None:
            return False
        return aim.leg.place is None or self._follower.arrived(aim.leg.place)

    def _occupied(self, now: float) -> str:
        """The charger where it stays now; empty where it may be sent away, or is at none."""
        place = self._follower.held[-1] if self._follower.held and self._follower.waiting else ""
        stays = self._ways.is_charger(place) and (self._mandate.halted or self._working(self._aim(now)))
        return place if stays else ""

    def _work(self, aim: _Aim, elapsed: float, now: float) -> None:
        if aim.own:
            self._chores.work(elapsed, self._battery)
        else:
            self._worklist.work(elapsed, self._battery, now)

    # -- reporting ----------------------------------------------------------------------------------------------

    def report(self, now: float) -> TrafficReport | None:
        """See `Driving`."""
        if now - self._reported < self._pause:
            return None
        self._reported = now
        aim, halted = self._aim(now), self._mandate.halted
        if aim.leg is None:
            # Leases that come late leave many a short gap. Were each a change of destination, traffic control would
            # plan anew each time, and robots that meet would send each other to and fro for ever.
            aim = self._interrupted(now)
        held, waits = self._follower.held, self._chores.waits
        if aim.leg is None and not halted and not waits and self._worklist.current is not None and held:
            # Without a lease for longer: it goes no further than it may, and gives way.
            return self._follower.report(now, self.pose, held[-1], avoid=self._ways.closed)
        return self._follower.report(
            now,
            self.pose,
            aim.leg.place if aim.leg is not None else None,
            avoid=self._ways.shut(aim.task.avoid if aim.task is not None else ()),
            urgent=(aim.own and self._chores.charging) or (aim.task is not None and aim.task.priority == "urgent"),
            fixed=halted or self._working(aim),
        )

    def activity(self, now: float) -> str:
        """See `Driving`."""
        if self._odometry.flaw:
            return f"stands: {self._odometry.flaw}"
        if self._progress.failed:
            return "stands: it does not move, or its odometry has stopped"
        aim = self._aim(now)
        if self._worklist.flaw:
            return f"waits for its disk: {self._worklist.flaw}"
        if self._awaits_charger(aim, now):
            return AWAITS_CHARGER
        if aim.leg is None:
            return self._mandate.idle()
        if self._working(aim):
            return aim.leg.verb
        why = (self._chores.note if aim.own else "", self._follower.note or self._navigator.note)
        notes = "; ".join(note for note in why if note)
        return f"to {aim.leg.place} ({notes})" if notes else f"to {aim.leg.place}"

    def _awaits_charger(self, aim: _Aim, now: float) -> bool:
        """Whether all that it waits for is that others leave the chargers."""
        if aim.leg is None:
            return self._chores.waits
        is_next = aim.own and self._follower.waiting and not self._working(aim)
        return is_next and self._queue.taken(aim.leg.place, now)


def _at(entry: Entry | None) -> _Aim:
    return _NOTHING if entry is None else _Aim(leg=entry.leg, task=entry.award.task)
