"""Laws of what is believed of lanes, of a robot that does not move, and of odometry."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caravan.actors.floor.progress import STALL, STUCK, Advice, Progress
from caravan.actors.robot.odometry import Odometry
from caravan.model.geometry import Pose, Twist
from caravan.traffic.beliefs import CLOSED, HALF_LIFE, MOST, Beliefs

times = st.floats(0.0, 300.0)
histories = st.lists(st.tuples(st.floats(0.0, 60.0), st.booleans()), max_size=20)


def lived(history: list[tuple[float, bool]]) -> tuple[Beliefs, float]:
    """A lane that was found blocked (True) or passed so long after one another, and the time."""
    beliefs, now = Beliefs(), 0.0
    for pause, blocked in history:
        now += pause
        (beliefs.blocked if blocked else beliefs.passed)("a", "b", now)
    return beliefs, now


@given(histories, times)
def test_a_belief_stays_within_bounds_and_fades(history: list[tuple[float, bool]], later: float) -> None:
    beliefs, now = lived(history)
    odds = beliefs.odds("a", "b", now)
    assert 0.0 <= odds <= MOST
    assert math.isclose(beliefs.odds("b", "a", now + later), odds / 2.0 ** (later / HALF_LIFE), abs_tol=1e-12)


@given(histories)
def test_one_that_could_not_pass_closes_a_lane_and_one_that_did_opens_it(history: list[tuple[float, bool]]) -> None:
    beliefs, now = lived(history)
    beliefs.blocked("b", "a", now)
    assert list(beliefs.closed(now)) == [("a", "b")]
    for _ in range(2):
        beliefs.passed("a", "b", now)
    assert beliefs.closed(now) == {}


@given(histories, times)
def test_a_lane_is_closed_until_it_was_said_to_be(history: list[tuple[float, bool]], later: float) -> None:
    beliefs, now = lived([*history, (0.0, True)])
    until = beliefs.closed(now)["a", "b"]
    assert now < until <= now + HALF_LIFE * math.log2(MOST / CLOSED) + 1e-6
    if abs(now + later - until) > 1e-6:
        assert (("a", "b") in beliefs.closed(now + later)) == (now + later < until)


@given(st.lists(st.tuples(st.floats(0.0, 0.05), st.booleans()), min_size=1, max_size=300))
def test_a_robot_that_does_not_move_neither_pushes_nor_turns_back_twice(steps: list[tuple[float, bool]]) -> None:
    progress, now, driven, turned = Progress(1.0, 1.5), 0.0, 0.0, 0
    for slip, wants in steps:
        now += 0.1
        advice = progress.look(Pose(slip, 0.0), wants, now)
        driven = driven + 0.1 if wants and advice is Advice.DRIVE else 0.0
        turned += advice is Advice.TURN_BACK
        assert driven <= STALL + 0.11
        assert turned <= 1


@given(st.lists(st.floats(0.11, 1.0), min_size=1, max_size=50), st.floats(0.1, STUCK - 0.1))
def test_a_robot_that_moves_is_let_drive(moves: list[float], pause: float) -> None:
    progress, x, now = Progress(1.0, 1.5), 0.0, 0.0
    for move in moves:
        x, now = x + move, now + pause
        assert progress.look(Pose(x, 0.0), True, now) is Advice.DRIVE


@pytest.mark.parametrize(("speed", "turn"), [(0.05, 0.0), (0.0, 0.05)])
def test_a_slow_robot_that_moves_as_it_can_is_let_drive(speed: float, turn: float) -> None:
    progress = Progress(speed or 1.0, turn or 1.5)
    for tenths in range(300):
        now = tenths / 10.0
        assert progress.look(Pose(speed * now, 0.0, turn * now), True, now) is Advice.DRIVE


def test_who_plans_before_it_sets_off_is_given_the_time() -> None:
    progress = Progress(1.0, 1.5, start=10.0)
    advice = [progress.look(Pose(0.0, 0.0), True, tenths / 10.0) for tenths in range(160)]
    assert set(advice[:105]) == {Advice.DRIVE}
    assert Advice.TURN_BACK in advice[135:]


@given(st.floats(2.5, 50.0), st.floats(0.0, math.tau), st.floats(0.05, 0.9))
def test_a_jump_is_not_believed_before_it_has_lasted(far: float, angle: float, lasts: float) -> None:
    odometry, still = Odometry(1.0), Twist()
    there = Pose(far * math.cos(angle), far * math.sin(angle))
    assert odometry.believes(Pose(0.0, 0.0), still, 0.0)
    assert not odometry.believes(there, still, 0.1)
    assert odometry.flaw == f"its odometry jumped by {far:.1f} m"
    assert not odometry.believes(there, still, 0.1 + lasts)
    assert odometry.believes(Pose(0.1, 0.0), still, 1.1)
    assert odometry.flaw == ""
    assert not odometry.believes(there, still, 1.2)
    assert odometry.believes(there, still, 2.3)


@given(st.lists(st.floats(0.0, 0.12), max_size=50))
def test_a_drive_is_believed(steps: list[float]) -> None:
    odometry, x = Odometry(1.2), 0.0
    for k, step in enumerate(steps):
        x += step
        assert odometry.believes(Pose(x, 0.0), Twist(1.0), 0.1 * k)


@given(st.sampled_from(["x", "y", "yaw"]), st.sampled_from([math.nan, math.inf, -math.inf]))
def test_what_is_not_finite_is_never_believed(name: str, value: float) -> None:
    odometry = Odometry(1.0)
    wrong = {"x": 0.0, "y": 0.0, "yaw": 0.0} | {name: value}
    assert not any(odometry.believes(Pose(**wrong), Twist(), 0.1 * k) for k in range(50))
    assert not odometry.believes(Pose(0.0, 0.0), Twist(math.nan), 9.0)
    assert odometry.flaw == "its odometry is not finite"
