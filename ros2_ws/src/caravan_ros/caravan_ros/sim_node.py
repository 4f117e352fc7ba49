"""The node of the embedded simulator: the world that the robots' odometry comes from and their commands go to."""

from __future__ import annotations

import sys
import time
from functools import partial

from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rosgraph_msgs.msg import Clock

from caravan.model.site import Site
from caravan.sim.engine import Engine
from caravan.sim.world import World
from caravan_ros import convert, wiring
from caravan_ros.pace import Pace
from caravan_ros.params import read_parameters
from caravan_ros.runtime import guarded, run
from caravan_ros.settings import SimParameters
from caravan_ros.sim_checks import beams_of, clock_of, physics_of
from caravan_ros.stage import read_stage

TURN = 0.01
"""Pause between two turns, real s: the clock is told once in each."""
WORK = 0.006
"""How long the physics of one turn may take, real s; the rest is for messages."""
STEP = 0.02
"""The world moves on by so much between two looks at the real clock, s."""
ODOM, ROAD_ODOM = 0.1, 0.05
"""Pause between two odometries of a robot, s; on a road, where its radar is told with it."""
REACH = 10.0
"""Of a laser scanner, m."""
BATTERY = 1.0
"""Pause between two battery states of a robot, s."""


class SimNode(Node):
    """The robots of `site` in `world`, as fast as `parameters.rate` says."""

    def __init__(self, site: Site, world: World, parameters: SimParameters) -> None:
        super().__init__("sim")
        self._engine = Engine(world, site, seed=parameters.seed, physics=physics_of(parameters.physics))
        self._beams = beams_of(parameters.lidar)
        self._pause = ODOM if site.road is None else ROAD_ODOM
        self._start = clock_of(parameters.start_clock)
        self._pace = Pace(parameters.rate, site.robots, time.monotonic())
        self._next_odom = self._next_battery = 0.0
        self._touches = 0
        # As the time source of every node subscribes to it.
        latest = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
        self._told = 0.0
        self._time = self.create_publisher(Clock, "/clock", latest)
        self._odom = {robot: wiring.odom(robot).publisher(self) for robot in site.robots}
        self._battery = {robot: wiring.battery_state(robot).publisher(self) for robot in site.robots}
        self._radar = {robot: wiring.radar(robot).publisher(self) for robot in site.robots if site.road is not None}
        scanning = site.robots if self._beams else ()
        self._scan = {robot: wiring.scan(robot).publisher(self) for robot in scanning}
        for robot in site.robots:
            wheels = wiring.cmd_vel(robot, stamped=parameters.stamped_cmd_vel)
            wheels.subscribe(self, partial(self._on_command, robot))
        self.create_timer(TURN, guarded(self._turn))

    @property
    def _now(self) -> float:
        return self._start + self._engine.now

    def _on_command(self, robot: str, message: object) -> None:
        self._engine.command(robot, convert.twist_from_msg(message))
        self._pace.answer(robot, time.monotonic())

    def _turn(self) -> None:
        end = time.monotonic() + WORK
        told = False
        while (wall := time.monotonic()) < end and self._pace.due(wall) >= STEP:
            if self._engine.now >= self._next_odom - 1e-9:
                if told or not self._pace.may_tell(wall):
                    break
                self._tell(wall)
                told = True
            self._engine.step(STEP)
            self._pace.spend(STEP)
        self._tell_time()
        self._warn()

    def _tell(self, wall: float) -> None:
        # By the clock, not from now on: the steps do not all end when odometry is due.
        self._next_odom = max(self._next_odom + self._pause, self._engine.now)
        self._tell_time()
        for robot, publisher in self._radar.items():
            publisher.publish(convert.radar_to_msg(self._engine.radar(robot), self._now))
        for robot, publisher in self._odom.items():
            pose, velocity = self._engine.pose(robot), self._engine.velocity(robot)
            publisher.publish(convert.odom_to_msg(robot, pose, velocity, self._now))
        if self._beams:
            for robot, ranges in self._engine.scans(self._beams, REACH).items():
                self._scan[robot].publish(convert.scan_to_msg(robot, ranges.tolist(), REACH, self._pause, self._now))
        if self._engine.now >= self._next_battery:
            self._next_battery = self._engine.now + BATTERY
            for robot, publisher in self._battery.items():
                publisher.publish(convert.battery_to_msg(self._engine.battery(robot), self._now))
        self._pace.tell(wall)

    def _tell_time(self) -> None:
        """Told when it has moved on: each telling costs every node of the fleet some time."""
        if self._now > self._told:
            self._told = self._now
            self._time.publish(Clock(clock=convert.time_to_msg(self._now)))

    def _warn(self) -> None:
        for touch in self._engine.touches[self._touches :]:
            self.get_logger().warning(f"{touch.robot} touches {touch.other}")
        self._touches = self._engine.contacts


def sim_node() -> Node:
    """The node, for the parameters given. Raises ValueError for bad parameters and files."""
    asking = Node("sim")
    parameters = read_parameters(asking, SimParameters)
    asking.destroy_node()
    site, world = read_stage(parameters.site, parameters.robots)
    return SimNode(site, world, parameters)


def main() -> int:
    """Runs it; returns the exit code."""
    return run(sim_node)


if __name__ == "__main__":
    sys.exit(main())
