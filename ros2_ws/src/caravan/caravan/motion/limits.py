"""What a base can do and what the site allows it."""

from __future__ import annotations

from dataclasses import dataclass

from caravan.model.site import Policy, Robot


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Speeds m/s and rad/s, accelerations m/s2 and rad/s2; all more than 0."""

    speed: float = 1.0
    turn_rate: float = 1.5
    acceleration: float = 1.0
    turn_acceleration: float = 3.0


def limits_of(robot: Robot, policy: Policy) -> Limits:
    """The stricter of the robot's own limits and the site's."""
    return Limits(
        speed=min(robot.speed, policy.max_speed),
        turn_rate=robot.turn_rate,
        acceleration=robot.acceleration,
        turn_acceleration=robot.turn_acceleration,
    )
