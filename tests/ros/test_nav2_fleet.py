"""A fleet of real processes in which Nav2 drives one robot and Caravan itself the other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from caravan.model.goal import GoalState
from caravan_cli.domain import free_domain
from caravan_ros.plan import Process, fleet_plan
from tests.ros.support import SITE, RealFleet, by_heart_file

pytestmark = pytest.mark.processes
pytest.importorskip("nav2_msgs", reason="Nav2's messages are not installed: sudo apt install ros-jazzy-nav2-msgs")

ROOT = Path(__file__).parents[2]
OWN, OTHER = "carrier_1", "carrier_2"
RATE = 4.0


def plan(folder: Path) -> list[Process]:
    """Two carriers, the second driven by Nav2."""
    given = fleet_plan(SITE, robots=2, rate=RATE, model=by_heart_file(folder), journal=folder / "journal")
    nav2 = {"navigation": "nav2"}
    return [replace(p, parameters={**p.parameters, **nav2}) if p.name == f"agent_{OTHER}" else p for p in given]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealFleet]:
    """The fleet, with the Nav2 of the second carrier beside it: there is no twist_mux, both speak to the base."""
    folder = tmp_path_factory.mktemp("fleet")
    with free_domain() as domain:
        fleet = RealFleet(plan(folder), folder, domain)
        with (folder / "nav2.log").open("wb") as log:
            command = (sys.executable, "-m", "tests.ros.nav2_server", OTHER, "cmd_vel")
            env = {**os.environ, "ROS_DOMAIN_ID": str(domain)}
            nav2 = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT)
        try:
            fleet.bring_up()
            yield fleet
        finally:
            nav2.kill()
            nav2.wait(10)
            fleet.take_down()


def go(fleet: RealFleet, robot: str, place: str) -> str:
    draft = {"intent": "tasks", "tasks": [{"id": "t1", "kind": "go", "to": place, "robot": robot}]}
    return fleet.client.submit(json.dumps(draft), "planner")


def test_each_robot_does_its_goal_whoever_drives_it(fleet: RealFleet) -> None:
    goals = {OWN: go(fleet, OWN, "dock_3"), OTHER: go(fleet, OTHER, "dock_4")}
    for robot, goal_id in goals.items():
        goal = fleet.until_ended(goal_id)
        assert (goal.state, goal.tasks[0].robot) == (GoalState.DONE, robot)
    assert "a goal ended: succeeded" in fleet.log("nav2")
    assert "touches" not in fleet.log("sim")


def test_an_agent_that_ends_calls_off_its_goal_and_the_next_one_goes_on(fleet: RealFleet) -> None:
    goal_id = go(fleet, OTHER, "dock_1")
    start = fleet.states[OTHER].pose
    fleet.until(lambda: fleet.states[OTHER].pose.point.distance(start) > 2.0)
    before = fleet.log("nav2").count("cancelled")
    fleet.end(f"agent_{OTHER}")
    end = time.monotonic() + 10.0
    while fleet.log("nav2").count("cancelled") == before and time.monotonic() < end:
        time.sleep(0.05)
    assert fleet.log("nav2").count("cancelled") > before
    fleet.start(f"agent_{OTHER}")
    assert fleet.until_ended(goal_id).state is GoalState.DONE
