"""Stories of the floor, with real physics in virtual time: the world does not follow the plan, and work goes on."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from caravan.actors.traffic.traffic_control import LEASE
from caravan.adapters.site_file import read_site
from caravan.fleet import TRAFFIC, Fleet
from caravan.fleet.robots import Sense
from caravan.model.geometry import Pose
from caravan.model.goal import Draft, GoalState, Intent, Task, TaskKind
from caravan.sim.world import Model, Shape, World
from tests.support.fleets import SITE
from tests.support.readings import by_heart


class Cluttered(Fleet):
    """A fleet in whose hall a crate stands at (x, y), of which no map knows."""

    def __init__(self, x: float, y: float, robots: int) -> None:
        self._crate = (x, y)
        super().__init__(SITE, reader=by_heart, seed=1, robots=robots)

    def _read_world(self) -> World:
        world = super()._read_world()
        shape = Shape(name="crate", kind="box", size=(0.4, 0.4, 1.0), position=(*self._crate, 0.5))
        crate = Model(name="crate", file=Path("crate"), obstacles=(shape,))
        return replace(world, models={**world.models, "crate": crate})

    def take_away(self) -> None:
        """Somebody carries the crate off."""
        model = self._engine._bodies.model
        names = [model.geom(k).name for k in range(model.ngeom)]
        model.geom_pos[next(k for k, name in enumerate(names) if name.endswith("crate"))] = (-50.0, -50.0, 0.5)


def go(fleet: Fleet, robot: str, place: str) -> None:
    """A goal: the robot goes to the place."""
    task = Task(id="t1", kind=TaskKind.GO, to=place, robot=robot)
    fleet.submit(Draft(intent=Intent.TASKS, tasks=(task,)))


def step(fleet: Fleet, seconds: float) -> None:
    """Some time passes."""
    for _ in range(round(seconds / 0.1)):
        fleet.step()


def until_at(fleet: Fleet, robot: str, x: float, y: float) -> None:
    """Runs until the robot is within 0.6 m of a point."""
    end = fleet.now + 120.0
    fleet.step()
    while math.dist(fleet.paths[robot][-1][1:], (x, y)) > 0.6:
        assert fleet.now < end, f"{robot} never came to ({x}, {y}): {fleet.paths[robot][-1]}"
        fleet.step()


def done(fleet: Fleet) -> bool:
    """Whether all goals are done, after at most five minutes more, and no robot has touched another."""
    fleet.run(300.0)
    touched = [touch for touch in fleet._engine.touches if touch.other in fleet.site.robots]
    return not touched and all(goal.state is GoalState.DONE for goal in fleet.goals)


def test_a_crate_in_an_aisle_is_met_once_and_driven_round_by_all() -> None:
    with Cluttered(9.0, 8.75, robots=2) as fleet:
        go(fleet, "carrier_1", "aisle_a")
        assert done(fleet)
        go(fleet, "carrier_1", "dock_1")
        go(fleet, "carrier_2", "aisle_a")
        assert done(fleet)
        first, second = (fleet.paths[robot] for robot in ("carrier_1", "carrier_2"))
        assert min(math.dist(p[1:], (9.0, 8.75)) for p in first) < 0.7
        assert min(math.dist(p[1:], (9.0, 8.75)) for p in second) > 1.1


def test_a_robot_switched_off_in_an_aisle_is_driven_round() -> None:
    with Fleet(SITE, reader=by_heart, seed=1, robots=3) as fleet:
        go(fleet, "carrier_1", "aisle_b")
        until_at(fleet, "carrier_1", 13.0, 8.5)
        fleet.kill("carrier_1")
        for robot, place in (("carrier_2", "dock_2"), ("carrier_3", "packing")):
            go(fleet, robot, place)
        step(fleet, 60.0)
        for robot, place in (("carrier_2", "packing"), ("carrier_3", "dock_2")):
            go(fleet, robot, place)
        step(fleet, 120.0)
        ended = [goal.state for goal in fleet.goals[1:]]
        assert ended == [GoalState.DONE] * 4
        assert not fleet.contacts
        go(fleet, "carrier_2", "aisle_b")
        step(fleet, 60.0)
        assert fleet.activity("carrier_2") == "to aisle_b (waits for carrier_1 to leave aisle_b)"
        fleet.revive("carrier_1")
        assert done(fleet)


def test_a_place_that_cannot_be_got_to_is_waited_for_and_the_robot_says_why() -> None:
    with Cluttered(29.0, 11.25, robots=1) as fleet:
        go(fleet, "carrier_1", "park_4")
        said = set[str]()
        end = fleet.now + 100.0
        while not any("something is in the way" in words for words in said) and fleet.now < end:
            fleet.step()
            said.add(fleet.activity("carrier_1"))
        why = "to park_4 (no way to park_4 while something is in the way on e2_2 - park_4, e2_3 - park_4)"
        assert why in said
        step(fleet, 1.0)
        assert f"carrier_1 says: {fleet.activity('carrier_1')}" in fleet.why("g1/t1")
        fleet.take_away()
        assert done(fleet)


@pytest.mark.parametrize(("x", "y"), [(0.0, 1.0), (-1.0, -1.0), (0.0, 2.0), (-4.0, 2.2)])
def test_a_robot_that_is_shoved_comes_back_on_its_way(x: float, y: float) -> None:
    with Fleet(SITE, reader=by_heart, seed=1, robots=2) as fleet:
        go(fleet, "carrier_1", "dock_1")
        go(fleet, "carrier_2", "packing")
        until_at(fleet, "carrier_1", 20.0, 3.5)
        fleet.shove("carrier_1", x, y)
        fleet.step()
        assert fleet.activity("carrier_1").startswith("stands: its odometry jumped by ")
        assert done(fleet)
        assert not fleet.contacts


def frozen() -> Sense:
    """Odometry that says the same for ever."""
    poses: list[Pose] = []

    def sense(pose: Pose) -> Pose:
        poses.append(pose)
        return poses[0]

    return sense


def test_a_robot_whose_odometry_stops_stands_and_is_driven_round_and_goes_on_when_it_comes_back() -> None:
    with Fleet(SITE, reader=by_heart, seed=1, robots=2) as fleet:
        for stopped in (lambda pose: None, frozen()):
            go(fleet, "carrier_1", "aisle_a")
            until_at(fleet, "carrier_1", 9.0, 7.5)
            fleet.set_odometry("carrier_1", stopped)
            step(fleet, 10.0)
            where = fleet.paths["carrier_1"][-1][1:]
            go(fleet, "carrier_2", "staging")
            step(fleet, 60.0)
            assert math.dist(fleet.paths["carrier_1"][-1][1:], where) < 0.1
            assert fleet.goals[-1].state is GoalState.DONE
            fleet.set_odometry("carrier_1", None)
            assert done(fleet)
            go(fleet, "carrier_1", "dock_4")
            go(fleet, "carrier_2", "park_2")
            assert done(fleet)
        assert not fleet.contacts


def beside(pose: Pose) -> Pose:
    """A pose 5 m from the right one."""
    return Pose(pose.x + 5.0, pose.y, pose.yaw)


@pytest.mark.parametrize("lasts", [0.1, 0.5, 8.0])
@pytest.mark.parametrize("sense", [beside, lambda pose: Pose(math.nan, pose.y)], ids=["jump", "nan"])
def test_odometry_that_jumps_stops_the_robot_until_it_is_right(sense: Sense, lasts: float) -> None:
    with Fleet(SITE, reader=by_heart, seed=1, robots=2) as fleet:
        go(fleet, "carrier_1", "dock_1")
        until_at(fleet, "carrier_1", 24.0, 3.5)
        fleet.set_odometry("carrier_1", sense)
        fleet.step()
        assert fleet.activity("carrier_1").startswith("stands: its odometry ")
        step(fleet, lasts - 0.1)
        fleet.set_odometry("carrier_1", None)
        assert done(fleet)
        assert not fleet.contacts


def test_without_traffic_control_all_stand_when_their_leases_have_run_out_and_go_on_when_it_is_back() -> None:
    with Fleet(SITE, reader=by_heart, seed=1, robots=2) as fleet:
        go(fleet, "carrier_1", "dock_1")
        go(fleet, "carrier_2", "packing")
        until_at(fleet, "carrier_1", 20.0, 3.5)
        fleet.cut({TRAFFIC})
        step(fleet, LEASE + 2.0)
        stood = {robot: path[-1][1:] for robot, path in fleet.paths.items()}
        step(fleet, 10.0)
        assert all(math.dist(path[-1][1:], stood[robot]) < 0.01 for robot, path in fleet.paths.items())
        fleet.cut()
        assert done(fleet)


def in_aisle(**starts: Pose) -> Fleet:
    """A fleet of some robots that start elsewhere than the site file says."""
    site = read_site(SITE)
    return Fleet(
        replace(site, robots={name: replace(site.robots[name], start=start) for name, start in starts.items()}),
        reader=by_heart,
        seed=1,
    )


@pytest.mark.parametrize("late", [2.0, 4.0, 8.0])
def test_after_a_power_cut_robots_wait_for_those_whose_agents_start_later_than_theirs(late: float) -> None:
    """Where it stands nobody knows before it says so: not at its start, and no robot drives through it or a rack."""
    site = read_site(SITE)
    robots = {name: site.robots[name] for name in ("carrier_1", "carrier_2")}
    with Fleet(replace(site, robots=robots), reader=by_heart, seed=1) as fleet:
        for robot, y in (("carrier_1", 5.5), ("carrier_2", 10.0)):
            fleet.kill(robot)
            here = fleet.robot_poses[robot]
            fleet.shove(robot, 13.0 - here.x, y - here.y)
        fleet.restart_traffic()
        fleet.revive("carrier_1")
        go(fleet, "carrier_1", "packing")
        step(fleet, late)
        fleet.revive("carrier_2")
        assert fleet.run(120.0)
        assert fleet.contacts == 0
        assert done(fleet)


def test_traffic_control_that_starts_anew_with_an_agent_hears_all_before_it_sends_that_anywhere() -> None:
    """The nearest node of the new agent's robot is held by another, which has not said so yet."""
    with in_aisle(lifter_1=Pose(13.0, 7.5, 1.57), carrier_1=Pose(13.0, 5.5, 1.57)) as fleet:
        step(fleet, 4.0)
        go(fleet, "lifter_1", "packing")
        until_at(fleet, "lifter_1", 13.0, 11.2)
        fleet.halt(["lifter_1"])
        step(fleet, 2.0)
        go(fleet, "carrier_1", "aisle_b")
        until_at(fleet, "carrier_1", 13.0, 10.3)
        fleet.kill("lifter_1")
        fleet.restart_traffic()
        fleet.revive("lifter_1")
        fleet.resume(["lifter_1"])
        assert fleet.run(120.0)
        assert fleet.contacts == 0


@pytest.mark.parametrize("ahead", [2.5, 5.0, -600.0])
def test_a_robot_drives_whose_clock_is_not_that_of_traffic_control(ahead: float) -> None:
    with Fleet(SITE, reader=by_heart, seed=1, robots=2) as fleet:
        fleet.set_clock("carrier_1", ahead)
        go(fleet, "carrier_1", "dock_1")
        assert fleet.run(60.0)
        assert done(fleet)


def test_a_robot_whose_clock_is_set_back_on_its_way_stands_no_longer_than_a_lease_lasts() -> None:
    with Fleet(SITE, reader=by_heart, seed=1, robots=2) as fleet:
        go(fleet, "carrier_1", "dock_1")
        step(fleet, 8.0)
        fleet.set_clock("carrier_1", -600.0)
        step(fleet, 1.0)
        here = fleet.robot_poses["carrier_1"]
        step(fleet, LEASE + 3.0)
        assert fleet.robot_poses["carrier_1"].point.distance(here) > 0.3
        assert done(fleet)
