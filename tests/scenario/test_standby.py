"""Stories of fleets with several auction houses: one leads, the others stand by with all that was accepted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from caravan.fleet import HOUSE, TRAFFIC, Fleet, FleetSettings, Refused
from caravan.model.goal import GoalState, TaskState
from caravan.sim.radio import RadioSettings
from tests.support.readings import by_heart

SITE = Path(__file__).parents[2] / "config" / "warehouse.yaml"
DRUM = "Take a drum from dock 2 to packing."
SECOND = f"{HOUSE} 2"


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """Three robots and two auction houses, of which HOUSE leads and the other is in sync."""
    with Fleet(SITE, reader=by_heart, seed=1, robots=3, houses=2) as fleet:
        advance(fleet, 3.0)
        assert fleet.leader == HOUSE
        yield fleet


def advance(fleet: Fleet, seconds: float) -> None:
    end = fleet.now + seconds
    while fleet.now < end:
        fleet.step()


def until_at_work(fleet: Fleet, limit: float = 30.0) -> str:
    """Runs until a robot works for a task; answers with the robot."""
    end = fleet.now + limit
    while not fleet.at_work():
        assert fleet.now < end, f"nobody works: {fleet.goals}"
        fleet.step()
    return next(iter(fleet.at_work()))


def until_led_by(fleet: Fleet, name: str, limit: float = 5.0) -> None:
    end = fleet.now + limit
    while fleet.leader != name:
        assert fleet.now < end, f"{fleet.leader} leads, not {name}"
        fleet.step()


def assert_done_once(fleet: Fleet) -> None:
    """Every goal is done, each task was done once, by the house's record and by the robots' count of awards."""
    assert all(g.state is GoalState.DONE for g in fleet.goals), fleet.goals
    done = [e.task for e in fleet.events if e.kind == "task_done"]
    assert sorted(done) == sorted(t.id for g in fleet.goals for t in g.tasks)
    assert fleet.contacts == 0


def test_work_goes_on_within_five_seconds_of_the_leaders_death_and_nothing_is_lost(fleet: Fleet) -> None:
    fleet.say(DRUM)
    worker = until_at_work(fleet)
    fleet.say("Go to dock 4.")
    fleet.kill_house(HOUSE)
    died = fleet.now
    until_led_by(fleet, SECOND)
    assert [g.text for g in fleet.goals] == [DRUM, "Go to dock 4."]
    while worker not in fleet.at_work():
        assert fleet.now - died <= 5.0
        fleet.step()
    assert fleet.now - died <= 5.0
    later = fleet.say("Go to dock 1.")
    assert later == "g3"
    assert fleet.run()
    assert_done_once(fleet)
    drum = fleet.goals[0].tasks[0]
    assert (drum.state, drum.robot, drum.epoch) == (TaskState.DONE, worker, 1)
    assert "won with the lowest bid" in fleet.why("g1/t1")


def test_a_goal_said_while_the_house_changes_hands_is_accepted_once(fleet: Fleet) -> None:
    fleet.kill_house(HOUSE)
    goal = fleet.say("Go to dock 4.")
    assert fleet.leader == SECOND
    assert fleet.run()
    assert [(g.id, g.state) for g in fleet.goals] == [(goal, GoalState.DONE)]


def test_a_request_that_comes_again_is_the_same_goal(fleet: Fleet) -> None:
    said = [fleet.ask(lambda house: house.submit("Go to dock 4.", "", "", fleet.now, "k1")) for _ in range(2)]
    assert [getattr(answer and answer.value, "id", None) for answer in said] == ["g1", "g1"]
    advance(fleet, 1.0)
    assert [fleet.settled(answer) for answer in said if answer] == [True, True]


def test_a_former_leader_that_comes_back_stands_by_and_leads_again_when_the_other_dies(fleet: Fleet) -> None:
    fleet.say(DRUM)
    until_at_work(fleet)
    fleet.kill_house(HOUSE)
    until_led_by(fleet, SECOND)
    fleet.restart_house(HOUSE)
    advance(fleet, 5.0)
    assert fleet.leader == SECOND
    fleet.say("Go to dock 4.")
    fleet.kill_house(SECOND)
    until_led_by(fleet, HOUSE)
    assert fleet.run()
    assert_done_once(fleet)
    assert len(fleet.goals) == 2


@pytest.mark.parametrize("side", ["leader alone", "standby alone", "leader with a robot", "leader with all robots"])
def test_in_a_partition_one_side_awards_and_after_it_all_agree(fleet: Fleet, side: str) -> None:
    fleet.say(DRUM)
    worker = until_at_work(fleet)
    stations = {
        "leader alone": {HOUSE},
        "standby alone": {SECOND},
        "leader with a robot": {HOUSE, worker},
        "leader with all robots": {HOUSE, TRAFFIC, *fleet.site.robots},
    }
    fleet.cut(stations[side])
    advance(fleet, 6.0)
    assert fleet.leader == (SECOND if side in ("leader alone", "leader with a robot") else HOUSE)
    fleet.say("Go to dock 4.")
    advance(fleet, 4.0)
    fleet.cut(())
    assert fleet.run()
    assert_done_once(fleet)
    assert len(fleet.goals) == 2
    advance(fleet, 3.0)
    leads, other = (HOUSE, SECOND) if fleet.leader == HOUSE else (SECOND, HOUSE)
    kept = [(g.id, g.state) for g in fleet.goals]
    fleet.kill_house(leads)
    until_led_by(fleet, other)
    assert [(g.id, g.state) for g in fleet.goals] == kept


def test_where_nobody_can_win_a_lease_nobody_awards_and_what_is_said_is_refused(fleet: Fleet) -> None:
    fleet.cut({HOUSE, "carrier_1"})
    fleet.kill("carrier_2")
    advance(fleet, 6.0)
    assert fleet.leader is None
    with pytest.raises(Refused, match="down"):
        fleet.say("Go to dock 4.")
    fleet.cut(())
    fleet.revive("carrier_2")
    assert fleet.say("Go to dock 4.")
    assert fleet.run()
    assert_done_once(fleet)


def test_of_two_standbys_one_takes_over_and_then_the_other() -> None:
    lossy = FleetSettings(radio=RadioSettings(loss=0.1, delay_max=0.1, duplicate=0.2))
    with Fleet(SITE, reader=by_heart, seed=3, robots=3, houses=3, settings=lossy) as fleet:
        advance(fleet, 4.0)
        fleet.say(DRUM)
        until_at_work(fleet)
        for _ in range(2):
            leader = fleet.leader
            assert leader is not None
            fleet.kill_house(leader)
            # Of six voters four must be there.
            advance(fleet, 6.0)
            assert fleet.leader not in (leader, None)
            fleet.restart_house(leader)
            advance(fleet, 3.0)
        assert fleet.run()
        assert_done_once(fleet)


def test_the_same_seed_gives_the_same_events_with_two_houses() -> None:
    logs = []
    for _ in range(2):
        with Fleet(SITE, reader=by_heart, seed=5, robots=3, houses=2) as fleet:
            advance(fleet, 2.0)
            fleet.say("Go to dock 4.")
            fleet.kill_house(HOUSE)
            fleet.run()
            logs.append(fleet.log())
    assert logs[0] == logs[1]


def test_journals_on_disk_outlive_the_fleet(tmp_path: Path) -> None:
    for houses in (2, 2):
        with Fleet(SITE, reader=by_heart, robots=3, houses=houses, journal=tmp_path / "journal") as fleet:
            advance(fleet, 6.0)
            fleet.say("Go to dock 4.")
            advance(fleet, 1.0)
    with Fleet(SITE, reader=by_heart, robots=3, journal=tmp_path / "journal.2") as alone:
        assert [g.id for g in alone.goals] == ["g1", "g2"]
