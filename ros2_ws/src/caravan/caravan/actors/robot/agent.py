"""A robot's agent on the market: it bids, takes awards, and tells the house of all that it has; `Driving` drives it.

The shell round it (a ROS node, the fleet in memory) feeds it odometry and messages and sends what it wants sent.
Reading sentences is the shell's part too: the model runs in a process of its own and must never hold up the wheels.
"""

from __future__ import annotations

from dataclasses import dataclass

from caravan.actors.robot import driving
from caravan.actors.robot.bidder import Bidder, Standing
from caravan.actors.robot.claimant import Claimant
from caravan.actors.robot.driving import Driving
from caravan.actors.robot.entry import key_of
from caravan.actors.robot.mandate import Mandate
from caravan.actors.robot.own_clock import OwnClock
from caravan.auction.mechanisms.table import MECHANISMS
from caravan.model.claims import CHARGERS, Claims
from caravan.model.geometry import Pose, Twist
from caravan.model.goal import Task
from caravan.model.market import (
    HALTED,
    Award,
    AwardReply,
    Bid,
    BidNotice,
    FleetOrder,
    Lease,
    Order,
    RobotState,
)
from caravan.model.plan import TrafficReport
from caravan.model.site import Robot

Heard = BidNotice | Award | Lease | FleetOrder | driving.Heard
Said = Bid | AwardReply | RobotState | TrafficReport | driving.Said


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


class Agent:
    """One robot. Times are the caller's `now` (s). `model` is the id of the language model that it reads goals with."""

    def __init__(
        self, robot: Robot, mandate: Mandate, drive: Driving, clock: OwnClock, settings: AgentSettings, model: str = ""
    ) -> None:
        self._robot = robot
        self._mandate = mandate
        self._drive = drive
        self._clock = clock
        self._settings = settings
        self._model = model
        self._worklist = mandate.worklist
        self._obedience = mandate.obedience
        self._term = self._obedience.term
        self._bidder = Bidder(robot, self._worklist)
        self._claimant = Claimant(robot.id)
        self._battery = 1.0
        self._sensed = False
        self._beat = float("-inf")
        self._out: list[Said] = []

    # -- what the shell calls -----------------------------------------------------------------------------------

    def sense(self, pose: Pose, velocity: Twist, battery: float, now: float) -> Twist | None:
        """Takes in odometry and charge (0..1), works or drives on, and answers with the velocity to command.

        None: somebody else drives the base.
        """
        self._mind_clock(now)
        self._battery, self._sensed = battery, True
        return self._drive.sense(pose, velocity, battery, now)

    def receive(self, message: Heard, now: float) -> str | None:
        """Takes in a message; one that is meant for another robot is ignored.

        Answers with why it does not believe what another vehicle says, where it does not.
        """
        self._mind_clock(now)
        if isinstance(message, driving.Heard):
            return self._hear(message, now)
        if self.heed(message.term):
            self._heed(message, now)
        return None

    def _heed(self, message: BidNotice | Award | Lease | FleetOrder, now: float) -> None:
        match message:
            case BidNotice() if self._robot.id in message.robots:
                self._out += self._answer(message, now)
            case Award() if message.robot == self._robot.id:
                self._out.append(self.take(message, now))
            case Lease() if message.robot == self._robot.id and self._counts(message):
                self._mandate.renew(message.stamp)
                self._worklist.apply(message, now)
            case FleetOrder() if self._robot.id in message.robots and self._obedience.hear(message):
                if message.order is Order.HOME:
                    self._drive.go_home()
            case _:
                pass

    def _hear(self, message: driving.Heard, now: float) -> str | None:
        if isinstance(message, Claims) and message.auction != CHARGERS:
            self._claimant.hear(message, now)
            return None
        return self._drive.hear(message, now)

    def take(self, award: Award, now: float) -> AwardReply:
        """Takes or refuses an awarded task."""
        self._mind_clock(now)
        if award.term and not self.heed(award.term):
            note = f"it is awarded in term {award.term}, and {self._term} was heard"
            return AwardReply(task_id=award.task_id, epoch=award.epoch, robot=self._robot.id, accepted=False, note=note)
        reply = self._worklist.take(award, self._drive.here(), now, self._battery, self._bidder.weights)
        if reply.accepted:
            self._drive.give_way(award.task)
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
        """Says what is due: claims, a heartbeat, a traffic report; and writes down what it was ordered."""
        if not self._sensed:
            return
        self._obedience.write()
        self._out += [*self._claimant.tick(now), *self._drive.tick(now)]
        if now - self._beat >= self._settings.heartbeat:
            self._beat = now
            self._out.append(self.state(now))
        report = self._drive.report(now)
        if report is not None:
            self._out.append(report)

    def at_work_on(self, now: float) -> tuple[str, int] | None:
        """The task (id and epoch) that this robot drives or works for now, if it does."""
        job = None if self._drive.busy else self._mandate.job(now)
        return None if job is None else key_of(job)

    def state(self, now: float) -> RobotState:
        """The heartbeat as it would be sent now."""
        return RobotState(
            robot=self._robot.id,
            stamp=now,
            pose=self._drive.pose,
            battery=self._battery,
            activity=self.activity(now),
            holdings=self._worklist.holdings(self._drive.here()),
            model=self._model,
            term=self._term,
            era=self._clock.era,
        )

    def activity(self, now: float) -> str:
        """What it does, in words, as the heartbeat tells it."""
        return HALTED if self._mandate.halted else self._drive.activity(now)

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
            self._beat = float("-inf")
            self._mandate.lapse()
            self._worklist.set_back(now)
            self._claimant.forget()
            self._drive.forget(now)
        self._drive.mind(self._clock.latest)

    def _counts(self, lease: Lease) -> bool:
        """Whether a lease is no older than the last, and answers what this process said by its clock as it is set."""
        return lease.era == self._clock.era and self._mandate.leased <= lease.stamp <= self._clock.latest

    # -- bidding ------------------------------------------------------------------------------------------------

    def _answer(self, notice: BidNotice, now: float) -> list[Bid]:
        here, drag = self._drive.here(), self._drive.drag()
        standing = Standing(here=here, battery=self._battery, drag=drag, unfit=self._unfit, now=now)
        known = MECHANISMS.get(notice.rules.mechanism)
        if known is not None and known.consensus:
            return self._claimant.ask(notice, lambda asked: self._bidder.price(asked, standing), now)
        return [self._bidder.answer(notice, standing)]

    def _unfit(self, task: Task) -> str | None:
        """Why it takes no such task now; None where it may."""
        return "halted" if self._mandate.halted else self._drive.unfit(task)
