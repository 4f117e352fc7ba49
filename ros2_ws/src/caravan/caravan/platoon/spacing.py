"""Spacing controllers: what acceleration (m/s2) a vehicle asks its drive for, from what it measures and hears.

Pure functions of a `Situation`. `PREDICTIVE` is our own (docs/platoon.md has its proof); the others are the yardstick.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from caravan.platoon.plant import Floats

STANDSTILL = 2.0
"""Gap that is kept at no speed, m."""
KP, KD = 0.2, 0.7
"""Of Ploeg et al. 2011 (1/s2, 1/s); `KD^2 >= 2 KP`, which the proof of `predictive` needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What another vehicle last said of itself: position (m), speed, acceleration and what it asked its drive for."""

    x: Floats
    speed: Floats
    acceleration: Floats
    wanted: Floats
    age: Floats
    """How long ago it was so, s; infinite where nothing was heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a vehicle knows of itself, by its radar of the vehicle in front, and by radio of that and of the leader."""

    x: Floats
    speed: Floats
    acceleration: Floats
    wanted: Floats
    """What it asked for last, m/s2."""
    lag: Floats
    gap: Floats
    rate: Floats
    """How fast the gap grows, m/s."""
    front: Heard
    front_lag: Floats
    leader: Heard
    place: Floats
    """1 behind the leader, 2 behind that, and so on."""
    lengths: Floats
    """Of the vehicles before it, all together, m."""


Law = Callable[[Situation, float], Floats]
"""The acceleration asked for, from the situation and how long it will stand (s)."""


def foreseen(front: Heard, lag: Floats) -> Floats:
    """The acceleration that the vehicle in front has now, from what it said `age` s ago.

    Its drive follows what it asked for with its lag: `a(t) = u + (a - u) e^(-age/lag)`, as long as `u` holds. Where
    nothing was heard: 0.
    """
    said = np.isfinite(front.age)
    age = np.where(said, front.age, 0.0)
    ahead = front.wanted + (front.acceleration - front.wanted) * np.exp(-age / lag)
    return np.where(said, ahead, 0.0)


def toward(
    situation: Situation, ahead: Floats, headway: Floats, opening: Floats, standstill: float = STANDSTILL
) -> Floats:
    """`u = a + (lag/h) (a_front - a + kp e + kd e')`, with `e = gap - standstill - h v`.

    It makes `e'' = -kp e - kd e'` where `ahead` is the acceleration of the vehicle in front, whatever the lags of the
    two are. `headway` h in s; `opening` is how fast it grows (s/s).
    """
    error = situation.gap - standstill - headway * situation.speed
    change = situation.rate - headway * situation.acceleration - opening * situation.speed
    own = situation.acceleration
    return own + situation.lag / headway * (ahead - own + KP * error + KD * change)


def predictive(headway: float = 0.5) -> Law:
    """Our own: `toward` with the acceleration in front as `foreseen` over the delay."""

    def law(situation: Situation, step: float) -> Floats:
        ahead = foreseen(situation.front, situation.front_lag)
        return toward(situation, ahead, np.float64(headway) * np.ones_like(ahead), np.zeros_like(ahead))

    return law


def ploeg(headway: float = 0.5) -> Law:
    """`u' = (1/h) (-u + kp e + kd (v_front - v - h a) + u_front)`, `e = gap - (2 + h v)`.

    Ploeg, Scheepers, van Nunen, van de Wouw, Nijmeijer, "Design and experimental evaluation of cooperative adaptive
    cruise control", ITSC 2011.
    """

    def law(situation: Situation, step: float) -> Floats:
        error = situation.gap - STANDSTILL - headway * situation.speed
        change = situation.rate - headway * situation.acceleration
        slope = (-situation.wanted + KP * error + KD * change + situation.front.wanted) / headway
        return situation.wanted + step * slope

    return law


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """Weights of PATH's controller: C1 (of the leader), damping, bandwidth (1/s), gap (m)."""

    share: float = 0.5
    damping: float = 1.0
    bandwidth: float = 0.2
    gap: float = 5.0

    @property
    def of_front(self) -> float:
        """On the speed towards the vehicle in front, 1/s."""
        return (2.0 * self.damping - self.share * self._root) * self.bandwidth

    @property
    def of_leader(self) -> float:
        """On the speed towards the leader, 1/s."""
        return self._root * self.bandwidth * self.share

    @property
    def _root(self) -> float:
        return self.damping + math.sqrt(self.damping**2 - 1.0)


PATH = Path()


def path(situation: Situation, step: float) -> Floats:
    """Constant spacing, by the vehicle in front and the leader (Rajamani, "Vehicle Dynamics and Control", 2012, 7.3).

    `u = (1-C1) a_front + C1 a_lead - [2 xi - C1 (xi + sqrt(xi^2-1))] wn (v - v_front)
    - (xi + sqrt(xi^2-1)) wn C1 (v - v_lead) + wn^2 (gap - 5)`.
    """
    heard = (1.0 - PATH.share) * situation.front.acceleration + PATH.share * situation.leader.acceleration
    relative = PATH.of_front * situation.rate + PATH.of_leader * (situation.leader.speed - situation.speed)
    return heard + relative + PATH.bandwidth**2 * (situation.gap - PATH.gap)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consensus:
    """Weights: on the leader's speed (1/s), on each position (1/s2); headway (s)."""

    of_speed: float = 1.8
    of_place: float = 0.6
    headway: float = 0.8


CONSENSUS = Consensus()


def consensus(situation: Situation, step: float) -> Floats:
    """Agreement with the vehicle in front and with the leader, of which each is told by radio.

    `u = b (v_0 - v) + (k/2) sum over j of (x_j + age v_0 - x - d_ij)`, with `d_ij` from the headway at the speed of
    the leader: di Bernardo, Salvi, Santini, "Distributed consensus strategy for platooning of vehicles in the presence
    of time-varying heterogeneous communication delays", IEEE T-ITS 2015. The gap in front comes from the radar.
    """
    speed = situation.leader.speed
    apart = STANDSTILL + CONSENSUS.headway * speed
    age = np.where(np.isfinite(situation.leader.age), situation.leader.age, 0.0)
    to_leader = situation.leader.x + age * speed - situation.x - situation.lengths - situation.place * apart
    places = situation.gap - apart + to_leader
    return CONSENSUS.of_speed * (speed - situation.speed) + 0.5 * CONSENSUS.of_place * places


ACC_HEADWAY, ACC_GAIN = 1.2, 0.1
"""Of `acc`: s, 1/s."""


def acc(situation: Situation, step: float) -> Floats:
    """Radar alone: `u = -(1/T) (v - v_front + 0.1 (-gap + T v + 2))` (Rajamani 2012, 6.4)."""
    return alone(situation, np.float64(ACC_HEADWAY) * np.ones_like(situation.gap))


def alone(situation: Situation, headway: Floats) -> Floats:
    """`acc` with a headway (s) of its own for each vehicle; string stable from twice the lag on."""
    error = situation.gap - headway * situation.speed - STANDSTILL
    return (situation.rate + ACC_GAIN * error) / headway
