"""Never hit anyone: the gap a vehicle needs, the brake that keeps it, and who drives behind whom.

A vehicle is safe while its gap is at least

    d + v r + stop(v, a, b, lag) - stop(v_f, a_f, max(b_f, b), min(lag_f, lag)),

where `stop` is the way to a stop under full braking (`plant.stopping`), `r` the time until it reacts and `d` the rest
that is left: then it can always stop behind a vehicle in front that brakes as hard as it can (responsibility-sensitive
safety: Shalev-Shwartz, Shammah, Shashua 2017). The vehicle in front is taken to brake no weaker than the own one, so
that the smallest gap is at the end of the braking and not on the way.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from caravan.platoon.plant import Ability, Floats, stopping
from caravan.platoon.sensing import Front
from caravan.platoon.spacing import STANDSTILL

REST = 1.5
"""What is left between two vehicles that have stopped in an emergency, m; 0.5 m of it is for the noise."""
REACTION = 0.25
"""Until the brake answers what the radar sees, s: reading, observer, one period of control."""
BAND = 3.0
"""From so much more than the needed gap on (m) the brake begins to come in; the full brake is at the needed gap."""


def needed(
    speed: Floats, acceleration: Floats, own: Ability, front: Front, front_brake: Floats, front_lag: Floats
) -> Floats:
    """The least gap (m) from which a vehicle can still stop behind the one in front, whatever that does."""
    way = stopping(speed, acceleration, own.brake, own.lag)
    front_way = stopping(
        np.maximum(0.0, front.speed),
        np.maximum(-front_brake, front.acceleration),
        np.maximum(front_brake, own.brake),
        np.minimum(front_lag, own.lag),
    )
    return REST + speed * REACTION + way - front_way


def brake(wanted: Floats, gap: Floats, least: Floats, ability: Ability) -> Floats:
    """`wanted` (m/s2), or what the gap still allows: full braking where it is down to `least` (m), more above it."""
    room = (gap - least) / BAND
    allowed = -ability.brake + (ability.accelerate + ability.brake) * np.maximum(0.0, room)
    return np.minimum(wanted, allowed)


def headway(own: Ability, front_brake: Floats, front_lag: Floats, speed: Floats, least: Floats) -> Floats:
    """The headway (s, at least `least`) behind a vehicle that may brake better, for all speeds up to `speed` (m/s).

    The needed gap at equal speeds is convex in the speed, and `REST` at none. So the chord to its value at `speed`,
    which is a headway, is never below it.
    """
    steady = Front(gap=speed, speed=speed, acceleration=np.zeros_like(speed))
    at_speed = needed(speed, np.zeros_like(speed), own, steady, front_brake, front_lag) + BAND
    return np.maximum(least, (at_speed - STANDSTILL) / speed)


def order(brakes: Mapping[str, float]) -> tuple[str, ...]:
    """Who drives behind whom, by what they brake (m/s2): the strongest at the back.

    A vehicle needs more than its headway only behind one that brakes better than itself. In this order nobody does, and
    a platoon is no shorter in any other.
    """
    return tuple(sorted(brakes, key=lambda name: (brakes[name], name)))
