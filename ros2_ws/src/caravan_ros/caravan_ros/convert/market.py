"""What the auction house and the robots say to each other, and the record of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from caravan_msgs import action, msg

from caravan.model.geometry import Pose
from caravan.model.market import (
    Award,
    Bid,
    BidNotice,
    Event,
    FleetOrder,
    Holding,
    HoldingState,
    Lease,
    Lot,
    Offer,
    Order,
    ReadRequest,
    RobotState,
    Rules,
    Vote,
)
from caravan_ros.convert.fields import (
    choice,
    clean,
    dumps,
    entries,
    json_object,
    json_text,
    line,
    maybe_name,
    maybe_number,
    name,
    names,
    number,
    or_nan,
    refuse,
    whole,
)
from caravan_ros.convert.goals import draft_of, draft_to_text, task_from_text, task_of, task_to_text


def read_request_to_msg(request: ReadRequest) -> Any:
    """caravan_msgs/ReadRequest."""
    return msg.ReadRequest(goal=request.goal, text=clean(request.text), robots=list(request.robots), term=request.term)


def read_request_from_msg(message: Any) -> ReadRequest:
    """Raises ValueError."""
    return ReadRequest(
        goal=name(message, "goal"),
        text=line(message, "text"),
        robots=names(message, "robots"),
        term=whole(message, "term", 0),
    )


def vote_to_msg(vote: Vote) -> Any:
    """caravan_msgs/Vote."""
    return msg.Vote(
        goal=vote.goal,
        robot=vote.robot,
        draft="" if vote.draft is None else draft_to_text(vote.draft),
        confidence=float(vote.confidence),
        seconds=float(vote.seconds),
        note=clean(vote.note),
    )


def vote_from_msg(message: Any) -> Vote:
    """Raises ValueError."""
    return Vote(
        goal=name(message, "goal"),
        robot=name(message, "robot"),
        draft=json_object(message, "draft", draft_of) if message.draft else None,
        confidence=number(message, "confidence", 0.0, 1.0),
        seconds=number(message, "seconds", 0.0),
        note=line(message, "note"),
    )


def _parts_to_msgs(parts: Mapping[str, float]) -> list[Any]:
    return [msg.BidPart(name=part, value=float(value)) for part, value in parts.items()]


def _parts_from_msgs(message: Any, field: str) -> dict[str, float]:
    given = entries(message, field)
    parts = {name(part, "name"): number(part, "value") for part in given}
    return parts if len(parts) == len(given) else refuse(message, field, list(parts), "a name is given twice")


def lot_to_msg(lot: Lot) -> Any:
    """caravan_msgs/Lot."""
    return msg.Lot(
        task_id=lot.task_id,
        epoch=lot.epoch,
        task=task_to_text(lot.task),
        finish_by=or_nan(lot.finish_by),
    )


def lot_from_msg(message: Any) -> Lot:
    """Raises ValueError."""
    return Lot(
        task_id=name(message, "task_id"),
        epoch=whole(message, "epoch", 0),
        task=json_text(message, "task", task_from_text),
        finish_by=maybe_number(message, "finish_by"),
    )


def bid_notice_to_msg(notice: BidNotice) -> Any:
    """caravan_msgs/BidNotice."""
    return msg.BidNotice(
        auction=notice.auction,
        round=notice.round,
        lots=[lot_to_msg(lot) for lot in notice.lots],
        robots=list(notice.robots),
        deadline=float(notice.deadline),
        mechanism=notice.rules.mechanism,
        weights=_parts_to_msgs(notice.rules.weights),
        bundle=notice.rules.bundle,
        priced=notice.rules.priced,
        given=[lot_to_msg(lot) for lot in notice.given],
        term=notice.term,
    )


def bid_notice_from_msg(message: Any) -> BidNotice:
    """Raises ValueError."""
    rules = Rules(
        mechanism=name(message, "mechanism"),
        weights=_parts_from_msgs(message, "weights"),
        bundle=whole(message, "bundle", 1),
        priced=bool(message.priced),
    )
    lots = tuple(lot_from_msg(lot) for lot in entries(message, "lots"))
    if len({lot.task_id for lot in lots}) < len(lots):
        refuse(message, "lots", [lot.task_id for lot in lots], "a task stands in it twice")
    return BidNotice(
        auction=name(message, "auction"),
        round=whole(message, "round", 1),
        lots=lots,
        robots=names(message, "robots"),
        deadline=number(message, "deadline"),
        rules=rules,
        given=tuple(lot_from_msg(lot) for lot in entries(message, "given")),
        term=whole(message, "term", 0),
    )


def bid_to_msg(bid: Bid) -> Any:
    """caravan_msgs/Bid."""
    return msg.Bid(
        auction=bid.auction,
        round=bid.round,
        robot=bid.robot,
        offers=[
            msg.Offer(
                tasks=list(offer.tasks),
                cost=float(offer.cost),
                finish=or_nan(offer.finish),
                parts=_parts_to_msgs(offer.parts),
            )
            for offer in bid.offers
        ],
        declined=[msg.Decline(task_id=task, note=clean(note)) for task, note in bid.declined.items()],
    )


def bid_from_msg(message: Any) -> Bid:
    """A cost may be any number: the auction tells in the record what is wrong with it. Raises ValueError."""
    declined = {name(entry, "task_id"): line(entry, "note") for entry in entries(message, "declined")}
    if len(declined) < len(message.declined):
        refuse(message, "declined", list(declined), "a task stands in it twice")
    return Bid(
        auction=name(message, "auction"),
        round=whole(message, "round", 1),
        robot=name(message, "robot"),
        offers=tuple(_offer_from_msg(offer) for offer in entries(message, "offers")),
        declined=declined,
    )


def _offer_from_msg(message: Any) -> Offer:
    return Offer(
        tasks=names(message, "tasks"),
        cost=float(message.cost),
        finish=maybe_number(message, "finish"),
        parts=_parts_from_msgs(message, "parts"),
    )


def award_to_goal(award: Award) -> Any:
    """The goal of caravan_msgs/ExecuteTask; its robot is in the action's name."""
    return action.ExecuteTask.Goal(
        task_id=award.task_id,
        epoch=award.epoch,
        task=task_to_text(award.task),
        finish_by=or_nan(award.finish_by),
        term=award.term,
    )


def award_from_goal(goal: Any, robot: str) -> Award:
    """The award in a goal that was sent to the action of `robot`. Raises ValueError."""
    return Award(
        task_id=name(goal, "task_id"),
        epoch=whole(goal, "epoch", 0),
        task=json_object(goal, "task", task_of),
        robot=robot,
        finish_by=maybe_number(goal, "finish_by"),
        term=whole(goal, "term", 0),
    )


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
        note=line(message, "note"),
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
        term=state.term,
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
        activity=line(message, "activity"),
        holdings=holdings,
        term=whole(message, "term", 0),
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


def event_to_msg(event: Event) -> Any:
    """caravan_msgs/Event."""
    return msg.Event(
        stamp=float(event.stamp),
        kind=event.kind,
        goal=event.goal,
        task=event.task,
        robot=event.robot,
        text=clean(event.text),
        data=dumps(dict(event.data)),
    )


def event_from_msg(message: Any) -> Event:
    """Raises ValueError."""
    return Event(
        stamp=number(message, "stamp"),
        kind=name(message, "kind"),
        goal=maybe_name(message, "goal"),
        task=maybe_name(message, "task"),
        robot=maybe_name(message, "robot"),
        text=line(message, "text"),
        data=json_object(message, "data", dict),
    )
