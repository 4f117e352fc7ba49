"""A client of a running fleet: asks its services and listens to what it tells."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from types import TracebackType
from typing import Any
from uuid import uuid4

import rclpy
from rclpy.experimental import EventsExecutor
from rclpy.node import Node
from rclpy.qos import QoSProfile, qos_profile_sensor_data
from rclpy.signals import SignalHandlerOptions
from rclpy.task import Future
from rosgraph_msgs.msg import Clock

from caravan.model.geometry import Pose
from caravan.model.leadership import Step
from caravan.model.market import Event, Lease, RobotState
from caravan_cli.complaint import Complaint
from caravan_cli.domain import chosen_domain
from caravan_ros import convert, wiring
from caravan_ros.runtime import taking_down

FIND_TIME = 8.0
"""How long the fleet is looked for, s."""
ANSWER_TIME = 10.0
"""How long an answer is waited for, s."""
TAPPED = 200
"""So many messages of a tap wait to be taken."""
RETRY = 2.0
"""Pause before a request that is unanswered is made again, s."""


class Tap:
    """A subscription that is asked for its messages. No executor runs it: rclpy's quick one drops their times."""

    def __init__(self, node: Node, topic: wiring.Topic, *, raw: bool) -> None:
        given = topic.heard or topic.qos
        qos = QoSProfile(depth=TAPPED, reliability=given.reliability, durability=given.durability)
        self._heard = node.create_subscription(topic.type, topic.name, lambda message: None, qos, raw=raw)

    def take(self) -> Iterator[tuple[Any, float, float]]:
        """The messages that have come, and when each was sent and received, s of this machine's clock."""
        heard = self._heard
        with heard.handle:
            while (taken := heard.handle.take_message(heard.msg_type, heard.raw)) is not None:
                message, info = taken
                yield message, info["source_timestamp"] * 1e-9, info["received_timestamp"] * 1e-9


class FleetClient:
    """A node of its own in a domain (None: that of ROS_DOMAIN_ID); to be used in a `with` block.

    Raises Complaint where ROS_DOMAIN_ID is no domain.

    By itself it does nothing: messages arrive while `spin` or a request runs. Times in real s.
    """

    def __init__(self, domain: int | None = None) -> None:
        os.environ.setdefault("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
        self._context = rclpy.Context()
        self.domain = chosen_domain() if domain is None else domain
        rclpy.init(
            args=[], context=self._context, domain_id=self.domain, signal_handler_options=SignalHandlerOptions.NO
        )
        self._node = Node(f"caravan_cli_{os.getpid()}", context=self._context)
        self._executor = EventsExecutor(context=self._context)
        self._executor.add_node(self._node)
        self._clients: dict[str, Any] = {}
        self._listener: Node | None = None
        """Of taps; in no executor, which would take the messages."""

    def __enter__(self) -> FleetClient:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._executor.shutdown()
        for node in (self._node, self._listener):
            if node is not None:
                with taking_down():
                    node.destroy_node()
        with taking_down():
            rclpy.shutdown(context=self._context)

    def spin(self, seconds: float) -> None:
        """Lets messages arrive for a while."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0.0:
            self._executor.spin_once(timeout_sec=left)

    def on_event(self, hear: Callable[[Event], None], kinds: Collection[str] = ()) -> None:
        """Hears the events of the record from now on, and those of late; of some kinds alone where any are named."""

        def tell(message: Any) -> None:
            if not kinds or message.kind in kinds:
                hear(convert.event_from_msg(message))

        wiring.EVENTS.subscribe(self._node, tell)

    def on_state(self, hear: Callable[[RobotState], None]) -> None:
        """Hears all heartbeats from now on."""
        wiring.ROBOT_STATE.subscribe(self._node, lambda message: hear(convert.robot_state_from_msg(message)))

    def on_lease(self, robot: str, hear: Callable[[Lease], None]) -> None:
        """Hears what a robot is told that it owns, from now on."""
        wiring.lease(robot).subscribe(self._node, lambda message: hear(convert.lease_from_msg(message)))

    def on_odom(self, robot: str, hear: Callable[[Pose], None]) -> None:
        """Hears where a robot is from now on."""
        wiring.odom(robot).subscribe(self._node, lambda message: hear(convert.odom_from_msg(message)[0]))

    def tap(self, topic: wiring.Topic, *, raw: bool = False) -> Tap:
        """What is said on a topic from now on, with the times of DDS; `raw` messages are bytes."""
        if self._listener is None:
            self._listener = Node(f"caravan_tap_{os.getpid()}", context=self._context)
        return Tap(self._listener, topic, raw=raw)

    def on_clock(self, hear: Callable[[float], None]) -> None:
        """Hears the simulated clock from now on, s."""

        def tick(message: Clock) -> None:
            hear(message.clock.sec + 1e-9 * message.clock.nanosec)

        self._node.create_subscription(Clock, "/clock", tick, qos_profile_sensor_data)

    def on_leader(self, hear: Callable[[str], None]) -> None:
        """Hears which of several auction nodes leads, each time that it says so."""

        def claimed(message: Any) -> None:
            claim = convert.claim_from_msg(message)
            if claim.step is Step.LEAD:
                hear(claim.node)

        wiring.CLAIM.subscribe(self._node, claimed)

    def ready(self, within: float = 0.0) -> bool:
        """Whether an auction house takes goals, or will within so many s."""
        return self._until(self._client(wiring.SUBMIT_GOAL).service_is_ready, within)

    def say(self, text: str, requester: str, robot: str = "", answers: str = "") -> str:
        """Says a goal to the fleet or to one robot, or answers the question about the goal `answers`.

        Answers with the goal's id. Raises Complaint where it is refused.
        """
        wanted = {"text": text, "requester": requester, "robot": robot, "answers": answers, "key": uuid4().hex}
        answer = self._ask(wiring.SUBMIT_GOAL, **wanted)
        if not answer.accepted:
            raise Complaint(answer.message)
        return str(answer.goal_id)

    def submit(self, draft: str, requester: str, mechanism: str = "") -> str:
        """Gives the fleet a Draft (JSON), to be auctioned by a mechanism (empty: as the fleet does by itself).

        Answers with the goal's id. Raises Complaint where it is refused.
        """
        wanted = {"draft": draft, "requester": requester, "mechanism": mechanism, "key": uuid4().hex}
        answer = self._ask(wiring.SUBMIT_TASKS, **wanted)
        if not answer.accepted:
            raise Complaint(answer.message)
        return str(answer.goal_id)

    def post(self, draft: str, requester: str, answered: Callable[[str | None], None], key: str = "") -> None:
        """Gives the fleet a Draft without waiting; `answered` gets the goal's id, or None where it was refused.

        What is given again with the same `key` is the same goal.
        """

        def done(future: Future) -> None:
            answer = future.result()
            answered(str(answer.goal_id) if answer is not None and answer.accepted else None)

        request = wiring.SUBMIT_TASKS.type.Request(draft=draft, requester=requester, key=key)
        self._client(wiring.SUBMIT_TASKS).call_async(request).add_done_callback(done)

    def explain(self, subject: str) -> tuple[str, dict[str, Any]]:
        """Why something is as it is, in words and as JSON values. Raises Complaint where it is unknown."""
        answer = self._ask(wiring.EXPLAIN, subject=subject)
        if not answer.found:
            raise Complaint(answer.text)
        return str(answer.text), json.loads(answer.json)

    def cancel(self, goal: str, requester: str) -> str:
        """Gives up a goal; answers with what is told. Raises Complaint where it cannot be given up."""
        answer = self._ask(wiring.CANCEL_GOAL, goal_id=goal, requester=requester)
        if not answer.accepted:
            raise Complaint(answer.message)
        return str(answer.message)

    def halt(self, halt: bool, robots: Sequence[str]) -> str:
        """Stops the wheels or lets them drive; answers with what is told. Raises Complaint for an unknown robot."""
        answer = self._ask(wiring.HALT, halt=halt, robots=list(robots))
        if not answer.ok:
            raise Complaint(answer.message)
        return str(answer.message)

    def _client(self, service: wiring.Service) -> Any:
        if service.name not in self._clients:
            self._clients[service.name] = service.client(self._node)
        return self._clients[service.name]

    def _ask(self, service: wiring.Service, **values: object) -> Any:
        """Asks, and asks again what goes unanswered: the auction node may have died, and another one leads.

        What is asked twice is done once.
        """
        client = self._client(service)
        if not self._until(client.service_is_ready, FIND_TIME):
            remedy = "start one with caravan up, or set ROS_DOMAIN_ID to its domain"
            raise Complaint(f"no fleet answers in ROS domain {self.domain} ({service.name}): {remedy}")
        end = time.monotonic() + ANSWER_TIME
        while time.monotonic() < end:
            future = client.call_async(service.type.Request(**values))
            if self._until(future.done, RETRY):
                return future.result()
            client.remove_pending_request(future)
        raise Complaint(f"{service.name} gave no answer in {ANSWER_TIME:g} s: see whether the fleet still runs")

    def _until(self, done: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not done() and time.monotonic() < end:
            self.spin(0.02)
        return done()
