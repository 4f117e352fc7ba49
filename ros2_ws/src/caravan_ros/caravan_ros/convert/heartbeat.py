"""What a robot says of itself, and what the house answers: leases and orders."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from caravan_msgs import msg

from caravan.model.geometry import Pose
from caravan.model.market import FleetOrder, Holding, HoldingState, Lease, Order, RobotState
from caravan_ros.convert.fields import (
    choice,
    clean,
    entries,
    json_object,
    maybe_name,
    maybe_number,
    name,
    names,
    number,
    or_nan,
    refuse,
    report,
    whole,
)
from caravan_ros.convert.goals import task_of, task_to_text


def holding_to_msg(holding: Holding) -> Any:
    """caravan_msgs/Holding."""
    return msg.Holding(
        task_id=holding.task_id,
        epoch=holding.epoch,
        state=holding.state.value,
        progress=float(holding.progress),
        remaining=or_nan(holding.remaining),
        note=clean(holding.note),
        task="" if holding.task is None else task_to_text(holding.task),
    )


def holding_from_msg(message: Any) -> Holding:
    """Raises ValueError."""
    return Holding(
        task_id=name(message, "task_id"),
        epoch=whole(message, "epoch", 0),
        state=choice(message, "state", HoldingState),
        progress=number(message, "progress", 0.0, 1.0),
        remaining=maybe_number(message, "remaining", 0.0),
        note=report(message, "note"),
        task=json_object(message, "task", task_of) if message.task else None,
    )


def pose_to_msg(pose: Pose) -> Any:
    """caravan_msgs/PlanarPose."""
    return msg.PlanarPose(x=float(pose.x), y=float(pose.y), yaw=float(pose.yaw))


def pose_from_msg(message: Any) -> Pose:
    """Raises ValueError."""
    return Pose(x=number(message, "x"), y=number(message, "y"), yaw=number(message, "yaw"))


def robot_state_to_msg(state: RobotState) -> Any:
    """caravan_msgs/RobotState."""
    return msg.RobotState(
        robot=state.robot,
        stamp=float(state.stamp),
        pose=pose_to_msg(state.pose),
        battery=float(state.battery),
        activity=clean(state.activity),
        holdings=[holding_to_msg(holding) for holding in state.holdings],
        model=clean(state.model),
        term=state.term,
        era=state.era,
    )


def robot_state_from_msg(message: Any) -> RobotState:
    """Raises ValueError."""
    holdings = tuple(holding_from_msg(holding) for holding in entries(message, "holdings"))
    if len({holding.task_id for holding in holdings}) < len(holdings):
        refuse(message, "holdings", [holding.task_id for holding in holdings], "a task stands in it twice")
    return RobotState(
        robot=name(message, "robot"),
        stamp=number(message, "stamp"),
        pose=pose_from_msg(message.pose),
        battery=number(message, "battery", 0.0, 1.0),
        activity=report(message, "activity"),
        holdings=holdings,
        model=maybe_name(message, "model"),
        term=whole(message, "term", 0),
        era=whole(message, "era", 0),
    )


def lease_to_msg(lease: Lease) -> Any:
    """caravan_msgs/Lease."""
    return msg.Lease(
        robot=lease.robot,
        stamp=float(lease.stamp),
        owned=_owned_to_msg(lease.owned),
        asked=_owned_to_msg(lease.asked),
        wanted=_owned_to_msg(lease.wanted),
        begun=list(lease.begun),
        term=lease.term,
        era=lease.era,
    )


def lease_from_msg(message: Any) -> Lease:
    """Raises ValueError."""
    owned, asked, wanted = (_owned_from_msg(message, field) for field in ("owned", "asked", "wanted"))
    return Lease(
        robot=name(message, "robot"),
        stamp=number(message, "stamp"),
        owned=owned,
        asked=asked,
        wanted=wanted,
        begun=names(message, "begun"),
        term=whole(message, "term", 0),
        era=whole(message, "era", 0),
    )


def _owned_to_msg(tasks: Iterable[tuple[str, int]]) -> list[Any]:
    return [msg.OwnedTask(task_id=task_id, epoch=epoch) for task_id, epoch in tasks]


def _owned_from_msg(message: Any, field: str) -> tuple[tuple[str, int], ...]:
    return tuple((name(task, "task_id"), whole(task, "epoch", 0)) for task in entries(message, field))


def fleet_order_to_msg(order: FleetOrder) -> Any:
    """caravan_msgs/FleetOrder."""
    return msg.FleetOrder(number=order.number, order=order.order.value, robots=list(order.robots), term=order.term)


def fleet_order_from_msg(message: Any) -> FleetOrder:
    """Raises ValueError."""
    return FleetOrder(
        number=whole(message, "number", 0),
        order=choice(message, "order", Order),
        robots=names(message, "robots"),
        term=whole(message, "term", 0),
    )
