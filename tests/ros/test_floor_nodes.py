"""A robot's agent and traffic control on real DDS, and a base that does not do as it is told."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node

from caravan.adapters.site_file import read_site
from caravan.model.geometry import Pose, Twist
from caravan.model.market import FleetOrder, Order, RobotState
from caravan.model.plan import BlockedLanes
from caravan.traffic.roadmap import Graph
from caravan_ros import convert, wiring
from caravan_ros.agent_node import AgentNode, open_log, open_rooms
from caravan_ros.mail import Speaker, listen
from caravan_ros.runtime import now
from caravan_ros.settings import AgentParameters, TrafficParameters
from caravan_ros.traffic_node import TrafficNode
from tests.ros.support import SITE, by_heart_file

# No processes, but a robot in real time, which shall not starve.
pytestmark = pytest.mark.processes

ROBOT = "carrier_1"
TURN = 0.05
SOON = 60.0
"""What must happen happens within so long, s."""


class Base(Node):
    """A robot's base: it drives as it is told unless it is `stuck`, and says where it is unless it is `mute`."""

    def __init__(self) -> None:
        super().__init__("base")
        self.pose = Pose(23.0, 3.5, 0.0)
        self.twist = Twist()
        self.wrong: Callable[[Pose], Pose] = lambda pose: pose
        self.stuck = self.mute = False
        self.activity = ""
        self.blocked: set[tuple[str, str]] = set()
        self._told = 0.0
        self._odom = wiring.odom(ROBOT).publisher(self)
        wiring.cmd_vel(ROBOT, stamped=False).subscribe(self, self._drive)
        listen(self, RobotState, lambda state: setattr(self, "activity", state.activity))
        listen(self, BlockedLanes, lambda told: self.blocked.update((lane.start, lane.end) for lane in told.lanes))
        self.create_timer(TURN, self._turn)

    def _drive(self, message: Any) -> None:
        self.twist, self._told = convert.twist_from_msg(message), time.monotonic()

    def _turn(self) -> None:
        if time.monotonic() - self._told > 0.5:
            self.twist = Twist()
        x, y, yaw = self.pose.x, self.pose.y, self.pose.yaw
        if not self.stuck:
            ahead = self.twist.linear * TURN
            self.pose = Pose(x + ahead * math.cos(yaw), y + ahead * math.sin(yaw), yaw + self.twist.angular * TURN)
        if not self.mute:
            velocity = Twist() if self.stuck else self.twist
            self._odom.publish(convert.odom_to_msg(ROBOT, self.wrong(self.pose), velocity, now(self)))


class Floor:
    """The nodes, and time that passes for them."""

    def __init__(self, folder: Path) -> None:
        given = AgentParameters(
            site=str(SITE), robots=(ROBOT,), start_logs=str(folder), models=(str(by_heart_file(folder)),)
        )
        site = read_site(SITE)
        site = replace(site, robots={ROBOT: site.robots[ROBOT]})
        rooms, log = open_rooms(site, given), open_log(folder / "starts")
        self.base = Base()
        agent = AgentNode(site.robots[ROBOT], site, Graph(site.roadmap), given, rooms[ROBOT], log)
        self.nodes: list[Node] = [self.base, agent, TrafficNode(site, TrafficParameters(site=str(SITE), robots=1))]
        self._executor = SingleThreadedExecutor()
        for node in self.nodes:
            self._executor.add_node(node)

    def until(self, done: Callable[[], object]) -> None:
        """Waits until something is so."""
        end = time.monotonic() + SOON
        while not done():
            assert time.monotonic() < end, (self.base.pose, self.base.activity, self.base.blocked)
            self._executor.spin_once(timeout_sec=0.1)

    def close(self) -> None:
        """Ends the nodes."""
        self._executor.shutdown()
        for node in self.nodes:
            node.destroy_node()


@pytest.fixture
def floor(ros: None, tmp_path: Path) -> Iterator[Floor]:
    floor = Floor(tmp_path)
    yield floor
    floor.close()


def test_a_base_that_jumps_falls_silent_or_is_stuck_stops_and_goes_on(floor: Floor) -> None:
    base = floor.base
    floor.until(lambda: base.activity == "idle")
    orders = Speaker(base, FleetOrder)
    orders.say(FleetOrder(robots=(ROBOT,), order=Order.HOME, number=1, term=0))
    floor.until(lambda: base.pose.x > 23.5)

    base.wrong = lambda pose: Pose(pose.x, pose.y + 5.0, pose.yaw)
    floor.until(lambda: base.activity.startswith("stands: its odometry jumped by"))
    assert base.twist == Twist()
    base.wrong = lambda pose: pose
    floor.until(lambda: base.twist.linear > 0.1)

    base.mute = True
    floor.until(lambda: base.twist == Twist())
    base.mute = False
    floor.until(lambda: base.twist.linear > 0.1)

    base.stuck = True
    floor.until(lambda: base.blocked)
    base.stuck, where = False, base.pose.point
    floor.until(lambda: base.pose.point.distance(where) > 1.0)
    assert base.blocked <= {tuple(sorted(lane)) for lane in (("s1_11", "s1_12"), ("s1_12", "s1_13"))}
