"""How a truck drives, whoever asks: its limits and its patience, from the site file."""

from __future__ import annotations

import numpy as np

from caravan.model.road import Road, number_of
from caravan.model.site import Robot, Site
from caravan.platoon.manoeuvres.table import Times
from caravan.platoon.manoeuvres.vehicle import Traits
from caravan.platoon.plant import Ability

TIMES = Times(step=60.0, wish=200.0, confirm=2.0)
"""Trucks take their time: with 1 m/s2 a gap of 40 m opens in 20 s, and a platoon is overtaken in 50 s. Where three
beats in ten are lost, who is in front is heard once in 2 s as good as always: gaps do not open and close for that."""
ALONE = 2.0
"""The headway of a truck that follows nobody closely, s: another truck has room to come in there."""
COMFORT = 0.8
"""With so much (m/s2) it slows down where nothing forces it to brake harder."""
WAITS = 3.0
"""The same while it waits for its place in a platoon, and others overtake it, s."""
EASE = 0.8
"""Of its speed a leader drives this part while somebody closes up or overtakes."""
FORMING = 0.6
"""The same while a platoon forms behind it, and many have far to go."""
LENGTH = 10.0
"""Of a robot for which the site file gives none, m."""


def road_of(site: Site, robot: Robot) -> Road:
    """The road that a truck drives on: where roads meet, the one that it starts on. Raises ValueError without one."""
    if site.road is None:
        raise ValueError(f"site {site.name}: its trucks need a road; give it a 'road:' section")
    return site.roads[number_of(site.roads, robot.start)]


def limit_of(robot: Robot, site: Site) -> float:
    """The fastest that the truck may and can drive here, m/s."""
    return min(robot.speed, site.policy.max_speed, road_of(site, robot).speed)


def length_of(robot: Robot) -> float:
    """From bumper to bumper, m."""
    return LENGTH if robot.length is None else robot.length


def ability_of(robot: Robot, site: Site) -> Ability:
    """What the truck can do."""
    return Ability(
        brake=np.asarray(robot.brake),
        accelerate=np.asarray(robot.acceleration),
        lag=np.asarray(robot.lag),
        length=np.asarray(length_of(robot)),
        top_speed=np.asarray(limit_of(robot, site)),
    )


def traits_of(robot: Robot, site: Site) -> Traits:
    """What the truck says of itself among others."""
    return Traits(brake=robot.brake, top_speed=limit_of(robot, site))
