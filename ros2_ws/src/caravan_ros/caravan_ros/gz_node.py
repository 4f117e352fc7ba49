"""What Gazebo leaves to the robot: a base that stops where commands cease, a battery, a radar, a bearable clock.

It hears each robot's commands and odometry as the bridge carries them. Batteries with their chargers, and the radars of
vehicles on a road, are those of the embedded simulator: what the site file says of them holds in both.
"""

from __future__ import annotations

import math
import sys
import time
from collections import deque
from functools import partial
from typing import Any

import numpy as np
from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rosgraph_msgs.msg import Clock

from caravan.model.geometry import Pose, Twist
from caravan.model.road import Radar
from caravan.model.site import Site
from caravan.sim.power import Power
from caravan.sim.radar import Radars
from caravan.sim.watchdog import Watchdog
from caravan_ros import convert, wiring
from caravan_ros.gazebo import RAW_CLOCK
from caravan_ros.params import read_parameters
from caravan_ros.runtime import guarded, run
from caravan_ros.settings import GzParameters
from caravan_ros.stage import read_stage

CLOCK = 0.01
"""The time is told this far apart at least, real s: each telling costs every node of the fleet some."""
POWER = 0.1
"""Batteries are reckoned at this interval, s."""
MIND = 0.02
"""Pause between two looks whether commands still come, and two words to who stops, s."""
ECHOES = 50
"""So many of its own words to a robot are known again."""
RADAR = 0.05
"""Pause between two looks of the radars, s."""
BATTERY = 1.0
"""Pause between two battery states of a robot, s."""
BELIEVED = 2.0
"""A robot is not faster than this many times its top speed. Gazebo's first odometry has the whole way from the world's
origin to the start as one step's, thousands of m/s, for which a battery would be charged."""
_LATEST = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)


class GzNode(Node):
    """The bases, batteries, radars and clock of the robots of `site`, which Gazebo simulates."""

    def __init__(self, site: Site, parameters: GzParameters) -> None:
        super().__init__("gz")
        self._robots = tuple(site.robots)
        self._speeds = tuple(robot.speed for robot in site.robots.values())
        self._stamped = parameters.stamped_cmd_vel
        self._power = Power(tuple(site.robots.values()), site)
        self._radars = None if site.road is None else Radars(site.roads, tuple(site.robots.values()))
        self._poses = [robot.start or Pose(0.0, 0.0) for robot in site.robots.values()]
        self._moves = [Twist()] * len(self._robots)
        self._seen = [0.0] * len(self._robots)
        """The stamps of the odometries that those are from, s."""
        self._watchdog = Watchdog(tuple(site.robots.values()))
        self._said: list[deque[Twist]] = [deque(maxlen=ECHOES) for _ in self._robots]
        """What it told each robot that stops, which it hears as they do."""
        self._now = self._reckoned = self._minded = self._told = self._looked = 0.0
        self._wall = 0.0
        self._clock = self.create_publisher(Clock, "/clock", _LATEST)
        self.create_subscription(Clock, RAW_CLOCK, guarded(self._on_clock), _LATEST)
        self._wheels = [wiring.cmd_vel(robot, stamped=self._stamped) for robot in self._robots]
        self._stops = [wheels.publisher(self) for wheels in self._wheels]
        self._batteries = [wiring.battery_state(robot).publisher(self) for robot in self._robots]
        self._echoes = [wiring.radar(robot).publisher(self) for robot in self._robots if self._radars is not None]
        for k, robot in enumerate(self._robots):
            self._wheels[k].subscribe(self, partial(self._on_command, k))
            wiring.odom(robot).subscribe(self, partial(self._on_odom, k))

    def _on_clock(self, message: Any) -> None:
        self._now = convert.seconds(message.clock)
        if not self._reckoned:  # The clock starts at a time of day, not at 0.
            self._reckoned = self._now
            for k in range(len(self._robots)):  # Whoever was told to drive before has half a second, too.
                self._watchdog.hear(k, Twist(), self._now)
        wall = time.monotonic()
        if wall - self._wall >= CLOCK:
            self._wall = wall
            self._clock.publish(message)
        if self._now - self._minded >= MIND:
            self._minded = self._now
            self._mind_commands()
        if self._now - self._reckoned >= POWER:
            self._reckon()
        if self._radars is not None and self._now - self._looked >= RADAR - 1e-9:
            self._looked = self._now
            self._look(self._radars)
        if self._now - self._told >= BATTERY:
            self._told = self._now
            for charge, battery in zip(self._power.charge, self._batteries, strict=True):
                battery.publish(convert.battery_to_msg(charge, self._now))

    def _on_command(self, k: int, message: Any) -> None:
        twist = convert.twist_from_msg(message)
        if not self._reckoned or twist in self._said[k]:
            return
        if self._power.charge[k] > 0.0:
            self._watchdog.hear(k, twist, self._now)
        else:
            self._watchdog.stop(k, self._moves[k].linear, self._now)

    def _on_odom(self, k: int, message: Any) -> None:
        pose, move = convert.odom_from_msg(message)
        if not abs(move.linear) <= BELIEVED * self._speeds[k]:
            return
        self._poses[k], self._moves[k] = pose, move
        self._seen[k] = convert.seconds(message.header.stamp)

    def _mind_commands(self) -> None:
        """Stops whoever has not been told to drive for too long: Gazebo's wheels turn until they hear otherwise."""
        stamp = self._now if self._stamped else None
        for k, twist in self._watchdog.twists(lambda k: self._moves[k].linear, self._now).items():
            self._said[k].append(twist)
            self._stops[k].publish(convert.twist_to_msg(twist, self._robots[k], stamp))

    def _reckon(self) -> None:
        elapsed, self._reckoned = self._now - self._reckoned, self._now
        places = [[pose.x, pose.y, pose.yaw] for pose in self._poses]
        self._power.reckon(places, [abs(move.linear) for move in self._moves], elapsed)

    def _look(self, radars: Radars) -> None:
        """Tells what each radar sees of where all are by the time of the newest odometry."""
        newest = max(self._seen)
        places = [
            [pose.x + way * math.cos(pose.yaw), pose.y + way * math.sin(pose.yaw), pose.yaw]
            for pose, move, seen in zip(self._poses, self._moves, self._seen, strict=True)
            for way in (move.linear * (newest - seen) if seen else 0.0,)
        ]
        moves = np.array([[move.linear, move.angular] for move in self._moves])
        for echo, (gap, rate) in zip(self._echoes, radars.look(np.array(places), moves).tolist(), strict=True):
            echo.publish(convert.radar_to_msg(Radar(gap=gap, rate=rate), newest))


def gz_node() -> Node:
    """The node, for the parameters given. Raises ValueError for bad parameters and files."""
    asking = Node("gz")
    parameters = read_parameters(asking, GzParameters)
    asking.destroy_node()
    site, _ = read_stage(parameters.site, parameters.robots)
    return GzNode(site, parameters)


def main() -> int:
    """Runs it; returns the exit code."""
    return run(gz_node)


if __name__ == "__main__":
    sys.exit(main())
