"""The last guard before the wheels: whatever asks for a velocity, this is what the base gets.

- Nonsense in (NaN, infinity), a lease that has run out or odometry that is stale: stop.
- Speed, turn rate and accelerations within the limits; never backwards.
- Never past the end of the granted stretch, nor nearer than may be to what a laser scan sees ahead. A command stands
  for `period` and braking takes v^2 / 2a, so v period + v^2 / 2a <= room, which is
  v <= a (sqrt(period^2 + 2 room / a) - period).

A stop is a zero command at once: the base brakes as hard as it can.
"""

from __future__ import annotations

import math

from caravan.model.geometry import Twist
from caravan.motion.limits import Limits

STALE = 0.5
"""Odometry older than this is no ground to drive on, s."""


def guard(
    wanted: Twist,
    last: Twist,
    limits: Limits,
    *,
    room: float,
    now: float,
    lease: float,
    stamp: float,
    period: float,
) -> Twist:
    """The command that may go out in place of `wanted`. Always finite and within `limits`.

    `last`: the command before, or the velocity it led to. `room`: the way left to the end of the granted stretch or to
    what stands ahead, m.
    `lease`: until when the grant holds, s. `stamp`: when the odometry was taken, s. `period`: how long the command
    stands, s, more than 0.
    """
    numbers = (wanted.linear, wanted.angular, last.linear, last.angular, room, now, stamp, period)
    if not all(map(math.isfinite, numbers)) or not now <= lease or now - stamp > STALE or period <= 0.0:
        return Twist()
    linear = _near(wanted.linear, last.linear, limits.acceleration * period)
    angular = _near(wanted.angular, last.angular, limits.turn_acceleration * period)
    return Twist(
        max(0.0, min(linear, limits.speed, braking_speed(room, limits.acceleration, period))),
        min(limits.turn_rate, max(-limits.turn_rate, angular)),
    )


def braking_speed(room: float, acceleration: float, period: float) -> float:
    """The highest speed (m/s) that may be held for `period` (s) and then braked to a stop within `room` (m)."""
    return acceleration * (math.sqrt(period * period + 2.0 * max(0.0, room) / acceleration) - period)


def _near(wanted: float, last: float, change: float) -> float:
    return min(last + change, max(last - change, wanted))
