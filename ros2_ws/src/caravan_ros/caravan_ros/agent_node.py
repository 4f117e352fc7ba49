"""The node of a robot's agent: what it hears goes to the actor, what the actor wants goes to the wheels and the fleet.

On a site with a road the robot is a truck: it has a radar and talks to the other trucks, and knows no traffic control.
Several robots may live in one process: each has a node of its own; those with the same language model share it.
"""

from __future__ import annotations

import secrets
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from rclpy.clock import Clock, ClockType
from rclpy.node import Node

from caravan.actors.floor.floor_drive import floor_agent
from caravan.actors.road.truck import truck_agent
from caravan.actors.robot.agent import AgentSettings, Heard
from caravan.adapters.fields import suggest
from caravan.adapters.models_file import id_of, own_models
from caravan.adapters.site_file import read_site, robots_of
from caravan.adapters.start_log import StartLog, StartLogError
from caravan.model.claims import Claims
from caravan.model.crossing import Slots
from caravan.model.geometry import Twist
from caravan.model.market import Bid, BidNotice, FleetOrder, Lease, ReadRequest, RobotState, Vote
from caravan.model.plan import BlockedLanes, Stretch, TrafficReport
from caravan.model.site import Robot, Site
from caravan.motion.driver import Driver
from caravan.traffic.roadmap import Graph
from caravan_ros import convert, wiring
from caravan_ros.instruct import Instructions
from caravan_ros.locks import lock
from caravan_ros.mail import Speaker, listen
from caravan_ros.nav2 import Nav2
from caravan_ros.params import read_parameters
from caravan_ros.polling import Polling
from caravan_ros.reading import ReadingRoom, open_model
from caravan_ros.runtime import guarded, now, run, share_clock
from caravan_ros.settings import NAVIGATIONS, AgentParameters
from caravan_ros.task_server import TaskServer
from caravan_ros.v2v import Radio, Word

HOUSEKEEPING = 0.5
"""Pause between two rounds of feedback, real s."""
STRAY, SIMULATED_STRAY = 0.5, 5.0
"""Odometry whose stamp is further from the node's clock is taken to be of now, s; a simulated clock comes in steps."""


class AgentNode(Node):
    """One robot, in the namespace of its name. It lives by its odometry: without any it says and does nothing."""

    def __init__(
        self, robot: Robot, site: Site, graph: Graph, parameters: AgentParameters, room: ReadingRoom, log: StartLog
    ) -> None:
        super().__init__("agent", namespace=robot.id)
        self._robot = robot.id
        self._stamped = parameters.stamped_cmd_vel
        self._simulated = bool(self.get_parameter("use_sim_time").value)
        self._stray = SIMULATED_STRAY if self._simulated else STRAY
        self._room = room
        self._requests: dict[str, ReadRequest] = {}
        self._battery = 1.0
        self._sensed = 0.0
        settings = AgentSettings(heartbeat=parameters.heartbeat, report=parameters.report, lease=parameters.lease)
        self._wheels = wiring.cmd_vel(robot.id, stamped=self._stamped).publisher(self)
        self._driver = Driver(robot, site.policy, looks=parameters.scan)
        nav2 = parameters.navigation == "nav2"
        self._nav2 = Nav2(self, robot, site.policy, parameters, self._command, self._now) if nav2 else None
        draw = partial(secrets.randbits, 32)
        self._radio: Radio | None = None
        if site.road is None:
            navigator = self._nav2 or self._driver
            self._agent = floor_agent(robot, site, graph, settings, log, draw, room.model, navigator, self._ahead)
            self._listen_on_the_floor()
        else:
            self._agent = truck_agent(robot, site, settings, log, draw, room.model, self._ahead, now=now(self))
            self._radio = Radio(self, robot.id, self._hear_vehicle)
            listen(self, Slots, self._hear_vehicle)
            wiring.radar(robot.id).subscribe(self, lambda message: self._hear(convert.radar_from_msg(message)))
        self._tasks = TaskServer(self, robot.id, self._agent, self._now)
        self._instructions = Instructions(self, robot.id)
        self._speaker = Speaker(self, Bid, Claims, RobotState, TrafficReport, Vote)
        self._listen()
        if parameters.scan:
            wiring.scan(robot.id).subscribe(self, self._on_scan)
        ballot = Path(parameters.start_logs) / f"{robot.id}.ballot"
        self._polling = Polling(self, robot.id, self._agent, ballot) if parameters.votes else None
        self.create_timer(HOUSEKEEPING, guarded(self._keep_house), clock=Clock(clock_type=ClockType.STEADY_TIME))

    def part(self) -> None:
        """Stops the wheels, and ends what works for this node."""
        if self._nav2 is not None:
            self._nav2.end()
        # A truck's base stops by itself, as those behind it expect; by this it would brake at once.
        if self._radio is None:
            self._command(Twist())
        self._room.close()

    def _listen(self) -> None:
        wiring.odom(self._robot).subscribe(self, self._on_odom)
        wiring.battery_state(self._robot).subscribe(self, self._on_battery)
        listen(self, ReadRequest, self._on_read_request)
        listen(self, Lease, self._on_lease, self._robot)
        for kind in (BidNotice, Claims, FleetOrder):
            listen(self, kind, self._hear, self._robot)

    def _listen_on_the_floor(self) -> None:
        for kind in (BlockedLanes, Stretch):
            listen(self, kind, self._hear, self._robot)

    def _on_odom(self, message: Any) -> None:
        pose, velocity = convert.odom_from_msg(message)
        stamp, at = convert.seconds(message.header.stamp), now(self)
        if self._simulated and not at:
            return  # The simulated clock has not been heard yet.
        self._sensed = stamp if abs(stamp - at) < self._stray else at
        twist = self._agent.sense(pose, velocity, self._battery, self._sensed)
        if twist is not None:
            self._command(twist)
        self._agent.tick(self._sensed)
        self._send()
        self._send_votes()

    def _on_scan(self, message: Any) -> None:
        # When it comes is what counts: a scanner's clock may be another.
        self._driver.see(convert.scan_from_msg(message), self._now())

    def _on_battery(self, message: Any) -> None:
        self._battery = convert.battery_from_msg(message)

    def _on_read_request(self, request: ReadRequest) -> None:
        if self._robot in request.robots and self._agent.heed(request.term):
            self._requests[request.goal] = request
            self._send_votes()

    def _on_lease(self, lease: Lease) -> None:
        if lease.robot == self._robot:
            self._tasks.follow(feedback=False)  # What has ended is forgotten with the lease that leaves it out.
            self._hear(lease)
            self._tasks.follow(feedback=False)

    def _hear(self, message: Heard) -> None:
        self._agent.receive(message, self._now())
        self._send()

    def _hear_vehicle(self, word: Word | Slots) -> None:
        if self._simulated and not now(self):
            return  # As in _on_odom.
        wrong = self._agent.receive(word, self._now())
        self._send()
        if wrong is not None:
            raise ValueError(wrong)  # Told in the log, as often as bad input is.

    def _now(self) -> float:
        """The time, never before the latest odometry: under a simulated clock that may be here before its time is."""
        return max(now(self), self._sensed)

    def _ahead(self) -> float:
        """How far the node's clock is ahead of one that is never set; nobody sets a simulated one."""
        return 0.0 if self._simulated else now(self) - time.monotonic()

    def _send(self) -> None:
        for said in self._agent.drain():
            if isinstance(said, Word) and self._radio is not None:
                self._radio.say(said)
            else:
                self._speaker.say(said)

    def _send_votes(self) -> None:
        for goal, request in list(self._requests.items()):
            vote = self._room.vote(self._robot, request)
            if vote is not None:
                del self._requests[goal]
                self._speaker.say(vote)

    def _command(self, twist: Twist) -> None:
        stamp = now(self) if self._stamped else None
        self._wheels.publish(convert.twist_to_msg(twist, self._robot, stamp))

    def _keep_house(self) -> None:
        self._tasks.follow(feedback=True)
        self._instructions.sweep()


def agent_node() -> list[Node]:
    """The nodes of the robots that the parameters name. Raises ValueError for bad parameters and files."""
    asking = Node("agent_node")
    parameters = read_parameters(asking, AgentParameters)
    asking.destroy_node()
    site = robots_of(read_site(parameters.site), parameters.fleet)
    check_navigation(parameters, site)
    if not parameters.robots:
        raise ValueError("parameter 'robots' is empty; name the robots of this process: robots:=[carrier_1]")
    for name in parameters.robots:
        if name not in site.robots:
            raise ValueError(f"parameter 'robots': {name!r} is not in {parameters.site}; {suggest(name, site.robots)}")
    graph = Graph(site.roadmap)
    logs = {name: open_log(Path(parameters.start_logs) / f"{name}.starts") for name in parameters.robots}
    rooms = open_rooms(site, parameters)
    nodes = [AgentNode(site.robots[name], site, graph, parameters, rooms[name], logs[name]) for name in rooms]
    share_clock(nodes)
    return list[Node](nodes)


def check_navigation(parameters: AgentParameters, site: Site) -> None:
    """Raises ValueError where there is no such navigation, the site has a road, or it has no use for a laser scan."""
    if parameters.navigation not in NAVIGATIONS:
        raise ValueError(
            f"parameter 'navigation': {parameters.navigation!r} is no navigation; take one of {', '.join(NAVIGATIONS)}"
        )
    if site.road is not None and (parameters.scan or parameters.navigation != "builtin"):
        raise ValueError("parameters 'navigation' and 'scan': trucks on a road are driven by radar; leave both out")
    if parameters.scan and parameters.navigation != "builtin":
        raise ValueError("parameter 'scan': Nav2 has laser scanners of its own; leave it out, or navigation:=builtin")


def open_rooms(site: Site, parameters: AgentParameters) -> dict[str, ReadingRoom]:
    """Where each robot has its goals read; those with the same model share a room.

    Raises ValueError where the models do not fit the robots, SiteError or ModelFileError for one that cannot be used.
    """
    robots, models = parameters.robots, parameters.models or tuple(own_models())[:1]
    if len(models) not in (1, len(robots)):
        raise ValueError(f"parameter 'models': {len(models)} models for {len(robots)} robots; give one each, or one")
    rooms = {model: ReadingRoom(site, open_model(model), id_of(model)) for model in dict.fromkeys(models)}
    return {robot: rooms[models[k % len(models)]] for k, robot in enumerate(robots)}


def open_log(path: Path) -> StartLog:
    """The start log of a robot, for this process alone. Raises ValueError where it is no good or another one has it."""
    try:
        log = StartLog(path)
        lock(path, f"start log {path}: another agent writes it; end that one: no two robots may have one name")
        log.unreleased()
        log.seen()
    except StartLogError as error:
        raise ValueError(str(error)) from error
    return log


def main() -> int:
    """Runs it; returns the exit code."""
    return run(agent_node)


if __name__ == "__main__":
    sys.exit(main())
