"""A robot that has work and does nothing is found out; one that works, waits for its time or is halted is not."""

from __future__ import annotations

from dataclasses import replace

from caravan.actors.house.stuck import Stuck
from caravan.model.geometry import Pose
from caravan.model.market import Holding, HoldingState, RobotState

WORK = Holding(task_id="g1/t1", epoch=1, state=HoldingState.RUNNING, remaining=50.0)
IDLER = RobotState(robot="a", stamp=0.0, pose=Pose(1.0, 1.0), battery=0.9, activity="to dock_3", holdings=(WORK,))


def told(states: list[RobotState], step: float = 10.0) -> list[float]:
    """When Stuck with 30 s of patience tells, for heartbeats `step` s apart."""
    stuck = Stuck(30.0)
    return [n * step for n, state in enumerate(states) if stuck.hear(state, n * step)]


def test_one_that_stands_still_with_its_work_is_told_again_and_again() -> None:
    assert told([IDLER] * 10) == [40.0, 80.0]


def test_a_sign_of_work_is_enough() -> None:
    far = replace(IDLER, pose=Pose(2.0, 1.0))
    later = replace(IDLER, holdings=(replace(WORK, remaining=40.0),))
    fuller = replace(IDLER, battery=0.95)
    assert told([IDLER, IDLER, far, far, later, later, fuller, fuller, fuller]) == []


def test_who_is_halted_waits_for_others_or_a_charger_or_has_nothing_to_do_may_stand() -> None:
    assert told([replace(IDLER, holdings=(replace(WORK, state=HoldingState.GATHERED),))] * 10) == []
    assert told([replace(IDLER, activity="halted")] * 10) == []
    assert told([replace(IDLER, activity="waits for a charger")] * 10) == []
    assert told([replace(IDLER, holdings=())] * 10) == []
    assert told([replace(IDLER, holdings=(replace(WORK, state=HoldingState.DONE),))] * 10) == []
