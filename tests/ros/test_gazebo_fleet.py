"""Fleets in Gazebo over the real ros_gz_bridge, where both are there: goals are done, and trucks stay on the road."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from caravan.adapters.site_file import read_site
from caravan.model.geometry import Pose
from caravan.model.goal import GoalState
from caravan_cli.domain import free_domain
from caravan_ros import convert, wiring
from caravan_ros.plan import fleet_plan
from caravan_ros.process import Process, find, prepare
from tests.ros.support import SITE, RealFleet, by_heart_file

if shutil.which("gz") is None:
    pytest.skip("needs Gazebo Harmonic (the command gz), which is not installed", allow_module_level=True)
if find(Process(package="ros_gz_bridge", executable="parameter_bridge", name="bridge")) is None:
    pytest.skip("needs ros_gz_bridge, which comes with a ROS 2 installation", allow_module_level=True)
pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.timeout(400)]

HIGHWAY = SITE.with_name("highway.yaml")
LIMIT = 180.0
"""How long a goal or the start may take, real s; less than a minute where Gazebo keeps to the time."""


class Seen:
    """What is heard of the robots in Gazebo, from the start."""

    def __init__(self, fleet: RealFleet, robots: tuple[str, ...]) -> None:
        self.poses: dict[str, list[Pose]] = {robot: [] for robot in robots}
        self.gaps: list[float] = []
        node = fleet.client._node
        for robot in robots:
            fleet.client.on_odom(robot, self.poses[robot].append)
            wiring.radar(robot).subscribe(node, self._radar)

    def _radar(self, message: Any) -> None:
        self.gaps.append(convert.radar_from_msg(message).gap)


@contextmanager
def gazebo_fleet(folder: Path, site: Path, robots: tuple[str, ...], **options: Any) -> Iterator[tuple[RealFleet, Seen]]:
    """A fleet in Gazebo that is up."""
    with free_domain() as domain:
        given = {"journal": folder / "journal", "model": by_heart_file(folder), "domain": str(domain), **options}
        plan = fleet_plan(site, sim="gz", robots=len(robots), **given)
        prepare(plan)
        fleet = RealFleet(plan, folder, domain)
        seen = Seen(fleet, robots)
        try:
            fleet.bring_up(LIMIT)
            fleet.until(lambda: all(seen.poses.values()))
            yield fleet, seen
        finally:
            fleet.take_down()


def test_robots_in_gazebo_do_a_goal_and_their_batteries_are_those_of_the_site(tmp_path: Path) -> None:
    site, robots = read_site(SITE), ("carrier_1", "carrier_2", "carrier_3")
    with gazebo_fleet(tmp_path, SITE, robots) as (fleet, seen):
        for robot in robots:
            start = site.robots[robot].start
            assert start is not None and seen.poses[robot][0].point.distance(start.point) < 0.05
        assert all(state.battery > 0.99 for state in fleet.states.values())
        goal = fleet.until_ended(fleet.client.say("Go to dock 4.", "tester"), LIMIT)
        assert goal.state is GoalState.DONE, (goal.message, fleet.story())
        dock = site.places["dock_4"].position
        assert dock is not None and seen.poses[fleet.owner(goal.id)][-1].point.distance(dock) < 0.3


def test_trucks_in_gazebo_form_a_platoon_and_stay_on_the_road(tmp_path: Path) -> None:
    road, trucks = read_site(HIGHWAY).road, ("truck_1", "truck_2", "truck_3")
    assert road is not None
    task = {"id": "t1", "kind": "platoon", "manoeuvre": "form", "leader": trucks[0], "members": list(trucks)}
    with gazebo_fleet(tmp_path, HIGHWAY, trucks, stamped_cmd_vel=True) as (fleet, seen):
        order = json.dumps({"intent": "tasks", "tasks": [{**task, "headway": 0.5}]})
        goal = fleet.until_ended(fleet.client.submit(order, "tester"), LIMIT)
        assert goal.state is GoalState.DONE, (goal.message, fleet.story())
    offsets = [road.project(pose)[1] for poses in seen.poses.values() for pose in poses]
    assert min(offsets) > -0.5 and max(offsets) < road.middle(1) + 0.5
    assert 1.0 < min(seen.gaps) < 100.0, "nobody came near anybody"
