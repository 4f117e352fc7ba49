"""Heartbeats that come late, doubled and from before a robot's clock was set back."""

from __future__ import annotations

from caravan.actors.house.roster import Roster
from caravan.model.geometry import Pose
from caravan.model.market import RobotState


def beat(stamp: float, era: int = 1, activity: str = "") -> RobotState:
    return RobotState(robot="r", stamp=stamp, pose=Pose(0, 0), battery=1.0, activity=activity, era=era)


def test_a_heartbeat_that_comes_late_or_twice_is_none() -> None:
    roster = Roster(2.5)
    assert roster.hear(beat(10.0), 10.0)
    assert not roster.hear(beat(9.7), 10.1)
    assert not roster.hear(beat(10.0), 10.2)
    assert roster.hear(beat(10.3), 10.3)


def test_a_clock_that_is_set_back_loses_nobody() -> None:
    roster = Roster(2.5)
    roster.hear(beat(3600.0, era=1), 10.0)
    assert roster.hear(beat(5.0, era=2), 10.3)
    assert roster.drop_lost(12.6) == []


def test_a_heartbeat_from_before_the_clock_was_set_back_is_none_however_new_it_seems() -> None:
    roster = Roster(2.5)
    roster.hear(beat(5.0, era=2, activity="now"), 10.0)
    assert not roster.hear(beat(3600.0, era=1, activity="then"), 10.1)
    state = roster.state("r")
    assert state is not None and state.activity == "now"


def test_a_robot_whose_log_is_gone_is_heard_once_it_counts_as_silent() -> None:
    roster = Roster(2.5)
    roster.hear(beat(5.0, era=9), 10.0)
    assert not roster.hear(beat(6.0, era=1), 12.0)
    assert roster.hear(beat(7.0, era=1), 12.6)
