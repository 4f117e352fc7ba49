"""Which noun of the model travels on which topic, and how: nodes say and hear nouns, not messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from rclpy.node import Node

from caravan.model.market import Bid, BidNotice, Event, FleetOrder, Lease, ReadRequest, RobotState, Vote
from caravan.model.plan import Stretch, TrafficReport
from caravan_ros import convert, wiring


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A topic, and the two ways between its messages and the model."""

    topic: wiring.Topic
    to_msg: Callable[[Any], Any]
    from_msg: Callable[[Any], Any]


ROUTES: Mapping[type, Route] = {
    kind: Route(topic=topic, to_msg=to_msg, from_msg=from_msg)
    for kind, topic, to_msg, from_msg in (
        (ReadRequest, wiring.READ_REQUEST, convert.read_request_to_msg, convert.read_request_from_msg),
        (Vote, wiring.VOTE, convert.vote_to_msg, convert.vote_from_msg),
        (BidNotice, wiring.BID_NOTICE, convert.bid_notice_to_msg, convert.bid_notice_from_msg),
        (Bid, wiring.BID, convert.bid_to_msg, convert.bid_from_msg),
        (RobotState, wiring.ROBOT_STATE, convert.robot_state_to_msg, convert.robot_state_from_msg),
        (Lease, wiring.LEASE, convert.lease_to_msg, convert.lease_from_msg),
        (FleetOrder, wiring.FLEET_ORDER, convert.fleet_order_to_msg, convert.fleet_order_from_msg),
        (Event, wiring.EVENTS, convert.event_to_msg, convert.event_from_msg),
        (TrafficReport, wiring.TRAFFIC_REPORT, convert.traffic_report_to_msg, convert.traffic_report_from_msg),
        (Stretch, wiring.STRETCH, convert.stretch_to_msg, convert.stretch_from_msg),
    )
}


class Speaker:
    """Publishes nouns of the given kinds from `node`."""

    def __init__(self, node: Node, *kinds: type) -> None:
        self._ways = {kind: (ROUTES[kind].topic.publisher(node), ROUTES[kind].to_msg) for kind in kinds}

    def say(self, noun: object) -> None:
        """Publishes it."""
        publisher, to_msg = self._ways[type(noun)]
        publisher.publish(to_msg(noun))


def listen(node: Node, kind: type, heard: Callable[[Any], None]) -> None:
    """Subscribes `node` to nouns of a kind; messages that are malformed are logged and not heard."""
    ROUTES[kind].topic.subscribe(node, partial(_hear, ROUTES[kind], heard))


def _hear(route: Route, heard: Callable[[Any], None], message: Any) -> None:
    heard(route.from_msg(message))
