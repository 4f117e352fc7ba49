"""Every topic, service and action, with its type and its quality of service. A name stands here, and only here.

Everything is RELIABLE but what vehicles say to each other, and Caravan relies on that for nothing: what matters is
said again until it is answered. A depth is what one publisher (or one reader, of all publishers together) keeps while
the other side is slow.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from action_msgs.srv import CancelGoal
from caravan_msgs import action, msg, srv
from geometry_msgs.msg import Twist, TwistStamped
from nav_msgs.msg import Odometry
from rclpy.action import ActionClient, ActionServer
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.task import Future
from sensor_msgs.msg import BatteryState, LaserScan

from caravan_ros.runtime import guarded, served

_PART_OF_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def _reliable(depth: int, *, kept: bool = False) -> QoSProfile:
    durability = DurabilityPolicy.TRANSIENT_LOCAL if kept else DurabilityPolicy.VOLATILE
    return QoSProfile(depth=depth, reliability=ReliabilityPolicy.RELIABLE, durability=durability)


def _best_effort(depth: int) -> QoSProfile:
    return QoSProfile(depth=depth, reliability=ReliabilityPolicy.BEST_EFFORT)


# So many requests may be on their way at a time, and so many answers, those of all callers together: one more pushes
# the oldest out, and its caller waits for ever. By ROS's default that is the eleventh.
_ASKED = _reliable(5000)
_ASKED_OF_ACTION = {f"{service}_service_qos_profile": _ASKED for service in ("goal", "result", "cancel")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic. `heard` is the quality of service that subscriptions ask for, where it is not `qos`."""

    name: str
    type: Any
    qos: QoSProfile
    heard: QoSProfile | None = None

    def publisher(self, node: Node) -> Any:
        """A publisher on `node`."""
        return node.create_publisher(self.type, self.name, self.qos)

    def subscribe(self, node: Node, callback: Callable[[Any], None]) -> Any:
        """A subscription of `node`; what `callback` raises is logged (`runtime.guarded`)."""
        return node.create_subscription(self.type, self.name, guarded(callback, self.name), self.heard or self.qos)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service."""

    name: str
    type: Any

    def serve(self, node: Node, callback: Callable[[Any, Any], Any]) -> Any:
        """Offer it on `node`; where `callback` raises, the caller still gets an answer (`runtime.served`).

        A callback may answer with a Future of the response: that is sent when it is there.
        """
        service = node.create_service(self.type, self.name, served(callback), qos_profile=_ASKED)
        send = service.send_response

        def answer(response: Any, header: Any) -> None:
            if isinstance(response, Future):
                response.add_done_callback(lambda future: send(future.result(), header))
            else:
                send(response, header)

        # rclpy's events executor knows no service callbacks that await; this is where it hands over the response.
        service.send_response = answer
        return service

    def client(self, node: Node) -> Any:
        """A client on `node`."""
        return node.create_client(self.type, self.name, qos_profile=_ASKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An action."""

    name: str
    type: Any

    def serve(self, node: Node, **given: Any) -> Any:
        """Offer it on `node`; `given` are the callbacks and times of rclpy's ActionServer."""
        return ActionServer(node, self.type, self.name, **given, **_ASKED_OF_ACTION)

    def client(self, node: Node) -> Any:
        """A client on `node`."""
        return ActionClient(node, self.type, self.name, **_ASKED_OF_ACTION)


# A reader's depth holds one message of each of 200 robots that speak at the same moment.
_FLEET = _reliable(200)

READ_REQUEST = Topic(name="/caravan/read_request", type=msg.ReadRequest, qos=_reliable(50))
VOTE = Topic(name="/caravan/vote", type=msg.Vote, qos=_FLEET)
BID = Topic(name="/caravan/bid", type=msg.Bid, qos=_FLEET)
ROBOT_STATE = Topic(name="/caravan/robot_state", type=msg.RobotState, qos=_FLEET)
# Kept for late joiners: a robot that starts during a halt must not drive.
FLEET_ORDER = Topic(name="/caravan/fleet_order", type=msg.FleetOrder, qos=_reliable(50, kept=True))
# Kept for late joiners: who looks on sees what led to where things stand.
EVENTS = Topic(name="/caravan/events", type=msg.Event, qos=_reliable(500, kept=True))
TRAFFIC_REPORT = Topic(name="/caravan/traffic_report", type=msg.TrafficReport, qos=_FLEET)
# Kept for late joiners: a robot that starts must not bid as if they were free.
BLOCKED_LANES = Topic(name="/caravan/blocked_lanes", type=msg.BlockedLanes, qos=_reliable(1, kept=True))
# Between the robots of an auction that they decide among themselves.
CLAIMS = Topic(name="/caravan/claims", type=msg.Claims, qos=_FLEET)
# Between several auction nodes, and the robots that vote on which of them leads.
CLAIM = Topic(name="/caravan/claim", type=msg.Claim, qos=_reliable(50))
GRANT = Topic(name="/caravan/grant", type=msg.Grant, qos=_FLEET)
COMMITS = Topic(name="/caravan/commits", type=msg.Commits, qos=_reliable(50))
PIECE = Topic(name="/caravan/piece", type=msg.Piece, qos=_reliable(50))
FOLLOWING = Topic(name="/caravan/following", type=msg.Following, qos=_reliable(50))
# Between vehicles on a road. What is lost is not sent again, since the next one says all anew; a reader keeps two of
# each of 50 vehicles, since what is older says nothing any more.
V2V_STATE = Topic(name="/caravan/v2v/state", type=msg.VehicleState, qos=_best_effort(1), heard=_best_effort(100))
V2V_BEAT = Topic(name="/caravan/v2v/beat", type=msg.VehicleBeat, qos=_best_effort(1), heard=_best_effort(100))
# At an intersection: the same, ten times a second, from vehicles, and from the auction node that leads.
V2V_APPROACH = Topic(name="/caravan/v2v/approach", type=msg.Approach, qos=_best_effort(1), heard=_best_effort(100))
V2V_SLOTS = Topic(name="/caravan/v2v/slots", type=msg.CrossingSlots, qos=_best_effort(1), heard=_best_effort(2))
FLEET_TOPICS = (READ_REQUEST, VOTE, BID, ROBOT_STATE, FLEET_ORDER, EVENTS, TRAFFIC_REPORT)

SUBMIT_GOAL = Service(name="/caravan/submit_goal", type=srv.SubmitGoal)
SUBMIT_TASKS = Service(name="/caravan/submit_tasks", type=srv.SubmitTasks)
CANCEL_GOAL = Service(name="/caravan/cancel_goal", type=srv.CancelGoal)
EXPLAIN = Service(name="/caravan/explain", type=srv.Explain)
HALT = Service(name="/caravan/halt", type=srv.Halt)
PURSUE_GOAL = Action(name="/caravan/pursue_goal", type=action.PursueGoal)

# The other end of these may be a driver that speaks best effort only, and a reader that asks for no more hears both.
_LATEST = _reliable(1)
_ANY_LATEST = _best_effort(1)


def cmd_vel(robot: str, *, stamped: bool = False) -> Topic:
    """The velocity that a robot is told to drive: Twist, or TwistStamped as Nav2 has it from Kilted on."""
    kind = TwistStamped if stamped else Twist
    return Topic(name=_of(robot, "cmd_vel"), type=kind, qos=_LATEST, heard=_ANY_LATEST)


def odom(robot: str) -> Topic:
    """Where a robot is and how fast it goes."""
    return Topic(name=_of(robot, "odom"), type=Odometry, qos=_LATEST, heard=_ANY_LATEST)


def battery_state(robot: str) -> Topic:
    """How much charge a robot has."""
    return Topic(name=_of(robot, "battery_state"), type=BatteryState, qos=_LATEST, heard=_ANY_LATEST)


def scan(robot: str) -> Topic:
    """What a robot's laser scanner measures; the depth of a scan is its age."""
    return Topic(name=_of(robot, "scan"), type=LaserScan, qos=_LATEST, heard=_ANY_LATEST)


def radar(robot: str) -> Topic:
    """What drives ahead of a vehicle in its own lane."""
    return Topic(name=_of(robot, "radar"), type=msg.Radar, qos=_LATEST, heard=_ANY_LATEST)


def navigate(robot: str) -> Action:
    """Where Nav2 is to drive a robot. Raises ImportError where Nav2's messages are not installed."""
    return Action(name=_of(robot, "navigate_through_poses"), type=_nav2("action").NavigateThroughPoses)


def call_off(robot: str) -> Service:
    """The service of that action which calls off goals, whoever sent them."""
    return Service(name=_of(robot, "navigate_through_poses/_action/cancel_goal"), type=CancelGoal)


def speed_limit(robot: str) -> Topic:
    """How fast Nav2 may drive a robot. Raises ImportError where Nav2's messages are not installed."""
    return Topic(name=_of(robot, "speed_limit"), type=_nav2("msg").SpeedLimit, qos=_reliable(1))


def lease(robot: str) -> Topic:
    """What a robot owns. Of its own, as the next: in a fleet of n robots, all would hear what is said to each."""
    return Topic(name=_of(robot, "lease"), type=msg.Lease, qos=_LATEST)


def stretch(robot: str) -> Topic:
    """How far a robot may drive."""
    return Topic(name=_of(robot, "stretch"), type=msg.Stretch, qos=_LATEST)


def bid_notice(robot: str) -> Topic:
    """What a robot is asked to bid on. Several auctions ask at a time; who does not answer is asked again."""
    return Topic(name=_of(robot, "bid_notice"), type=msg.BidNotice, qos=_reliable(50))


def instruct(robot: str) -> Service:
    """A sentence said to one robot."""
    return Service(name=_of(robot, "instruct"), type=srv.Instruct)


def execute_task(robot: str) -> Action:
    """A task handed to one robot."""
    return Action(name=_of(robot, "execute_task"), type=action.ExecuteTask)


def _nav2(part: str) -> Any:
    # Loaded only where a robot is driven by Nav2: few machines have it installed.
    return importlib.import_module(f"nav2_msgs.{part}")


def _of(robot: str, name: str) -> str:
    if not _PART_OF_NAME.fullmatch(robot):
        raise ValueError(f"robot id {robot!r} cannot be part of a ROS name: use letters, digits and _, a letter first")
    return f"/{robot}/{name}"
