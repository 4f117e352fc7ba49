"""The batteries of the simulated robots, and the chargers."""

from __future__ import annotations

import math

from caravan.model.site import Robot, Site

CHARGE_RADIUS = 0.5
"""A robot charges when it stands this near to a charger, m."""
_STANDING = 0.05
"""A robot slower than this stands, m/s."""


class Power:
    """The batteries of all robots: idle power plus driving power in proportion to speed; chargers."""

    def __init__(self, robots: tuple[Robot, ...], site: Site) -> None:
        self.charge = [1.0] * len(robots)
        self._batteries = tuple(robot.battery for robot in robots)
        self._speeds = tuple(robot.speed for robot in robots)
        spots = [p.position for p in site.places.values() if p.charger and p.position is not None]
        self._chargers = tuple((spot.x, spot.y) for spot in spots)

    def reckon(self, places: list[list[float]], speeds: list[float], elapsed: float) -> None:
        """Brings `charge` forward by `elapsed` s, the robots being at these places (x, y, yaw)."""
        for k, (battery, (x, y, _), speed) in enumerate(zip(self._batteries, places, speeds, strict=True)):
            power = -battery.draw(speed / self._speeds[k])
            if speed < _STANDING and self._at_charger(x, y):
                power = battery.charge_power
            charge = self.charge[k] + power * elapsed / (battery.capacity * 3600.0)
            self.charge[k] = min(1.0, max(0.0, charge))

    def _at_charger(self, x: float, y: float) -> bool:
        return any(math.hypot(x - cx, y - cy) <= CHARGE_RADIUS for cx, cy in self._chargers)
