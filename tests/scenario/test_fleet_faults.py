"""Stories of a whole fleet in virtual time, one fault each."""

from __future__ import annotations

from pathlib import Path

import pytest

from caravan.adapters.start_log import StartLog
from caravan.fleet import Fleet, FleetSettings
from caravan.model.goal import GoalState, TaskState
from caravan.model.start import StartKind, StartRecord
from caravan.sim.radio import RadioSettings
from tests.support.fleets import DRUM, SITE, busy, owner, until
from tests.support.readings import by_heart


def heir(fleet: Fleet, former: str, limit: float = 60.0) -> str:
    """Runs until another robot than the former owner has the first task."""
    end = fleet.now + limit
    while owner_or_none(fleet) in (None, former):
        assert fleet.now < end, f"nobody else took it: {fleet.goals}"
        fleet.step()
    return owner(until(fleet, TaskState.RUNNING))


def owner_or_none(fleet: Fleet) -> str | None:
    """Who has the first task, if anybody."""
    return fleet.goals[0].tasks[0].robot


def test_a_dead_robots_task_is_awarded_again_within_five_seconds(fleet: Fleet) -> None:
    fleet.say(DRUM)
    dead = owner(until(fleet, TaskState.RUNNING))
    death = fleet.now
    fleet.kill(dead)
    assert heir(fleet, dead) != dead
    assert fleet.now - death <= 5.0
    assert fleet.run()
    assert fleet.goals[0].state is GoalState.DONE
    assert fleet.goals[0].tasks[0].epoch == 2


def test_a_goal_outlives_the_auction_house(fleet: Fleet) -> None:
    fleet.say(DRUM)
    fleet.kill_house()
    for _ in range(30):
        fleet.step()
    assert fleet.goals == []
    fleet.restart_house()
    assert fleet.run()
    assert [(g.text, g.state) for g in fleet.goals] == [(DRUM, GoalState.DONE)]


def test_a_task_at_work_outlives_the_auction_house_and_is_not_done_twice(fleet: Fleet) -> None:
    fleet.say(DRUM)
    worker = owner(until(fleet, TaskState.RUNNING))
    for _ in range(50):
        fleet.step()
    fleet.kill_house()
    for _ in range(100):
        fleet.step()
    fleet.restart_house()
    assert fleet.run()
    record = fleet.goals[0].tasks[0]
    assert (record.state, record.robot, record.epoch) == (TaskState.DONE, worker, 1)
    assert [e.kind for e in fleet.events].count("task_done") == 1


def test_a_robot_that_is_cut_off_stands_still_and_another_takes_over(fleet: Fleet) -> None:
    fleet.say(DRUM)
    lost = owner(until(fleet, TaskState.RUNNING))
    fleet.cut({lost})
    assert heir(fleet, lost) != lost
    assert lost not in fleet.at_work()
    _, x, y = fleet.paths[lost][-1]
    for _ in range(20):
        fleet.step()
    assert fleet.paths[lost][-1][1:] == pytest.approx((x, y), abs=0.02)
    fleet.cut(())
    assert fleet.run()
    assert fleet.goals[0].state is GoalState.DONE


@pytest.mark.parametrize("activity", ["to dock_2", "to packing"])
def test_a_robot_that_restarts_in_time_goes_on_and_its_task_is_not_auctioned_again(fleet: Fleet, activity: str) -> None:
    fleet.say(DRUM)
    worker = owner(until(fleet, TaskState.RUNNING))
    busy(fleet, worker, activity)
    fleet.kill(worker)
    for _ in range(10):
        fleet.step()
    fleet.revive(worker)
    assert fleet.run()
    record = fleet.goals[0].tasks[0]
    assert (record.state, record.robot, record.epoch) == (TaskState.DONE, worker, 1)


def test_a_robot_that_died_while_loading_says_so_and_the_task_is_auctioned_again(fleet: Fleet) -> None:
    fleet.say(DRUM)
    worker = owner(until(fleet, TaskState.RUNNING))
    busy(fleet, worker, "loading")
    fleet.kill(worker)
    fleet.revive(worker)
    assert fleet.run()
    record = fleet.goals[0].tasks[0]
    assert (record.state, record.epoch) == (TaskState.DONE, 2)
    assert f"{worker}: interrupted while loading" in fleet.why("g1/t1")


def test_a_robot_whose_disk_is_full_refuses_and_says_so_and_another_does_it(fleet: Fleet) -> None:
    for robot in ("carrier_1", "carrier_2"):
        fill(fleet._robots.start_logs[robot])
    fleet.say(DRUM)
    assert fleet.run()
    assert (fleet.goals[0].state, owner(fleet.goals[0])) == (GoalState.DONE, "carrier_3")
    refused = [e.robot for e in fleet.events if e.kind == "returned"]
    assert refused
    for robot in refused:
        assert fleet.activity(robot).startswith("waits for its disk: start log")
        assert f"{robot} refused: start log :memory:: database or disk is full" in fleet.why("g1/t1")


def fill(log: StartLog) -> None:
    """Has the log's file grow no more, and writes into what room there is."""
    log._db.execute("PRAGMA max_page_count=1")  # Which SQLite takes for as many as there are.
    for size in (3000, 300, 0):
        filler = StartRecord(stamp=0.0, kind=StartKind.BEGUN, task_id="g0/t0", epoch=0, note="x" * size)
        while log.append([filler]) is None:
            pass


def test_when_the_journal_is_lost_the_robots_bring_back_what_they_have(fleet: Fleet) -> None:
    fleet.say(DRUM)
    worker = owner(until(fleet, TaskState.RUNNING))
    busy(fleet, worker, "to packing")
    fleet.kill_house()
    fleet.lose_journal()
    fleet.restart_house()
    assert fleet.goals == []
    for _ in range(10):
        fleet.step()
    later = fleet.say("Go to dock 4.")
    assert later == "g2"
    assert fleet.run()
    brought = next(goal for goal in fleet.goals if goal.id == "g1")
    record = brought.tasks[0]
    assert (brought.id, brought.state, brought.text) == ("g1", GoalState.DONE, "deliver 1 drum dock_2 > packing")
    assert (record.state, record.robot, record.epoch) == (TaskState.DONE, worker, 1)
    assert [e.task for e in fleet.events if e.kind == "task_done"].count("g1/t1") == 1
    assert "did not know any more" in fleet.why("g1/t1")


def test_without_journal_a_robot_that_was_cut_off_does_not_work_beside_the_one_that_took_over(fleet: Fleet) -> None:
    fleet.say(DRUM)
    lost = owner(until(fleet, TaskState.RUNNING))
    busy(fleet, lost, "to packing")
    fleet.cut({lost})
    worker = heir(fleet, lost)
    fleet.kill_house()
    fleet.lose_journal()
    fleet.restart_house()
    fleet.cut(())
    for _ in range(60):
        fleet.step()
        assert len(fleet.at_work()) <= 1
    assert fleet.run()
    record = fleet.goals[0].tasks[0]
    assert (record.state, record.robot, record.epoch) == (TaskState.DONE, worker, 2)


def test_what_a_robot_ended_while_it_was_cut_off_counts_when_it_comes_back(fleet: Fleet) -> None:
    fleet.say("Go to dock 4.")
    worker = owner(until(fleet, TaskState.RUNNING))
    for other in set(fleet.site.robots) - {worker}:
        fleet.kill(other)
    busy(fleet, worker, "to dock_4")
    while fleet.activity(worker) != "idle":
        before = fleet.now
        fleet.cut({worker} if near(fleet, worker, 22.0, 1.5) else ())
        fleet.step()
        assert fleet.now > before
    for _ in range(60):
        fleet.step()
    assert fleet.goals[0].tasks[0].robot is None
    fleet.cut(())
    assert fleet.run(60.0)
    record = fleet.goals[0].tasks[0]
    assert (record.state, record.robot, record.epoch) == (TaskState.DONE, worker, 1)
    assert [e.kind for e in fleet.events].count("award") == 1


def near(fleet: Fleet, robot: str, x: float, y: float) -> bool:
    """Whether a robot is about to arrive at a place."""
    _, at_x, at_y = fleet.paths[robot][-1]
    return (at_x - x) ** 2 + (at_y - y) ** 2 < 1.0


def test_a_house_on_an_old_journal_does_not_wait_for_the_old_clock(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    with Fleet(SITE, reader=by_heart, seed=1, robots=3, journal=journal) as fleet:
        for _ in range(3000):
            fleet.step()
        fleet.say(DRUM)
        until(fleet, TaskState.RUNNING)
    with Fleet(SITE, reader=by_heart, seed=1, robots=3, journal=journal) as fleet:
        assert fleet.run(200.0)
        assert fleet.goals[0].state is GoalState.DONE
        assert "the clock was set back by" in " ".join(e.text for e in fleet.events)


def test_a_halt_that_is_lost_on_the_way_is_said_again() -> None:
    lossy = FleetSettings(radio=RadioSettings(loss=0.3))
    with Fleet(SITE, reader=by_heart, seed=1, robots=3, settings=lossy) as fleet:
        fleet.say(DRUM)
        until(fleet, TaskState.RUNNING)
        fleet.cut(fleet.site.robots)
        assert fleet.halt() is None
        fleet.cut(())
        for _ in range(50):
            fleet.step()
        places = {robot: path[-1][1:] for robot, path in fleet.paths.items()}
        for _ in range(50):
            fleet.step()
        assert fleet.at_work() == {}
        for robot, path in fleet.paths.items():
            assert path[-1][1:] == pytest.approx(places[robot], abs=0.01)


def test_stamps_that_come_a_little_out_of_order_stop_nobody(fleet: Fleet) -> None:
    fleet.say(DRUM)
    for step in range(600):
        for robot in fleet.site.robots:
            fleet.set_clock(robot, -0.3 * (step % 2))
        fleet.step()
    (goal,) = fleet.goals
    assert (goal.state, goal.tasks[0].epoch) == (GoalState.DONE, 1)
