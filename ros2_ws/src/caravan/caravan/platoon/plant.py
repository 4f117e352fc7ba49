"""How a vehicle moves along its lane, and how far it rolls when it brakes.

All numbers are arrays that broadcast against each other (a single vehicle has arrays without dimensions): a bench has
rows of seeds and columns of vehicles, a vehicle on the road has itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """What vehicles can do: `brake` and `accelerate` in m/s2 (both more than 0), `lag` in s, `length` in m."""

    brake: Floats
    accelerate: Floats
    lag: Floats
    length: Floats
    top_speed: Floats
    """Of its own, m/s: no platoon makes it drive faster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """Where vehicles are: front bumper `x` (m), speed (m/s), acceleration (m/s2)."""

    x: Floats
    speed: Floats
    acceleration: Floats


def limited(wanted: Floats, ability: Ability) -> Floats:
    """The accelerations (m/s2) that the vehicles can be asked for."""
    return np.minimum(ability.accelerate, np.maximum(-ability.brake, wanted))


def move(motion: Motion, wanted: Floats, ability: Ability, step: float) -> Motion:
    """The motion after `step` s in which the acceleration `wanted` was asked for.

    `lag a' + a = u` (first order, as in Ploeg et al. 2011 and in Plexe), solved exactly for a `u` that holds for the
    step. Vehicles do not roll backwards: who stands stays until it accelerates.
    """
    reached = 1.0 - np.exp(-step / ability.lag)
    acceleration = motion.acceleration + reached * (limited(wanted, ability) - motion.acceleration)
    speed = np.maximum(0.0, motion.speed + 0.5 * step * (motion.acceleration + acceleration))
    standing = (speed <= 0.0) & (acceleration < 0.0)
    return Motion(
        x=motion.x + 0.5 * step * (motion.speed + speed),
        speed=speed,
        acceleration=np.where(standing, 0.0, acceleration),
    )


def stopping(speed: Floats, acceleration: Floats, brake: Floats, lag: Floats) -> Floats:
    """How far (m) a vehicle rolls that brakes fully from now on.

    With `c = (a + brake) lag` the speed is `v + c (1 - e^(-t/lag)) - brake t`. The time of the stop is found by
    Newton's method from its upper bound `(v + c) / brake`: the speed is concave in time, so the steps stay above it.
    """
    change = np.maximum(0.0, acceleration + brake) * lag
    time = (speed + change) / brake
    for _ in range(2):
        rest = np.exp(-time / lag)
        slope = np.minimum(-1e-3, change / lag * rest - brake)
        time = time - (speed + change * (1.0 - rest) - brake * time) / slope
    way = (speed + change - 0.5 * brake * time) * time - change * lag * (1.0 - np.exp(-time / lag))
    return np.maximum(0.0, way)
