"""The foot on the pedals: the follower of `caravan.platoon` for one truck whose wheels take a speed.

The base gets velocities, so the truck's own drive is reckoned here: `lag a' + a = u`, and the speed that comes of it is
what the wheels are told.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from caravan.actors.road.manners import COMFORT
from caravan.model.road import Radar
from caravan.platoon import follower, safety
from caravan.platoon.plant import Ability, Floats, Motion, move
from caravan.platoon.sensing import first_sight
from caravan.platoon.spacing import Heard, Situation
from caravan.platoon.supervisor import Mode

JUMP = 4.0
"""Another vehicle is in front where the gap changes by more at once, m."""
WIDEN = 0.1
"""How fast the headway that is driven for changes, s/s."""
ASTRAY = 3.0
"""The wheels do what they are told to within so much, m/s: else the drive is reckoned from what they do."""
SLIP, LEARN = 0.05, 0.2
"""The wheels make up to this part more or less of a speed than they are told; it is learnt at this rate, 1/s."""
STEADY_SPEED, STEADY_ACCELERATION = 5.0, 0.3
"""It is looked at where the speed (m/s) is higher and the acceleration (m/s2) lower than these."""
_ZERO = np.asarray(0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What drives ahead: by radar, what it says (unheard where it is not to be followed closely), what it can do."""

    radar: Radar
    heard: Heard
    brake: float
    lag: float
    headway: float
    """Behind it, s; wider where the brakes ask for it."""


class Pilot:
    """Keeps one truck of this `ability` at its distance and its speed."""

    def __init__(self, ability: Ability) -> None:
        self._own = ability
        self._limit = float(ability.top_speed)
        self._motion = Motion(x=_ZERO, speed=_ZERO, acceleration=_ZERO)
        self._wanted: Floats = _ZERO
        self._pace = 0.0
        self._headway: float | None = None
        self._wide: dict[tuple[float, float, float], float] = {}
        self._turns_out = 1.0
        self._now: follower.Follower | None = None

    @property
    def speed(self) -> float:
        """m/s."""
        return float(self._motion.speed)

    @property
    def acceleration(self) -> float:
        """m/s2."""
        return float(self._motion.acceleration)

    @property
    def wanted(self) -> float:
        """What it asks its drive for, m/s2."""
        return float(self._wanted)

    @property
    def mode(self) -> Mode:
        """What it relies on."""
        return Mode.ALONE if self._now is None else Mode(int(self._now.relies.mode))

    @property
    def stop(self) -> float:
        """How far before a thing that stands the brake begins to come in, at the latest, m."""
        still = first_sight(_ZERO, _ZERO)
        least = safety.needed(
            self._motion.speed, self._motion.acceleration, self._own, still, self._own.brake, self._own.lag
        )
        return float(least) + safety.BAND

    def drive(
        self, ahead: Ahead, measured: float, pace: float, step: float, ease: float = COMFORT, most: float = math.inf
    ) -> float:
        """The speed (m/s) that the wheels are to have `step` s from now.

        `measured`: how fast they turn now. `pace`: no faster than this, to which it slows down by `ease` m/s2; at 0 it
        comes to a stop. `most`: what the road allows here, m/s, at once.
        """
        if self._now is None or abs(measured - self.speed) > ASTRAY:
            self._pace = max(0.0, measured)
            self._motion = Motion(x=_ZERO, speed=np.asarray(self._pace), acceleration=_ZERO)
        self._learn_slip(measured, step)
        self._slow_down(min(pace, most), step, ease)
        self._pace = min(self._pace, most)
        situation, terms = self._situation(ahead), self._terms(ahead, step)
        state = self._now or follower.begin(situation, terms, Mode.ALONE)
        if abs(float(state.front.gap) - ahead.radar.gap) > JUMP:
            state = replace(state, front=first_sight(situation.gap, situation.speed + situation.rate))
        self._now, self._wanted = follower.follow(state, situation, terms, step)
        moved = move(self._motion, self._wanted, self._own, step)
        self._motion = replace(moved, x=_ZERO)
        return self.speed / self._turns_out

    def _learn_slip(self, measured: float, step: float) -> None:
        """How much of a speed the wheels make: tyres wear and slip, and gaps would drift with that."""
        if self.speed > STEADY_SPEED and abs(self.acceleration) < STEADY_ACCELERATION:
            missed = measured / self.speed - 1.0
            self._turns_out = min(1.0 + SLIP, max(1.0 - SLIP, self._turns_out + step * LEARN * missed))

    def _slow_down(self, pace: float, step: float, ease: float) -> None:
        least = -0.5 if pace <= 0.0 else pace
        self._pace = max(min(least, self._limit), min(self._pace, self.speed + 0.5) - ease * step)

    def _situation(self, ahead: Ahead) -> Situation:
        motion = self._motion
        return Situation(
            x=_ZERO,
            speed=motion.speed,
            acceleration=motion.acceleration,
            wanted=self._wanted,
            lag=self._own.lag,
            gap=np.asarray(ahead.radar.gap),
            rate=np.asarray(ahead.radar.rate),
            front=ahead.heard,
            front_lag=np.asarray(ahead.lag),
            leader=ahead.heard,
            place=_ZERO,
            lengths=_ZERO,
        )

    def _terms(self, ahead: Ahead, step: float) -> follower.Terms:
        wanted = self.headway(ahead.brake, ahead.lag, ahead.headway)
        before = wanted if self._headway is None else self._headway
        self._headway = min(before + WIDEN * step, max(before - WIDEN * step, wanted))
        return follower.Terms(
            own=replace(self._own, top_speed=np.asarray(self._pace)),
            front_brake=np.asarray(ahead.brake),
            front_lag=np.asarray(ahead.lag),
            headway=np.asarray(self._headway),
        )

    def headway(self, brake: float, lag: float, least: float) -> float:
        """The headway (s) behind a vehicle that brakes and lags so, at least `least`."""
        key = (brake, lag, least)
        if key not in self._wide:
            if len(self._wide) > 100:
                self._wide.clear()
            own, speed = self._own, np.asarray(self._limit)
            wide = safety.headway(own, np.asarray(brake), np.asarray(lag), speed, np.asarray(least))
            self._wide[key] = float(wide)
        return self._wide[key]
