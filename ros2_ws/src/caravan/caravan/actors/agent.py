"""A robot's agent: bids, takes awards, carries them out leg by leg, drives as far as traffic control lets it.

The shell round it (a ROS node, the fleet in memory) feeds it odometry and messages and sends what it wants sent.
Reading sentences is the shell's part too: the model runs in a process of its own and must never hold up the wheels.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from caravan.actors.able import admission
from caravan.actors.bidder import Bidder, Standing
from caravan.actors.charger_queue import CHARGERS, ChargerQueue
from caravan.actors.chores import Chores
from caravan.actors.claimant import Claimant
from caravan.actors.obedience import Obedience
from caravan.actors.odometry import Odometry
from caravan.actors.own_clock import OwnClock
from caravan.actors.progress import Advice, Progress
from caravan.actors.starts import StartLog
from caravan.actors.ways import Ways
from caravan.actors.worklist import Worklist
from caravan.auction.mechanisms.table import MECHANISMS
from caravan.model.claims import Claims
from caravan.model.geometry import Pose, Twist
from caravan.model.goal import Task
from caravan.model.market import (
    AWAITS_CHARGER,
    HALTED,
    Award,
    AwardReply,
    Bid,
    BidNotice,
    FleetOrder,
    HoldingState,
    Lease,
    Order,
    RobotState,
)
from caravan.model.plan import BlockedLanes, Stretch, TrafficReport
from caravan.model.site import Robot, Site
from caravan.model.work import Leg
from caravan.motion.driver import Driver
from caravan.motion.navigator import IN_THE_WAY, Navigator
from caravan.traffic.follower import RouteFollower, clearance_of
from caravan.traffic.roadmap import Graph

_PROBE = 0.5
"""How fast a robot turns on the spot to find out whether it moves, rad/s."""
_GAP = 2.0
"""A gap between two leases is short until the last is so many times as old as a lease may be."""

Heard = BidNotice | Claims | Award | Lease | FleetOrder | Stretch | BlockedLanes
Said = Bid | Claims | AwardReply | RobotState | TrafficReport


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSettings:
    """Times in s."""

    heartbeat: float = 0.3
    report: float = 0.2
    """Pause between two reports to traffic control."""
    lease: float = 1.25
    """How long after the last answered heartbeat the robot still works on its tasks."""
    top_up: float = 0.5
    """Charge (0..1) below which an idle robot goes charging."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Aim:
    """What the robot is after: the leg it is on, where it must not drive, and whose leg that is."""

    leg: Leg | None = None
    task: Task | None = None
    own: bool = False


_NOTHING = _Aim()


class Agent:
    """One robot, with what its log holds of the time before a restart. All times are the caller's `now` (s).

    `model` is the id of the language model that it reads goals with. `navigator` drives it; None: a `Driver`. Its
    `OwnClock` has `draw` and `ahead`.
    """

    def __init__(
        self,
        robot: Robot,
        site: Site,
        graph: Graph,
        settings: AgentSettings,
        log: StartLog,
        draw: Callable[[], int],
        model: str = "",
        navigator: Navigator | None = None,
        ahead: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._robot = robot
        self._model = model
        self._graph = graph
        self._settings = settings
        widest = max(r.radius for r in site.robots.values())
        self._follower = RouteFollower(robot.id, graph, clearance_of(robot.radius, widest))
        self._navigator = navigator or Driver(robot, site.policy)
        self._turn = self._follower.turn
        self._odometry = Odometry(min(robot.speed, site.policy.max_speed))
        self._progress = Progress()
        self._pose = robot.start or Pose(0.0, 0.0)
        self._ways = ways = Ways(robot, site, graph)
        admit = admission(robot, site)
        self._worklist = Worklist(robot, ways.drive_time, ways.chargers, log, ways.here(), ways.stand, admit)
        self._bidder = Bidder(robot, self._worklist)
        self._claimant = Claimant(robot.id)
        self._queue = ChargerQueue(robot.id)
        self._chores = Chores(robot, ways, self._worklist, settings.top_up, self._queue)
        self._battery = 1.0
        self._sensed: float | None = None
        self._obedience = Obedience(log)
        self._term = self._obedience.term
        self._clock = OwnClock(log, draw, ahead, settings.lease / 2.0)
        self._leased = float("-inf")
        self._beat = self._reported = float("-inf")
        self._out: list[Said] = []

    # -- what the shell calls -----------------------------------------------------------------------------------

    def sense(self, pose: Pose, velocity: Twist, battery: float, now: float) -> Twist | None:
        """Takes in odometry and charge (0..1), works or drives on, and answers with the velocity to command.

        None: the navigator has somebody else drive the base.
        """
        self._mind_clock(now)
        elapsed = 0.0 if self._sensed is None else max(0.0, now - self._sensed)
        self._battery, self._sensed = battery, now
        believed = self._odometry.believes(pose, velocity, now)
        if believed:
            self._pose = pose
            self._ways.move(pose)
            self._follower.move(pose)
        self._chores.mind_battery(battery, self._occupied(now), now)
        aim = self._aim(now)
        self._ways.follow(aim.leg.place if aim.leg is not None else None, self._working(aim))
        if self._working(aim):
            self._work(aim, elapsed, now)
            aim = self._aim(now)
        return self._drive(velocity, not self._halted and believed, now)

    def _drive(self, velocity: Twist, may: bool, now: float) -> Twist | None:
        """The velocity that brings it on along its route, where it `may` drive."""
        follower, navigator = self._follower, self._navigator
        wants = may and follower.wants(now) and navigator.note in ("", IN_THE_WAY)
        advice = self._progress.look(self._pose, wants, now)
        if advice is Advice.TURN_BACK and follower.turn_back(now):
            self._reported = float("-inf")
        if follower.turn != self._turn:
            self._turn = follower.turn
            navigator.forget()
        lease = follower.lease if may and advice is Advice.DRIVE else -math.inf
        allowed = follower.speed(self._robot.acceleration)
        twist = navigator.drive(self._pose, velocity, follower.points(), lease, now, allowed)
        return Twist(0.0, min(_PROBE, self._robot.turn_rate)) if may and advice is Advice.PROBE else twist

    def receive(self, message: Heard, now: float) -> None:
        """Takes in a message; one that is meant for another robot is ignored."""
        self._mind_clock(now)
        if not isinstance(message, Stretch | BlockedLanes | Claims) and not self.heed(message.term):
            return
        match message:
            case BidNotice() if self._robot.id in message.robots:
                self._out += self._answer(message, now)
            case Claims() if message.auction == CHARGERS:
                self._queue.hear(message, now)
            case Claims():
                self._claimant.hear(message, now)
            case Award() if message.robot == self._robot.id:
                self._out.append(self.take(message, now))
            case Lease() if message.robot == self._robot.id and self._counts(message):
                self._leased = message.stamp
                self._worklist.apply(message, now)
            case FleetOrder() if self._robot.id in message.robots and self._obedience.hear(message):
                if message.order is Order.HOME and self._robot.start is not None:
                    self._chores.go(self._graph.nearest(self._robot.start.point))
            case Stretch() if message.robot == self._robot.id:
                self._follower.receive(message, now, further=not self._pauses(now))
            case BlockedLanes():
                self._ways.hear(message)
            case _:
                pass

    def take(self, award: Award, now: float) -> AwardReply:
        """Takes or refuses an awarded task."""
        self._mind_clock(now)
        if award.term and not self.heed(award.term):
            note = f"it is awarded in term {award.term}, and {self._term} was heard"
            return AwardReply(task_id=award.task_id, epoch=award.epoch, robot=self._robot.id, accepted=False, note=note)
        reply = self._worklist.take(award, self._ways.here(), now, self._battery, self._bidder.weights)
        if reply.accepted:
            self._chores.give_way(award.task, self._battery)
        self._beat = float("-inf")
        return reply

    def heed(self, term: int) -> bool:
        """Whether what a leader of this term says counts: not once a later one was heard of."""
        self._term = max(self._term, term)
        return term == self._term

    def cancel(self, task_id: str, now: float) -> bool:
        """Ends a task on the word of somebody at this robot; False where it has no such task under way."""
        return self._worklist.cancel(task_id, "cancelled at the robot", now)

    def tick(self, now: float) -> None:
        """Sends a heartbeat, a traffic report and claims when they are due, and writes down what it was ordered."""
        if self._sensed is None:
            return
        self._obedience.write()
        self._out += [*self._claimant.tick(now), *self._queue.tick(now)]
        if now - self._beat >= self._settings.heartbeat:
            self._beat = now
            self._out.append(self.state(now))
        if now - self._reported >= self._settings.report:
            self._reported = now
            self._out.append(self._report(now))

    def at_work_on(self, now: float) -> tuple[str, int] | None:
        """The task (id and epoch) that this robot drives or works for now, if it does."""
        entry = self._worklist.current
        if entry is None or self._aim(now).task is None:
            return None
        return entry.award.task_id, entry.award.epoch

    def state(self, now: float) -> RobotState:
        """The heartbeat as it would be sent now."""
        return RobotState(
            robot=self._robot.id,
            stamp=now,
            pose=self._pose,
            battery=self._battery,
            activity=self.activity(now),
            holdings=self._worklist.holdings(self._ways.here()),
            model=self._model,
            term=self._term,
            era=self._clock.era,
        )

    def activity(self, now: float) -> str:
        """What it does, in words, as the heartbeat tells it."""
        if self._halted:
            return HALTED
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
            entry = self._worklist.current
            gathered = entry is not None and entry.state is HoldingState.GATHERED
            return "idle" if entry is None else f"waits for the {'others' if gathered else 'auction house'}"
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

    def drain(self) -> list[Said]:
        """What is to be sent; empty afterwards."""
        out, self._out = self._out, []
        return out

    def _mind_clock(self, now: float) -> None:
        """Where the robot's clock was set back, what came before is no ground to work on: a new lease must come.

        What stamps a little out of order add to a lease is less than what the house's patience has beyond it.
        """
        if self._clock.latest == float("-inf"):
            # What the log tells was taken when the clock may have been ahead.
            self._worklist.set_back(now)
        if self._clock.mind(now):
            self._leased = self._beat = self._reported = float("-inf")
            self._worklist.set_back(now)
            self._claimant.forget()
            self._queue.forget()
        self._ways.mind(self._clock.latest)

    def _counts(self, lease: Lease) -> bool:
        """Whether a lease is no older than the last, and answers what this process said by its clock as it is set."""
        return lease.era == self._clock.era and self._leased <= lease.stamp <= self._clock.latest

    @property
    def _halted(self) -> bool:
        return self._obedience.halted

    # -- bidding ------------------------------------------------------------------------------------------------

    def _answer(self, notice: BidNotice, now: float) -> list[Bid]:
        here, drag = self._ways.here(), self._ways.drag()
        standing = Standing(here=here, battery=self._battery, drag=drag, unfit=self._unfit, now=now)
        known = MECHANISMS.get(notice.rules.mechanism)
        if known is not None and known.consensus:
            return self._claimant.ask(notice, lambda asked: self._bidder.price(asked, standing), now)
        return [self._bidder.answer(notice, standing)]

    def _unfit(self, task: Task) -> str | None:
        """Why it takes no such task now; None where it may."""
        if self._halted:
            return "halted"
        return "charging" if self._chores.charging and not self._chores.may_leave(task, self._battery) else None

    # -- doing --------------------------------------------------------------------------------------------------

    def _aim(self, now: float) -> _Aim:
        if self._halted:
            return _NOTHING
        if self._chores.busy:
            return _Aim(leg=self._chores.leg, own=True)
        entry = self._worklist.current
        if entry is None or not entry.confirmed or self._lapsed(now):
            return _NOTHING
        if not self._worklist.start(now):
            return _NOTHING
        leg = entry.leg
        return _NOTHING if leg is None else _Aim(leg=leg, task=entry.award.task)

    def _lapsed(self, now: float) -> bool:
        return now - self._leased > self._settings.lease

    def _pauses(self, now: float) -> bool:
        """Whether it is in a short gap of its lease, in which it drives no further than it was granted before."""
        return self._lapsed(now) and self._interrupted(now).leg is not None

    def _interrupted(self, now: float) -> _Aim:
        """What a short gap in its lease keeps it from; of a task that the house asks about, only work at its place."""
        entry = self._worklist.current
        if self._halted or self._chores.busy or entry is None or entry.state is not HoldingState.RUNNING:
            return _NOTHING
        aim = _Aim(leg=entry.leg, task=entry.award.task)
        brief = now - self._leased <= _GAP * self._settings.lease
        return aim if brief and (entry.confirmed or self._working(aim)) else _NOTHING

    def _working(self, aim: _Aim) -> bool:
        if aim.leg is None:
            return False
        return aim.leg.place is None or self._follower.arrived(aim.leg.place)

    def _occupied(self, now: float) -> str:
        """The charger where it stays now; empty where it may be sent away, or is at none."""
        place = self._follower.held[-1] if self._follower.held and self._follower.waiting else ""
        stays = self._ways.is_charger(place) and (self._halted or self._working(self._aim(now)))
        return place if stays else ""

    def _work(self, aim: _Aim, elapsed: float, now: float) -> None:
        if aim.own:
            self._chores.work(elapsed, self._battery)
        else:
            self._worklist.work(elapsed, self._battery, now)

    # -- reporting ----------------------------------------------------------------------------------------------

    def _report(self, now: float) -> TrafficReport:
        aim = self._aim(now)
        if aim.leg is None:
            # Leases that come late leave many a short gap. Were each a change of destination, traffic control would
            # plan anew each time, and robots that meet would send each other to and fro for ever.
            aim = self._interrupted(now)
        held, waits = self._follower.held, self._chores.waits
        if aim.leg is None and not self._halted and not waits and self._worklist.current is not None and held:
            # Without a lease for longer: it goes no further than it may, and gives way.
            return self._follower.report(now, self._pose, held[-1], avoid=self._ways.closed)
        return self._follower.report(
            now,
            self._pose,
            aim.leg.place if aim.leg is not None else None,
            avoid=self._ways.shut(aim.task.avoid if aim.task is not None else ()),
            urgent=aim.task is not None and aim.task.priority == "urgent",
            fixed=self._halted or self._working(aim),
        )
