"""Trucks in separate processes on real DDS at the intersection: they cross in turn, and wait without slots."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest

from caravan.adapters.site_file import read_site
from caravan.model.crossing import Approach
from caravan.model.road import number_of
from caravan.platoon.intersection.ways import ways_of
from caravan_cli.domain import free_domain
from caravan_ros import convert, wiring
from caravan_ros.plan import fleet_plan
from tests.ros.support import SITE, RealFleet, by_heart_file

pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.timeout(300)]

RATE = 3.0
FILE = SITE.with_name("intersection.yaml")


class Watch:
    """What trucks say of their way, and that no two are in each other's way."""

    def __init__(self, fleet: RealFleet) -> None:
        self.fleet = fleet
        site = read_site(FILE)
        self._ways = ways_of(site)
        self._roads = {robot.id: number_of(site.roads, robot.start) for robot in site.robots.values()}
        self.said: dict[str, Approach] = {}
        self.gone: set[str] = set()
        wiring.V2V_APPROACH.subscribe(fleet.client._node, self._hear)

    def _hear(self, message: Any) -> None:
        said = convert.approach_from_msg(message)
        self.said[said.name] = said
        self.gone |= {said.name} if said.inside else set()
        for one, other in combinations(self.said.values(), 2):
            assert not (self._in_way(one, other) and self._in_way(other, one)), (one, other)

    def _in_way(self, one: Approach, other: Approach) -> bool:
        assert self._ways is not None
        numbers = (self._ways.number(self._roads[said.name], said.exit) for said in (one, other))
        zone = self._ways.zones.get((next(numbers), next(numbers)))
        return one.inside and zone is not None and zone.enter <= one.along and one.along - one.length <= zone.leave

    def out(self) -> bool:
        """Whether all have crossed."""
        return self.gone == set(self._roads) and not any(said.inside for said in self.said.values())


@pytest.fixture
def watch(tmp_path: Any) -> Iterator[Watch]:
    model, journal = by_heart_file(tmp_path), tmp_path / "journal"
    with free_domain() as domain:
        fleet = RealFleet(fleet_plan(FILE, rate=RATE, model=model, journal=journal), tmp_path, domain)
        found = Watch(fleet)
        try:
            fleet.bring_up()
            yield found
        finally:
            fleet.take_down()


def test_trucks_cross_one_after_the_other_and_nobody_goes_while_the_auction_node_is_dead(watch: Watch) -> None:
    fleet = watch.fleet
    fleet.until(lambda: watch.gone)
    fleet.kill("auction")
    stamp = max(said.stamp for said in watch.said.values())
    fleet.until(lambda: max(said.stamp for said in watch.said.values()) > stamp + 3.0)
    gone = set(watch.gone)
    fleet.until(lambda: max(said.stamp for said in watch.said.values()) > stamp + 8.0)
    assert watch.gone == gone
    fleet.start("auction")
    fleet.until(watch.out)
    assert " touches " not in fleet.log("sim")
