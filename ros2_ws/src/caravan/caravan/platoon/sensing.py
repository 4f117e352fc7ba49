"""What the radar tells of the vehicle in front: its speed and, with some delay, its acceleration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from caravan.platoon.plant import Floats

BANDWIDTH = 5.0
"""Of the observer, rad/s: the acceleration is seen about 2/5 s late, and a noise of 0.1 m/s becomes 0.3 m/s2."""
MANOEUVRE = 0.4
"""An acceleration is taken to die away at this rate, 1/s (Singer 1970)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The vehicle in front as it is estimated: gap (m), speed (m/s), acceleration (m/s2)."""

    gap: Floats
    speed: Floats
    acceleration: Floats


def first_sight(gap: Floats, speed: Floats) -> Front:
    """A vehicle that has just come in front: nothing is known of its acceleration."""
    return Front(gap=gap, speed=speed, acceleration=np.zeros_like(speed))


def watch(front: Front, gap: Floats, rate: Floats, speed: Floats, step: float) -> Front:
    """The estimate `step` s later, with a new radar reading (`gap` m, `rate` m/s) and the own `speed` (m/s).

    A critically damped observer of Singer's model, the steady state of the Kalman filter by which degraded CACC knows
    the vehicle in front (Ploeg et al., "Graceful degradation of cooperative adaptive cruise control", T-ITS 2015). The
    gap is carried along by its own rate, and drawn to the reading at 4 times the bandwidth.
    """
    ahead = front.speed + step * front.acceleration
    missed = speed + rate - ahead
    carried = front.gap + step * rate
    return Front(
        gap=carried + min(1.0, 4.0 * BANDWIDTH * step) * (gap - carried),
        speed=ahead + 2.0 * BANDWIDTH * step * missed,
        acceleration=front.acceleration * (1.0 - MANOEUVRE * step) + BANDWIDTH**2 * step * missed,
    )
