"""The laws about each robot: it works on a lease alone, lets go before another begins, and stands when it is halted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from caravan.chaos.stage import Stage
from caravan.fleet import Message
from caravan.model.market import HALTED, Award, FleetOrder, Lease, Order, RobotState
from caravan.model.start import StartKind, StartRecord

STANDING = 0.02
"""A robot stands below this speed, m/s."""


@dataclass(slots=True)
class _Life:
    """What one process of a robot was told: all that leases listed, and when the newest answered heartbeat was said."""

    confirmed: set[tuple[str, int]] = field(default_factory=set)
    answered: float = float("-inf")


@dataclass(slots=True)
class _Duty:
    """Whether a robot has halted, by which order (term and number), and whether that is on its disk."""

    halted: bool = False
    key: tuple[int, int] = (0, 0)
    written: bool = True
    life: int = 0
    came: list[FleetOrder] = field(default_factory=list)
    """The orders that came in this step."""


class RobotLaws:
    """What robots do and were told; `note(law, text)` takes what breaks a law."""

    def __init__(self, note: Callable[[str, str], None]) -> None:
        self._note = note
        self._beats: dict[tuple[str, int, float], float] = {}
        """By robot, era and stamp, when a heartbeat was said."""
        self._lives: defaultdict[tuple[str, int], _Life] = defaultdict(_Life)
        self._begun: dict[tuple[str, int], str] = {}
        self._acts: set[tuple[str, tuple[str, int], int]] = set()
        self._orders: dict[str, tuple[bool | None, float]] = {}
        self._together: dict[str, float] = {}
        self._duties: defaultdict[str, _Duty] = defaultdict(_Duty)

    def sent(self, stage: Stage, message: Message) -> None:
        """A message was sent."""
        if isinstance(message, RobotState):
            # Stamps are of the robot's own clock, which may be wrong; what counts is when it was said.
            self._beats[message.robot, message.era, message.stamp] = stage.now
        elif isinstance(message, Award):
            for robot, (task_id, epoch) in stage.at_work().items():
                if task_id == message.task_id and epoch < message.epoch:
                    note = f"{message.task_id}#{message.epoch} goes to {message.robot}, and {robot} works on #{epoch}"
                    self._note("owner", note)

    def arrived(self, stage: Stage, robot: str, message: Message) -> None:
        """A message reached a robot."""
        if isinstance(message, Lease) and message.robot == robot:
            life = self._lives[robot, stage.births[robot]]
            life.confirmed |= set(message.owned)
            said = self._beats.get((robot, message.era, message.stamp), float("-inf"))
            life.answered = max(life.answered, said)
        elif isinstance(message, FleetOrder) and robot in message.robots and stage.up(robot):
            self._duties[robot].came.append(message)

    def wrote(self, robot: str, records: list[StartRecord]) -> None:
        """A robot has written to its start log."""
        for record in records:
            name = f"{record.task_id}#{record.epoch}"
            if record.kind is StartKind.BEGUN:
                if record.key in self._begun:
                    self._note("start", f"{robot} begins {name}, which {self._begun[record.key]} began")
                self._begun[record.key] = robot
            elif record.kind is StartKind.ACTING:
                act = (robot, record.key, record.leg)
                if act in self._acts:
                    self._note("start", f"{robot} begins leg {record.leg} of {name} anew")
                self._acts.add(act)

    def ordered(self, robots: tuple[str, ...], halt: bool | None, now: float) -> None:
        """The house has accepted that robots halt, or go on; None: it may have, or not."""
        self._orders |= dict.fromkeys(robots, (halt, now))

    def step(self, stage: Stage, silent: set[str], at_work: Mapping[str, tuple[str, int]], leader: str | None) -> None:
        """A step is over; `silent` are the robots that the house cannot hear, `at_work` those of `Stage.at_work`.

        `leader` is the house that leads.
        """
        for robot, (task_id, epoch) in at_work.items():
            life = self._lives[robot, stage.births[robot]]
            age = stage.now - life.answered
            if self._begun.get((task_id, epoch)) != robot:
                self._note("start", f"{robot} works on {task_id}#{epoch}, and its log does not say so")
            if (task_id, epoch) not in life.confirmed:
                self._note("lease", f"{robot} works on {task_id}#{epoch}, which no lease has listed")
            elif age > stage.settings.house.patience:
                self._note("lease", f"{robot} works on {task_id}#{epoch}, {age:.1f} s after what its lease answers")
        alone = leader is None or stage.hangs(leader)
        deaf = {r for r in stage.site.robots if alone or leader is None or not stage.reaches(leader, r)}
        self._stand(stage, silent | deaf, at_work)
        for robot in filter(stage.up, stage.site.robots):
            self._obey(stage, robot, self._duties[robot])

    def _stand(self, stage: Stage, apart: set[str], at_work: Mapping[str, tuple[str, int]]) -> None:
        radio = stage.settings.radio
        # As many heartbeats as it takes for one round trip to come through.
        bound = 3.0 + 2.0 * radio.delay_max + 30.0 * radio.loss
        for robot in stage.site.robots:
            if robot in apart:
                self._together.pop(robot, None)
            since = self._together.setdefault(robot, stage.now)
            halt, at = self._orders.get(robot, (False, stage.now))
            if stage.now - max(since, at) <= bound:
                continue
            speed = abs(stage.velocity(robot).linear)
            if halt and (robot in at_work or speed > STANDING):
                self._note("halt", f"{robot} drives at {speed:.2f} m/s, {bound:.0f} s after it was halted")
            elif halt is False and stage.activity(robot) == HALTED:
                self._note("halt", f"{robot} still stands, {bound:.0f} s after it was to go on")

    def _obey(self, stage: Stage, robot: str, duty: _Duty) -> None:
        """Nothing but an order halts a robot or ends its halt: no older order, and no restart."""
        halted = stage.activity(robot) == HALTED
        life = stage.births[robot]
        if duty.life != life:
            duty.life = life
            if not duty.written:
                duty.halted, duty.key = halted, (0, 0)
        if halted != duty.halted:
            done, by = ("halts", Order.HALT) if halted else ("goes on", Order.RESUME)
            keys = [(order.term, order.number) for order in duty.came if order.order is by]
            if not keys or max(keys) < duty.key:
                self._note("halt", f"{robot} {done}, and no order that is newer than its last one says so")
            duty.halted, duty.key, duty.written = halted, max(keys, default=duty.key), False
        duty.written = duty.written or not (stage.full(robot) or stage.hangs(robot))
        duty.came.clear()
