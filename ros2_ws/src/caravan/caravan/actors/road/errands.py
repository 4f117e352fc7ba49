"""What a truck does for a task: wishes of its vehicle, one after the other, until the task is done or cannot be.

Everything has an end: a wish is tried a few times, and a task that is not done within its time has failed, with what it
waited for.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from caravan.actors.road.company import Company
from caravan.actors.road.gaps import Slot
from caravan.actors.road.lane import Lane
from caravan.actors.road.outcome import Outcome, Stage, done, failed, more, running
from caravan.actors.road.places import Places
from caravan.actors.road.sights import Sights
from caravan.actors.road.wishes import Wishes
from caravan.model.crew import crew_of
from caravan.model.goal import Task, TaskKind, whole_of
from caravan.model.platoon import Kind, Place, Roster
from caravan.model.road import Road
from caravan.platoon.manoeuvres.vehicle import Vehicle
from caravan.platoon.spacing import STANDSTILL

REACH = 150.0
"""From so near (m) behind the last vehicle of a platoon, or beside it, a truck asks to be taken in."""
PATIENCE = 45.0
"""For each place before its own a truck waits so long for it to be taken, s; then it joins those who are there."""
GONE = 20.0
"""Who was to come and is silent is waited for no longer, s: a process that starts again takes so long."""
LONGEST = 600.0
"""A task takes no longer, s, but for the way to an exit."""
LOOK = 3.0
"""A platoon of which nothing was heard for so long is none, s."""
BEFORE_EXIT = 25.0
"""So long before it comes to its exit a truck asks its platoon to let it go, s."""
_SAME = 0.05
"""Speeds (m/s) and headways (s) are the same within this."""


@dataclass(slots=True, kw_only=True)
class _Job:
    """A task that was begun."""

    task: Task
    seat: int
    task_id: str
    began: float
    wishes: Wishes
    asked: bool = False
    """Whether it has wished what it has to, after all that it had to do before."""
    place: tuple[str, Place] | None = None
    """Where it joins; that stays while it is wished."""
    target: str | None = None
    """Behind whom a platoon is to be cut."""
    missed: float = math.inf
    """Since when nobody leads the platoon that it is to be of."""
    barred: float = math.inf
    """Since when another drives in between the platoons that are to be one."""
    exit_at: float = math.inf
    """When it is at its exit at the latest."""
    way: float = math.inf
    """How far the exit was ahead when last looked, m."""


class Errands:
    """The tasks of one truck, one at a time. Times are the caller's `now` (s)."""

    def __init__(self, road: Road, vehicle: Vehicle, lane: Lane, sights: Sights) -> None:
        self._road = road
        self._vehicle = vehicle
        self._lane = lane
        self._sights = sights
        self._company = Company(vehicle, LOOK)
        self._places = Places(vehicle, lane, sights, self._company)
        self._job: _Job | None = None
        self._pursued = self._listens = -math.inf
        """When the job was last pursued, and since when without a gap: its process may have hung."""
        self.slot: Slot | None = None
        """Where the truck is to get to, beside what its platoon asks for."""
        self.exit: str | None = None
        """The ramp that it is to take."""
        self.forming = False
        """Whether others are to close up to it."""
        self.waiting = False
        """Whether others are to come in before it."""

    def pursue(self, task: Task, seat: int, task_id: str, now: float) -> Outcome:
        """Carries on with a task, begins it where it is new, and tells how far it is."""
        if self._job is None or (self._job.task_id, self._job.seat) != (task_id, seat):
            self.drop()
            self._listens = now
            self._job = _Job(task=task, seat=seat, task_id=task_id, began=now, wishes=Wishes(self._vehicle))
        self._listens = now if now - self._pursued > LOOK / 2.0 else self._listens
        self._pursued = now
        outcome = self._plan(task)(self._job, now)
        late = now - self._job.began > LONGEST and self.exit is None
        if outcome.stage is Stage.RUNNING and late:
            outcome = failed(f"not done within {LONGEST:g} s ({outcome.note})")
        if outcome.stage is not Stage.RUNNING:
            self.drop(keep_exit=self._lane.ramp is not None)
        return outcome

    def drop(self, *, keep_exit: bool = False) -> None:
        """Ends the task that is under way: its wish is taken back, and the truck stays where it is."""
        if self._job is not None:
            self._job.wishes.drop()
        self._job, self.slot, self.forming, self.waiting = None, None, False, False
        self.exit = self.exit if keep_exit else None

    def _plan(self, task: Task) -> Callable[[_Job, float], Outcome]:
        if task.kind is TaskKind.GO:
            return self._go
        if task.kind is not TaskKind.PLATOON:
            return lambda job, now: failed(f"a truck on a road does not {task.kind}")
        plans = {
            "form": self._form,
            "join": self._join,
            "leave": self._leave,
            "split": self._split,
            "merge": self._merge,
            "dissolve": self._dissolve,
            "set": self._set,
        }
        return plans[task.manoeuvre or "form"]

    # -- coming together --------------------------------------------------------------------------------------------

    def _form(self, job: _Job, now: float) -> Outcome:
        label = job.task.platoon or whole_of(job.task_id)
        return self._gather(job, label, now) if job.seat <= 1 else self._take_seat(job, label, now)

    def _gather(self, job: _Job, label: str, now: float) -> Outcome:
        """In front: gives the platoon its name and its terms, and drives slowly until all are there."""
        membership, vehicle = self._vehicle.membership, self._vehicle
        if not membership.leads:
            return failed(f"it drives in the platoon of {membership.roster.leader}")
        if membership.roster.label != label and vehicle.manoeuvre is None:
            vehicle.call_it(label, now)
        terms = self._terms(job, now) if self._has_terms(job.task) else done()
        if terms.stage is Stage.FAILED or (terms.stage is Stage.RUNNING and len(membership.roster.order) == 1):
            return terms
        self.forming = True
        here, wanted, due = len(membership.roster.order), max(job.task.robots, 1), self._due(job, job.task.robots, now)
        if here >= wanted and terms.stage is Stage.DONE:
            return done(f"leads {wanted}")
        if now - job.began > PATIENCE * due or (here >= due and terms.stage is Stage.DONE and now - job.began > GONE):
            return failed(f"only {here} of {wanted} have come") if here < 2 else done(f"leads {here} of {wanted}")
        return running(f"{here} of {wanted} are in its platoon")

    def _take_seat(self, job: _Job, label: str, now: float) -> Outcome:
        mine = self._vehicle.membership.roster
        if mine.label == label and len(mine.order) == 1:
            self._vehicle.call_it("", now)  # It is what was left of another platoon of that name.
        elif mine.label == label:
            return done(f"drives in place {mine.order.index(self._vehicle.name) + 1}")
        roster = self._company.called(label, now)
        waited, due = now - job.began, self._due(job, job.seat - 1, now)
        job.missed = min(job.missed, now) if roster is None else math.inf
        if now - job.missed > (PATIENCE if self._due(job, 1, now) else GONE):
            return failed(f"nobody leads a platoon called {label}")
        early = job.place is None and roster is not None and len(roster.order) < due and waited < PATIENCE * due
        self.waiting = roster is None or early
        if self.waiting:
            return running(f"waits for place {job.seat} of {label}")
        assert roster is not None
        return self._join_up(job, roster, now)

    def _due(self, job: _Job, seats: int, now: float) -> int:
        """How many are to come to the first seats of a platoon that forms."""
        crew = crew_of(job.task)[:seats]
        return len(crew) if now - self._listens < LOOK else self._company.coming(crew, now)

    def _join(self, job: _Job, now: float) -> Outcome:
        task, mine = job.task, self._vehicle.membership.roster
        roster = self._company.meant(task.platoon, task.leader, now)
        if isinstance(roster, str):
            patient = now - job.began < LOOK and not job.asked
            return running(roster) if patient else failed(roster)
        if self._vehicle.name in roster.order:
            return done(f"drives in place {mine.order.index(self._vehicle.name) + 1}")
        return self._join_up(job, roster, now)

    def _merge(self, job: _Job, now: float) -> Outcome:
        roster = self._company.meant(job.task.into, None, now)
        if isinstance(roster, str):
            return running(roster) if now - job.began < LOOK else failed(roster)
        if self._vehicle.name in roster.order:
            return done(f"one platoon of {len(roster.order)}")
        return self._join_up(job, roster, now)

    def _join_up(self, job: _Job, roster: Roster, now: float) -> Outcome:
        """Drives to its place in the platoon, and asks to be taken in when it is near."""
        if not self._vehicle.membership.leads:
            return failed(f"it drives in the platoon of {self._vehicle.membership.roster.leader}; it must leave that")
        if job.place is None or not job.wishes.standing:
            job.place = self._places.where(roster)
        target, place = job.place
        self.slot = Slot(before=target) if place is Place.FRONT else Slot(behind=target)
        other = self._sights.others.get(target)
        if other is None:
            return running(f"looks for {target}")
        way = self._sights.apart(self._lane.x, other.x)
        barrier = self._places.barrier(roster, place)
        job.barred = min(job.barred, now) if barrier is not None else math.inf
        if barrier is not None and now - job.barred > PATIENCE:
            return failed(f"{barrier} drives in between, and a platoon does not overtake")
        if not job.asked and abs(way) > REACH:
            return running(f"{way:.0f} m to {target}" if way > 0.0 else f"{-way:.0f} m before {target}")
        job.asked = True
        outcome = job.wishes.hold(Kind.JOIN, now, target=target, place=place)
        # Its own roster is newer than what it was done by: the next look sees it.
        return running("is in") if outcome.stage is Stage.DONE else outcome

    # -- going apart ------------------------------------------------------------------------------------------------

    def _leave(self, job: _Job, now: float) -> Outcome:
        if job.task.to is not None:
            return self._go(job, now)
        if len(self._vehicle.membership.roster.order) == 1:
            return done("drives alone")
        if self._road.lanes < 2:
            return failed("there is no lane beside the platoon's")
        return more(job.wishes.hold(Kind.LEAVE, now))

    def _go(self, job: _Job, now: float) -> Outcome:
        """To an exit, and out of the platoon in time before it."""
        place = job.task.to or ""
        if place == self._road.to:
            return done(f"goes straight on to {place}") if self._lane.past_ramps else running(f"straight on to {place}")
        if place not in self._road.ramps:
            return failed(f"no ramp leads to {place or 'nowhere'}; ramps lead to {', '.join(sorted(self._road.ramps))}")
        if self._lane.ramp is not None:
            return done(f"left by the ramp to {self._lane.ramp}") if self._lane.ramp == place else failed("it has left")
        self.exit = place
        way, speed = self._lane.to_ramp(place), max(self._vehicle.speed, 1.0)
        if way < 0.0 or (self._road.closed and way > job.way + 100.0):
            return failed(f"it has passed the ramp to {place}")
        job.way = way
        job.exit_at = min(job.exit_at, now + LONGEST + 2.0 * way / speed)
        if now > job.exit_at:
            return failed(f"it did not come to the ramp to {place} in time")
        if len(self._vehicle.membership.roster.order) > 1 and way < BEFORE_EXIT * speed:
            outcome = job.wishes.hold(Kind.LEAVE, now)
            return outcome if outcome.stage is Stage.FAILED else running(f"{way:.0f} m to {place}; {outcome.note}")
        return running(f"{way:.0f} m to {place}")

    def _split(self, job: _Job, now: float) -> Outcome:
        order = self._vehicle.membership.roster.order
        job.target = job.target or self._places.cut(job.task, order)
        if job.target is None:
            return failed(f"the platoon of {', '.join(order)} cannot be cut there")
        outcome = job.wishes.hold(Kind.SPLIT, now, target=job.target)
        return done(f"cut behind {job.target}") if outcome.stage is Stage.DONE else outcome

    def _dissolve(self, job: _Job, now: float) -> Outcome:
        if len(self._vehicle.membership.roster.order) == 1:
            return done("drives alone")
        return more(job.wishes.hold(Kind.DISSOLVE, now))

    # -- agreeing ---------------------------------------------------------------------------------------------------

    def _set(self, job: _Job, now: float) -> Outcome:
        if not self._has_terms(job.task):
            return failed("neither a speed nor a headway is given")
        if self._vehicle.membership.leads:
            return self._terms(job, now)
        speed, headway = self._wanted(job.task)
        roster = self._vehicle.membership.roster
        if abs(roster.speed - speed) <= _SAME and abs(roster.headway - headway) <= _SAME:
            return done(f"drives {roster.speed:.1f} m/s behind {roster.leader}")
        if now - job.began > 2.0 * PATIENCE:
            return failed(f"its leader {roster.leader} still drives {roster.speed:.1f} m/s at {roster.headway:.1f} s")
        return running(f"waits for its leader {roster.leader}")

    def _has_terms(self, task: Task) -> bool:
        return not (task.speed is None and task.headway is None and task.gap is None)

    def _terms(self, job: _Job, now: float) -> Outcome:
        """As a leader: has its platoon agree on what the task says."""
        speed, headway = self._wanted(job.task)
        roster = self._vehicle.membership.roster
        if not job.asked and abs(roster.speed - speed) <= _SAME and abs(roster.headway - headway) <= _SAME:
            job.asked = True
        if not job.asked:
            outcome = job.wishes.hold(Kind.AGREE, now, speed=speed, headway=headway)
            if outcome.stage is not Stage.DONE:
                return outcome
            job.asked = True
            roster = self._vehicle.membership.roster
        return done(f"drives {roster.speed:.1f} m/s at {roster.headway:.1f} s")

    def _wanted(self, task: Task) -> tuple[float, float]:
        """The speed (m/s) and the headway (s) that the task asks for; what it does not name stays."""
        roster = self._vehicle.membership.roster
        speed = roster.speed if task.speed is None else task.speed
        if task.headway is not None or task.gap is None:
            return speed, roster.headway if task.headway is None else task.headway
        return speed, max(0.0, task.gap - STANDSTILL) / max(speed, 1.0)
