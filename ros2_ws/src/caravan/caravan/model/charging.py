"""What charging comes to at a site, by the site file."""

from __future__ import annotations

import math

from caravan.model.site import Robot, Site

HANDOVER = 15.0
"""From when one robot at a charger is full until the next one charges there, s."""


def chargers(site: Site) -> tuple[str, ...]:
    """The places where robots charge."""
    return tuple(place.id for place in site.places.values() if place.charger and place.position is not None)


def longest_wait(robot: Robot, site: Site) -> float:
    """How long the robot waits for a charger, s, where all others want to charge at once and go before it."""
    others, spots = sum(r.start is not None for r in site.robots.values()) - 1, len(chargers(site))
    return math.ceil(others / spots) * (robot.battery.charge_time + HANDOVER) if spots and others > 0 else 0.0
