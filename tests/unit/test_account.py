"""What was lost and what was handed out twice, as counted from a journal."""

from __future__ import annotations

from caravan.model.goal import Goal, GoalState, Task, TaskKind, TaskRecord, TaskState
from caravan.model.market import Event
from caravan_cli.account import doubled, lost


def goal(id_: str, state: TaskState, epoch: int) -> Goal:
    task = Task(id="t1", kind=TaskKind.GO, to="a")
    record = TaskRecord(id=f"{id_}/t1", task=task, state=state, epoch=epoch)
    return Goal(id=id_, text="go a", requester="", stamp=0.0, state=GoalState.ACTIVE, tasks=(record,))


def award(robot: str, epoch: int) -> Event:
    return Event(stamp=0.0, kind="award", goal="g1", task="g1/t1", robot=robot, data={"epoch": epoch})


def ended(kind: str) -> Event:
    return Event(stamp=0.0, kind=kind, goal="g1", task="g1/t1")


def test_a_goal_that_no_journal_has_or_no_robot_was_given_is_lost() -> None:
    goals = [goal("g1", TaskState.RUNNING, 1), goal("g2", TaskState.WAITING, 0), goal("g3", TaskState.CANCELLED, 0)]
    assert lost(["g1", "g2", "g3", "g4"], goals) == ["g2", "g4"]


def test_a_task_awarded_again_after_it_came_back_is_not_doubled() -> None:
    assert doubled([award("a", 1), ended("returned"), award("b", 2), ended("task_done")]) == []


def test_a_task_of_two_robots_at_once_is_doubled() -> None:
    assert doubled([award("a", 1), award("b", 2)]) == ["g1/t1#2"]


def test_an_award_to_two_robots_is_doubled_even_if_the_first_gave_it_back() -> None:
    assert doubled([award("a", 1), ended("returned"), award("b", 1)]) == ["g1/t1#1"]
