"""How a truck comes to the intersection: it stops at the line, but with a slot when all before it are out of its way.

The controller says who has a slot, and in which order. The truck goes (and is `inside` from then on) only while that
word is fresh, and only when it has heard from all whose slots are before its own, and from all who ever went and were
not heard to come out, that they have left what its way crosses. So no word that is lost or late brings two together.
"""

from __future__ import annotations

import math

from caravan.model.crossing import LEASE, Approach, Slots
from caravan.model.road import number_of
from caravan.model.site import Robot, Site
from caravan.platoon.intersection.ways import Ways, line_of
from caravan.platoon.validity import approach_flaw

SAY = 0.1
"""Between two words of its approach, s."""
NEAR = 120.0
"""From so far it says how far the line is, m."""
BEFORE = 3.0
"""It stops so far before the line, m."""
EASE = 1.5
"""With so much (m/s2) it brakes for the line."""
URGENCY = {"low": 0.5, "normal": 1.0, "high": 3.0, "urgent": 10.0}
"""What going now is worth, by the priority of what a truck drives for, credits."""
AHEAD = 0.1
"""No clock is further ahead than this, s."""


class Crossing:
    """The way of one truck through the intersection of `ways`. Times are the caller's `now` (s)."""

    def __init__(self, robot: Robot, length: float, site: Site, ways: Ways) -> None:
        self._name, self._length = robot.id, length
        self._ways = ways
        self._roads = {other.id: number_of(site.roads, other.start) for other in site.robots.values()}
        self._road = self._roads[robot.id]
        self._line = line_of(site.roads[self._road])
        self._heard: dict[str, Approach] = {}
        self._slots: Slots | None = None
        self._said = -math.inf
        self._sequence = 0
        self.along = -math.inf
        """Of its front bumper from the line, m."""
        self.exit = ""
        """The ramp that it takes; as long as it is inside that stays."""
        self.inside = False
        """It has gone and is not out yet."""
        self._going = False
        """It may go, as far as it knows now."""
        self.urgency = 1.0
        """What going now is worth to it, credits."""

    # -- hearing and saying -----------------------------------------------------------------------------------------

    def hear(self, said: Approach | Slots, now: float) -> str | None:
        """Takes in a word; what cannot be believed is as good as lost, and the answer is why."""
        if isinstance(said, Slots):
            return self._hear_slots(said, now)
        wrong = approach_flaw(said, self._heard.get(said.name), self._name, now)
        if wrong is None:
            wrong = self._ways.flaw(self._roads.get(said.name), said)
        if wrong is None:
            self._heard[said.name] = said
        return wrong

    def _hear_slots(self, said: Slots, now: float) -> str | None:
        last = self._slots
        if not now - LEASE <= said.stamp <= now + AHEAD:
            return f"{said.node}: slots of {now - said.stamp:.2f} s ago; up to {LEASE:g} s old they count"
        if last is None or (said.term, said.stamp) > (last.term, last.stamp):
            self._slots = said
        return None

    def say(self, platoon: tuple[str, ...], speed: float, now: float) -> Approach | None:
        """What it says to all, when it is due and the truck knows where it is."""
        if now - self._said < SAY - 1e-6 or not math.isfinite(self.along):
            return None
        self._said = now
        self._sequence = max(self._sequence + 1, int(now * 1000.0))
        return Approach(
            name=self._name,
            sequence=self._sequence,
            stamp=now,
            exit=self.exit,
            along=self.along,
            speed=speed,
            length=self._length,
            platoon=platoon,
            bid=self.urgency,
            inside=self.inside,
        )

    # -- going ------------------------------------------------------------------------------------------------------

    def look(self, along: float, exit: str, needed: float, now: float) -> None:
        """Takes in where the front bumper is, and goes where it may; `needed` is its way to an emergency stop, m.

        `exit` is the ramp that it takes or is on; behind the line that stays.
        """
        new, self.along = math.isinf(self.along), along
        if self.inside:
            self.inside = along < self._way_out
            return
        self.exit = exit if along < 0.0 or new else self.exit
        # Behind the line without a slot it was put or started there: whatever the reason, it is in the way of others.
        self.inside = 0.0 <= along < self._way_out
        self._going = along < 0.0 and self._may_go(now)
        if self._going and -along <= needed:
            self.inside = True

    @property
    def pace(self) -> float:
        """What it may drive for the line's sake, m/s: while it could still stop there, a slot may be lost again."""
        return math.inf if self._free else math.sqrt(2.0 * EASE * max(0.0, -self.along - BEFORE))

    @property
    def line(self) -> float:
        """How far ahead the line is that it must not pass, m; infinite where it may."""
        return math.inf if self._free else -self.along

    @property
    def _free(self) -> bool:
        return self.inside or self._going or self.along >= 0.0

    @property
    def note(self) -> str:
        """What it does there, in words; empty: nothing."""
        if self.inside:
            return "crosses"
        if not -NEAR <= self.along < 0.0:
            return ""
        return f"{-self.along:.0f} m to the line, {'may go' if self._going else 'waits for its turn'}"

    @property
    def _number(self) -> int:
        return self._ways.number(self._road, self.exit)

    @property
    def _way_out(self) -> float:
        return self._ways.all[self._number].length + self._length

    def _place(self, now: float) -> int | None:
        """Where in the order its slot is; None where it has none that counts."""
        if self._slots is None or now > self._slots.stamp + LEASE:
            return None
        mine = (k for k, slot in enumerate(self._slots.slots) if self._name in slot.vehicles and slot.valid)
        place = next(mine, None)
        return place if place is not None and self._slots.slots[place].exit == self.exit else None

    def _may_go(self, now: float) -> bool:
        place = self._place(now)
        if place is None or self._slots is None:
            return False
        before = {name for slot in self._slots.slots[:place] for name in slot.vehicles if self._is_of_another(name)}
        gone = {name for name, said in self._heard.items() if said.inside and self._is_of_another(name)}
        return all(self._has_left(name) for name in before | gone)

    def _is_of_another(self, name: str) -> bool:
        return self._roads.get(name) != self._road

    def _has_left(self, name: str) -> bool:
        """Whether a vehicle, as it last said itself, is behind all that the own way crosses."""
        said = self._heard.get(name)
        if said is None or name not in self._roads:
            return False
        zone = self._ways.zones.get((self._ways.number(self._roads[name], said.exit), self._number))
        return zone is None or said.along - said.length >= zone.leave
