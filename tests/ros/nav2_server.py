"""The action server of a Nav2, as a process: `python -m tests.ros.nav2_server <robot> <topic>`.

It drives /<robot>/<topic> by /<robot>/odom, and fails as /<robot>/fault (std_msgs/String) says.
"""

from __future__ import annotations

import sys
from typing import Any

from geometry_msgs.msg import Twist as TwistMsg
from nav2_msgs.action import NavigateThroughPoses
from nav2_msgs.msg import SpeedLimit
from nav_msgs.msg import Odometry
from rclpy.action import ActionServer, CancelResponse, GoalResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.node import Node
from rclpy.qos import QoSProfile
from std_msgs.msg import String

from caravan.model.geometry import Pose
from caravan_ros import convert
from caravan_ros.runtime import run
from tests.support.elsewhere import Elsewhere

FRAME = "map"


class Nav2Server(Node):
    """One robot's."""

    def __init__(self, robot: str, topic: str) -> None:
        super().__init__("bt_navigator", namespace=robot)
        self._other = Elsewhere()
        self._handles: dict[bytes, ServerGoalHandle] = {}
        latest = QoSProfile(depth=1)
        self._wheels = self.create_publisher(TwistMsg, topic, latest)
        self.create_subscription(Odometry, "odom", self._on_odom, latest)
        self.create_subscription(SpeedLimit, "speed_limit", self._on_limit, latest)
        self.create_subscription(String, "fault", self._on_fault, latest)
        self._server = ActionServer(
            self,
            NavigateThroughPoses,
            "navigate_through_poses",
            execute_callback=_ended,
            goal_callback=self._offered,
            handle_accepted_callback=self._accepted,
            cancel_callback=self._cancelled,
        )

    def _on_fault(self, message: Any) -> None:
        self._other.fault = message.data

    def _on_limit(self, message: Any) -> None:
        self._other.limit = message.speed_limit

    def _on_odom(self, message: Any) -> None:
        twist = self._other.turn(convert.odom_from_msg(message)[0])
        if twist is not None:
            self._wheels.publish(convert.twist_to_msg(twist))
        self._tell()

    def _offered(self, goal: Any) -> GoalResponse:
        frames = {pose.header.frame_id for pose in goal.poses}
        fits = frames == {FRAME} and self._other.fault != "refuses"
        return GoalResponse.ACCEPT if fits else GoalResponse.REJECT

    def _accepted(self, handle: ServerGoalHandle) -> None:
        key = bytes(handle.goal_id.uuid)
        self._handles[key] = handle
        places = (pose.pose.position for pose in handle.request.poses)
        self._other.take(key, [Pose(place.x, place.y) for place in places])
        self._tell()

    def _cancelled(self, handle: ServerGoalHandle) -> CancelResponse:
        return CancelResponse.REJECT if self._other.fault == "runaway" else CancelResponse.ACCEPT

    def _tell(self) -> None:
        for key, handle in list(self._handles.items()):
            if handle.is_cancel_requested:
                self._other.drop(key)
        for key, event in self._other.events:
            if event == "feedback":
                self._handles[key].publish_feedback(NavigateThroughPoses.Feedback(number_of_poses_remaining=1))
            else:
                self.get_logger().info(f"a goal ended: {event}")
                self._handles.pop(key).execute(lambda held, how=event: _ended(held, how))
        self._other.events.clear()


def _ended(handle: ServerGoalHandle, event: str = "aborted") -> Any:
    {"succeeded": handle.succeed, "aborted": handle.abort, "cancelled": handle.canceled}[event]()
    return NavigateThroughPoses.Result(error_msg="" if event == "succeeded" else "so it was told")


if __name__ == "__main__":
    sys.exit(run(lambda: Nav2Server(*sys.argv[1:3])))
