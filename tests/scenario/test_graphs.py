"""Stories of tasks that repeat, that robots share and that overtake, in virtual time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from caravan.fleet import Fleet
from caravan.model.goal import Goal, GoalState, TaskState
from tests.support.readings import by_heart

SITE = Path(__file__).parents[2] / "config" / "warehouse.yaml"
TOGETHER = "Two robots inspect the cold store together."
PALLETS = "Two robots bring three pallets from dock 1 to staging."
EVERY = "Inspect dock 4 every 60 seconds, three times, then go to dock 1."
ENDLESS = "Inspect dock 4 every 60 seconds."
URGENT = "Urgent: go to dock 2."
PATROL = "Patrol staging, aisle A, dock 1 and staging."
DRUM = "Take a drum from dock 2 to packing."


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """Three robots that know their sentences by heart."""
    with Fleet(SITE, reader=by_heart, seed=1, robots=3) as fleet:
        yield fleet


def until(fleet: Fleet, happened: Callable[[], bool], limit: float = 300.0) -> None:
    """Runs until something has happened."""
    end = fleet.now + limit
    while not happened():
        assert fleet.now < end, f"it did not happen: {fleet.goals}"
        fleet.step()


def goal(fleet: Fleet, number: int = 1) -> Goal:
    """A goal by its number."""
    return fleet.goals[number - 1]


def begun(fleet: Fleet) -> bool:
    """Whether the first goal's seats have begun."""
    return bool(fleet.goals) and bool(goal(fleet).tasks) and all(t.begun for t in goal(fleet).tasks)


def times(fleet: Fleet, kind: str) -> list[tuple[float, str]]:
    """When events of a kind were recorded, and of which tasks."""
    return [(e.stamp, e.task) for e in fleet.events if e.kind == kind]


def test_two_robots_inspect_together(fleet: Fleet) -> None:
    fleet.say(TOGETHER)
    until(fleet, lambda: begun(fleet))
    crew = goal(fleet).tasks
    assert [t.id for t in crew] == ["g1/t1/1", "g1/t1/2"]
    assert len({t.robot for t in crew}) == 2
    for task in crew:
        _, x, y = fleet.paths[task.robot or ""][-1]
        assert (x - 22.0) ** 2 + (y - 18.5) ** 2 < 6.0**2
    assert fleet.run()
    assert goal(fleet).state is GoalState.DONE
    assert fleet.contacts == 0
    assert "they begin together" in fleet.why("g1/t1")


def test_a_delivery_is_shared_out_among_the_robots(fleet: Fleet) -> None:
    fleet.say(PALLETS)
    assert fleet.run()
    assert [(t.task.quantity, t.state) for t in goal(fleet).tasks] == [(2, TaskState.DONE), (1, TaskState.DONE)]


def test_a_robot_that_dies_before_all_are_there_frees_the_others(fleet: Fleet) -> None:
    fleet.say(TOGETHER)
    until(fleet, lambda: bool(fleet.goals[0].tasks) and all(t.state is TaskState.RUNNING for t in goal(fleet).tasks))
    dead = goal(fleet).tasks[0].robot or ""
    fleet.kill(dead)
    until(fleet, lambda: all(t.epoch == 2 for t in goal(fleet).tasks))
    assert dead not in {t.robot for t in goal(fleet).tasks}
    assert fleet.run()
    assert goal(fleet).state is GoalState.DONE


def test_a_robot_that_dies_at_work_is_replaced_and_the_other_works_on(fleet: Fleet) -> None:
    fleet.say(PALLETS)
    until(fleet, lambda: begun(fleet))
    crew = goal(fleet).tasks
    fleet.kill(crew[1].robot or "")
    assert fleet.run()
    assert goal(fleet).state is GoalState.DONE
    assert [t.epoch for t in goal(fleet).tasks] == [1, 2]
    assert len({t.robot for t in (*crew, *goal(fleet).tasks)}) == 3


def test_two_crews_of_two_among_three_robots_both_get_done(fleet: Fleet) -> None:
    fleet.say(TOGETHER)
    fleet.say(PALLETS)
    fleet.say(TOGETHER)
    assert fleet.run()
    assert [g.state for g in fleet.goals] == [GoalState.DONE] * 3


def test_a_shared_task_outlives_the_auction_house(fleet: Fleet) -> None:
    fleet.say(PALLETS)
    until(fleet, lambda: begun(fleet))
    fleet.kill_house()
    for _ in range(50):
        fleet.step()
    fleet.restart_house()
    assert all(t.begun for t in goal(fleet).tasks)
    assert fleet.run()
    assert [t.epoch for t in goal(fleet).tasks] == [1, 1]


def test_a_task_is_repeated_by_the_clock_and_its_follower_waits_for_the_last(fleet: Fleet) -> None:
    fleet.say(EVERY)
    until(fleet, lambda: bool(times(fleet, "task_done")))
    fleet.kill_house()
    fleet.step()
    fleet.restart_house()
    assert "g1/t1.2" in fleet.why("g1/t1")
    assert fleet.run()
    assert goal(fleet).state is GoalState.DONE
    awards = {task: at - goal(fleet).stamp for at, task in times(fleet, "award")}
    assert sorted(awards) == ["g1/t1.1", "g1/t1.2", "g1/t1.3", "g1/t2"]
    assert awards["g1/t1.2"] == pytest.approx(60.0, abs=2.0)
    assert awards["g1/t1.3"] == pytest.approx(120.0, abs=2.0)
    assert [task for _, task in times(fleet, "task_done")] == ["g1/t1.1", "g1/t1.2", "g1/t1.3", "g1/t2"]


def test_what_has_no_end_goes_on_until_it_is_cancelled(fleet: Fleet) -> None:
    said = fleet.say(ENDLESS)
    assert not fleet.run(limit=250.0)
    assert len(times(fleet, "task_done")) >= 4
    assert len(goal(fleet).tasks) <= 4
    assert fleet.cancel(said) is None
    assert goal(fleet).state is GoalState.CANCELLED
    before = len(times(fleet, "award"))
    for _ in range(700):
        fleet.step()
    assert len(times(fleet, "award")) == before


def test_an_urgent_task_overtakes_what_is_at_work_and_that_is_resumed(fleet: Fleet) -> None:
    fleet.say(PATROL, robot="carrier_1")
    until(fleet, lambda: bool(goal(fleet).tasks) and goal(fleet).tasks[0].progress > 0.2)
    fleet.say(URGENT, robot="carrier_1")
    assert fleet.run()
    assert [g.state for g in fleet.goals] == [GoalState.DONE] * 2
    assert [task for _, task in times(fleet, "task_done")] == ["g2/t1", "g1/t1"]
    assert [e.kind for e in fleet.events].count("award") == 2
    assert "before g1/t1" in fleet.why("g2/t1")
    assert "put back behind g2/t1" in fleet.why("g1/t1")


def test_a_load_on_board_is_brought_first(fleet: Fleet) -> None:
    fleet.say(DRUM, robot="carrier_1")
    until(fleet, lambda: bool(goal(fleet).tasks) and goal(fleet).tasks[0].progress > 0.2)
    fleet.say(URGENT, robot="carrier_1")
    assert fleet.run()
    assert [task for _, task in times(fleet, "task_done")] == ["g1/t1", "g2/t1"]


def test_a_deadline_that_nobody_can_keep_is_told_at_once(fleet: Fleet) -> None:
    fleet.say("Go to dock 1 within five seconds.")
    until(fleet, lambda: bool(times(fleet, "endangered")), limit=5.0)
    assert "nobody can finish" in goal(fleet).message
    assert fleet.run()
    assert goal(fleet).state is GoalState.FAILED
