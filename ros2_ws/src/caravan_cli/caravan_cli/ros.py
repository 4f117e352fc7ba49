"""Whether ROS 2 is there, asked before anything that needs it is loaded."""

from __future__ import annotations

import importlib.util

from caravan_cli.complaint import Complaint


def need_ros(instead: str = "") -> None:
    """Raises Complaint where rclpy or caravan_msgs cannot be found; `instead` is a command that works without."""
    hint = f", or use: {instead}" if instead else ""
    if importlib.util.find_spec("rclpy") is None:
        raise Complaint(f"ROS 2 is not here (no rclpy): run scripts/setup, or source /opt/ros/jazzy/setup.bash{hint}")
    if importlib.util.find_spec("caravan_msgs") is None:
        raise Complaint(f"the workspace is not built (no caravan_msgs): run scripts/setup, or colcon build{hint}")
