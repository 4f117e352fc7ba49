"""What the agent node says where its navigation cannot be had, and what it makes of a laser scan."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rclpy.node import Node
from sensor_msgs.msg import LaserScan

from caravan.adapters.site_file import read_site
from caravan.model.geometry import Pose
from caravan.model.site import Policy, Robot
from caravan_ros import convert
from caravan_ros.agent_node import check_navigation
from caravan_ros.nav2 import Nav2
from caravan_ros.settings import AgentParameters

CONFIG = Path(__file__).parents[2] / "config"


def parameters(**given: Any) -> AgentParameters:
    return AgentParameters(site="", robots=(), start_logs="", **given)


@pytest.fixture
def node(ros: None) -> Any:
    made = Node("asking")
    yield made
    made.destroy_node()


def test_without_nav2_s_messages_the_package_and_the_remedy_are_named(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("nav2_msgs", "nav2_msgs.action", "nav2_msgs.msg"):
        monkeypatch.setitem(sys.modules, part, None)
    monkeypatch.setenv("ROS_DISTRO", "jazzy")
    told = r"parameter 'navigation' is 'nav2'.*sudo apt install ros-jazzy-nav2-msgs.*navigation:=builtin"
    with pytest.raises(ValueError, match=told):
        Nav2(node, Robot(id="r"), Policy(), parameters(navigation="nav2"), lambda _: None, lambda: 0.0)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"navigation": "nav3"}, "parameter 'navigation': 'nav3' is no navigation; take one of builtin, nav2"),
        ({"navigation": "nav2", "scan": True}, "parameter 'scan': Nav2 has laser scanners of its own"),
    ],
)
def test_what_does_not_fit_is_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        check_navigation(parameters(**given), read_site(CONFIG / "warehouse.yaml"))


@pytest.mark.parametrize("given", [{"navigation": "nav2"}, {"scan": True}])
def test_a_truck_has_neither_nav2_nor_a_scanner(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="trucks on a road are driven by radar; leave both out"):
        check_navigation(parameters(**given), read_site(CONFIG / "highway.yaml"))


def test_a_scan_is_taken_as_it_is_and_refused_where_its_angles_are_no_numbers() -> None:
    message = LaserScan(angle_min=-1.5, angle_increment=0.5, range_min=0.1, ranges=[1.0, math.inf, math.nan])
    scan = convert.scan_from_msg(message)
    assert (scan.first, scan.step) == (-1.5, 0.5)
    assert scan.nearest == pytest.approx(0.1)
    assert scan.ranges[:2] == (1.0, math.inf)
    with pytest.raises(ValueError, match=r"LaserScan\.angle_increment is nan"):
        convert.scan_from_msg(LaserScan(angle_increment=math.nan))


@pytest.mark.parametrize("later", [False, True], ids=["jazzy", "kilted"])
def test_a_goal_has_the_poses_in_the_map_s_frame(later: bool) -> None:
    def kind() -> Any:
        return SimpleNamespace(poses=SimpleNamespace(goals=[]) if later else [])

    goal = convert.poses_to_goal(kind, [Pose(1.0, 2.0, math.pi)], "map")
    (pose,) = goal.poses.goals if later else goal.poses
    assert pose.header.frame_id == "map"
    assert (pose.pose.position.x, pose.pose.position.y, pose.pose.orientation.z) == (1.0, 2.0, 1.0)
