"""Whether there is room for a truck in a lane, and where the place is that it wants to be at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from caravan.actors.road.sights import Seen, Sights
from caravan.model.road import Road
from caravan.platoon.plant import Ability
from caravan.platoon.safety import needed
from caravan.platoon.sensing import Front

MARGIN = 1.5
"""More than the brake asks for is left to those in front and behind where one changes lanes, m."""
SPARE = 2.0
"""And so much more where it can choose, m."""
_ZERO = np.asarray(0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place in lane 0: right behind `behind`, or right before `before`; exactly one of them is given."""

    behind: str | None = None
    before: str | None = None


def distance(rear: Seen, front: Seen) -> float:
    """The gap (m) at which `rear` can change in behind `front`, or `front` before it, and nobody has to brake.

    Where the one in front is faster, that does not count: it will soon drive as all do there.
    """
    own = Ability(
        brake=np.asarray(rear.brake),
        accelerate=_ZERO,
        lag=np.asarray(rear.lag),
        length=_ZERO,
        top_speed=_ZERO,
    )
    ahead = Front(gap=_ZERO, speed=np.asarray(min(front.speed, rear.speed)), acceleration=_ZERO)
    least = needed(np.asarray(rear.speed), _ZERO, own, ahead, np.asarray(front.brake), np.asarray(front.lag))
    return max(0.0, float(least)) + MARGIN


class Gaps:
    """The vehicles around `me`, as `sights` knows them."""

    def __init__(self, road: Road, sights: Sights, me: Seen, now: float) -> None:
        self._now = now
        self._road = road
        self._sights = sights
        self.me = me

    def way(self, other: Seen) -> float:
        """From the own front bumper to another's, m: less than 0 where that is behind."""
        return self._sights.apart(self.me.x, other.x)

    def behind(self, front: Seen) -> float:
        """The gap to one in front, m."""
        return self.way(front) - front.length

    def before(self, rear: Seen) -> float:
        """The gap that one behind has, m."""
        return -self.way(rear) - self.me.length

    def within(self, lane: int) -> Iterable[Seen]:
        """Those who are in a lane, or partly."""
        middle, width = self._road.middle(lane), self._road.lane_width
        return (o for o in self._sights.others.values() if abs(o.offset - middle) < 0.75 * width)

    def next_to(self, lane: int) -> tuple[Seen | None, Seen | None]:
        """Who would be right in front and right behind in a lane."""
        there = list(self.within(lane))
        front = min((o for o in there if self.way(o) >= 0.0), key=self.way, default=None)
        rear = max((o for o in there if self.way(o) < 0.0), key=self.way, default=None)
        return front, rear

    def free(self, lane: int, spare: float = 0.0) -> bool:
        """Whether there is room beside it in a lane, for all that is known: nobody would have to brake.

        `spare`: so much less (m) is enough for who has begun to change already.
        """
        if not self._sights.sure(self.me.x, self._now):
            return False
        front, rear = self.next_to(lane)
        return (front is None or self.behind(front) >= distance(self.me, front) - spare) and (
            rear is None or self.before(rear) >= distance(rear, self.me) - spare
        )

    def follows(self, front: str) -> bool:
        """Whether it drives in lane 0 with nobody between it and `front`, as far as words tell."""
        seen, _ = self.next_to(0)
        return seen is not None and seen.name == front

    def leads(self, rear: str) -> bool:
        """Whether `rear` drives behind it with nobody in between, as far as words tell."""
        _, seen = self.next_to(0)
        return seen is not None and seen.name == rear

    def aim(self, slot: Slot) -> tuple[float, float] | None:
        """How far ahead a place is (m), and how fast it moves (m/s); None where nobody knows, and where there is none.

        Beside who is out of lane 0 there is none: two that would each fall behind the other there would come to a stop.
        """
        other = self._sights.others.get(slot.behind or slot.before or "")
        if other is None or other not in self.within(0):
            return None
        if slot.behind is not None:
            return self.behind(other) - distance(self.me, other) - SPARE, other.speed
        return self.way(other) + self.me.length + distance(other, self.me) + SPARE, other.speed
