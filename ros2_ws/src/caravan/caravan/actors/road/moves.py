"""What a truck does on the road for a manoeuvre: opens a gap, changes lanes, closes up, leaves.

Each period it is asked which lane to keep to and how fast to drive; and it says when a step is done. It never changes
lanes but where there is room in front and behind (`gaps`): until then it waits, and the step or the errand runs out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from caravan.actors.road.gaps import MARGIN, Gaps, Slot, distance
from caravan.actors.road.lane import Lane
from caravan.actors.road.manners import EASE, FORMING
from caravan.actors.road.sights import Seen, Sights
from caravan.model.platoon import Kind, Manoeuvre, Place, Roster, Step
from caravan.model.road import NOTHING, Ramp, Road
from caravan.platoon.manoeuvres.vehicle import Duty, Vehicle
from caravan.platoon.safety import BAND

NEAR = 60.0
"""Within so much (m) of the one in front, with nobody between, a truck has closed up: the rest the follower does."""
OPENED = 1.0
"""A gap is open at so many s, and `STANDING` m; wider where somebody is to move in."""
STANDING = 2.0
FALL_BACK = 2.5
"""A gap opens at up to so many m/s."""
CATCH_UP, DROP = 10.0, 5.0
"""So much faster, and slower, than the place that it wants to be at it drives to get there, m/s."""
CREEP = 4.0
"""Nobody drives slower to be overtaken, m/s: whoever stands does not overtake."""
GAIN, EVEN_OUT = 0.3, 0.6
"""Speed for the way to that place, 1/s; far from it as one slows down by so much to be there at its speed, m/s2."""
STRETCHED = (12.0, 2.0)
"""A gap in a platoon that is wider than usual by more than the first is waited for, until it is by the second, m."""
HIDDEN = 20.0
"""Who is so far up a ramp (m) is not seen before one turns off oneself."""
LISTEN = 2.0
"""What another leader is having done is heeded for so long after its word, s."""
SLOWEST = 0.6
"""To open a gap nobody drives slower than this part of what is agreed, or of what the one in front drives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """Which lane to keep to, and how fast to drive, m/s."""

    lane: int
    pace: float


class Moves:
    """What the truck that `vehicle` speaks for does, in its `lane`."""

    def __init__(self, road: Road, vehicle: Vehicle, lane: Lane, sights: Sights, limit: float) -> None:
        self._road = road
        self._vehicle = vehicle
        self._lane = lane
        self._sights = sights
        self._limit = limit
        self.exit: str | None = None
        """The ramp by which it means to leave; it takes it when it is free to."""
        self._stretched = False

    def aim(self, me: Seen, slot: Slot | None, forming: bool, now: float) -> Aim:
        """What to drive for now; says to the vehicle what is done. `slot`: where an errand wants it to be.

        A change of lanes that is not half done is given up where the room for it has gone. Who stands beside the road
        comes in where there is room.
        """
        gaps, here = Gaps(self._road, self._sights, me, now), self._lane.now_in
        aim = self._aim(gaps, slot, forming, now)
        if self._lane.off_road:
            return Aim(lane=here, pace=aim.pace if gaps.free(here, MARGIN) else 0.0)
        begun = aim.lane == self._lane.target != here and self._lane.ramp is None
        return Aim(lane=here, pace=aim.pace) if begun and not gaps.free(aim.lane, MARGIN) else aim

    def coming(self, me: Seen, now: float) -> Seen | None:
        """Who is in front where it turns to, its ramp or a lane, by words: the radar may not see it yet."""
        gaps = Gaps(self._road, self._sights, me, now)
        if self._lane.exit is not None and self._lane.ramp is None:
            ramp = self._road.ramps[self._lane.exit]
            there = (*self._sights.others.values(), *self._sights.silent(now))
            on_it = [other for other in there if self._is_up(ramp, other) and gaps.way(other) > 0.0]
            return min(on_it, key=gaps.way, default=None)
        if self._lane.settled or self._lane.ramp is not None:
            return None
        return gaps.next_to(self._lane.target)[0]

    def _is_up(self, ramp: Ramp, other: Seen) -> bool:
        """Whether another is so far up a ramp that no radar sees it from the road: its words count on there."""
        way = self._sights.apart(ramp.at, other.x) - other.length
        return other.offset < -0.5 * self._road.lane_width and HIDDEN < way < ramp.length

    def _aim(self, gaps: Gaps, slot: Slot | None, forming: bool, now: float) -> Aim:
        duty = self._vehicle.duty(now)
        moves_out = duty is not None and duty.step is Step.MOVE and duty.manoeuvre.kind is Kind.LEAVE
        alone = len(self._vehicle.membership.roster.order) == 1
        self._lane.exit = self.exit if alone or moves_out else None
        if duty is not None and duty.step is Step.OPEN:
            return self._open(gaps, duty)
        if duty is not None and moves_out:
            return self._leave(gaps, duty)
        if duty is not None:
            return self._move(gaps, duty, now)
        if slot is not None and self._lane.ramp is None:
            return self._approach(gaps, slot, now, may_enter=self._may_enter(slot))
        return self._let_in(gaps, self._go_on(gaps, forming), now)

    def look_back(self, me: Seen) -> None:
        """Whether the platoon that it leads is longer than it should be, so that it has to wait for it.

        To be called a few times a second.
        """
        roster, others = self._vehicle.membership.roster, self._sights.others
        line = [me, *(others[name] for name in roster.order[1:] if name in others)]
        self._stretched = any(self._is_wide(front, rear, roster.headway) for front, rear in pairwise(line))

    def _is_wide(self, front: Seen, rear: Seen, headway: float) -> bool:
        gap = self._sights.apart(rear.x, front.x) - front.length
        usual = max(STANDING + headway * rear.speed, distance(rear, front) + BAND)
        return gap > usual + STRETCHED[1 if self._stretched else 0]

    # -- alone, or in one's place -----------------------------------------------------------------------------------

    def _go_on(self, gaps: Gaps, forming: bool) -> Aim:
        """Drives on; from another lane it comes back to lane 0, where the others are."""
        if self._lane.in_lane and len(self._vehicle.membership.roster.order) > 1:
            # Its platoon holds its place: it has not left, even where it was about to.
            return Aim(lane=0, pace=self._cruise(forming))
        if self._lane.target > 0 and self._lane.settled and gaps.free(0) and not self._is_between(gaps):
            return Aim(lane=0, pace=self._cruise(forming))
        if self._lane.target > 0 and self._lane.settled:
            return Aim(lane=self._lane.target, pace=EASE * self._cruise(forming))
        return Aim(lane=self._lane.target, pace=self._cruise(forming))

    def _let_in(self, gaps: Gaps, aim: Aim, now: float) -> Aim:
        """Behind the end of a platoon it makes room for who moves in there just now, from beside it."""
        membership, last = self._vehicle.membership, self._sights.ahead
        for beat in membership.heard.values():
            manoeuvre, asker = beat.manoeuvre, self._sights.others.get(beat.manoeuvre.asker if beat.manoeuvre else "")
            if manoeuvre is None or asker is None or last is None or now - beat.stamp > LISTEN:
                continue
            joins = manoeuvre.kind is Kind.JOIN and manoeuvre.step is Step.MOVE and last == beat.roster.order[-1]
            beside = abs(gaps.way(asker)) < NEAR and asker.offset > 0.5 * self._road.lane_width
            if joins and beside and membership.leads and self._lane.in_lane:
                return Aim(lane=aim.lane, pace=min(aim.pace, self._falling_back(gaps, self._opening(gaps, manoeuvre))))
        return aim

    def _is_between(self, gaps: Gaps) -> bool:
        """Whether it would come in before somebody who follows another."""
        _, rear = gaps.next_to(0)
        beat = self._vehicle.membership.heard.get(rear.name) if rear is not None else None
        return beat is not None and beat.roster.leader != beat.name

    def _cruise(self, forming: bool) -> float:
        """A member is held by the one in front, and may be faster to close up; a leader drives what is agreed."""
        vehicle = self._vehicle
        if not vehicle.membership.leads:
            return self._limit
        if forming:
            return vehicle.speed * FORMING
        waits = self._stretched and vehicle.manoeuvre is None
        return vehicle.speed * (EASE if waits or self._awaits() else 1.0)

    def _awaits(self) -> bool:
        """Whether somebody closes up to its platoon from behind, or overtakes it, just now."""
        manoeuvre = self._vehicle.manoeuvre
        if manoeuvre is None or manoeuvre.step not in (Step.OPEN, Step.MOVE):
            return False
        joins = manoeuvre.kind is Kind.JOIN and manoeuvre.wish.place is not Place.FRONT
        return joins or manoeuvre.kind is Kind.LEAD

    # -- OPEN -------------------------------------------------------------------------------------------------------

    def _open(self, gaps: Gaps, duty: Duty) -> Aim:
        radar, wanted = self._sights.radar, self._opening(gaps, duty.manoeuvre)
        if radar.gap >= min(wanted, NOTHING):
            self._vehicle.finish(duty)
        return Aim(lane=self._lane.target, pace=min(self._limit, self._falling_back(gaps, wanted)))

    def _falling_back(self, gaps: Gaps, wanted: float) -> float:
        """How fast to drive (m/s) to have a gap (m) in front that is still smaller."""
        radar = self._sights.radar
        back = min(FALL_BACK, max(0.3, GAIN * (wanted + 2.0 - radar.gap)))
        front = gaps.me.speed + radar.rate
        return max(front - back, SLOWEST * min(front, self._vehicle.speed))

    def _opening(self, gaps: Gaps, manoeuvre: Manoeuvre) -> float:
        """The gap (m) that is to be opened in front of it."""
        asker, me = self._sights.others.get(manoeuvre.asker), gaps.me
        usual = STANDING + OPENED * me.speed
        if manoeuvre.kind is not Kind.JOIN or asker is None:
            return usual
        front, _ = gaps.next_to(0)
        ahead = distance(asker, front) if front is not None else usual
        return max(usual, asker.length + ahead + distance(me, asker) + 4.0)

    # -- MOVE -------------------------------------------------------------------------------------------------------

    def _leave(self, gaps: Gaps, duty: Duty) -> Aim:
        """Out of the lane, no faster than agreed: by the ramp that it means to take, else to the left."""
        if not self._lane.in_lane:
            self._vehicle.finish(duty)
        if self.exit is not None:
            return Aim(lane=0, pace=self._vehicle.speed)
        out = self._lane.target == 1 or (self._road.lanes > 1 and gaps.free(1))
        return Aim(lane=1 if out else 0, pace=self._vehicle.speed)

    def _move(self, gaps: Gaps, duty: Duty, now: float) -> Aim:
        manoeuvre = duty.manoeuvre
        slot = self._slot(manoeuvre)
        if slot is None:
            return self._go_on(gaps, False)
        if self._is_there(gaps, slot):
            self._vehicle.finish(duty)
        return self._approach(gaps, slot, now, may_enter=True)

    def _slot(self, manoeuvre: Manoeuvre) -> Slot | None:
        if manoeuvre.kind is Kind.LEAD:
            return Slot(before=manoeuvre.leader)
        roster = self._roster_of(manoeuvre.leader)
        if roster is None:
            return None
        match manoeuvre.wish.place:
            case Place.FRONT:
                return Slot(before=roster.leader)
            case Place.BEHIND if manoeuvre.wish.target in roster.order:
                return Slot(behind=manoeuvre.wish.target)
            case _:
                return Slot(behind=roster.order[-1])

    def _roster_of(self, leader: str) -> Roster | None:
        beat = self._vehicle.membership.heard.get(leader)
        return beat.roster if beat is not None else None

    def _is_there(self, gaps: Gaps, slot: Slot) -> bool:
        if not (self._lane.in_lane and self._lane.target == 0):
            return False
        if slot.before is not None:
            rear = self._sights.others.get(slot.before)
            return rear is not None and gaps.leads(slot.before) and gaps.before(rear) <= NEAR
        return self._sights.ahead == slot.behind and self._sights.radar.gap <= NEAR

    # -- getting to a place -----------------------------------------------------------------------------------------

    def _may_enter(self, slot: Slot) -> bool:
        """Whether it may come in there without being let in: not into a platoon, only behind its end."""
        held = [b.roster for b in self._vehicle.membership.heard.values()]
        return slot.behind is not None and not any(slot.behind in roster.order[:-1] for roster in held)

    def _may_overtake(self, now: float) -> bool:
        """Whether nobody follows it closely: it is alone, or moves to the front of its platoon."""
        duty = self._vehicle.duty(now)
        leads_on = duty is not None and duty.step is Step.MOVE and duty.manoeuvre.kind is Kind.LEAD
        return leads_on or len(self._vehicle.membership.roster.order) == 1

    def _approach(self, gaps: Gaps, slot: Slot, now: float, *, may_enter: bool) -> Aim:
        """Towards a place: in lane 0 where nobody is in between, else by lane 1, alongside, and in."""
        aim, lane = gaps.aim(slot), self._lane.target
        if aim is None:
            return self._go_on(gaps, False)
        way, speed = aim
        most = min(GAIN * abs(way), math.sqrt(2.0 * EVEN_OUT * abs(way)))
        beside = min(self._limit, max(CREEP, speed + max(-DROP, min(CATCH_UP, math.copysign(most, way)))))
        if lane == 0 and slot.behind is not None and gaps.follows(slot.behind):
            return Aim(lane=0, pace=self._limit)
        if lane == 0 and slot.before is not None and gaps.leads(slot.before):
            return Aim(lane=0, pace=max(SLOWEST * speed, beside))
        if lane == 0:
            out = self._may_overtake(now) and self._road.lanes > 1 and gaps.free(1)
            return Aim(lane=1 if out else 0, pace=self._cruise(False))
        there = may_enter and self._lane.settled and abs(way) < 10.0 + gaps.me.length and self._in_order(gaps, slot)
        return Aim(lane=0 if there and gaps.free(0) else 1, pace=beside)

    def _in_order(self, gaps: Gaps, slot: Slot) -> bool:
        """Whether it would come in right behind, or right before, whom it should."""
        front, rear = gaps.next_to(0)
        one = front if slot.behind is not None else rear
        return one is not None and one.name == (slot.behind or slot.before)
