"""What traffic control and the robots say to each other."""

from __future__ import annotations

from typing import Any

from caravan_msgs import msg

from caravan.model.plan import BlockedLane, BlockedLanes, Stretch, TrafficReport
from caravan_ros.convert.fields import clean, entries, line, maybe_name, name, names, number, refuse, whole
from caravan_ros.convert.heartbeat import pose_from_msg, pose_to_msg


def traffic_report_to_msg(report: TrafficReport) -> Any:
    """caravan_msgs/TrafficReport."""
    return msg.TrafficReport(
        robot=report.robot,
        stamp=float(report.stamp),
        pose=pose_to_msg(report.pose),
        destination=report.destination or "",
        avoid=list(report.avoid),
        urgent=report.urgent,
        fixed=report.fixed,
        session=report.session,
        reached=report.reached,
        cleared=report.cleared,
        held=list(report.held),
        turn=report.turn,
        blocked=list(report.blocked),
    )


def traffic_report_from_msg(message: Any) -> TrafficReport:
    """Raises ValueError."""
    return TrafficReport(
        robot=name(message, "robot"),
        stamp=number(message, "stamp"),
        pose=pose_from_msg(message.pose),
        destination=maybe_name(message, "destination") or None,
        avoid=names(message, "avoid"),
        urgent=bool(message.urgent),
        fixed=bool(message.fixed),
        session=whole(message, "session", 0),
        reached=whole(message, "reached", -1),
        cleared=whole(message, "cleared", -1),
        held=names(message, "held"),
        turn=whole(message, "turn", 0),
        blocked=_lane(message),
    )


def stretch_to_msg(stretch: Stretch) -> Any:
    """caravan_msgs/Stretch."""
    return msg.Stretch(
        robot=stretch.robot,
        session=stretch.session,
        first=stretch.first,
        nodes=list(stretch.nodes),
        turn=stretch.turn,
        lease=float(stretch.lease),
        note=clean(stretch.note),
    )


def stretch_from_msg(message: Any) -> Stretch:
    """Raises ValueError."""
    return Stretch(
        robot=name(message, "robot"),
        session=whole(message, "session", 0),
        first=whole(message, "first", 0),
        nodes=names(message, "nodes"),
        turn=whole(message, "turn", 0),
        lease=number(message, "lease"),
        note=line(message, "note"),
    )


def blocked_lanes_to_msg(blocked: BlockedLanes) -> Any:
    """caravan_msgs/BlockedLanes."""
    lanes = [msg.BlockedLane(start=lane.start, end=lane.end, until=float(lane.until)) for lane in blocked.lanes]
    return msg.BlockedLanes(session=blocked.session, stamp=float(blocked.stamp), lanes=lanes)


def blocked_lanes_from_msg(message: Any) -> BlockedLanes:
    """Raises ValueError."""
    return BlockedLanes(
        session=whole(message, "session", 0),
        stamp=number(message, "stamp"),
        lanes=tuple(
            BlockedLane(start=name(lane, "start"), end=name(lane, "end"), until=number(lane, "until"))
            for lane in entries(message, "lanes")
        ),
    )


def _lane(message: Any) -> tuple[str, ...]:
    """The two ends of a lane, or nothing."""
    ends = names(message, "blocked")
    return ends if len(ends) in (0, 2) else refuse(message, "blocked", ends, "a lane has two ends")
