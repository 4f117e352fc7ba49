"""A follower: from what it measures and hears to the acceleration it asks its drive for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from caravan.platoon import safety
from caravan.platoon.plant import Ability, Floats, limited
from caravan.platoon.sensing import Front, first_sight, watch
from caravan.platoon.spacing import ACC_HEADWAY, Situation, alone, foreseen, toward
from caravan.platoon.supervisor import Mixture, Mode, mixture, supervise

PACE = 1.0
"""How hard a speed above the own limit is taken back, 1/s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """What a follower carries from one period to the next."""

    front: Front
    relies: Mixture


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the vehicles are, and what the platoon has agreed on."""

    own: Ability
    front_brake: Floats
    """What the vehicle in front may brake, m/s2; of a stranger, the hardest that any vehicle does."""
    front_lag: Floats
    headway: Floats
    """As agreed, or wider where the brakes ask for it (`safety.headway`), s."""


def begin(situation: Situation, terms: Terms, mode: Mode) -> Follower:
    """A follower in its place, which has long been in `mode`."""
    front = first_sight(situation.gap, situation.speed + situation.rate)
    return Follower(front=front, relies=mixture(mode, terms.headway))


def follow(now: Follower, situation: Situation, terms: Terms, step: float) -> tuple[Follower, Floats]:
    """The follower after a period of `step` s, and the acceleration (m/s2) that it asks for.

    Within its ability, whatever it hears. Never above what the brake of `safety` allows, and no faster than its own
    top speed.
    """
    front = watch(now.front, situation.gap, situation.rate, situation.speed, step)
    relies = supervise(now.relies, situation.front.age, terms.headway, step)
    said = np.clip(foreseen(situation.front, terms.front_lag), -terms.front_brake, terms.front_brake)
    ahead = relies.trust * said + (1.0 - relies.trust) * front.acceleration
    together = toward(situation, ahead, relies.headway, relies.opening)
    by_radar = alone(situation, np.maximum(terms.headway, ACC_HEADWAY))
    wanted = (1.0 - relies.lonely) * together + relies.lonely * by_radar
    paced = np.minimum(wanted, PACE * (terms.own.top_speed - situation.speed))
    worst = Front(
        gap=front.gap,
        speed=front.speed,
        acceleration=np.minimum(front.acceleration, np.where(relies.trust > 0.5, said, front.acceleration)),
    )
    least = safety.needed(situation.speed, situation.acceleration, terms.own, worst, terms.front_brake, terms.front_lag)
    kept = safety.brake(paced, front.gap, least, terms.own)
    return Follower(front=front, relies=relies), limited(kept, terms.own)
