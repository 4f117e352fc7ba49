"""Which noun of the model travels on which topic, and how: nodes say and hear nouns, not messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from rclpy.node import Node

from caravan.model.claims import Claims
from caravan.model.crossing import Approach, Slots
from caravan.model.leadership import Claim, Commits, Following, Grant, Piece
from caravan.model.market import Bid, BidNotice, Event, FleetOrder, Lease, ReadRequest, RobotState, Vote
from caravan.model.plan import BlockedLanes, Stretch, TrafficReport
from caravan.model.platoon import Beat
from caravan.platoon.validity import State
from caravan_ros import convert, wiring


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A topic, or one for each robot; and the two ways between its messages and the model."""

    topic: wiring.Topic | Callable[[str], wiring.Topic]
    to_msg: Callable[[Any], Any]
    from_msg: Callable[[Any], Any]


ROUTES: Mapping[type, Route] = {
    kind: Route(topic=topic, to_msg=to_msg, from_msg=from_msg)
    for kind, topic, to_msg, from_msg in (
        (ReadRequest, wiring.READ_REQUEST, convert.read_request_to_msg, convert.read_request_from_msg),
        (Vote, wiring.VOTE, convert.vote_to_msg, convert.vote_from_msg),
        (BidNotice, wiring.bid_notice, convert.bid_notice_to_msg, convert.bid_notice_from_msg),
        (Bid, wiring.BID, convert.bid_to_msg, convert.bid_from_msg),
        (Claims, wiring.CLAIMS, convert.claims_to_msg, convert.claims_from_msg),
        (RobotState, wiring.ROBOT_STATE, convert.robot_state_to_msg, convert.robot_state_from_msg),
        (Lease, wiring.lease, convert.lease_to_msg, convert.lease_from_msg),
        (FleetOrder, wiring.FLEET_ORDER, convert.fleet_order_to_msg, convert.fleet_order_from_msg),
        (Event, wiring.EVENTS, convert.event_to_msg, convert.event_from_msg),
        (TrafficReport, wiring.TRAFFIC_REPORT, convert.traffic_report_to_msg, convert.traffic_report_from_msg),
        (BlockedLanes, wiring.BLOCKED_LANES, convert.blocked_lanes_to_msg, convert.blocked_lanes_from_msg),
        (Stretch, wiring.stretch, convert.stretch_to_msg, convert.stretch_from_msg),
        (State, wiring.V2V_STATE, convert.vehicle_state_to_msg, convert.vehicle_state_from_msg),
        (Beat, wiring.V2V_BEAT, convert.vehicle_beat_to_msg, convert.vehicle_beat_from_msg),
        (Approach, wiring.V2V_APPROACH, convert.approach_to_msg, convert.approach_from_msg),
        (Slots, wiring.V2V_SLOTS, convert.slots_to_msg, convert.slots_from_msg),
        (Claim, wiring.CLAIM, convert.claim_to_msg, convert.claim_from_msg),
        (Grant, wiring.GRANT, convert.grant_to_msg, convert.grant_from_msg),
        (Commits, wiring.COMMITS, convert.commits_to_msg, convert.commits_from_msg),
        (Piece, wiring.PIECE, convert.piece_to_msg, convert.piece_from_msg),
        (Following, wiring.FOLLOWING, convert.following_to_msg, convert.following_from_msg),
    )
}


def _topics(kind: type, robots: Iterable[str]) -> dict[str, wiring.Topic]:
    """The topics of a kind: by robot where each has its own, else one."""
    topic = ROUTES[kind].topic
    return {"": topic} if isinstance(topic, wiring.Topic) else {robot: topic(robot) for robot in robots}


class Speaker:
    """Publishes nouns of the given kinds from `node`; to `robots` those kinds that each robot has a topic of."""

    def __init__(self, node: Node, *kinds: type, robots: Iterable[str] = ()) -> None:
        self._publishers = {
            (kind, robot): topic.publisher(node) for kind in kinds for robot, topic in _topics(kind, robots).items()
        }

    def say(self, noun: Any) -> None:
        """Publishes it."""
        route = ROUTES[type(noun)]
        message = route.to_msg(noun)
        for robot in _heard_by(route, noun):
            self._publishers[type(noun), robot].publish(message)


def _heard_by(route: Route, noun: Any) -> tuple[str, ...]:
    if isinstance(route.topic, wiring.Topic):
        return ("",)
    return noun.robots if isinstance(noun, BidNotice) else (noun.robot,)


def listen(node: Node, kind: type, heard: Callable[[Any], None], robot: str = "") -> None:
    """Subscribes `node` to nouns of a kind (said to `robot`); messages that are malformed are logged and not heard."""
    for topic in _topics(kind, (robot,)).values():
        topic.subscribe(node, partial(_hear, ROUTES[kind], heard))


def _hear(route: Route, heard: Callable[[Any], None], message: Any) -> None:
    heard(route.from_msg(message))
