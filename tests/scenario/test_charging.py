"""Robots mind their batteries: they go charging between tasks, and take no work that the charge does not last for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from caravan.adapters.site_file import read_site
from caravan.fleet import Fleet
from caravan.model.goal import GoalState
from caravan.model.site import Battery, Site
from tests.support.readings import by_heart

SITE = Path(__file__).parents[2] / "config" / "warehouse.yaml"
SMALL = Battery(capacity=1.5, charge_power=600.0)
"""A minute and a half of driving; full again in 9 s."""
TINY = Battery(capacity=0.2)
"""Twelve seconds of driving: less than any way in the warehouse."""


def warehouse(battery: Battery) -> Site:
    """The warehouse with other batteries."""
    site = read_site(SITE)
    return replace(site, robots={name: replace(robot, battery=battery) for name, robot in site.robots.items()})


def charger_visits(fleet: Fleet) -> int:
    """How many robots have been at a charger."""
    chargers = [p.position for p in fleet.site.places.values() if p.charger and p.position is not None]
    return sum(
        any((x - c.x) ** 2 + (y - c.y) ** 2 < 0.5**2 for _, x, y in path for c in chargers)
        for path in fleet.paths.values()
    )


def test_a_robot_goes_charging_and_then_goes_on() -> None:
    with Fleet(warehouse(SMALL), reader=by_heart, robots=1) as fleet:
        for text in ("Go to dock 4.", "Take a drum from dock 2 to packing.", "Go to dock 1.", "Inspect staging."):
            fleet.say(text)
            assert fleet.run()
        assert [g.state for g in fleet.goals] == [GoalState.DONE] * 4
        assert charger_visits(fleet) == 1


def test_no_robot_takes_what_its_charge_does_not_last_for() -> None:
    with Fleet(warehouse(TINY), reader=by_heart, robots=1) as fleet:
        fleet.say("Go to dock 1.")
        for _ in range(50):
            fleet.step()
        (goal,) = fleet.goals
        assert goal.tasks[0].robot is None
        assert "battery at" in goal.tasks[0].note
