"""What drives a truck on a road: alone, or as one of a platoon. No I/O: the shell brings it what is sensed and heard.

It lives by `sense`: where the truck is, who drives ahead, what its manoeuvre and its errand ask for, how hard to press
the pedals. The brake is always on; no lease is needed to stay safe.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from caravan.actors.road.bids import Bids
from caravan.actors.road.crossing import URGENCY, Crossing
from caravan.actors.road.errands import Errands
from caravan.actors.road.lane import Lane
from caravan.actors.road.manners import (
    ALONE,
    COMFORT,
    TIMES,
    WAITS,
    ability_of,
    length_of,
    limit_of,
    road_of,
    traits_of,
)
from caravan.actors.road.moves import Aim, Moves
from caravan.actors.road.outcome import Outcome
from caravan.actors.road.pilot import Ahead, Pilot
from caravan.actors.road.sights import STRANGER_BRAKE, STRANGER_LAG, UNHEARD, Seen, Sights
from caravan.model.crossing import Approach, Slots
from caravan.model.geometry import Pose, Twist, driven
from caravan.model.goal import Task
from caravan.model.platoon import Beat
from caravan.model.road import Radar
from caravan.model.site import Robot, Site
from caravan.platoon.intersection.ways import line_of, ways_of
from caravan.platoon.manoeuvres.vehicle import Vehicle
from caravan.platoon.validity import SPEEDS, State

STATES = 0.05
"""Between two words of its motion, s."""
PERIOD = (0.001, 0.2)
"""What counts as the time between two looks, s."""
BRISK = 2.5
"""Where roads meet, and where it is blind, it slows down by so much (m/s2) where nothing forces it to brake harder."""
HELD = 2.0
"""An errand that is not pursued for so long says no more where to drive, s."""


class RoadDrive:
    """Drives the truck `robot` on the road of `site`. Times are the caller's `now` (s), which all trucks share.

    Raises ValueError where the site has no road, or does not say where the truck starts.
    """

    def __init__(self, robot: Robot, site: Site, *, now: float) -> None:
        if robot.start is None:
            raise ValueError(f"robot {robot.id}: a truck needs a 'start:', a place on the road")
        road = road_of(site, robot)
        self._robot, self._road = robot, road
        self.pose = robot.start
        """Where its middle is."""
        self.vehicle = Vehicle(robot.id, traits_of(robot, site), TIMES, now=now)
        self._lane = Lane(road, length_of(robot), robot.start)
        heard = self.vehicle.membership.heard
        self.sights = Sights(robot.id, site, road, lambda name: heard[name].brake if name in heard else None)
        self.pilot = Pilot(ability_of(robot, site))
        self._moves = Moves(road, self.vehicle, self._lane, self.sights, limit_of(robot, site))
        self._errands = Errands(road, self.vehicle, self._lane, self.sights)
        self._bids = Bids(robot, road, self.vehicle, self._lane, self.sights)
        ways = ways_of(site)
        self.crossing = None if ways is None else Crossing(robot, length_of(robot), site, ways)
        self._line = 0.0 if ways is None else line_of(road)
        self._pursued = -math.inf
        self._sensed: float | None = None
        self._located: float | None = None
        self._told = Twist()
        self._beat_due = self._state_due = -math.inf
        self._sequence = int(now * 1000.0)

    # -- driving ----------------------------------------------------------------------------------------------------

    def sense(self, pose: Pose, velocity: Twist, radar: Radar | None, now: float, *, may: bool = True) -> Twist:
        """Takes in where the truck's middle is, how fast it drives and what its radar reads, and says what to drive.

        To be called about 20 times a second. Comes to a calm stop where it may not drive (it is halted, or its lease
        has lapsed), and to a brisk one where its radar is silent (None), and while the odometry is no number or a speed
        of no truck: it reckons then where it must be by what it drove.
        """
        step = min(PERIOD[1], max(PERIOD[0], 0.05 if self._sensed is None else now - self._sensed))
        self._sensed = now
        sound = all(map(math.isfinite, (pose.x, pose.y, pose.yaw))) and abs(velocity.linear) <= SPEEDS[1]
        if sound:
            self.pose = pose
            if self._located is None:
                self._lane.wake(pose)
            unseen = 0.0 if self._located is None else (now - self._located) * self._robot.speed
            self._lane.locate(pose, unseen)
            self._located = now
        elif self._located is not None:
            self._reckon(step)
        seen = radar if radar is not None and math.isfinite(radar.gap) and math.isfinite(radar.rate) else None
        self.sights.look(self._lane.x, self._lane.offset, seen or Radar(), now)
        self.vehicle.sense(self.sights.ahead, self._lane.in_lane)
        aim = self._aim(now)
        self._lane.target = aim.lane
        pace, ease = aim.pace, COMFORT
        if self.crossing is not None:
            self._come_to_line(self.crossing, step, now)
            pace, ease = min(pace, self.crossing.pace), BRISK
        if not sound or seen is None:
            pace, ease = 0.0, BRISK
        pace = pace if may else 0.0
        measured = velocity.linear if sound else self.pilot.speed
        speed = self.pilot.drive(self._ahead(now), measured, pace, step, ease, self._lane.allowed())
        turn = self._lane.steer(self.pose, speed, step) if self._located is not None else 0.0
        self._told = Twist(speed, min(self._robot.turn_rate, max(-self._robot.turn_rate, turn)))
        return self._told

    def _reckon(self, step: float) -> None:
        """Takes the truck to have done for `step` s what it was told."""
        self.pose = driven(self.pose, self._told.linear * step, self._told.angular * step)
        self._lane.locate(self.pose)

    @property
    def crosses(self) -> bool:
        """Whether it has gone over the line of an intersection, or is about to, and is not out of that yet."""
        return self.crossing is not None and self.crossing.inside

    def _come_to_line(self, crossing: Crossing, step: float, now: float) -> None:
        """Looks how far the line is; by which way it goes stays inside."""
        along = self._lane.x - self._line
        crossing.look(along, self._lane.ramp or self._lane.exit or "", self.pilot.stop + step * self.pilot.speed, now)
        if crossing.inside:
            self._lane.exit = crossing.exit or None

    def _aim(self, now: float) -> Aim:
        pursued = self._is_pursued(now)
        self._moves.exit = self._errands.exit
        slot = self._errands.slot if pursued else None
        return self._moves.aim(self.me, slot, pursued and self._errands.forming, now)

    def _is_pursued(self, now: float) -> bool:
        return now - self._pursued <= HELD

    def _ahead(self, now: float) -> Ahead:
        """What the pilot is to know of the vehicle ahead."""
        vehicle, radar, name = self.vehicle, self.sights.radar, self.sights.ahead
        front, waits = vehicle.front(now), self._errands.waiting and self._is_pursued(now)
        other = self.sights.others.get(name or "")
        coming = self._moves.coming(self.me, now)
        if coming is not None:
            gap = max(0.0, self.sights.apart(self._lane.x, coming.x) - coming.length)
            if gap < radar.gap:
                radar, other = Radar(gap=gap, rate=coming.speed - self.pilot.speed), coming
        line = math.inf if self.crossing is None else self.crossing.line
        if line <= min(radar.gap, self.pilot.stop):
            # A line that it must not pass is to the brake what stands there.
            return Ahead(
                radar=Radar(gap=line, rate=-self.pilot.speed),
                heard=UNHEARD,
                brake=STRANGER_BRAKE,
                lag=STRANGER_LAG,
                headway=ALONE,
            )
        return Ahead(
            radar=radar,
            heard=UNHEARD if front is None else self.sights.heard(front, now),
            brake=STRANGER_BRAKE if other is None else other.brake,
            lag=STRANGER_LAG if other is None else other.lag,
            headway=vehicle.membership.roster.headway if front is not None else WAITS if waits else ALONE,
        )

    @property
    def me(self) -> Seen:
        """The truck as others would see it."""
        return Seen(
            name=self._robot.id,
            x=self._lane.x,
            speed=self.pilot.speed,
            offset=self._lane.offset,
            length=length_of(self._robot),
            brake=self._robot.brake,
            lag=self._robot.lag,
        )

    # -- among others -----------------------------------------------------------------------------------------------

    def hear(self, said: Beat | State | Approach | Slots, now: float) -> str | None:
        """Takes in what another truck says, or who crosses; what cannot be believed is as good as lost, and the answer
        is why."""
        if isinstance(said, Approach | Slots):
            return None if self.crossing is None else self.crossing.hear(said, now)
        return self.vehicle.hear(said, now) if isinstance(said, Beat) else self.sights.hear(said, now)

    def tick(self, now: float) -> list[Beat | State | Approach]:
        """What it says to the others now: a state twenty times a second, a beat four times; nothing before it senses.

        To be called about twenty times a second.
        """
        said: list[Beat | State | Approach] = []
        if self._sensed is None:
            return said
        # By the clock, not from now on: odometry does not come just when a word is due.
        if now >= self._state_due - 1e-6:
            self._state_due = max(self._state_due + STATES, now)
            said.append(self._state())
        if now >= self._beat_due - 1e-6:
            self._beat_due = max(self._beat_due + TIMES.beat, now)
            said.append(self.vehicle.tick(now))
            self._moves.look_back(self.me)
        order = self.vehicle.membership.roster.order
        approach = self.crossing.say(order, self.pilot.speed, now) if self.crossing is not None else None
        return said if approach is None else [*said, approach]

    def _state(self) -> State:
        assert self._sensed is not None
        self._sequence = max(self._sequence + 1, int(self._sensed * 1000.0))
        return State(
            name=self._robot.id,
            sequence=self._sequence,
            stamp=self._sensed,
            x=self._lane.x,
            speed=self.pilot.speed,
            acceleration=self.pilot.acceleration,
            wanted=self.pilot.wanted,
            offset=self._lane.offset,
            length=length_of(self._robot),
        )

    # -- tasks ------------------------------------------------------------------------------------------------------

    def pursue(self, task: Task, seat: int, task_id: str, now: float) -> Outcome:
        """Carries on with the current task, of kind platoon or go (to an exit), and tells how far it is.

        To be called at least once a second while it is RUNNING. `seat` is the place in a task that several share, from
        1; 0 where one truck does it. When it is DONE or FAILED, nothing of it is left to be dropped.
        """
        self._pursued = now
        return self._errands.pursue(task, seat, task_id, now)

    def weigh(self, priority: str) -> None:
        """How urgent what it drives for is (`PRIORITIES`): what it bids where others want to cross."""
        if self.crossing is not None:
            self.crossing.urgency = URGENCY[priority]

    def drop(self, now: float) -> None:
        """The current task is taken away or cancelled: a wish is taken back, what is committed stays."""
        self._errands.drop()

    def offer(self, task: Task, seat: int, now: float, fuel: float = 1.0) -> Mapping[str, float] | str:
        """The parts of what the task costs this truck (s), or why it does not do it ("leads no platoon called x").

        `seat` as in `pursue`; `fuel` is what is in its tank, 0..1.
        """
        return self._bids.offer(task, seat, now, fuel)

    # -- for people -------------------------------------------------------------------------------------------------

    def note(self) -> str:
        """What it does, in words."""
        roster, place = self.vehicle.membership.roster, self.vehicle.membership.place
        speed = f"{self.pilot.speed * 3.6:.0f} km/h"
        if self.crossing is not None and self.crossing.note:
            speed = f"{speed}, {self.crossing.note}"
        if self._lane.ramp is not None:
            return f"on the ramp to {self._lane.ramp}, {speed}"
        if len(roster.order) == 1:
            return f"drives alone, {speed}"
        named = f" {roster.label}" if roster.label else ""
        if place == 0:
            return f"leads platoon{named} of {len(roster.order)}, {speed}"
        return f"in place {place + 1} of {len(roster.order)} in platoon{named} behind {roster.leader}, {speed}"
