"""Trucks on a motorway with curves, by tasks: what each order comes to, and that nobody is touched whatever fails."""

from __future__ import annotations

from dataclasses import replace

import pytest

from caravan.actors.road.gaps import Gaps, Slot
from caravan.actors.road.outcome import Stage
from caravan.model.goal import Task, TaskKind
from caravan.model.platoon import Kind, Step
from caravan.model.site import Robot
from caravan.sim.radio import RadioSettings
from caravan_cli.platoon_bench.body import Body
from caravan_cli.platoon_bench.highway import CLEAR, LENGTH, Highway, motorway, truck

LOSSY = replace(CLEAR, loss=0.3, duplicate=0.2, straggle=2.0)
FOUR = ["t1", "t2", "t3", "t4"]
CALM = 3.5
"""Nobody brakes harder than this where nothing goes wrong, m/s2."""


def lined_up(spacing: float = 40.0, brakes: tuple[float, ...] = (6.0, 6.0, 6.0, 6.0)) -> list[Robot]:
    """Trucks `t1`, `t2`, ... from the front to the back, with so much between them (m)."""
    road = motorway()
    return [truck(f"t{k + 1}", road, 400.0 - k * (spacing + LENGTH), brake=brake) for k, brake in enumerate(brakes)]


def together(radio: RadioSettings = CLEAR, brakes: tuple[float, ...] = (5.0, 5.5, 6.5, 7.0), seed: int = 1) -> Highway:
    """Four trucks that are a platoon called convoy."""
    road = Highway(lined_up(20.0, brakes), motorway(), speed=22.0, radio=radio, seed=seed)
    road.form(FOUR, platoon="convoy", headway=0.5)
    assert set(road.settle(200.0).values()) == {Stage.DONE}
    road.run(8.0)
    return road


def safe(road: Highway) -> bool:
    """Nobody came closer than a metre to another, and nobody had to brake hard."""
    return road.smallest >= 1.0 and road.hardest <= CALM


# -- what is ordered ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("radio", [CLEAR, LOSSY], ids=["clear", "30 % lost"])
def test_four_trucks_become_a_platoon_and_close_up(radio: RadioSettings) -> None:
    road = Highway(lined_up(), motorway(), speed=22.0, radio=radio)
    road.form(FOUR, platoon="convoy", headway=0.5)
    assert road.settle(200.0) == dict.fromkeys(FOUR, Stage.DONE)
    assert road.platoons() == {tuple(FOUR)}
    assert set(road.agreed().values()) == {"convoy"}
    assert road.run(60.0, until=lambda: all(gap <= 17.0 for gap in road.gaps(FOUR)))
    assert safe(road)


def test_trucks_that_stand_elsewhere_overtake_to_their_seats() -> None:
    road = Highway(lined_up(40.0, (6.0, 7.0, 5.0, 6.5)), motorway(), speed=22.0)
    road.form(["t1", "t3", "t4", "t2"], platoon="convoy")
    assert road.settle() == dict.fromkeys(FOUR, Stage.DONE)
    road.run(8.0)
    assert road.line() == ["t1", "t3", "t4", "t2"]
    assert road.platoons() == {("t1", "t3", "t4", "t2")}
    assert safe(road)


@pytest.mark.parametrize("radio", [CLEAR, LOSSY], ids=["clear", "30 % lost"])
def test_one_leaves_to_the_left_and_comes_in_again_in_the_middle(radio: RadioSettings) -> None:
    road = together(radio)
    road.order("t2", "leave")
    assert road.settle()["t2"] is Stage.DONE
    road.run(2.0)
    assert road.platoons() == {("t1", "t3", "t4")}
    road.order("t2", "join", platoon="convoy")
    assert road.settle()["t2"] is Stage.DONE
    road.run(10.0)
    assert road.platoons() == {tuple(FOUR)}
    assert road.line() == FOUR
    assert safe(road)


def test_who_has_left_falls_back_and_comes_in_behind_the_platoon() -> None:
    road = together()
    road.order("t2", "leave")
    road.settle()
    assert road.run(60.0, until=lambda: road.line() == ["t1", "t3", "t4", "t2"])
    assert road.platoons() == {("t1", "t3", "t4")}
    assert safe(road)


@pytest.mark.parametrize("manoeuvre", ["leave", "go"])
def test_one_takes_the_ramp_out_of_its_platoon(manoeuvre: str) -> None:
    road = together()
    kind = TaskKind.PLATOON if manoeuvre == "leave" else TaskKind.GO
    task = Task(id="t1", kind=kind, manoeuvre="leave" if manoeuvre == "leave" else None, to="exit-1")
    road.give("t3", task, 0, "g2/t1")
    assert road.settle()["t3"] is Stage.DONE
    assert road.run(60.0, until=lambda: road.bodies["t3"].speed == 0.0)
    assert road.platoons() == {("t1", "t2", "t4")}
    assert road.bodies["t3"].offset < -20.0
    ramp = road.road.ramps["exit-1"]
    assert ramp.length - 6.0 <= ramp.project(road.bodies["t3"].pose)[0] + LENGTH / 2.0 <= ramp.length
    assert road.line() == ["t1", "t2", "t4"]
    assert safe(road)


@pytest.mark.parametrize("name", ["t1", "t3"])
def test_who_leaves_drives_no_faster_than_was_agreed(name: str) -> None:
    road = together()
    road.order("t1", "set", speed=17.0)
    road.settle()
    assert road.run(60.0, until=lambda: all(abs(body.speed - 17.0) < 0.3 for body in road.bodies.values()))
    road.give(name, Task(id="t1", kind=TaskKind.GO, to="exit-1"), 0, "g3/t1")
    fastest = 0.0
    while name in road.orders:
        road.step()
        fastest = max(fastest, road.bodies[name].speed)
    assert road.outcomes[name].stage is Stage.DONE
    assert fastest <= 17.6


def test_a_platoon_splits_merges_and_dissolves() -> None:
    road = together()
    road.order("t3", "split", at="t2")
    assert road.settle()["t3"] is Stage.DONE
    assert road.platoons() == {("t1", "t2"), ("t3", "t4")}
    assert road.agreed() == {"t1": "convoy", "t2": "convoy", "t3": "", "t4": ""}
    road.order("t3", "merge", into="convoy")
    assert road.settle()["t3"] is Stage.DONE
    road.run(5.0)
    assert road.platoons() == {tuple(FOUR)}
    road.order("t1", "dissolve", platoon="convoy")
    assert road.settle()["t1"] is Stage.DONE
    road.run(20.0)
    assert road.platoons() == set()
    assert min(road.gaps(FOUR)) >= 25.0
    assert safe(road)


def test_speed_and_headway_are_agreed_on_and_driven() -> None:
    road = together()
    road.order("t1", "set", speed=18.0, headway=1.0)
    assert road.settle()["t1"] is Stage.DONE
    road.run(40.0)
    assert [round(road.bodies[name].speed) for name in FOUR] == [18] * 4
    assert all(17.0 <= gap <= 24.0 for gap in road.gaps(FOUR))
    for name in FOUR:
        road.order(name, "set", speed=16.0)
    assert road.settle() == dict.fromkeys(FOUR, Stage.DONE)
    assert safe(road)


def test_a_new_leader_overtakes_its_platoon() -> None:
    road = together()
    vehicle = road.drives["t3"].vehicle
    assert vehicle.ask(Kind.LEAD, road.now, target="t3") is None
    assert road.run(120.0, until=lambda: vehicle.wish is None)
    assert vehicle.settled is not None and vehicle.settled.step is Step.DONE
    road.run(8.0)
    assert road.platoons() == {("t3", "t1", "t2", "t4")}
    assert road.line() == ["t3", "t1", "t2", "t4"]
    assert safe(road)


# -- what fails -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("brake", [5.0, 7.0])
def test_the_radio_dies_for_good_as_the_leader_brakes(brake: float) -> None:
    road = together(brakes=(brake, 5.0, 7.0, 5.0))
    road.radio.cut(*((name,) for name in FOUR))
    road.takes_over("t1", lambda body: -brake)
    road.run(15.0)
    assert [road.bodies[name].speed < 0.5 for name in FOUR] == [True] * 4
    assert road.smallest >= 1.0


def test_the_leaders_process_dies_and_the_next_one_leads() -> None:
    road = together()
    road.die("t1")
    assert road.run(5.0, until=lambda: road.platoons() == {("t2", "t3", "t4")})
    assert {road.agreed()[name] for name in ("t2", "t3", "t4")} == {"convoy"}
    road.run(20.0)
    assert road.smallest >= 1.0


def test_a_stranger_cuts_in() -> None:
    """As it comes into the lane it leaves 1.3 m, and is half a metre a second slower."""
    road = together()
    t2 = road.bodies["t2"]
    road.stranger(s=t2.s + LENGTH + 1.5, offset=3.5, speed=t2.speed, drive=_comes_over)
    road.run(15.0)
    assert road.drives["t2"].vehicle.membership.roster.leader == "t2"
    assert road.smallest >= 1.0


def _comes_over(body: Body) -> float:
    """Into lane 0 within two seconds, and somewhat slower there."""
    return -0.5 if body.speed > 20.0 else 0.0


def test_a_halt_is_a_calm_stop_for_all_behind() -> None:
    road = together()
    road.halted.add("t1")
    assert road.run(60.0, until=lambda: all(road.bodies[name].speed < 0.1 for name in FOUR))
    assert road.platoons() == {tuple(FOUR)}
    assert safe(road)
    road.halted.clear()
    assert road.run(60.0, until=lambda: all(road.bodies[name].speed > 15.0 for name in FOUR))
    assert safe(road)


def test_without_a_radar_or_a_place_a_truck_stops() -> None:
    for fault in (road_without_radar, road_without_odometry):
        road = Highway(lined_up(brakes=(6.0,)), motorway(), speed=22.0)
        road.run(2.0)
        fault(road)
        assert road.run(60.0, until=lambda road=road: road.bodies["t1"].speed == 0.0)  # type: ignore[misc]
        assert 1.5 < road.hardest <= CALM


def road_without_radar(road: Highway) -> None:
    """The radar of `t1` is silent."""
    road.blind.add("t1")


def road_without_odometry(road: Highway) -> None:
    """The odometry of `t1` is no number."""
    road.lost.add("t1")


def test_a_wish_that_is_dropped_leaves_the_platoon_as_it_was() -> None:
    road = together()
    road.order("t3", "leave")
    road.run(1.0)
    road.orders.clear()
    road.drives["t3"].drop(road.now)
    road.run(10.0)
    assert road.platoons() == {tuple(FOUR)}
    assert road.line() == FOUR


@pytest.mark.parametrize("dead", ["t2", "t3"])
def test_a_platoon_forms_without_a_dead_member_as_soon_as_its_silence_tells(dead: str) -> None:
    road = Highway(lined_up(20.0), motorway(), speed=22.0)
    road.run(4.0)
    road.form(FOUR, platoon="convoy", members=tuple(FOUR))
    road.takes_over(dead, lambda body: 0.0)
    road.bodies[dead].offset = 3.5
    living = [name for name in FOUR if name != dead]
    assert road.settle(60.0) == dict.fromkeys(living, Stage.DONE)
    assert road.outcomes["t1"].note == "leads 3 of 4"
    road.run(5.0)
    assert road.platoons() == {tuple(living)}
    assert safe(road)


def test_nobody_waits_for_long_for_a_leader_that_is_dead() -> None:
    road = Highway(lined_up(20.0), motorway(), speed=22.0)
    road.run(4.0)
    road.form(FOUR, platoon="convoy", members=tuple(FOUR))
    road.die("t1")
    assert road.settle(25.0) == dict.fromkeys(FOUR[1:], Stage.FAILED)
    assert {road.outcomes[name].note for name in FOUR[1:]} == {"nobody leads a platoon called convoy"}


def test_a_truck_whose_process_hung_is_on_the_road_again() -> None:
    road = together()
    road.hang("t4")
    road.run(8.0)
    road.go_on("t4")
    road.run(20.0)
    assert not road.off_road("t4")
    assert road.bodies["t4"].speed > 15.0
    assert road.smallest >= 1.0


def test_who_drives_behind_lets_in_who_joins_before_it() -> None:
    """Who drives alone keeps two seconds, which is too little room for one that brakes worse than the one in front."""
    motor = motorway()
    three = [("t1", 400.0, 0, 7.0), ("t2", 380.0, 1, 5.0), ("t3", 364.0, 0, 5.0)]
    road = Highway([truck(name, motor, s, lane, brake) for name, s, lane, brake in three], motor, speed=12.0)
    road.order("t1", "set", speed=12.0)
    road.order("t2", "join", leader="t1")
    assert set(road.settle(100.0).values()) == {Stage.DONE}
    road.run(8.0)
    assert road.platoons() == {("t1", "t2")}
    assert road.line() == ["t1", "t2", "t3"]
    assert safe(road)


@pytest.mark.parametrize("lane", [0, 1])
def test_behind_who_is_out_of_lane_0_there_is_no_place(lane: int) -> None:
    """Two that fell back in the left lane, each to come in behind the other, came to a stop there."""
    motor = motorway()
    road = Highway([truck("t1", motor, 430.0, 1), truck("t2", motor, 400.0, lane)], motor, speed=15.0)
    road.run(1.0)
    drive = road.drives["t1"]
    place = Gaps(motor, drive.sights, drive.me, road.now).aim(Slot(behind="t2"))
    assert (place is None) is (lane == 1)


# -- what cannot be -------------------------------------------------------------------------------------------------


def test_a_platoon_that_cannot_reach_another_says_who_is_in_between() -> None:
    road = Highway(lined_up(30.0, (5.0, 5.5, 6.0, 6.0, 6.5)), motorway(), speed=22.0)
    road.form(["t1", "t2"], platoon="convoy")
    for seat, name in enumerate(("t4", "t5"), start=1):
        task = Task(id="t1", kind=TaskKind.PLATOON, manoeuvre="form", robots=2, platoon="train")
        road.give(name, task, seat, f"g2/t1/{seat}")
    assert set(road.settle().values()) == {Stage.DONE}
    road.order("t4", "merge", into="convoy")
    begun = road.now
    assert road.settle()["t4"] is Stage.FAILED
    assert road.outcomes["t4"].note == "t3 drives in between, and a platoon does not overtake"
    assert road.now - begun < 60.0
    assert road.platoons() == {("t1", "t2"), ("t4", "t5")}
    assert safe(road)


@pytest.mark.parametrize(
    ("name", "manoeuvre", "what", "note"),
    [
        ("t1", "set", {"speed": 60.0}, "t1 drives up to 25 m/s"),
        ("t1", "set", {"headway": 0.1}, "from 0.3 s to 5 s"),
        ("t1", "set", {}, "neither a speed nor a headway"),
        ("t4", "split", {"at": "t9"}, "cannot be cut there"),
        ("t1", "leave", {"to": "exit-9"}, "ramps lead to exit-1"),
        ("t2", "join", {"platoon": "other"}, "nobody leads a platoon called other"),
        ("t1", "merge", {"into": "other"}, "nobody leads a platoon called other"),
    ],
)
def test_what_cannot_be_fails_with_the_reason(name: str, manoeuvre: str, what: dict[str, object], note: str) -> None:
    road = Highway(lined_up(), motorway(), speed=22.0)
    road.order(name, manoeuvre, **what)
    assert road.settle(60.0)[name] is Stage.FAILED
    assert note in road.outcomes[name].note
