"""A robot's worklist: the tasks it was awarded, in the order in which it means to do them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from caravan.actors.robot.costing import Admit, Costing, Place, Stand, Travel
from caravan.actors.robot.entry import Entry, heed, key_of, put_behind
from caravan.actors.robot.starts import Reached, StartLog, Starts, recall
from caravan.auction import objective
from caravan.auction.quote import JAM, Line, Stop
from caravan.execution.errand import FULL, Errand, remaining, work
from caravan.execution.legs import repeatable
from caravan.model.crew import gathers
from caravan.model.market import ENDED, Award, AwardReply, Holding, HoldingState, Lease, Lot
from caravan.model.site import Robot
from caravan.model.start import StartKind

_WORTH = 0.1
"""Charge (0..1) that must be missing before a robot goes charging for its next task."""


class Worklist:
    """The tasks of one robot. A task at an epoch older than one seen is refused for good (promise 2).

    It begins with what `log` holds and no lease has left out. What the log cannot take, the robot does not do.
    """

    def __init__(
        self,
        robot: Robot,
        travel: Travel,
        chargers: Callable[[str], tuple[str, ...]],
        log: StartLog,
        here: str,
        stand: Stand = lambda place, seat, avoid: place,
        admit: Admit | None = None,
        place: Place = lambda task, seat: "it drives on no road",
        wait: float = 0.0,
    ) -> None:
        self._robot = robot
        self._costing = Costing(robot, travel, chargers, stand, admit or (lambda task: robot.payload), place, wait)
        self._means = self._costing.means
        self._starts = Starts(log)
        self._epochs = log.seen()
        self._entries = [self._recalled(reached, here) for reached in recall(log.unreleased(), robot.id)]

    @property
    def flaw(self) -> str:
        """Why the robot's log cannot be written; empty where it can."""
        return self._starts.flaw

    @property
    def queue(self) -> list[Entry]:
        """What is still to be done, the current task first."""
        return [e for e in self._entries if e.state not in ENDED]

    @property
    def current(self) -> Entry | None:
        """The task at work or next."""
        return next((e for e in self._entries if e.state not in ENDED), None)

    def line(self, here: str, now: float, battery: float, without: str = "") -> Line:
        """The queue with its times, for quotes of a robot at node `here` with charge `battery` (0..1).

        As if it did not have the task `without` (its id).
        """
        queue = [e for e in self.queue if e.award.task_id != without]
        stops = [self._costing.rest(e) for e in queue]
        return Line.of(stops, here=here, now=now, means=self._means, level=battery)

    def has(self, task_id: str) -> HoldingState | None:
        """How far a task of the queue is; None where it is not in it."""
        return next((e.state for e in self.queue if e.award.task_id == task_id), None)

    def charges_first(self, here: str, battery: float) -> bool:
        """Whether the charge does not last for the next task, and charging before it helps."""
        entry = self.current
        if entry is None or battery > FULL - _WORTH:
            return False
        line = Line.of([self._costing.rest(entry)], here=here, now=0.0, means=self._means, level=battery)
        return line.charges[:1] > (0.0,)

    def lasts(self, here: str, battery: float) -> bool:
        """Whether the charge lasts for the leg under way and the way to a charger from its end, with the `least` left.

        The rest of the reserve is what drives may take longer than thought before the robot breaks off for a charger.
        """
        entry = self.current
        leg = entry.errand.leg if entry is not None else None
        if entry is None or leg is None or leg.work is None or entry.errand.worked > 0.0:
            return True
        end = leg.place or here
        way = self._costing.by(entry.award.task)(here, end) or 0.0
        left = battery - self._means.need(way, leg.work) - self._means.home(end)
        return left >= self._means.least

    def spare(self, here: str, battery: float) -> float:
        """The charge (0..1) that it will have left at the nearest charger; below 0 where it may not get there."""
        return battery - self._means.home(here)

    def within(self, chargers: Mapping[str, float], battery: float) -> dict[str, float]:
        """Those of some chargers (driving times, s, the nearest first) that it is sure to get to, or the nearest."""
        sure = {place: way for place, way in chargers.items() if JAM * self._means.need(way, 0.0) <= battery}
        return sure or dict(list(chargers.items())[:1])

    def low(self, here: str, battery: float) -> bool:
        """Whether it would have less than the `least` left at the nearest charger."""
        return self.spare(here, battery) < self._means.least

    def stop(self, offered: Lot | Award, here: str) -> Stop | str:
        """What a task comes to for this robot at node `here`, or why it cannot do it."""
        return self._costing.stop(offered, here)

    def take(
        self,
        award: Award,
        here: str,
        now: float,
        battery: float = 1.0,
        weights: Mapping[str, float] = objective.DEFAULT,
    ) -> AwardReply:
        """Takes an awarded task into the queue where it costs least. Taken before, it is taken once."""
        seen = self._epochs.get(award.task_id, 0)
        known = any((e.award.task_id, e.award.epoch) == (award.task_id, award.epoch) for e in self._entries)
        if known:
            return self._reply(award, accepted=True)
        if award.epoch <= seen:
            return self._reply(award, accepted=False, note=f"epoch {award.epoch} is over, {seen} was seen")
        stop = self.stop(award, here)
        quote = stop if isinstance(stop, str) else self.line(here, now, battery).quote(stop, weights)
        if isinstance(stop, str) or isinstance(quote, str):
            return self._reply(award, accepted=False, note=str(quote))
        if not self._starts.write(StartKind.TAKEN, award, now):
            return self._reply(award, accepted=False, note=self.flaw)
        self._epochs[award.task_id] = award.epoch
        self._release([e for e in self._entries if e.award.task_id == award.task_id], now)
        ended = [e for e in self._entries if e.state in ENDED]
        queue = [put_behind(e, award) if k >= quote.position else e for k, e in enumerate(self.queue)]
        meet = self._costing.meet(award, stop.legs)
        entry = Entry(award=award, errand=Errand(legs=stop.legs), taken=now, meet=meet, begun=not gathers(award.task))
        queue.insert(quote.position, entry)
        self._entries = [*ended, *queue]
        return self._reply(award, accepted=True)

    def _release(self, gone: list[Entry], now: float) -> None:
        for entry in gone:
            self._starts.note(StartKind.RELEASED, entry.award, now)
        self._entries = [e for e in self._entries if e not in gone]

    def _recalled(self, reached: Reached, here: str) -> Entry:
        """The entry of an award that the log has: it goes on at the leg that was reached.

        Whether a load is on board after an interrupted loading or unloading nobody can know: such an errand has failed.
        """
        try:
            steps = self._costing.legs(reached.award, here)
            flaw = "" if reached.leg < len(steps) else "its legs are others than when it was taken"
        except ValueError as error:
            steps, flaw = (), str(error)
        entry = Entry(
            award=reached.award,
            errand=Errand(legs=steps, index=len(steps) if reached.state is HoldingState.DONE else reached.leg),
            taken=reached.taken,
            started=reached.started,
            meet=self._costing.meet(reached.award, steps),
            begun=not gathers(reached.award.task),
            state=reached.state,
            note=reached.note,
        )
        if reached.state in ENDED:
            return entry
        if reached.acting and entry.errand.leg is not None and not repeatable(reached.award.task):
            flaw = f"interrupted while {entry.errand.leg.verb}"
        if not flaw:
            return entry
        self._starts.note(StartKind.ENDED, reached.award, reached.latest, state=HoldingState.FAILED, note=flaw)
        return replace(entry, state=HoldingState.FAILED, note=flaw)

    def apply(self, lease: Lease, now: float) -> list[Entry]:
        """Drops what the house says this robot does not own; answers with what was dropped before its end.

        What the lease lists is confirmed: an award that arrives late, when another robot has the task, never is. What
        it asks about is kept, and confirmed no more.
        """
        owned, asked = set(lease.owned), set(lease.asked)
        gone = [e for e in self._entries if key_of(e) not in owned | asked and e.taken <= lease.stamp]
        self._release(gone, now)
        self._entries = [heed(e, lease) for e in self._entries]
        for entry in [e for e in self.queue if key_of(e) in lease.wanted]:
            self._give_back(entry, now)
        return [e for e in gone if e.state not in ENDED]

    def _give_back(self, entry: Entry, now: float) -> None:
        """What was never begun goes to another robot, once the house has heard that this one has let go of it."""
        if entry.state is HoldingState.QUEUED and not entry.started:
            self._put(replace(entry, state=HoldingState.RELEASED))
            self._starts.note(StartKind.ENDED, entry.award, now, state=HoldingState.RELEASED)

    def set_back(self, now: float) -> None:
        """The robot's clock was set back to `now`: nothing was taken later than that."""
        self._entries = [replace(e, taken=min(e.taken, now)) for e in self._entries]

    def cancel(self, task_id: str, note: str, now: float) -> bool:
        """Ends a task as cancelled by somebody at the robot; False where it has no such task under way."""
        for entry in self.queue:
            if entry.award.task_id == task_id:
                self._put(replace(entry, state=HoldingState.CANCELLED, note=note))
                # Whoever stands at the robot is not to wait for a disk.
                self._starts.note(StartKind.ENDED, entry.award, now, state=HoldingState.CANCELLED, note=note)
                return True
        return False

    def start(self, now: float) -> bool:
        """Whether the current task is at work from now on."""
        entry = self.current
        if entry is None or not (entry.started or self._starts.write(StartKind.BEGUN, entry.award, now)):
            return False
        if entry.state is HoldingState.QUEUED:
            self._put(replace(entry, started=True, state=HoldingState.RUNNING, note=""))
        return True

    def work(self, elapsed: float, battery: float, now: float) -> None:
        """`elapsed` s of work at the place of the current task's leg; at the end of its last leg it is done.

        At the place where the robots of a shared task meet, the work is to wait for the others. What the log cannot
        take is tried again with the next call.
        """
        entry = self.current
        if entry is None:
            return
        if not entry.begun:
            self._put(replace(entry, state=HoldingState.GATHERED))
            return
        if not entry.acting and not repeatable(entry.award.task):
            if not self._starts.write(StartKind.ACTING, entry.award, now, leg=entry.errand.index):
                return
            entry = replace(entry, acting=True)
        errand = work(entry.errand, elapsed, battery)
        if errand.index == entry.errand.index:
            self._put(replace(entry, errand=errand))
        elif errand.done:
            if self._starts.write(StartKind.ENDED, entry.award, now, leg=errand.index, state=HoldingState.DONE):
                self._put(replace(entry, errand=errand, state=HoldingState.DONE))
        elif self._starts.write(StartKind.LEG, entry.award, now, leg=errand.index):
            self._put(replace(entry, errand=errand, acting=False))

    def tell(self, note: str) -> None:
        """Whoever drives has something to say about the current task, for people."""
        entry = self.current
        if entry is not None and entry.state is HoldingState.RUNNING and entry.note != note:
            self._put(replace(entry, note=note))

    def end(self, state: HoldingState, note: str, now: float) -> None:
        """Whoever drives has brought the current task to its end. What the log cannot take is not at its end yet."""
        entry = self.current
        if entry is None:
            return
        legs = len(entry.errand.legs)
        errand = replace(entry.errand, index=legs) if state is HoldingState.DONE else entry.errand
        if self._starts.write(StartKind.ENDED, entry.award, now, leg=errand.index, state=state, note=note):
            self._put(replace(entry, errand=errand, state=state, note=note))

    def holdings(self, here: str) -> tuple[Holding, ...]:
        """All tasks as the heartbeat tells them."""
        return tuple(self._holding(e, here) for e in self._entries)

    def _holding(self, entry: Entry, here: str) -> Holding:
        left = None
        if entry.state is HoldingState.RUNNING and entry.begun:
            left = remaining(entry.errand, here, self._costing.by(entry.award.task), self._means.charge_time)
        return Holding(
            task_id=entry.award.task_id,
            epoch=entry.award.epoch,
            state=entry.state,
            progress=entry.errand.progress,
            remaining=left,
            note=entry.note,
            task=entry.award.task if entry.asked else None,
        )

    def _put(self, entry: Entry) -> None:
        key = (entry.award.task_id, entry.award.epoch)
        self._entries = [entry if (e.award.task_id, e.award.epoch) == key else e for e in self._entries]

    def _reply(self, award: Award, *, accepted: bool, note: str = "") -> AwardReply:
        return AwardReply(task_id=award.task_id, epoch=award.epoch, robot=self._robot.id, accepted=accepted, note=note)
