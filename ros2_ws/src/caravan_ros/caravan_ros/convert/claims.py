"""What the robots of a consensus-based auction tell each other."""

from __future__ import annotations

from typing import Any

from caravan_msgs import msg

from caravan.model.claims import Belief, Claims
from caravan_ros.convert.fields import entries, maybe_name, name, number, refuse, whole


def claims_to_msg(claims: Claims) -> Any:
    """caravan_msgs/Claims."""
    return msg.Claims(
        auction=claims.auction,
        robot=claims.sender,
        beliefs=[
            msg.Belief(task_id=task, bid=float(belief.bid), winner=belief.winner or "")
            for task, belief in claims.beliefs.items()
        ],
        stamps=[msg.Stamp(robot=robot, count=count) for robot, count in claims.stamps.items()],
    )


def claims_from_msg(message: Any) -> Claims:
    """Raises ValueError."""
    beliefs = {name(belief, "task_id"): _belief_from_msg(belief) for belief in entries(message, "beliefs")}
    if len(beliefs) < len(message.beliefs):
        refuse(message, "beliefs", list(beliefs), "a task stands in it twice")
    stamps = {name(stamp, "robot"): whole(stamp, "count", 0) for stamp in entries(message, "stamps")}
    if len(stamps) < len(message.stamps):
        refuse(message, "stamps", list(stamps), "a robot stands in it twice")
    sender = name(message, "robot")
    if sender not in stamps:
        refuse(message, "stamps", list(stamps), f"the count of {sender} itself is needed")
    return Claims(auction=name(message, "auction"), sender=sender, beliefs=beliefs, stamps=stamps)


def _belief_from_msg(message: Any) -> Belief:
    return Belief(bid=number(message, "bid", 0.0), winner=maybe_name(message, "winner") or None)
