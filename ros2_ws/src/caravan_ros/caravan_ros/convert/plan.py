"""What traffic control and the robots say to each other."""

from __future__ import annotations

from typing import Any

from caravan_msgs import msg

from caravan.model.plan import Stretch, TrafficReport
from caravan_ros.convert.fields import clean, line, maybe_name, name, names, number, whole
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
    )


def stretch_to_msg(stretch: Stretch) -> Any:
    """caravan_msgs/Stretch."""
    return msg.Stretch(
        robot=stretch.robot,
        session=stretch.session,
        first=stretch.first,
        nodes=list(stretch.nodes),
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
        lease=number(message, "lease"),
        note=line(message, "note"),
    )
