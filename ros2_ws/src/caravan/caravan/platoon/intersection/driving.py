"""How vehicles drive up to an intersection and through it: speed limits, the one in front, the line.

One law for all: the highest speed from which a vehicle still stops comfortably behind the one in front, or at the line
(Gipps, "A behavioural car-following model", Transportation Research B 1981), reached through the vehicle's lag; below
it the brake of `platoon/safety`. Members of a platoon follow by its own law (`spacing.predictive`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from caravan.platoon import safety
from caravan.platoon.intersection.geometry import APPROACH
from caravan.platoon.plant import Ability, Floats, limited, stopping
from caravan.platoon.sensing import Front
from caravan.platoon.spacing import STANDSTILL, Heard, Situation, predictive

BRAKE, ACCELERATE, LAG, LENGTH = 8.0, 2.5, 0.5, 4.5
"""What all vehicles can do (m/s2, m/s2, s), and how long they are (m)."""
COMFORT = 3.0
"""Braking that is planned, m/s2."""
BEFORE = 1.0
"""Vehicles stop so far before the line, m."""
ANSWER = 1.0
"""In this time a vehicle reaches the speed it wants, s; twice its lag, so that it does not swing."""
HARDER = 4.0
"""The most braking behind another vehicle before the brake below takes over, m/s2."""
WITHIN = 0.5
"""The headway of a platoon, s."""
BETWEEN = 1.2
"""The headway between vehicles that are no platoon, s."""
SURE = 0.5
"""What is left before the line after an emergency brake, m."""

_LAW = predictive(WITHIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What vehicles see, all by vehicle."""

    along: Floats
    speed: Floats
    acceleration: Floats
    gap: Floats
    """To the one in front, m; infinite where there is none."""
    front_speed: Floats
    front_acceleration: Floats
    headway: Floats
    member: npt.NDArray[np.bool_]
    """Drives behind another of its platoon."""
    held: npt.NDArray[np.bool_]
    """Has no slot, or not in time: drives so that it stops at the line."""
    committed: npt.NDArray[np.bool_]
    """May pass the line."""
    turn_speed: Floats
    way: Floats
    """Length of its way through the box, m."""


def ability(count: int) -> Ability:
    """What so many vehicles can do."""
    one = np.ones(count)
    return Ability(
        brake=BRAKE * one, accelerate=ACCELERATE * one, lag=LAG * one, length=LENGTH * one, top_speed=APPROACH * one
    )


def limit(along: Floats, turn_speed: Floats, way: Floats) -> Floats:
    """The most that may be driven here (m/s), so that the turn's speed is reached at the line."""
    before = np.sqrt(turn_speed**2 + 2.0 * COMFORT * np.maximum(0.0, -along))
    return np.where(along > way, APPROACH, np.minimum(APPROACH, before))


def gipps(gap: Floats, front_speed: Floats, headway: Floats) -> Floats:
    """The highest speed (m/s) that is comfortable at this gap (m, beyond what is kept standing)."""
    slack = COMFORT * headway
    return np.maximum(0.0, -slack + np.sqrt(slack**2 + front_speed**2 + 2.0 * COMFORT * np.maximum(0.0, gap)))


def hard(speed: Floats, acceleration: Floats, ability: Ability) -> Floats:
    """How far before the line (m) a vehicle can just stop there with all its brakes; nearer, it is committed."""
    return SURE + speed * safety.REACTION + stopping(speed, acceleration, ability.brake, ability.lag)


def wish(view: View, ability: Ability) -> Floats:
    """The acceleration (m/s2) that each asks its drive for."""
    room = gipps(view.gap - STANDSTILL, view.front_speed, view.headway)
    cruise = (limit(view.along, view.turn_speed, view.way) - view.speed) / ANSWER
    behind = np.where(view.member, _within(view, ability), np.maximum(-HARDER, (room - view.speed) / ANSWER))
    line = (gipps(-view.along - BEFORE, np.zeros_like(room), np.full_like(room, ANSWER)) - view.speed) / ANSWER
    wanted = np.minimum(np.minimum(cruise, behind), np.where(view.held, line, np.inf))
    front = Front(gap=view.gap, speed=view.front_speed, acceleration=view.front_acceleration)
    least = safety.needed(view.speed, view.acceleration, ability, front, ability.brake, ability.lag)
    late = ~view.committed & (-view.along <= hard(view.speed, view.acceleration, ability))
    return limited(np.where(late, -ability.brake, safety.brake(wanted, view.gap, least, ability)), ability)


def _within(view: View, ability: Ability) -> Floats:
    """What the platoon's law asks for, with a radio that loses nothing and is never late."""
    front = Heard(
        x=view.along + view.gap + ability.length,
        speed=view.front_speed,
        acceleration=view.front_acceleration,
        wanted=view.front_acceleration,
        age=np.zeros_like(view.gap),
    )
    return _LAW(
        Situation(
            x=view.along,
            speed=view.speed,
            acceleration=view.acceleration,
            wanted=view.acceleration,
            lag=ability.lag,
            gap=view.gap,
            rate=view.front_speed - view.speed,
            front=front,
            front_lag=ability.lag,
            leader=front,
            place=np.ones_like(view.gap),
            lengths=ability.length,
        ),
        0.0,
    )
