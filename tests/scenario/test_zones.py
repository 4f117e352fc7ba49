"""Zones in a whole fleet in virtual time: closed places are driven round, and requests for them refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from caravan.adapters.site_file import read_site
from caravan.fleet import Fleet, Refused
from caravan.model.goal import Draft, GoalState, Intent, Task, TaskKind
from caravan.model.site import Zone
from tests.support.fleets import SITE, owner
from tests.support.readings import by_heart

NEAR = 1.0
"""Who comes nearer than this to a place, m, drives through it."""
AISLES = Zone(id="aisles", places=("aisle_a", "aisle_b", "aisle_c"), robots=("carrier_1",))
CARRY = Task(id="t1", kind=TaskKind.DELIVER, item="drum", from_="dock_2", to="packing", robot="carrier_2")


def driven(*zones: Zone) -> dict[str, bool]:
    """Whether carrier_2 came through each of the aisles on its way from dock 2 to packing."""
    site = read_site(SITE)
    site = replace(site, policy=replace(site.policy, zones={zone.id: zone for zone in zones}))
    with Fleet(site, reader=by_heart, seed=1, robots=2) as fleet:
        fleet.submit(Draft(intent=Intent.TASKS, tasks=(CARRY,)))
        assert fleet.run()
        (goal,) = fleet.goals
        assert goal.state is GoalState.DONE and owner(goal) == "carrier_2"
        path = fleet.paths["carrier_2"]
    spots = {name: site.places[name].position for name in AISLES.places}
    return {n: any((x - p.x) ** 2 + (y - p.y) ** 2 < NEAR**2 for _, x, y in path) for n, p in spots.items() if p}


def test_a_robot_drives_round_the_places_that_are_closed_to_it() -> None:
    assert any(driven().values()), "the shortest way leads through an aisle"
    assert not any(driven(AISLES).values())


def test_nobody_is_sent_where_he_must_not_drive() -> None:
    site = read_site(SITE)
    site = replace(site, policy=replace(site.policy, zones={"aisles": AISLES}))
    with Fleet(site, reader=by_heart, seed=1, robots=2) as fleet:
        to_aisle = Task(id="t1", kind=TaskKind.GO, to="aisle_b")
        with pytest.raises(Refused, match="carrier_2 may not drive to aisle_b; carrier_1 can"):
            fleet.submit(Draft(intent=Intent.TASKS, tasks=(replace(to_aisle, robot="carrier_2"),)))
        fleet.submit(Draft(intent=Intent.TASKS, tasks=(to_aisle,)))
        assert fleet.run()
        assert owner(fleet.goals[0]) == "carrier_1"
