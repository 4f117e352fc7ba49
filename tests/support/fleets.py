"""A fleet in memory, and how to bring it to where a story begins."""

from __future__ import annotations

from pathlib import Path

from caravan.fleet import Fleet
from caravan.model.goal import Goal, TaskState

SITE = Path(__file__).parents[2] / "config" / "warehouse.yaml"
DRUM = "Take a drum from dock 2 to packing."


def until(fleet: Fleet, state: TaskState, limit: float = 60.0) -> Goal:
    """Runs until the first task of the first goal is in `state`."""
    end = fleet.now + limit
    while not (fleet.goals and fleet.goals[0].tasks and fleet.goals[0].tasks[0].state is state):
        assert fleet.now < end, f"{state} was not reached: {fleet.goals}"
        fleet.step()
    return fleet.goals[0]


def owner(goal: Goal) -> str:
    """Who has the goal's first task."""
    robot = goal.tasks[0].robot
    assert robot is not None
    return robot


def busy(fleet: Fleet, robot: str, activity: str, limit: float = 120.0) -> None:
    """Runs until a robot is at something."""
    end = fleet.now + limit
    while fleet.activity(robot) != activity:
        assert fleet.now < end, f"{robot} never was at {activity!r}"
        fleet.step()
