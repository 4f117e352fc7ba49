"""Trucks on the ring road: orders to platoons, through the market to the wheels, and what becomes of them in faults."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from caravan.adapters.site_file import read_site
from caravan.fleet import Fleet, Refused
from caravan.model.geometry import Pose
from caravan.model.goal import Draft, Goal, GoalState, Intent, Task, TaskKind, TaskState
from caravan.model.site import Named, Site
from tests.support.readings import by_heart

HIGHWAY = Path(__file__).parents[2] / "config" / "highway.yaml"
TRUCKS = ("truck_1", "truck_2", "truck_3", "truck_4")


def ring(front: float = 1150.0) -> Site:
    """The ring road with four trucks, the first at `front` m (exit 2: 1650), and names for two platoons."""
    site = read_site(HIGHWAY)
    assert site.road is not None
    starts = {name: site.road.pose(front - 40.0 * place) for place, name in enumerate(TRUCKS)}
    robots = {name: replace(site.robots[name], start=start) for name, start in starts.items()}
    return replace(site, robots=robots, platoons={name: Named(id=name) for name in ("convoy", "train")})


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """The trucks, heard of by the house."""
    with Fleet(ring(), reader=by_heart, seed=1) as fleet:
        passes(fleet, 1.0)
        yield fleet


def passes(fleet: Fleet, seconds: float) -> None:
    """Time goes by."""
    end = fleet.now + seconds
    while fleet.now < end:
        fleet.step()


def until(fleet: Fleet, holds: Callable[[], bool], limit: float = 60.0) -> None:
    """Time goes by until something holds."""
    end = fleet.now + limit
    while not holds():
        assert fleet.now < end, [fleet.activity(name) for name in TRUCKS]
        fleet.step()


def order(manoeuvre: str, **what: Any) -> Draft:
    """An order to a platoon."""
    return Draft(intent=Intent.TASKS, tasks=(Task(id="t1", kind=TaskKind.PLATOON, manoeuvre=manoeuvre, **what),))


def goal_of(fleet: Fleet, name: str) -> Goal:
    """A goal as it stands."""
    return next(goal for goal in fleet.goals if goal.id == name)


def carried_out(fleet: Fleet, manoeuvre: str, limit: float = 120.0, **what: Any) -> Goal:
    """An order, carried out."""
    name = fleet.submit(order(manoeuvre, **what))
    assert fleet.run(limit), fleet.why(name)
    goal = goal_of(fleet, name)
    assert goal.state is GoalState.DONE, fleet.why(name)
    assert fleet.contacts == 0
    return goal


def convoy(fleet: Fleet, *members: str) -> None:
    """Trucks drive as a platoon, in this order."""
    carried_out(fleet, "form", members=members, platoon="convoy", speed=15.0, headway=0.6)
    for place, name in enumerate(members[1:], 2):
        assert f"in place {place} of {len(members)} in platoon convoy behind {members[0]}" in fleet.activity(name)


def test_places_go_where_their_sum_costs_least_and_it_is_told_why(fleet: Fleet) -> None:
    goal = carried_out(fleet, "form", leader="truck_1", speed=15.0, headway=0.6)
    assert goal.tasks[0].robot == "truck_1"
    crew = [str(record.robot) for record in goal.tasks[1:]]
    asked: dict[tuple[str, str], float] = {}
    for event in fleet.events:
        if event.kind == "bid":
            asked |= {(event.robot, lot): bid["cost"] for lot, bid in event.data["offers"].items()}

    def total(order: tuple[str, ...]) -> float:
        return sum(asked[robot, record.id] for robot, record in zip(order, goal.tasks[1:], strict=True))

    assert total(tuple(crew)) == pytest.approx(min(map(total, permutations(crew))))
    brakes = [fleet.site.robots[name].brake for name in crew]
    assert brakes == sorted(brakes), "the strongest at the back"
    told = fleet.why(goal.id)
    assert f"{goal.id}/t1/2: truck_1 did not bid: leads it" in told
    assert f"{goal.id}/t1/4: {crew[2]} won it for" in told and "brakes" in told
    assert "who asked less, won" in told


def test_a_truck_joins_one_leaves_by_the_exit_and_the_platoon_is_dissolved(fleet: Fleet) -> None:
    convoy(fleet, "truck_1", "truck_2", "truck_3")
    carried_out(fleet, "join", members=("truck_4",), platoon="convoy")
    assert "in place 4 of 4" in fleet.activity("truck_4")
    carried_out(fleet, "leave", members=("truck_4",), to="exit_2")
    assert "on the ramp to exit_2" in fleet.activity("truck_4")
    carried_out(fleet, "dissolve")
    assert all("drives alone" in fleet.activity(name) for name in TRUCKS[:3])


def test_a_platoon_is_split_all_agree_and_two_become_one(fleet: Fleet) -> None:
    convoy(fleet, *TRUCKS)
    carried_out(fleet, "split", at="truck_2")
    assert "leads platoon of 2" in fleet.activity("truck_3") and "of 2" in fleet.activity("truck_2")
    carried_out(fleet, "set", speed=12.0)
    until(fleet, lambda: all("43 km/h" in fleet.activity(name) for name in TRUCKS))
    carried_out(fleet, "dissolve", leader="truck_3")
    carried_out(fleet, "form", members=TRUCKS[2:], platoon="train")
    carried_out(fleet, "merge", platoon="train", into="convoy")
    until(fleet, lambda: "in place 4 of 4 in platoon convoy behind truck_1" in fleet.activity("truck_4"))


def place_of(fleet: Fleet, name: str) -> tuple[float, float]:
    """Where the middle of a truck is, along the road and beside lane 0, m."""
    assert fleet.site.road is not None
    return fleet.site.road.project(fleet.robot_poses[name].point)


def at(**trucks: tuple[float, float]) -> Site:
    """The ring road with some trucks at these places along it, and so far beside lane 0 (m)."""
    site = read_site(HIGHWAY)
    assert site.road is not None
    starts = {name: site.road.pose(*spot) for name, spot in trucks.items()}
    return replace(site, robots={name: replace(site.robots[name], start=start) for name, start in starts.items()})


@pytest.mark.parametrize(("place", "aside"), [(790.0, -3.5), (820.0, -0.5), (960.0, 0.0)])
def test_a_leader_that_dies_in_a_bend_is_not_touched_wherever_it_slides(place: float, aside: float) -> None:
    """Its base brakes, and its wheels stay turned as they were: before the bend that is straight on, off the road."""
    with Fleet(at(truck_1=(500.0, 0.0), truck_2=(460.0, 0.0), truck_3=(420.0, 0.0)), reader=by_heart, seed=1) as fleet:
        passes(fleet, 3.0)
        fleet.submit(order("form", leader="truck_1", members=TRUCKS[:3], headway=0.5))
        until(fleet, lambda: place_of(fleet, "truck_1")[0] > place)
        fleet.kill("truck_1")
        passes(fleet, 25.0)
        assert fleet.contacts == 0
        (dead, slid), (behind, _) = place_of(fleet, "truck_1"), place_of(fleet, "truck_2")
        assert slid == pytest.approx(aside, abs=1.5)
        assert behind < dead


def test_a_truck_that_dies_in_a_bend_slides_into_nobody_beside_it() -> None:
    with Fleet(at(truck_1=(800.0, 3.75), truck_2=(794.0, 0.0)), reader=by_heart, seed=1) as fleet:
        until(fleet, lambda: place_of(fleet, "truck_1")[0] > 1000.0)
        fleet.kill("truck_1")
        passes(fleet, 8.0)
        assert place_of(fleet, "truck_1")[1] == pytest.approx(3.9, abs=0.5)
        assert fleet.contacts == 0


@pytest.mark.parametrize(("name", "place"), [("truck_1", 2050.0), ("truck_8", 600.0)])
def test_an_agent_that_starts_again_far_from_where_its_truck_once_started_stays_on_the_road(
    name: str, place: float
) -> None:
    site = read_site(HIGHWAY)
    with Fleet(replace(site, robots={name: site.robots[name]}), reader=by_heart, seed=1) as fleet:
        until(fleet, lambda: 0.0 < place_of(fleet, name)[0] - place < 50.0, 200.0)
        fleet.kill(name)
        passes(fleet, 0.6)
        fleet.revive(name)
        widest = 0.0
        for _ in range(20):
            passes(fleet, 1.0)
            widest = max(widest, abs(place_of(fleet, name)[1]))
        assert widest < 1.0
        assert "90 km/h" in fleet.activity(name)


@pytest.mark.parametrize("apart", [3.0, 8.0])
def test_an_agent_that_starts_again_keeps_to_the_lane_that_its_truck_is_in(apart: float) -> None:
    """It was on its way to overtake: the site file has it start in lane 0."""
    site = at(truck_1=(300.0, 3.75), truck_2=(300.0 - apart, 0.0))
    with Fleet(site, reader=by_heart, seed=1) as fleet:
        until(fleet, lambda: place_of(fleet, "truck_1")[0] > 550.0)
        fleet.kill("truck_1")
        passes(fleet, 0.2)
        fleet.revive("truck_1")
        for _ in range(12):
            passes(fleet, 0.5)
            (one, aside), (other, _) = place_of(fleet, "truck_1"), place_of(fleet, "truck_2")
            assert aside > 3.5 or abs(one - other) > 11.0
        assert fleet.contacts == 0


@pytest.mark.parametrize("apart", [110.0, 90.0])
def test_who_starts_again_beside_the_road_comes_in_where_there_is_room(apart: float) -> None:
    with Fleet(at(truck_1=(1072.8, -8.0), truck_2=(500.0, 0.0)), reader=by_heart, seed=1) as fleet:
        fleet.kill("truck_1")
        until(fleet, lambda: place_of(fleet, "truck_2")[0] > 1072.8 - apart)
        fleet.revive("truck_1")
        passes(fleet, 25.0)
        assert fleet.contacts == 0
        assert abs(place_of(fleet, "truck_1")[1]) < 0.5
        assert place_of(fleet, "truck_1")[0] > 1100.0


@pytest.mark.parametrize(("up", "dies"), [(60.0, False), (50.0, True), (70.0, True)])
def test_who_stands_up_a_ramp_is_not_hit_by_who_takes_it(up: float, *, dies: bool) -> None:
    """No radar sees it from the road: it goes by what that one says, or said last."""
    site = at(truck_1=(450.0, 0.0), truck_2=(100.0, 0.0))
    assert site.road is not None
    stands = replace(site.robots["truck_1"], start=site.road.ramps["exit_1"].pose(up))
    with Fleet(replace(site, robots={**site.robots, "truck_1": stands}), reader=by_heart, seed=1) as fleet:
        passes(fleet, 0.1)
        fleet.halt(["truck_1"])
        passes(fleet, 2.0)
        if dies:
            fleet.kill("truck_1")
            passes(fleet, 4.0)
        fleet.submit(Draft(intent=Intent.TASKS, tasks=(Task(id="t1", kind=TaskKind.GO, robot="truck_2", to="exit_1"),)))
        passes(fleet, 40.0)
        assert fleet.contacts == 0
        assert place_of(fleet, "truck_2")[1] < -1.0


def test_who_stands_up_another_ramp_is_in_nobodys_way() -> None:
    """Where the ring closes, its place counts on beyond the ramp that is to be taken, a lap later."""
    site = at(truck_1=(1600.0, 0.0), truck_2=(1550.0, 0.0))
    assert site.road is not None
    stands = replace(site.robots["truck_1"], start=site.road.ramps["exit_2"].pose(200.0))
    with Fleet(replace(site, robots={**site.robots, "truck_1": stands}), reader=by_heart, seed=1) as fleet:
        passes(fleet, 0.1)
        fleet.halt(["truck_1"])
        passes(fleet, 2.0)
        fleet.submit(Draft(intent=Intent.TASKS, tasks=(Task(id="t1", kind=TaskKind.GO, robot="truck_2", to="exit_1"),)))
        until(fleet, lambda: place_of(fleet, "truck_2")[0] > 2000.0, 30.0)


@pytest.mark.parametrize("place", [700.0, 900.0])
def test_without_odometry_that_is_a_number_a_truck_stops_in_its_lane(place: float) -> None:
    with Fleet(at(truck_1=(450.0, 0.0)), reader=by_heart, seed=1) as fleet:
        until(fleet, lambda: place_of(fleet, "truck_1")[0] > place)
        fleet.set_odometry("truck_1", lambda pose: Pose(math.nan, math.nan, math.nan))
        passes(fleet, 14.0)
        end, aside = place_of(fleet, "truck_1")
        assert end < place + 170.0 and abs(aside) < 1.0
        passes(fleet, 2.0)
        assert place_of(fleet, "truck_1")[0] == pytest.approx(end, abs=0.1)


@pytest.mark.parametrize(("brake", "behind"), [(6.0, 6.0), (7.0, 5.0), (9.0, 5.0)])
def test_a_leader_that_dies_at_speed_is_not_hit_by_who_brakes_no_better(brake: float, behind: float) -> None:
    site = ring(front=1700.0)
    road = site.road
    assert road is not None
    brakes = dict(zip(TRUCKS, (brake, behind, behind, behind), strict=True))
    robots = {name: replace(robot, brake=brakes[name]) for name, robot in site.robots.items() if name in brakes}
    with Fleet(replace(site, robots=robots), reader=by_heart, seed=1) as fleet:
        passes(fleet, 3.0)
        fleet.submit(order("form", leader="truck_1", members=TRUCKS, headway=0.5))
        until(fleet, lambda: road.project(fleet.robot_poses["truck_1"].point)[0] > 2300.0)
        fleet.kill("truck_1")
        passes(fleet, 12.0)
        places = [road.project(fleet.robot_poses[name].point)[0] for name in TRUCKS]
        lengths = [robots[name].length or 0.0 for name in TRUCKS]
        gaps = [a - b - (m + n) / 2.0 for a, b, m, n in zip(places, places[1:], lengths, lengths[1:], strict=False)]
        assert fleet.contacts == 0
        assert min(gaps) > 2.0


def test_only_who_can_do_it_bids_and_what_nobody_does_ends_soon_with_the_reason(fleet: Fleet) -> None:
    name = fleet.submit(order("merge", platoon="train", into="convoy"))
    begun = fleet.now
    assert fleet.run(60.0) and fleet.now - begun < 40.0
    assert goal_of(fleet, name).state is GoalState.FAILED
    assert f"{', '.join(TRUCKS)}: leads no platoon called train" in goal_of(fleet, name).message


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        (order("set", speed=200 / 3.6), "(200 km/h) is not allowed; up to 25 m/s (90 km/h) is"),
        (order("form", headway=0.05), "0.05 s is no headway; from 0.3 s to 5 s is allowed"),
        (order("leave", to="exit_1"), "who shall leave it?"),
        (order("leave", members=("truck_1",), to="exit_9"), "exit_9 is not one of the places here"),
    ],
)
def test_absurd_orders_are_refused_with_the_limit(fleet: Fleet, draft: Draft, reason: str) -> None:
    with pytest.raises(Refused, match="t1: ") as refusal:
        fleet.submit(draft)
    assert reason in str(refusal.value)


def test_the_next_one_leads_when_the_leader_dies(fleet: Fleet) -> None:
    convoy(fleet, "truck_2", "truck_3", "truck_4")
    fleet.kill("truck_2")
    until(fleet, lambda: "leads platoon convoy of 2" in fleet.activity("truck_3"))
    passes(fleet, 10.0)
    assert "in place 2 of 2 in platoon convoy behind truck_3" in fleet.activity("truck_4")
    assert fleet.contacts == 0


def test_the_seat_of_a_truck_that_dies_ends_soon_and_the_others_go_on(fleet: Fleet) -> None:
    name = fleet.submit(order("form", members=TRUCKS[:3], platoon="convoy", speed=15.0))
    until(fleet, lambda: goal_of(fleet, name).tasks[2].begun)
    fleet.kill("truck_3")
    assert fleet.run(40.0), "the others do not wait for it for long"
    goal = goal_of(fleet, name)
    assert "truck_3 cannot be reached" in goal.tasks[2].note and goal.state is GoalState.FAILED
    assert [record.state for record in goal.tasks[:2]] == [TaskState.DONE] * 2
    assert "in place 2 of 2 in platoon convoy behind truck_1" in fleet.activity("truck_2")


def test_it_goes_on_when_the_house_or_a_truck_starts_again(fleet: Fleet) -> None:
    name = fleet.submit(order("form", members=TRUCKS[:3], platoon="convoy", speed=15.0))
    until(fleet, lambda: goal_of(fleet, name).tasks[2].begun)
    fleet.kill("truck_3")
    passes(fleet, 0.5)
    fleet.revive("truck_3")
    fleet.kill_house()
    passes(fleet, 1.0)
    fleet.restart_house()
    assert fleet.run(120.0)
    assert goal_of(fleet, name).state is GoalState.DONE, fleet.why(name)
    assert "in place 3 of 3 in platoon convoy behind truck_1" in fleet.activity("truck_3")


def test_what_is_cancelled_is_dropped_and_a_halt_is_a_calm_stop(fleet: Fleet) -> None:
    convoy(fleet, "truck_1", "truck_2", "truck_3")
    name = fleet.submit(order("leave", members=("truck_3",), to="exit_3"))
    until(fleet, lambda: "m to exit_3" in goal_of(fleet, name).tasks[0].note)
    assert "leaving its platoon" in fleet.why(name)
    assert fleet.cancel(name) is None
    until(fleet, lambda: fleet.activity("truck_3").startswith("idle"))
    assert fleet.halt() is None
    until(fleet, lambda: all(fleet.activity(name) == "halted" for name in TRUCKS))
    before = fleet.robot_poses
    passes(fleet, 25.0)
    rest = fleet.robot_poses
    passes(fleet, 2.0)
    assert before != rest and all(rest[name].point.distance(fleet.robot_poses[name]) < 0.1 for name in TRUCKS)
    assert fleet.contacts == 0
