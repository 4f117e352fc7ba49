"""From velocities to the speeds of joints, as Gazebo's DiffDrive and AckermannSteering systems reckon them.

The commanded velocity is held within the limits of the plugin and of the site, and turned into speeds of the wheel
joints. A robot that steers has no tighter bend than its steering allows, and stands where it is told to turn on the
spot; its steering joints turn towards their angles as fast as the gain of the plugin says.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from caravan.model.site import Robot
from caravan.sim.assembly import Servo
from caravan.sim.bodies import Array
from caravan.sim.world import Drive

_STANDS = 1e-3
"""A wheel is turned to its bend though the robot is no faster than this, m/s."""


class Drives:
    """The drives of `robots`, in their order; `servos` are all their joints, those that steer last of each robot."""

    def __init__(self, robots: Sequence[Robot], drives: Sequence[Drive], servos: Sequence[Servo], step: float) -> None:
        self._step = step
        self._lower = np.maximum([_slowest(r) for r in robots], [d.lower for d in drives]).reshape(-1, 4)
        self._upper = np.minimum([_fastest(r) for r in robots], [d.upper for d in drives]).reshape(-1, 4)
        self._asked = np.zeros((len(robots), 2))
        steered = [drive.steering for drive in drives]
        self._bend = np.array([1.0 / s.radius if s else np.inf for s in steered])
        self._of = np.array([servo.robot for servo in servos], dtype=int)
        self._steers = np.array([servo.steers for servo in servos], dtype=bool)
        self._side = np.array([servo.side for servo in servos])
        whose = [drives[servo.robot] for servo in servos]
        self._half_track = np.array([drive.wheel_separation / 2.0 for drive in whose])
        self._radius = np.array([drive.wheel_radius for drive in whose])
        guides = [steered[servo.robot] for servo in servos if servo.steers]
        self._base = np.array([s.wheel_base for s in guides if s])
        self._half_kingpin = np.array([s.kingpin_width / 2.0 for s in guides if s])
        self._gain = np.array([s.gain for s in guides if s])

    def speeds(self, targets: Array, angles: Array) -> Array:
        """The speeds of all joints (rad/s) for the velocities `targets` (n x 2); `angles` are of those that steer."""
        change = np.clip(targets - self._asked, self._step * self._lower[:, 2:], self._step * self._upper[:, 2:])
        self._asked = np.clip(self._asked + change, self._lower[:, :2], self._upper[:, :2])
        ahead, turn = self._asked.T
        bend = turn / np.where(np.abs(ahead) < _STANDS, np.copysign(_STANDS, ahead), ahead)
        bend = np.clip(bend, -self._bend, self._bend)
        turn = np.where(np.isinf(self._bend), turn, ahead * bend)
        out = np.asarray((ahead[self._of] + self._side * turn[self._of] * self._half_track) / self._radius)
        bend, side = bend[self._of[self._steers]], self._side[self._steers]
        wanted = np.arctan(self._base * bend / (1.0 + side * bend * self._half_kingpin))
        out[self._steers] = self._gain * (wanted - angles)
        return out


def _slowest(robot: Robot) -> tuple[float, float, float, float]:
    brake = robot.acceleration if robot.length is None else max(robot.brake, robot.acceleration)
    return -robot.speed, -robot.turn_rate, -brake, -robot.turn_acceleration


def _fastest(robot: Robot) -> tuple[float, float, float, float]:
    return robot.speed, robot.turn_rate, robot.acceleration, robot.turn_acceleration
