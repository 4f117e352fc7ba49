"""The handover: awards are sent until answered, and tasks are followed by heartbeats to their ends."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from caravan.actors.house.book import Book, goal_of
from caravan.actors.house.stuck import Stuck
from caravan.auction import ledger
from caravan.model.crew import gathers
from caravan.model.goal import FINAL_TASK_STATES, Goal, TaskKind, TaskRecord, TaskState
from caravan.model.market import ENDED, Award, AwardReply, Holding, HoldingState, Lease, Lot, RobotState


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverSettings:
    """Times in s."""

    award_time: float = 4.0
    """How long an award waits for its answer."""
    resend: float = 0.5
    """Pause between two sendings of an unanswered award."""
    attempts: int = 3
    """How often a task may fail on robots before it fails for good."""
    stuck: float = 120.0
    """How long a robot may show no sign of work before what it has goes to others."""


@dataclass(slots=True)
class _Trail:
    """What is remembered of an award beyond the ledger; a restart may lose it."""

    award: Award | None = None
    sent: float = 0.0
    awarded: float = 0.0
    failures: int = 0
    begun: bool = True
    """Whether the robot may have begun it."""
    gathered: bool = False
    """Whether the robot waits at the first place for those who share the task."""
    late: bool = False
    """Whether it was told that the robot will break the deadline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contract:
    """A lot that its holder shall give back for `taker`; `told` says in the record how it came to that."""

    lot: Lot
    taker: str
    told: Mapping[str, Any]
    until: float


class Handover:
    """Awards and the following of tasks. All times are the caller's `now` (s)."""

    def __init__(self, book: Book, settings: HandoverSettings, now: float) -> None:
        self._book = book
        self._settings = settings
        self._stuck = Stuck(settings.stuck)
        self._contracts: dict[str, _Contract] = {}
        """By task id; a restart forgets them, and what is given back then is offered anew."""
        self._trails = {t.id: _Trail(awarded=now) for state in ledger.OWNED for t in book.tasks(state)}

    def award(self, lot: Lot, robot: str, now: float, *, told: Mapping[str, Any], payment: float | None = None) -> None:
        """Gives a task that is being auctioned to its winner; `told` says in the record how it came to that."""
        fresh = {"progress": 0.0, "remaining": None, "note": "", "payment": payment}
        self._book.change(lot.task_id, TaskState.AWARDED, robot=robot, epoch=lot.epoch, **fresh)
        self._book.record(now, "award", task=lot.task_id, robot=robot, data={"epoch": lot.epoch, **told})
        trail = self._trails.setdefault(lot.task_id, _Trail())
        trail.awarded, trail.begun, trail.gathered, trail.late = now, False, False, False
        self._book.warn(lot.task_id, "", now)
        trail.award = Award(task_id=lot.task_id, epoch=lot.epoch, task=lot.task, robot=robot, finish_by=lot.finish_by)
        self._send(trail, now)

    def exchange(self, lot: Lot, taker: str, now: float, told: Mapping[str, Any]) -> None:
        """Asks the holder of a task to give it back for `taker`, with its next leases.

        The taker gets it once the holder has said that it has let go of it: so never two have it.
        """
        until = now + self._settings.award_time
        self._contracts[lot.task_id] = _Contract(lot=lot, taker=taker, told=told, until=until)

    def exchanging(self, task_id: str) -> bool:
        """Whether a task is about to change hands."""
        return task_id in self._contracts

    def _wanted(self, robot: str, now: float) -> tuple[tuple[str, int], ...]:
        self._contracts = {task: c for task, c in self._contracts.items() if now <= c.until}
        records = (r for r in self.owned(robot) if r.id in self._contracts)
        return tuple((r.id, r.epoch) for r in records if r.epoch + 1 == self._contracts[r.id].lot.epoch)

    def _given_back(self, record: TaskRecord, now: float) -> None:
        contract = self._contracts.pop(record.id, None)
        if contract is None or contract.lot.epoch != record.epoch + 1:
            self._return(record, f"{record.robot} gave it back", now, exclude=False)
            return
        self._return(record, f"{record.robot} gave it back for {contract.taker}", now, exclude=False)
        self._book.change(record.id, TaskState.BIDDING)
        self.award(contract.lot, contract.taker, now, told=contract.told)

    def _send(self, trail: _Trail, now: float) -> None:
        if trail.award is not None:
            trail.sent = now
            self._book.send(trail.award)

    def tick(self, now: float) -> None:
        """Repeats or gives up awards that nobody answers."""
        for each in self._book.tasks(TaskState.AWARDED):
            record = self._book.task(each.id)
            if record is None or record.state is not TaskState.AWARDED:
                continue  # Given back with another seat of the same task.
            trail = self._trails[record.id]
            if now - trail.awarded > self._settings.award_time:
                self._return(record, f"{record.robot} did not answer the award", now, exclude=True)
            elif now - trail.sent >= self._settings.resend:
                self._send(trail, now)

    def reply(self, reply: AwardReply, now: float) -> None:
        """A robot took the award, or not. An answer to another award than the latest counts for nothing."""
        record = self._owned_as(reply.task_id, reply.epoch, reply.robot)
        if record is None or record.state is not TaskState.AWARDED:
            return
        if reply.accepted:
            self._run(record, now)
        else:
            self._return(record, f"{reply.robot} refused: {reply.note}", now, exclude=True)

    def follow(self, state: RobotState, now: float, asked: tuple[tuple[str, int], ...] = ()) -> None:
        """Takes over what a heartbeat says of the robot's tasks, and answers with its lease, which asks about some."""
        front = next((h.task_id for h in state.holdings if h.state not in ENDED), "")
        for holding in state.holdings:
            record = self._owned_as(holding.task_id, holding.epoch, state.robot)
            if record is not None:
                self._trails.setdefault(record.id, _Trail(awarded=now))
                self._mind_order(record, holding, front, now)
                self._hold(record, holding, now)
            elif holding.state is HoldingState.DONE:
                self._late(holding, state.robot, now)
        if self._stuck.hear(state, now):
            for record in self.owned(state.robot):
                self._return(record, f"{state.robot} did nothing for {self._settings.stuck:g} s", now, exclude=True)
        held = {(h.task_id, h.epoch) for h in state.holdings}
        for record in self.owned(state.robot):
            unknown = record.state is TaskState.RUNNING and (record.id, record.epoch) not in held
            if unknown and now - self._trails[record.id].awarded > self._settings.award_time:
                self._return(record, f"{state.robot} does not know of it any more", now, exclude=False)
        wanted = self._wanted(state.robot, now)
        owned = self.owned(state.robot)
        lease = Lease(
            robot=state.robot,
            stamp=state.stamp,
            owned=tuple((t.id, t.epoch) for t in owned),
            asked=asked,
            wanted=wanted,
            begun=tuple(t.id for t in owned if t.begun),
            era=state.era,
        )
        self._book.send(lease)

    def lose(self, robot: str, now: float) -> None:
        """The robot is dead: what it had is to be auctioned again."""
        self._contracts = {task: c for task, c in self._contracts.items() if c.taker != robot}
        for record in self.owned(robot):
            self._return(record, f"{robot} was lost", now, exclude=False)

    def cancel(self, goal: Goal, note: str, now: float) -> None:
        """Takes back all tasks of a goal that are not at their end; the next leases tell the robots."""
        for record in goal.tasks:
            if record.state not in FINAL_TASK_STATES:
                self._book.change(record.id, TaskState.CANCELLED, note=note)
        self._book.settle(goal.id, now)

    def owned(self, robot: str) -> list[TaskRecord]:
        """The tasks that `robot` owns."""
        return self._book.owned(robot)

    def _owned_as(self, task_id: str, epoch: int, robot: str) -> TaskRecord | None:
        record = self._book.task(task_id)
        if record is None or record.state not in ledger.OWNED:
            return None
        return record if (record.epoch, record.robot) == (epoch, robot) else None

    def _hold(self, record: TaskRecord, holding: Holding, now: float) -> None:
        if record.state is TaskState.AWARDED:
            self._run(record, now)
        match holding.state:
            case HoldingState.DONE:
                self._book.end(record.id, TaskState.DONE, holding.note, now, progress=1.0)
            case HoldingState.FAILED | HoldingState.CANCELLED:
                self._failed(record, f"{record.robot}: {holding.note}", now)
            case HoldingState.RELEASED:
                self._given_back(record, now)
            case _:
                self._progress(record, holding, now)

    def _progress(self, record: TaskRecord, holding: Holding, now: float) -> None:
        if holding.state is not HoldingState.QUEUED:
            self._contracts.pop(record.id, None)
        seen = {"progress": holding.progress, "remaining": holding.remaining, "note": holding.note}
        self._book.change(record.id, TaskState.RUNNING, **seen)
        trail = self._trails[record.id]
        # One that was put back behind another has been begun, and a note.
        trail.begun = holding.state is not HoldingState.QUEUED or bool(holding.note)
        trail.gathered = holding.state is HoldingState.GATHERED
        late = now + (holding.remaining or 0.0) - (record.finish_by or math.inf)
        if late > 0.0 and not trail.late:
            self._book.warn(record.id, f"{record.robot} will be {late:.0f} s late with it", now)
        trail.late = trail.late or late > 0.0
        if record.seat and not record.begun:
            self._begin(record, now)

    def _mind_order(self, record: TaskRecord, holding: Holding, front: str, now: float) -> None:
        """Notes that the robot has put the task back behind another."""
        if holding.state is HoldingState.QUEUED and holding.note not in ("", record.note) and front != record.id:
            robot = record.robot or ""
            self._book.record(now, "put_back", task=record.id, robot=robot, text=holding.note)
            self._book.record(now, "overtook", task=front, robot=robot, text=f"{robot} does it before {record.id}")

    def _begin(self, record: TaskRecord, now: float) -> None:
        """Lets those who share a task begin once all of them are there: only the house hears them all."""
        crew = self._book.seats(record)
        if gathers(record.task):
            there = all(t.state is TaskState.RUNNING and self._trails[t.id].gathered for t in crew)
        else:
            there = all(t.state in (TaskState.RUNNING, TaskState.DONE) for t in crew)
        if there:
            self._book.put(ledger.begin(self._book[goal_of(record.id)], record.id))
            for each in crew:
                self._book.record(now, "begun", task=each.id, robot=each.robot or "", text="they begin together")

    def _late(self, holding: Holding, robot: str, now: float) -> None:
        """A robot that had been given up has done a task: that is its end, unless another has begun it since."""
        record = self._book.task(holding.task_id)
        if record is None or record.state in FINAL_TASK_STATES or holding.epoch > record.epoch:
            return  # A later epoch is of another ledger, in which the id meant another task.
        if record.state in ledger.OWNED and self._trails[record.id].begun:
            note = f"{robot} had done it as award {holding.epoch}; {record.robot} has begun it since"
            self._book.record(now, "doubled", task=record.id, robot=robot, text=note)
            return
        self._book.end(record.id, TaskState.DONE, holding.note, now, robot=robot, progress=1.0)

    def _run(self, record: TaskRecord, now: float) -> None:
        self._book.record(now, "taken", task=record.id, robot=record.robot or "")
        self._book.change(record.id, TaskState.RUNNING)

    def _failed(self, record: TaskRecord, note: str, now: float) -> None:
        trail = self._trails[record.id]
        trail.failures += 1
        # Vehicles have tried a manoeuvre again themselves before they give it up.
        if trail.failures >= self._settings.attempts or record.task.kind is TaskKind.PLATOON:
            self._book.end(record.id, TaskState.FAILED, note, now)
        else:
            self._return(record, note, now, exclude=True)

    def _return(self, record: TaskRecord, note: str, now: float, *, exclude: bool) -> None:
        excluded = (record.robot,) if exclude and record.robot else ()
        before = self._book[goal_of(record.id)]
        after = ledger.give_back(before, record.id, note, excluded)
        self._book.put(after)
        for old, new in zip(before.tasks, after.tasks, strict=True):
            if new.state is not old.state:
                self._book.record(now, "returned", task=new.id, robot=old.robot or "", text=note)
