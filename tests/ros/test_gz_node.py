"""What Gazebo leaves to the robot, over DDS: the test plays Gazebo's clock and odometry and the agents' commands."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from rclpy.experimental import EventsExecutor
from rclpy.node import Node
from rclpy.qos import qos_profile_sensor_data
from rosgraph_msgs.msg import Clock

from caravan.adapters.site_file import read_site, robots_of
from caravan.model.geometry import Pose, Twist
from caravan.model.road import NOTHING, Radar
from caravan.model.site import Battery
from caravan.sim.watchdog import COMMAND_TIME
from caravan_ros import convert, wiring
from caravan_ros.gazebo import RAW_CLOCK
from caravan_ros.gz_node import CLOCK, GzNode
from caravan_ros.settings import GzParameters

SITE = Path(__file__).parents[2] / "config" / "warehouse.yaml"
ROBOTS = ("carrier_1", "carrier_2")
NINE = 32_400.0
"""The time of day at which the simulation starts, s."""
AHEAD = Twist(0.5, 0.0)
LIMIT = 20.0
"""How long anything here may take, real s."""


class Stage:
    """The node, and what is heard of it."""

    def __init__(self, file: Path, battery: Battery) -> None:
        site = robots_of(read_site(file), 2)
        robots = {name: replace(robot, battery=battery) for name, robot in site.robots.items()}
        self.site = replace(site, robots=robots)
        self.now = NINE
        self.clocks: list[float] = []
        self.commands: dict[str, list[Twist]] = {robot: [] for robot in robots}
        self.charge: dict[str, float] = {}
        self.echoes: dict[str, list[tuple[float, Radar]]] = {robot: [] for robot in robots}
        """What each radar told, and of when."""
        self._node, self._us = GzNode(self.site, GzParameters(site=str(file), robots=2)), Node("tester")
        self._executor = EventsExecutor()
        for node in (self._node, self._us):
            self._executor.add_node(node)
        self._clock = self._us.create_publisher(Clock, RAW_CLOCK, 10)
        self._us.create_subscription(Clock, "/clock", self._on_clock, qos_profile_sensor_data)
        self._odom = {robot: wiring.odom(robot).publisher(self._us) for robot in robots}
        self._wheels = {robot: wiring.cmd_vel(robot).publisher(self._us) for robot in robots}
        for robot in robots:
            wiring.cmd_vel(robot).subscribe(self._us, partial(self._told, robot))
            wiring.battery_state(robot).subscribe(self._us, partial(self._charged, robot))
            wiring.radar(robot).subscribe(self._us, partial(self._echoed, robot))

    def _on_clock(self, message: Any) -> None:
        self.clocks.append(convert.seconds(message.clock))

    def _told(self, robot: str, message: Any) -> None:
        self.commands[robot].append(convert.twist_from_msg(message))

    def _charged(self, robot: str, message: Any) -> None:
        self.charge[robot] = convert.battery_from_msg(message)

    def _echoed(self, robot: str, message: Any) -> None:
        self.echoes[robot].append((convert.seconds(message.stamp) - NINE, convert.radar_from_msg(message)))

    def tick(self, seconds: float, events: int = 8) -> None:
        """The clock moves on, and so many events are waited for: several messages are on their way."""
        self.now += seconds
        self._clock.publish(Clock(clock=convert.time_to_msg(self.now)))
        for _ in range(events):
            self._executor.spin_once(timeout_sec=0.001)

    def command(self, robot: str, twist: Twist) -> None:
        self._wheels[robot].publish(convert.twist_to_msg(twist))

    def stand(self, robot: str, pose: Pose, speed: float = 0.0) -> None:
        """Where a robot is."""
        self._odom[robot].publish(convert.odom_to_msg(robot, pose, Twist(speed, 0.0), self.now))

    def until(self, done: Callable[[], object], each: Callable[[], None] = lambda: None, step: float = 0.02) -> None:
        """Time passes until something is so; fails where it takes too long."""
        end = time.monotonic() + LIMIT
        while not done():
            assert time.monotonic() < end, (self.charge, self.commands)
            each()
            self.tick(step)

    def close(self) -> None:
        for node in (self._node, self._us):
            self._executor.remove_node(node)
            node.destroy_node()


@pytest.fixture
def make_stage(ros: None) -> Iterator[Callable[..., Stage]]:
    stages: list[Stage] = []

    def make(battery: Battery | None = None, file: Path = SITE) -> Stage:
        stages.append(Stage(file, battery or Battery()))
        return stages[-1]

    yield make
    for stage in stages:
        stage.close()


def test_the_clock_is_passed_on_in_order_and_no_faster_than_nodes_can_bear(make_stage: Callable[..., Stage]) -> None:
    stage = make_stage()
    stage.until(lambda: stage.clocks)
    begun = time.monotonic()
    del stage.clocks[:]
    for _ in range(400):
        stage.tick(0.005, events=3)
    assert stage.clocks == sorted(set(stage.clocks)) and stage.clocks[0] > NINE
    assert len(stage.clocks) <= (time.monotonic() - begun) / CLOCK + 2


def test_a_robot_that_hears_no_command_for_too_long_is_stopped_and_no_other(make_stage: Callable[..., Stage]) -> None:
    stage = make_stage()
    driven, left = ROBOTS
    stage.until(lambda: stage.commands[left], lambda: stage.command(left, AHEAD))
    ceased = stage.now

    stage.until(lambda: Twist() in stage.commands[left], lambda: stage.command(driven, AHEAD))
    assert stage.now - ceased > COMMAND_TIME
    stage.until(lambda: stage.now > ceased + 4 * COMMAND_TIME, lambda: stage.command(driven, AHEAD))
    assert stage.commands[left].count(Twist()) == 1
    assert set(stage.commands[driven]) == {AHEAD}


def test_a_truck_that_hears_no_command_is_slowed_down_as_its_brake_would(make_stage: Callable[..., Stage]) -> None:
    stage = make_stage(file=SITE.with_name("highway.yaml"))
    truck = next(iter(stage.site.robots))
    stage.until(lambda: stage.clocks)  # What is said before there is a time is no command yet.
    stage.until(lambda: stage.commands[truck], lambda: stage.command(truck, Twist(20.0, 0.08)))
    stage.stand(truck, Pose(100.0, 0.0, 0.0), speed=20.0)
    stage.tick(0.02, events=20)
    del stage.commands[truck][:]
    ceased = stage.now
    stage.until(lambda: Twist() in stage.commands[truck])
    speeds = [twist.linear for twist in stage.commands[truck]]
    # 20 m/s by 5 m/s2, half a second late, after half a second of silence.
    assert stage.now - ceased == pytest.approx(5.0, abs=0.3)
    assert all(twist.angular == pytest.approx(0.004 * twist.linear) for twist in stage.commands[truck])
    assert speeds[0] > 19.9 and speeds == sorted(speeds, reverse=True) and speeds.count(0.0) == 1
    stage.until(lambda: stage.now > ceased + 8.0)
    assert stage.commands[truck][-1] == Twist(), "its own words are no commands"


def test_batteries_are_those_of_the_site_and_fill_at_a_charger(make_stage: Callable[..., Stage]) -> None:
    stage = make_stage(Battery(capacity=10.0, idle_power=10.0, drive_power=600.0, charge_power=3600.0))
    driving, standing = ROBOTS
    spot = stage.site.places["charger_1"].position
    assert spot is not None
    at_charger = Pose(spot.x, spot.y, 0.0)

    def drive() -> None:
        stage.stand(driving, Pose(15.0, 5.0, 0.0), speed=1.0)

    stage.until(lambda: stage.charge.get(driving, 1.0) < 0.5, drive, step=0.5)
    assert stage.charge[driving] < stage.charge[standing] < 1.0
    stage.until(lambda: stage.charge[driving] == 1.0, lambda: stage.stand(driving, at_charger), step=0.5)


def test_a_speed_that_no_robot_has_empties_no_battery(make_stage: Callable[..., Stage]) -> None:
    stage = make_stage()
    robot = ROBOTS[0]
    stage.until(lambda: robot in stage.charge, step=0.5)
    del stage.charge[robot]
    # 29 m from the origin in one step of 5 ms; the next word of it comes 0.1 s later.
    stage.stand(robot, Pose(29.0, 4.5, math.pi), speed=-5800.0)
    stage.tick(0.01, events=20)
    stage.until(lambda: robot in stage.charge, step=0.2)
    assert stage.charge[robot] > 0.999


def test_a_robot_with_an_empty_battery_stays_where_it_is(make_stage: Callable[..., Stage]) -> None:
    stage = make_stage(Battery(capacity=0.01))
    robot = ROBOTS[0]
    stage.until(lambda: stage.charge.get(robot) == 0.0, step=1.0)
    stage.until(lambda: Twist() in stage.commands[robot], lambda: stage.command(robot, AHEAD))


def test_a_radar_sees_who_drives_ahead_where_both_are_at_one_time(make_stage: Callable[..., Stage]) -> None:
    stage = make_stage(file=SITE.with_name("highway.yaml"))
    front, behind = stage.site.robots
    seen = stage.echoes[behind]

    def drive() -> None:
        """Both are heard in turn, and not of the same time."""
        at, late = stage.now - NINE, stage.now - NINE - 0.05
        stage.stand(front, Pose(100.0 + 20.0 * at, 0.0, 0.0), speed=20.0)
        message = convert.odom_to_msg(behind, Pose(60.0 + 22.0 * late, 0.0, 0.0), Twist(22.0, 0.0), stage.now - 0.05)
        stage._odom[behind].publish(message)

    stage.until(lambda: seen and seen[-1][1].rate, drive, step=0.05)
    del seen[:]
    stage.until(lambda: len(seen) > 5, drive, step=0.05)
    told = [(radar.gap, radar.rate) for _, radar in seen]
    assert told == [pytest.approx((30.0 - 2.0 * at, -2.0), abs=1e-3) for at, _ in seen]
    assert stage.echoes[front][-1][1] == Radar(gap=NOTHING, rate=0.0)
