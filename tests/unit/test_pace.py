"""The pace of a simulation: its rate, its debt, and how it waits for robots."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caravan_ros.pace import BUSY, PATIENCE, Pace


@given(
    rate=st.floats(0.1, 20),
    waits=st.lists(st.floats(0, 0.05), min_size=1, max_size=50),
)
def test_a_machine_that_keeps_up_gives_the_rate(rate: float, waits: list[float]) -> None:
    pace, wall, simulated = Pace(rate, [], 0.0), 0.0, 0.0
    for wait in waits:
        wall += wait
        due = pace.due(wall)
        pace.spend(due)
        simulated += due
    assert simulated == pytest.approx(wall * rate)


@given(rate=st.floats(0.1, 20), waits=st.lists(st.floats(0, 3), min_size=1, max_size=20))
def test_time_that_was_not_kept_up_with_is_lost(rate: float, waits: list[float]) -> None:
    pace, wall = Pace(rate, [], 0.0), 0.0
    for wait in waits:
        wall += wait
        assert 0.0 <= pace.due(wall) <= 0.1 * rate + 1e-9


def test_a_robot_that_follows_is_waited_for() -> None:
    pace = Pace(1.0, ["a", "b"], 0.0)
    pace.answer("a", 0.9)
    pace.tell(1.0)
    assert not pace.may_tell(1.0 + PATIENCE / 2)
    pace.answer("a", 1.0 + PATIENCE / 2)
    assert pace.may_tell(1.0 + PATIENCE / 2), "b has never answered and is not waited for"


def test_a_robot_that_died_is_waited_for_once() -> None:
    pace = Pace(1.0, ["a"], 0.0)
    pace.answer("a", 0.9)
    pace.tell(1.0)
    assert pace.may_tell(1.0 + 1.01 * PATIENCE)
    pace.tell(2.0)
    assert pace.may_tell(2.0)
    pace.answer("a", 2.5)
    pace.tell(3.0)
    assert not pace.may_tell(3.0)


@given(gaps=st.lists(st.floats(0.0, 0.99 * PATIENCE), min_size=2, max_size=50))
def test_robots_that_answer_one_after_the_other_are_all_waited_for(gaps: list[float]) -> None:
    robots = [f"r{number}" for number in range(len(gaps))]
    pace, wall = Pace(1.0, robots, 0.0), 1.0
    for robot in robots:
        pace.answer(robot, 0.5)
    pace.tell(wall)
    for robot, gap in zip(robots, gaps, strict=True):
        wall += gap
        assert not pace.may_tell(wall)
        pace.answer(robot, wall)
    assert pace.may_tell(wall)


def test_a_robot_that_says_the_same_again_and_again_makes_nobody_wait() -> None:
    pace = Pace(1.0, ["a", "b"], 0.0)
    for robot in "ab":
        pace.answer(robot, 0.5)
    pace.tell(1.0)
    pace.answer("a", 1.0)
    for tick in range(1, 5):
        pace.answer("a", 1.0 + tick * PATIENCE / 2)
    assert pace.may_tell(1.0 + 2 * PATIENCE), "b is silent"


def test_where_none_of_several_robots_answers_the_machine_is_given_longer() -> None:
    pace = Pace(1.0, ["a", "b"], 0.0)
    for robot in "ab":
        pace.answer(robot, 0.5)
    pace.tell(1.0)
    assert not pace.may_tell(1.0 + 0.99 * BUSY)
    assert pace.may_tell(1.0 + 1.01 * BUSY)
    pace.tell(3.0)
    assert pace.may_tell(3.0), "neither is waited for any more"
