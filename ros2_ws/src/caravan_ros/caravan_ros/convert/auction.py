"""Lots on offer, bids on them, and awards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from caravan_msgs import action, msg

from caravan.model.market import Award, Bid, BidNotice, Lot, Offer, Rules
from caravan_ros.convert.fields import (
    clean,
    entries,
    json_object,
    json_text,
    maybe_number,
    name,
    names,
    number,
    or_nan,
    refuse,
    report,
    whole,
)
from caravan_ros.convert.goals import task_from_text, task_of, task_to_text


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
    declined = {name(entry, "task_id"): report(entry, "note") for entry in entries(message, "declined")}
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
