"""The driver: how it takes up what is granted, and when it stands still."""

from __future__ import annotations

import math

import pytest

from caravan.model.geometry import Point, Pose, Twist
from caravan.model.site import Policy, Robot
from caravan.motion.driver import Driver
from caravan.motion.guard import STALE, braking_speed, guard
from caravan.motion.limits import Limits, limits_of

A, B, C, D = Point(0.0, 0.0), Point(2.0, 0.0), Point(2.0, 2.0), Point(4.0, 2.0)
PERIOD = 0.1


class Base:
    """A robot that does at once what its driver says."""

    def __init__(self, x: float = 0.0, y: float = 0.0, yaw: float = 0.0) -> None:
        self.pose, self.twist, self.now = Pose(x, y, yaw), Twist(), 0.0
        self.driver = Driver(Robot(id="r"), Policy(max_speed=0.8))

    def drive(self, points: list[Point], seconds: float = PERIOD, lease: float = math.inf) -> list[Pose]:
        poses = []
        for _ in range(round(seconds / PERIOD)):
            self.twist = self.driver.drive(self.pose, self.twist, points, lease, self.now)
            self.now += PERIOD
            yaw = self.pose.yaw + self.twist.angular * PERIOD
            ahead = self.twist.linear * PERIOD
            self.pose = Pose(self.pose.x + ahead * math.cos(yaw), self.pose.y + ahead * math.sin(yaw), yaw)
            poses.append(self.pose)
        return poses


def test_a_robot_drives_to_the_last_granted_point_and_stands() -> None:
    base = Base()
    base.drive([B], 10.0)
    assert base.pose.point.distance(B) < 0.05
    assert base.twist == Twist()


def test_without_a_grant_it_stands() -> None:
    base = Base()
    base.drive([], 2.0)
    assert base.pose == Pose(0.0, 0.0, 0.0)


def test_a_point_that_counts_as_reached_early_is_still_driven_to() -> None:
    base = Base()
    while base.pose.point.distance(B) > 0.25:
        base.drive([B])
    base.drive([], 5.0)
    assert base.pose.point.distance(B) < 0.05


def test_a_robot_that_turns_back_drives_no_nearer_to_what_it_turned_from() -> None:
    base = Base()
    base.drive([B], 2.2)
    base.drive([B], 1.0, lease=-math.inf)
    left = base.pose.point.distance(B)
    assert 0.25 < left < 0.65
    base.driver.forget()
    poses = base.drive([A], 8.0)
    assert min(pose.point.distance(B) for pose in poses) > left - 0.1
    assert base.pose.point.distance(A) < 0.05


def test_a_corner_that_counts_as_reached_early_is_not_cut() -> None:
    base = Base()
    while base.pose.point.distance(B) > 0.25:
        base.drive([B, C])
    poses = base.drive([C], 15.0)
    assert base.pose.point.distance(C) < 0.05
    assert min(p.point.distance(B) for p in poses) < 0.06
    assert max(min(abs(p.y), abs(p.x - 2.0)) for p in poses) < 0.1


def test_a_longer_grant_goes_on_without_a_stop() -> None:
    base = Base()
    while base.pose.x < 1.0:
        base.drive([B])
    ahead = Point(4.0, 0.0)
    speeds = []
    while base.pose.x < 3.0:
        base.drive([B, ahead] if base.pose.x < 1.75 else [ahead])
        speeds.append(base.twist.linear)
    assert min(speeds) > 0.7


def test_there_and_back_again_goes_there_first() -> None:
    base = Base()
    poses = base.drive([B, A], 5.0) + base.drive([A], 15.0)
    assert max(p.x for p in poses) > 1.95
    assert base.pose.point.distance(A) < 0.05


def test_a_grant_that_is_taken_back_stops_the_robot() -> None:
    base = Base()
    base.drive([B], 1.5)
    x = base.pose.x
    base.drive([], 3.0)
    assert base.twist == Twist()
    assert base.pose.x == pytest.approx(x, abs=0.1)


def test_the_robot_stops_when_its_lease_runs_out_and_goes_on_with_a_new_one() -> None:
    base = Base()
    base.drive([B], 1.0, lease=5.0)
    assert base.twist.linear > 0.3
    base.drive([B], 6.0, lease=base.now)
    assert base.twist == Twist()
    assert base.pose.x < 1.0
    base.drive([B], 6.0, lease=base.now + 6.0)
    assert base.pose.point.distance(B) < 0.05


def test_the_site_s_speed_limit_counts() -> None:
    base, speeds = Base(), []
    for _ in range(60):
        base.drive([Point(9.0, 0.0)])
        speeds.append(base.twist.linear)
    assert max(speeds) == pytest.approx(0.8)
    assert limits_of(Robot(id="r", speed=0.5), Policy(max_speed=0.8)).speed == 0.5


def test_nonsense_odometry_stops_the_robot_and_is_forgotten() -> None:
    base = Base()
    base.drive([B, C], 1.0)
    assert base.driver.drive(Pose(math.nan, 0.0), base.twist, [B, C], math.inf, base.now) == Twist()
    assert base.driver.drive(base.pose, Twist(math.inf), [B, C], math.inf, base.now) == Twist()
    while base.pose.point.distance(B) > 0.25:
        base.drive([B, C])
    poses = base.drive([C], 15.0)
    assert min(p.point.distance(B) for p in poses) < 0.06
    assert base.pose.point.distance(C) < 0.05


def ask(stamp: float = 0.0, room: float = 10.0, last: Twist | None = None) -> Twist:
    wanted = Twist(1.0, 1.0)
    return guard(wanted, last or wanted, Limits(), room=room, now=0.0, lease=1.0, stamp=stamp, period=PERIOD)


def test_the_guard_lets_pass_what_is_allowed_and_stops_on_stale_odometry() -> None:
    assert ask() == Twist(1.0, 1.0)
    assert ask(stamp=-STALE - 0.01) == Twist()
    assert ask(room=0.0).linear == 0.0
    assert ask(last=Twist()) == Twist(1.0 * PERIOD, 3.0 * PERIOD)


@pytest.mark.parametrize("room", [0.0, 0.1, 1.0, 5.0])
def test_a_period_at_braking_speed_and_then_the_brakes_end_at_the_end(room: float) -> None:
    speed = braking_speed(room, 0.8, PERIOD)
    assert speed * PERIOD + speed**2 / (2 * 0.8) == pytest.approx(room)
