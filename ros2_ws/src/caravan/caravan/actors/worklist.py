"""A robot's worklist: the tasks it was awarded, in the order in which it means to do them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from caravan.auction.quote import Quote, Stop, insert
from caravan.execution.errand import Errand, remaining, work
from caravan.execution.legs import legs
from caravan.model.goal import Task
from caravan.model.market import ENDED, Award, AwardReply, BidNotice, Holding, HoldingState, Lease
from caravan.model.site import Robot

Travel = Callable[[str, str, tuple[str, ...]], float | None]
"""Driving time (s) from a node to a node without entering some places; None where there is no way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An awarded task: how far it is, when it was taken (s), and whether a lease has listed it since."""

    award: Award
    errand: Errand
    taken: float
    confirmed: bool = False
    state: HoldingState = HoldingState.QUEUED
    note: str = ""


class Worklist:
    """The tasks of one robot. A task at an epoch older than one seen is refused for good (promise 2)."""

    def __init__(self, robot: Robot, travel: Travel, chargers: Callable[[str], tuple[str, ...]]) -> None:
        self._robot = robot
        self._travel = travel
        self._chargers = chargers
        self._entries: list[Entry] = []
        self._epochs: dict[str, int] = {}
        battery = robot.battery
        self._charge_time = battery.capacity / battery.charge_power * 3600.0

    @property
    def queue(self) -> list[Entry]:
        """What is still to be done, the current task first."""
        return [e for e in self._entries if e.state not in ENDED]

    @property
    def current(self) -> Entry | None:
        """The task at work or next."""
        return next(iter(self.queue), None)

    def quote(self, notice: BidNotice | Award, here: str, now: float) -> Quote | str:
        """What the task would cost this robot at node `here`, or why it does not want it."""
        try:
            steps = legs(notice.task, self._robot, self._chargers(here))
        except ValueError as error:
            return str(error)
        queue = self.queue
        first = 1 if queue and queue[0].state is HoldingState.RUNNING else 0
        stop = Stop(legs=steps, deadline=notice.finish_by, travel=self._by(notice.task))
        return insert(
            [self._stop(e) for e in queue], stop, here=here, now=now, charge_time=self._charge_time, first=first
        )

    def take(self, award: Award, here: str, now: float) -> AwardReply:
        """Takes an awarded task into the queue where it costs least. Taken before, it is taken once."""
        seen = self._epochs.get(award.task_id, 0)
        known = any((e.award.task_id, e.award.epoch) == (award.task_id, award.epoch) for e in self._entries)
        if known:
            return self._reply(award, accepted=True)
        if award.epoch <= seen:
            return self._reply(award, accepted=False, note=f"epoch {award.epoch} is over, {seen} was seen")
        quote = self.quote(award, here, now)
        if isinstance(quote, str):
            return self._reply(award, accepted=False, note=quote)
        self._epochs[award.task_id] = award.epoch
        self._entries = [e for e in self._entries if e.award.task_id != award.task_id]
        steps = legs(award.task, self._robot, self._chargers(here))
        ended = [e for e in self._entries if e.state in ENDED]
        queue = self.queue
        queue.insert(quote.position, Entry(award=award, errand=Errand(legs=steps), taken=now))
        self._entries = [*ended, *queue]
        return self._reply(award, accepted=True)

    def apply(self, lease: Lease) -> list[Entry]:
        """Drops what the house says this robot does not own; answers with what was dropped before its end.

        What the lease lists is confirmed: an award that arrives late, when another robot has the task, never is.
        """
        owned = set(lease.owned)
        gone = [e for e in self._entries if _key(e) not in owned and e.taken <= lease.stamp]
        kept = [e for e in self._entries if e not in gone]
        self._entries = [replace(e, confirmed=e.confirmed or _key(e) in owned) for e in kept]
        return [e for e in gone if e.state not in ENDED]

    def set_back(self, now: float) -> None:
        """The robot's clock was set back to `now`: nothing was taken later than that."""
        self._entries = [replace(e, taken=min(e.taken, now)) for e in self._entries]

    def cancel(self, task_id: str, note: str) -> bool:
        """Ends a task as cancelled by somebody at the robot; False where it has no such task under way."""
        for entry in self.queue:
            if entry.award.task_id == task_id:
                self._put(replace(entry, state=HoldingState.CANCELLED, note=note))
                return True
        return False

    def start(self) -> None:
        """The current task is at work from now on."""
        entry = self.current
        if entry is not None and entry.state is HoldingState.QUEUED:
            self._put(replace(entry, state=HoldingState.RUNNING))

    def work(self, elapsed: float, battery: float) -> None:
        """`elapsed` s of work at the place of the current task's leg; at the end of its last leg it is done."""
        entry = self.current
        if entry is None:
            return
        errand = work(entry.errand, elapsed, battery)
        state = HoldingState.DONE if errand.done else HoldingState.RUNNING
        self._put(replace(entry, errand=errand, state=state))

    def holdings(self, here: str) -> tuple[Holding, ...]:
        """All tasks as the heartbeat tells them."""
        return tuple(self._holding(e, here) for e in self._entries)

    def _holding(self, entry: Entry, here: str) -> Holding:
        left = None
        if entry.state is HoldingState.RUNNING:
            left = remaining(entry.errand, here, self._by(entry.award.task), self._charge_time)
        return Holding(
            task_id=entry.award.task_id,
            epoch=entry.award.epoch,
            state=entry.state,
            progress=entry.errand.progress,
            remaining=left,
            note=entry.note,
        )

    def _by(self, task: Task) -> Callable[[str, str], float | None]:
        return lambda a, b: self._travel(a, b, task.avoid)

    def _stop(self, entry: Entry) -> Stop:
        return Stop(
            legs=entry.errand.legs[entry.errand.index :],
            deadline=entry.award.finish_by,
            travel=self._by(entry.award.task),
        )

    def _put(self, entry: Entry) -> None:
        key = (entry.award.task_id, entry.award.epoch)
        self._entries = [entry if (e.award.task_id, e.award.epoch) == key else e for e in self._entries]

    def _reply(self, award: Award, *, accepted: bool, note: str = "") -> AwardReply:
        return AwardReply(task_id=award.task_id, epoch=award.epoch, robot=self._robot.id, accepted=accepted, note=note)


def _key(entry: Entry) -> tuple[str, int]:
    return entry.award.task_id, entry.award.epoch
