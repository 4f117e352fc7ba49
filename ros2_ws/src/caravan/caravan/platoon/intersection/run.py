"""The intersection in virtual time: vehicles come, ask, drive and cross; a controller says who goes.

The guard is here and is the same for all controllers: a vehicle commits, that is, comes so near that it could no longer
stop at the line, only with a slot, and only when all whose slots are before its own have left what its lane crosses. So
one that stalls in the box is hit by nobody, wherever and however it stalls: those whose way it is in can still stop.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from caravan.platoon.intersection import driving
from caravan.platoon.intersection.arrivals import Ints, Traffic
from caravan.platoon.intersection.book import GRACE, Book, Party
from caravan.platoon.intersection.controllers import Asking, Controller
from caravan.platoon.intersection.driving import BETWEEN, LENGTH, WITHIN
from caravan.platoon.intersection.foresight import Foresight, Seen, foresee
from caravan.platoon.intersection.geometry import APPROACH, CROSSING, ZONES, length, speed
from caravan.platoon.intersection.record import Record, Snapshot, Stall
from caravan.platoon.plant import Ability, Motion, move
from caravan.platoon.spacing import STANDSTILL

STEP = 0.2
DECIDE = 3
"""Slots are given every so many steps."""
SIGHT = 250.0
"""Vehicles come into sight so far before the line, m."""
ASK = 120.0
"""They ask from here on, m."""
BEYOND = 60.0
"""Behind the box a vehicle is seen by those that follow it for so long, m."""
BARRED = 10.0
"""Whoever let a slot go by asks again after this time, s."""


def run(traffic: Traffic, controller: Controller, until: float, stalls: Sequence[Stall] = ()) -> Record:
    """Lets all vehicles cross, or as many as do until the time `until` (s).

    Raises ValueError where the controller gives a slot that is not free.
    """
    scene = _Scene(traffic, controller, stalls)
    tick = 0
    while not scene.done and tick * STEP < until:
        now = tick * STEP
        scene.enter(now)
        if tick % DECIDE == 0:
            scene.decide(now)
        scene.drive(now)
        scene.keep(now)
        tick += 1
    return scene.record()


class _Scene:
    """All that is at one time."""

    def __init__(self, traffic: Traffic, controller: Controller, stalls: Sequence[Stall]) -> None:
        count = len(traffic.lane)
        self._traffic, self._controller = traffic, controller
        self._stalls = {stall.vehicle: stall for stall in stalls}
        self._stalled_from: dict[int, float] = {}
        self._way = np.array([length(lane) for lane in traffic.lane])
        self._turn_speed = np.array([speed(lane) for lane in traffic.lane])
        place = np.arange(count)
        same_lane = np.r_[False, traffic.lane[1:] == traffic.lane[:-1]]
        self._front = np.where(same_lane, place - 1, -1)
        self._member = np.r_[False, traffic.party[1:] == traffic.party[:-1]] & same_lane
        self._headway = np.where(self._member, WITHIN, BETWEEN)
        self._along = np.full(count, -np.inf)
        self._speed, self._acceleration = np.zeros(count), np.zeros(count)
        self._seen, self._gone = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
        self._held, self._committed = np.ones(count, dtype=bool), np.zeros(count, dtype=bool)
        nan = np.full(count, np.nan)
        self._asked, self._first, self._given = nan.copy(), nan.copy(), nan.copy()
        self._entered, self._out = nan.copy(), nan.copy()
        self._barred = np.zeros(count)
        self._book = Book()
        self._smallest = np.inf
        self._snapshots: list[Snapshot] = []
        starts = np.flatnonzero(~self._member)
        self._parties = [tuple(range(a, b)) for a, b in zip(starts, [*starts[1:], count], strict=True)]
        self._queues = {
            lane: [p for p in self._parties if traffic.lane[p[0]] == lane] for lane in np.unique(traffic.lane)
        }

    @property
    def done(self) -> bool:
        """Whether all have crossed."""
        return bool(np.isfinite(self._out).all())

    def enter(self, now: float) -> None:
        """Those that are due come into sight, where there is room."""
        for vehicle in np.flatnonzero(~self._seen & (self._traffic.due <= now)):
            front = self._front[vehicle]
            fast = APPROACH
            if front >= 0 and not self._gone[front]:
                room = self._along[front] - LENGTH + SIGHT - STANDSTILL
                if room < 0.0:
                    continue
                one = np.array([room]), self._speed[[front]], self._headway[[vehicle]]
                fast = min(APPROACH, float(driving.gipps(*one)[0]))
            self._seen[vehicle] = True
            self._along[vehicle], self._speed[vehicle] = -SIGHT, fast

    # -- slots ------------------------------------------------------------------------------------------------------

    def decide(self, now: float) -> None:
        """Foresees, takes slots back that were let go by, and lets the controller give new ones."""
        here = np.flatnonzero(self._seen & ~np.isfinite(self._out))
        if not here.size:
            return
        self._place = {int(vehicle): place for place, vehicle in enumerate(here)}
        self._ahead = self._foresee(now, here)
        self._renew(now)
        for party in self._controller.decide(now, self._asking(now), self._book):
            self._book = self._book.take(party)
            self._given[list(party.members)] = now
        self._on_time()

    def _foresee(self, now: float, here: Ints) -> Foresight:
        return foresee(
            now,
            [
                Seen(
                    along=float(self._along[vehicle]),
                    speed=float(self._speed[vehicle]),
                    turn_speed=float(self._turn_speed[vehicle]),
                    headway=float(self._headway[vehicle]),
                    front=self._place.get(int(self._front[vehicle])),
                )
                for vehicle in here
            ],
        )

    def _party(self, members: Sequence[int], since: float) -> Party:
        lane = int(self._traffic.lane[members[0]])
        first, last = self._place[members[0]], self._place[members[-1]]
        return Party(
            lane=lane,
            members=tuple(members),
            since=since,
            commits=self._ahead.commits[first],
            leaves={o: self._ahead.reaches(last, ZONES[lane, o].leave + LENGTH) for o in CROSSING[lane]},
            clears=self._ahead.reaches(last, length(lane) + LENGTH),
        )

    def _renew(self, now: float) -> None:
        """Slots as they are foreseen now. Who is overdue and has not committed loses it, and the lane waits a while."""
        renewed = {}
        for place, slot in enumerate(self._book.slots):
            left = [v for v in slot.party.members if not np.isfinite(self._out[v])]
            if now > slot.due + GRACE:
                late = [v for v in left if not self._committed[v]]
                self._barred[late] = now + BARRED
                left = [v for v in left if self._committed[v]]
            if left:
                renewed[place] = self._party(left, slot.party.since)
        self._book = self._book.foreseen(renewed, now)

    def _asking(self, now: float) -> dict[int, list[Party]]:
        """By lane, the parties in sight without a slot; parts of those that have lost one ask for themselves."""
        holders = {v for slot in self._book.slots for v in slot.party.members}
        asking: dict[int, list[Party]] = {}
        for lane, queue in self._queues.items():
            while queue and np.isfinite(self._out[queue[0][-1]]):
                queue.pop(0)
            for members in queue:
                if self._along[members[0]] < -ASK or not self._seen[members[-1]]:
                    break
                left = [v for v in members if v not in holders and not np.isfinite(self._out[v])]
                if not left:
                    continue
                if self._barred[left[0]] > now:
                    break
                if np.isnan(self._asked[left[0]]):
                    self._asked[left] = now
                if int(lane) not in asking and np.isnan(self._first[left[0]]):
                    self._first[left] = now
                asking.setdefault(int(lane), []).append(self._party(left, float(self._asked[left[0]])))
        return asking

    def _on_time(self) -> None:
        """Only who has a slot that is still to be had in time need not stop at the line."""
        self._held[:] = ~self._committed
        for place, slot in enumerate(self._book.slots):
            before = Book(slots=self._book.slots[:place])
            if before.free(slot.party):
                self._held[list(slot.party.members)] = False

    # -- driving ----------------------------------------------------------------------------------------------------

    def drive(self, now: float) -> None:
        """One step of all that are on the road."""
        here = np.flatnonzero(self._seen & ~self._gone)
        if not here.size:
            return
        ability = driving.ability(len(here))
        self._commit(now, here, ability)
        view = self._view(here)
        wanted = driving.wish(view, ability)
        for vehicle, stall in self._stalls.items():
            if stall.along is not None and self._stands(vehicle, now, self._along[vehicle] >= stall.along):
                wanted[here == vehicle] = -ability.brake[0]
        motion = Motion(x=view.along, speed=view.speed, acceleration=view.acceleration)
        motion = move(motion, wanted, ability, STEP)
        self._along[here], self._speed[here], self._acceleration[here] = motion.x, motion.speed, motion.acceleration
        self._smallest = min(self._smallest, float(view.gap.min()))
        later = now + STEP
        self._entered[here[(motion.x >= 0.0) & np.isnan(self._entered[here])]] = later
        self._out[here[(motion.x - LENGTH >= self._way[here]) & np.isnan(self._out[here])]] = later
        self._gone[here[motion.x >= self._way[here] + BEYOND]] = True

    def _view(self, here: Ints) -> driving.View:
        front = self._front[here]
        seen = (front >= 0) & ~self._gone[front]
        gap = np.where(seen, self._along[front] - LENGTH - self._along[here], np.inf)
        return driving.View(
            along=self._along[here],
            speed=self._speed[here],
            acceleration=self._acceleration[here],
            gap=gap,
            front_speed=np.where(seen, self._speed[front], APPROACH),
            front_acceleration=np.where(seen, self._acceleration[front], 0.0),
            headway=self._headway[here],
            member=self._member[here],
            held=self._held[here],
            committed=self._committed[here],
            turn_speed=self._turn_speed[here],
            way=self._way[here],
        )

    def _stands(self, vehicle: int, now: float, begins: bool) -> bool:
        """Whether the vehicle's stall lasts; it begins when `begins` holds first."""
        if begins:
            self._stalled_from.setdefault(vehicle, now)
        begun = self._stalled_from.get(vehicle)
        return begun is not None and now < begun + self._stalls[vehicle].seconds

    def _commit(self, now: float, here: Ints, ability: Ability) -> None:
        """The guard, for those that are about to pass the point where they can no longer stop."""
        soon = self._speed[here] + ability.accelerate * STEP
        near = driving.hard(soon, self._acceleration[here], ability) + soon * STEP
        for vehicle in here[(-self._along[here] <= near) & ~self._committed[here]]:
            stall = self._stalls.get(int(vehicle))
            asleep = stall is not None and stall.along is None
            holds = any(vehicle in slot.party.members for slot in self._book.slots)
            if asleep and self._stands(int(vehicle), now, holds):
                self._held[vehicle] = True
            elif holds:
                self._committed[vehicle] = self._clear(int(vehicle))

    def _clear(self, vehicle: int) -> bool:
        """Whether all whose slots are before that of the vehicle have left what it crosses."""
        lane = int(self._traffic.lane[vehicle])
        for slot in self._book.slots:
            if vehicle in slot.party.members:
                return True
            if slot.party.lane in CROSSING[lane]:
                leave = ZONES[slot.party.lane, lane].leave
                if any(self._along[other] - LENGTH < leave for other in slot.party.members):
                    return False
        return False

    # -- the record -------------------------------------------------------------------------------------------------

    def keep(self, now: float) -> None:
        """Keeps the places near the box."""
        near = np.flatnonzero(self._seen & ~self._gone & (self._along > -5.0) & (self._along < self._way + LENGTH))
        self._snapshots.append(Snapshot(time=now, vehicles=near, along=self._along[near]))

    def record(self) -> Record:
        """What has happened."""
        return Record(
            asked=self._asked,
            first=self._first,
            given=self._given,
            out=self._out,
            entered=self._entered,
            smallest_gap=self._smallest,
            snapshots=tuple(self._snapshots),
        )


def alone(lane: int) -> float:
    """How long (s) a vehicle is in sight that has the intersection for itself."""
    traffic = Traffic(lane=np.array([lane]), due=np.zeros(1), party=np.zeros(1, dtype=np.int64), urgency=np.ones(1))
    return float(run(traffic, _All(), 120.0).out[0])


class _All:
    """Gives each what it asks for."""

    def decide(self, now: float, asking: Asking, book: Book) -> list[Party]:
        """See `Controller`."""
        return [party for queue in asking.values() for party in queue]
