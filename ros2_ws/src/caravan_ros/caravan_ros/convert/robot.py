"""The topics of a robot: velocity, odometry, charge, time, scan, in the standard messages of ROS; the goal of Nav2.

ROS has no standard message for the radar of a vehicle; that is Caravan's own.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from typing import Any

from builtin_interfaces.msg import Time
from caravan_msgs.msg import Radar as RadarMsg
from geometry_msgs.msg import PoseStamped, TwistStamped
from geometry_msgs.msg import Twist as TwistMsg
from nav_msgs.msg import Odometry
from sensor_msgs.msg import BatteryState, LaserScan

from caravan.model.geometry import Pose, Twist
from caravan.model.road import Radar
from caravan.motion.corridor import Scan
from caravan_ros.convert.fields import number, refuse


def seconds(stamp: Any) -> float:
    """A builtin_interfaces/Time as s."""
    return float(stamp.sec) + float(stamp.nanosec) * 1e-9


def time_to_msg(stamp: float) -> Any:
    """Seconds, 0 or more, as builtin_interfaces/Time, to the nanosecond."""
    sec, nanosec = divmod(round(stamp * 1e9), 1_000_000_000)
    return Time(sec=sec, nanosec=nanosec)


def twist_to_msg(twist: Twist, robot: str = "", stamp: float | None = None) -> Any:
    """geometry_msgs/Twist, or with a stamp TwistStamped in the frame of `robot`."""
    plain = TwistMsg()
    plain.linear.x, plain.angular.z = float(twist.linear), float(twist.angular)
    if stamp is None:
        return plain
    message = TwistStamped(twist=plain)
    message.header.stamp, message.header.frame_id = time_to_msg(stamp), f"{robot}/base_link"
    return message


def twist_from_msg(message: Any) -> Twist:
    """The planar part of a Twist or TwistStamped. Raises ValueError."""
    plain = message.twist if hasattr(message, "twist") else message
    return Twist(linear=number(plain.linear, "x"), angular=number(plain.angular, "z"))


def odom_to_msg(robot: str, pose: Pose, twist: Twist, stamp: float) -> Any:
    """nav_msgs/Odometry of `robot`; its pose is in the frame of the world."""
    message = Odometry(child_frame_id=f"{robot}/base_link")
    message.header.stamp, message.header.frame_id = time_to_msg(stamp), "map"
    position, turn = message.pose.pose.position, message.pose.pose.orientation
    position.x, position.y = float(pose.x), float(pose.y)
    turn.z, turn.w = math.sin(pose.yaw / 2), math.cos(pose.yaw / 2)
    message.twist.twist = twist_to_msg(twist)
    return message


def odom_from_msg(message: Any) -> tuple[Pose, Twist]:
    """The planar pose and velocity in an Odometry. Raises ValueError."""
    position, turn = message.pose.pose.position, message.pose.pose.orientation
    x, y, z, w = (number(turn, axis) for axis in "xyzw")
    length = x * x + y * y + z * z + w * w
    if length < 1e-6:
        refuse(message, "pose.pose.orientation", (x, y, z, w), "a quaternion of length 1 is needed")
    yaw = math.atan2(2 * (w * z + x * y), length - 2 * (y * y + z * z))
    return Pose(number(position, "x"), number(position, "y"), yaw), twist_from_msg(message.twist.twist)


def scan_to_msg(robot: str, ranges: Sequence[float], reach: float, pause: float, stamp: float) -> Any:
    """sensor_msgs/LaserScan of a scanner in the middle of `robot`, whose beams go once round from ahead to the left.

    Nothing in sight within `reach` m is +inf, as REP 117 wants it; `pause` s lie between two scans.
    """
    beams = len(ranges)
    step = math.tau / beams
    message = LaserScan(angle_min=0.0, angle_max=step * (beams - 1), angle_increment=step, range_min=0.0)
    message.range_max, message.scan_time = float(reach), float(pause)
    message.header.stamp, message.header.frame_id = time_to_msg(stamp), f"{robot}/base_link"
    message.ranges = array("f", (r if r < reach else math.inf for r in ranges))
    return message


def battery_to_msg(charge: float, stamp: float) -> Any:
    """sensor_msgs/BatteryState; `charge` in 0..1. What is not known is NaN, as the message wants it."""
    unknown = math.nan
    message = BatteryState(percentage=float(charge), present=True, voltage=unknown, current=unknown)
    message.temperature = message.charge = message.capacity = message.design_capacity = unknown
    message.header.stamp = time_to_msg(stamp)
    return message


def battery_from_msg(message: Any) -> float:
    """The charge in 0..1. Raises ValueError where the battery does not tell it."""
    return number(message, "percentage", 0.0, 1.0)


def scan_from_msg(message: Any) -> Scan:
    """What a LaserScan tells. Raises ValueError where its angles or its nearest range are no numbers."""
    return Scan(
        first=number(message, "angle_min"),
        step=number(message, "angle_increment"),
        nearest=number(message, "range_min"),
        ranges=tuple(message.ranges),
    )


def radar_to_msg(radar: Radar, stamp: float) -> Any:
    """caravan_msgs/Radar."""
    return RadarMsg(stamp=time_to_msg(stamp), gap=float(radar.gap), rate=float(radar.rate))


def radar_from_msg(message: Any) -> Radar:
    """What a radar tells. Raises ValueError."""
    return Radar(gap=number(message, "gap"), rate=number(message, "rate"))


def poses_to_goal(kind: Any, poses: Sequence[Pose], frame: str) -> Any:
    """The goal of a nav2_msgs/NavigateThroughPoses, with poses in `frame`; from Kilted on they are a nav_msgs/Goals."""
    goal = kind()
    stamped = goal.poses.goals if hasattr(goal.poses, "goals") else goal.poses
    for pose in poses:
        # Without a stamp: Nav2 takes the latest transform that it has.
        message = PoseStamped()
        message.header.frame_id = frame
        message.pose.position.x, message.pose.position.y = float(pose.x), float(pose.y)
        message.pose.orientation.z, message.pose.orientation.w = math.sin(pose.yaw / 2.0), math.cos(pose.yaw / 2.0)
        stamped.append(message)
    return goal
