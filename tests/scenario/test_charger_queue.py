"""More robots than chargers, batteries for a few minutes, faults: nobody is stranded, and all goals are done."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import islice
from pathlib import Path

from caravan.adapters.site_file import read_site, robots_of
from caravan.fleet import Fleet, FleetSettings
from caravan.model.goal import GoalState
from caravan.model.site import Battery, Site
from caravan.sim.radio import RadioSettings
from caravan_cli.fleet_bench.deliveries import deliveries
from tests.support.readings import by_heart

SITE = Path(__file__).parents[2] / "config" / "warehouse.yaml"
BATTERY = Battery(capacity=3.0, charge_power=540.0)
"""Three minutes of driving; full again in 20 s."""


def yard(robots: int, chargers: int) -> Site:
    """The warehouse with small batteries, and some of its chargers."""
    site = robots_of(read_site(SITE), robots)
    kept = [place.id for place in site.places.values() if place.charger][:chargers]
    return replace(
        site,
        robots={name: replace(robot, battery=BATTERY) for name, robot in site.robots.items()},
        places={name: replace(place, charger=name in kept) for name, place in site.places.items()},
    )


def charges(fleet: Fleet, robots: list[str]) -> int:
    """How often the robots have begun to charge, by their activity; lets the fleet work until all goals have ended."""
    begun, before = 0, dict.fromkeys(robots, "")
    while not fleet.run(0.5) and fleet.now < 9 * 3600.0 + 3000.0:
        for robot in robots:
            state = fleet.state(robot)
            assert state.battery > 0.0, f"{robot} is stranded at {state.pose}: {state.activity}"
            begun += state.activity == "charging" != before[robot]
            before[robot] = state.activity
    return begun


def test_six_robots_share_two_chargers_over_a_lossy_radio() -> None:
    site = yard(6, 2)
    settings = FleetSettings(radio=RadioSettings(loss=0.1, duplicate=0.1, delay_max=0.1))
    with Fleet(site, reader=by_heart, seed=3, settings=settings) as fleet:
        for draft in islice(deliveries(site, random.Random(3)), 42):
            fleet.submit(draft)
        assert charges(fleet, list(site.robots)) >= 6
        assert [goal.state for goal in fleet.goals] == [GoalState.DONE] * 42
        assert fleet.contacts == 0


def test_a_robot_that_dies_on_a_charger_holds_up_nobody() -> None:
    site = yard(4, 2)
    with Fleet(site, reader=by_heart, seed=1) as fleet:
        for draft in islice(deliveries(site, random.Random(1)), 24):
            fleet.submit(draft)
        while not any(fleet.activity(robot) == "charging" for robot in site.robots):
            fleet.step()
        dead = next(robot for robot in site.robots if fleet.activity(robot) == "charging")
        fleet.kill(dead)
        alive = [robot for robot in site.robots if robot != dead]
        assert charges(fleet, alive) >= 3
        assert [goal.state for goal in fleet.goals] == [GoalState.DONE] * 24
