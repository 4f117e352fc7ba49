"""Trucks at the intersection: who has a slot crosses, whatever fails; nobody touches another, nobody goes without."""

from __future__ import annotations

import pytest

from caravan.model.goal import Draft, GoalState, Intent, Task, TaskKind
from caravan.sim.radio import RadioSettings
from tests.support.crossing import CLEAR, EAST, LOSSY, NORTH, SOUTH, WEST, Junction, trucks


def form(fleet: Junction, leader: str, *members: str) -> str:
    """Orders a platoon."""
    task = Task(
        id="t1", kind=TaskKind.PLATOON, manoeuvre="form", leader=leader, members=members, robots=len(members) + 1
    )
    return fleet.submit(Draft(intent=Intent.TASKS, tasks=(task,)))


@pytest.mark.parametrize("radio", [CLEAR, LOSSY], ids=["clear", "30 % lost"])
def test_trucks_from_four_roads_and_a_platoon_cross(radio: RadioSettings) -> None:
    site = trucks((WEST, 250.0), (WEST, 275.0), (EAST, 160.0), (NORTH, 160.0), (SOUTH, 165.0))
    with Junction(site, radio=radio) as fleet:
        fleet.passes(2.0)  # Until all are heard: nobody else is asked to join.
        form(fleet, "t1", "t2")
        turns = [fleet.go("t3", "south"), fleet.go("t4", "west", "urgent")]
        fleet.until(fleet.out)
        assert all(goal.state is GoalState.DONE for goal in fleet.goals if goal.id in turns)
        assert any(slot.vehicles == ("t1", "t2") for told in fleet.tap.slots for slot in told.slots)


def test_the_urgent_goes_before_those_that_come_with_it() -> None:
    crossed = {}
    for priority in ("urgent", "low"):
        with Junction(trucks((WEST, 110.0), (SOUTH, 110.0), (EAST, 110.0), (NORTH, 110.0))) as fleet:
            for truck in ("t1", "t2", "t3"):
                fleet.go(truck, fleet.site.roads[int(truck[1]) - 1].to or "")
            fleet.go("t4", "east", priority)
            fleet.until(fleet.out)
            crossed[priority] = [*fleet.crossed].index("t4")
    assert crossed["urgent"] < crossed["low"]


@pytest.mark.parametrize("later", [0.0, 4.0, 8.0])
def test_two_that_turn_left_against_each_other_do_not_stand_before_each_other(later: float) -> None:
    with Junction(trucks((WEST, 90.0), (EAST, 90.0 + later))) as fleet:
        fleet.go("t1", "north")
        fleet.go("t2", "south")
        fleet.until(fleet.out)


def test_a_truck_that_dies_in_the_box_stops_those_whose_way_it_is_in_and_nobody_else() -> None:
    with Junction(trucks((WEST, 60.0), (SOUTH, 110.0), (EAST, 120.0), (NORTH, 130.0))) as fleet:
        fleet.until(lambda: "t1" in fleet.crossed and fleet.along("t1") > 20.0)
        fleet.kill("t1")
        fleet.until(lambda: fleet.out("t3"))
        fleet.passes(20.0)
        assert not {"t2", "t4"} & fleet.crossed.keys()
        assert all(-6.0 < fleet.along(truck) < -1.0 for truck in ("t2", "t4"))
        fleet.revive("t1")
        fleet.until(fleet.out)


def test_a_truck_that_dies_in_its_turn_and_comes_again_ends_the_turn() -> None:
    with Junction(trucks((WEST, 90.0), (EAST, 150.0))) as fleet:
        fleet.go("t1", "north")
        fleet.until(lambda: "t1" in fleet.crossed and fleet.along("t1") > 26.0)
        fleet.kill("t1")
        fleet.passes(15.0)
        assert "t2" not in fleet.crossed
        fleet.revive("t1")
        fleet.until(fleet.out)
        assert abs(fleet.robot_poses["t1"].x - 1.875) < 1.0 and fleet.robot_poses["t1"].y > 10.0


def test_a_truck_that_dies_on_its_way_to_the_line_gives_its_slot_back() -> None:
    with Junction(trucks((WEST, 110.0), (SOUTH, 140.0))) as fleet:
        fleet.until(lambda: any("t1" in slot.vehicles for told in fleet.tap.slots[-1:] for slot in told.slots))
        fleet.kill("t1")
        fleet.until(lambda: fleet.out("t2"), 30.0)
        assert "t1" not in fleet.gone


def test_without_a_controller_nobody_goes_and_with_it_again_all_cross() -> None:
    with Junction(trucks((WEST, 60.0), (SOUTH, 80.0), (EAST, 110.0), (NORTH, 120.0))) as fleet:
        fleet.until(lambda: "t1" in fleet.gone)
        fleet.kill_house(fleet.houses[0])
        fleet.passes(1.5)
        gone = set(fleet.gone)
        fleet.passes(25.0)
        assert set(fleet.gone) == gone < fleet.site.robots.keys()
        fleet.restart_house(fleet.houses[0])
        fleet.until(fleet.out)


def test_a_standby_takes_over_and_minds_who_died_in_the_box() -> None:
    with Junction(trucks((WEST, 60.0), (SOUTH, 120.0), (EAST, 130.0)), houses=2) as fleet:
        fleet.until(lambda: "t1" in fleet.crossed and fleet.along("t1") > 20.0)
        assert fleet.leader is not None
        fleet.kill("t1")
        fleet.kill_house(fleet.leader)
        fleet.until(lambda: fleet.out("t3"))
        fleet.passes(10.0)
        assert "t2" not in fleet.crossed
        fleet.revive("t1")
        fleet.until(fleet.out)


@pytest.mark.parametrize(("along", "goes"), [(-75.0, False), (-15.0, True)])
def test_who_loses_the_radio_stops_before_the_line_or_drives_out_of_the_box(along: float, goes: bool) -> None:
    with Junction(trucks((WEST, 120.0), (SOUTH, 140.0))) as fleet:
        fleet.until(lambda: fleet.along("t1") > along)
        assert ("crosses" if goes else "may go") in fleet.activity("t1")
        fleet.cut({"t1"})
        fleet.passes(15.0)
        assert fleet.out("t1") if goes else fleet.along("t1") < 0.0
        assert "t2" not in fleet.crossed  # Nobody knows which of the two it is.
        fleet.cut()
        fleet.until(fleet.out)
