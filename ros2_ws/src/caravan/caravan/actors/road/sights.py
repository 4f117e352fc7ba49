"""Who is where: what the others say of their motion, and which of them the radar sees ahead."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from caravan.model.road import NOTHING, Radar, Road, number_of
from caravan.model.site import Site
from caravan.platoon.spacing import Heard
from caravan.platoon.validity import State, state_flaw

KNOWN = 2.5
"""What somebody said of its motion is of use for so long, s."""
SLACK, DRIFT = 3.0, 2.0
"""Radar and word mean the same vehicle where they differ by less than so much (m), and so much for each s of age."""
BESIDE = 0.9
"""Vehicles whose offsets differ by less than this part of a lane are in one lane."""
SURE, UNSURE = 1.0, 20.0
"""Who is near and has said nothing for longer than the first may be anywhere near, until the second, s."""
AROUND = 100.0
"""Near is within so much, m."""
STRANGER_BRAKE, STRANGER_LAG = 9.0, 0.2
"""Of a vehicle that does not say who it is: harder than any truck (m/s2), and at once (s)."""
_NOTHING = np.asarray(0.0)
UNHEARD = Heard(x=_NOTHING, speed=_NOTHING, acceleration=_NOTHING, wanted=_NOTHING, age=np.asarray(math.inf))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A vehicle as it must be now: `x` (m, of its front bumper), speed (m/s), `offset` (m), and what it can do."""

    name: str
    x: float
    speed: float
    offset: float
    length: float
    brake: float
    lag: float


class Sights:
    """What the vehicle `name` knows of those around it. `brake` gives what another says that it can brake (m/s2)."""

    def __init__(self, name: str, site: Site, road: Road, brake: Callable[[str], float | None]) -> None:
        self._name = name
        self._site = site
        self._road = road
        self._brake = brake
        self._since: float | None = None
        """When it first looked round."""
        on = {other.id: number_of(site.roads, other.start) for other in site.robots.values()}
        self._elsewhere = {other for other, number in on.items() if number != on.get(name, 0)}
        """Those on other roads, on which places are counted from elsewhere."""
        self._said: dict[str, State] = {}
        self.others: dict[str, Seen] = {}
        """Those of whom is known where they are, by name."""
        self.ahead: str | None = None
        """Who drives right ahead in the own lane; None: nobody, or a stranger."""
        self.radar = Radar()
        """The latest reading."""

    def hear(self, state: State, now: float) -> str | None:
        """Takes in what another says of its motion; answers with what is wrong with it, if anything is."""
        wrong = state_flaw(state, self._said.get(state.name), self._name, now)
        if wrong is None and state.name not in self._elsewhere:
            self._said[state.name] = state
        return wrong

    def look(self, x: float, offset: float, radar: Radar, now: float) -> None:
        """Takes in where the own front bumper is and what the radar reads."""
        self._since = now if self._since is None else self._since
        self.radar = radar
        self.others = {name: self._foreseen(s, now) for name, s in self._said.items() if now - s.stamp <= KNOWN}
        self.ahead = None if radar.gap >= NOTHING else self._match(x, offset, radar.gap, now)

    def silent(self, now: float) -> list[Seen]:
        """Those who say no more where they are, as if they stood where they last were."""
        gone = [state for state in self._said.values() if now - state.stamp > KNOWN]
        return [replace(self._foreseen(state, state.stamp), speed=0.0) for state in gone]

    def between(self, rear: float, front: float) -> list[str]:
        """Those who are known to drive in lane 0 between two places."""
        way, half = self.apart(rear, front), 0.5 * self._road.lane_width
        return [o.name for o in self.others.values() if 0.0 < self.apart(rear, o.x) < way and abs(o.offset) < half]

    def sure(self, x: float, now: float) -> bool:
        """Whether all who were near `x` are still heard, so that there is nobody where nobody is known to be."""
        listened = self._since is not None and now - self._since >= KNOWN
        return listened and not any(self._may_be_near(s, x, now) for s in self._said.values())

    def _may_be_near(self, state: State, x: float, now: float) -> bool:
        age, way = now - state.stamp, self.apart(state.x, x)
        return SURE < age < UNSURE and -AROUND < way < state.speed * age + AROUND

    def heard(self, name: str | None, now: float) -> Heard:
        """What a vehicle last said of its motion."""
        state = self._said.get(name) if name is not None else None
        if state is None:
            return UNHEARD
        return Heard(
            x=np.asarray(state.x),
            speed=np.asarray(state.speed),
            acceleration=np.asarray(state.acceleration),
            wanted=np.asarray(state.wanted),
            age=np.asarray(max(0.0, now - state.stamp)),
        )

    def apart(self, a: float, b: float) -> float:
        """From `a` to `b` along the road, m: less than 0 where that is behind."""
        way = self._road.ahead(a, b)
        return way - self._road.length if self._road.closed and way > self._road.length / 2.0 else way

    def _match(self, x: float, offset: float, gap: float, now: float) -> str | None:
        """Whose rear it is that the radar sees at `gap` m."""
        off = {}
        for name, other in self.others.items():
            miss = abs(self.apart(x, other.x) - other.length - gap)
            slack = SLACK + DRIFT * max(0.0, now - self._said[name].stamp)
            if miss <= slack and abs(other.offset - offset) < BESIDE * self._road.lane_width:
                off[name] = miss
        return min(off, key=lambda name: off[name], default=None)

    def _foreseen(self, state: State, now: float) -> Seen:
        age = max(0.0, now - state.stamp)
        speed = max(0.0, state.speed + age * state.acceleration)
        robot, brake = self._site.robots.get(state.name), self._brake(state.name)
        return Seen(
            name=state.name,
            x=state.x + 0.5 * age * (state.speed + speed),
            speed=speed,
            offset=state.offset,
            length=state.length,
            brake=STRANGER_BRAKE if brake is None else brake,
            lag=STRANGER_LAG if robot is None else robot.lag,
        )
