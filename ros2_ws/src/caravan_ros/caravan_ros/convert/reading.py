"""A sentence that robots are asked to read, and their votes on it."""

from __future__ import annotations

from typing import Any

from caravan_msgs import msg

from caravan.model.market import ReadRequest, Vote
from caravan_ros.convert.fields import clean, json_object, line, maybe_name, name, names, number, report, whole
from caravan_ros.convert.goals import draft_of, draft_to_text


def read_request_to_msg(request: ReadRequest) -> Any:
    """caravan_msgs/ReadRequest."""
    return msg.ReadRequest(
        goal=request.goal,
        text=clean(request.text),
        reading=request.reading,
        robots=list(request.robots),
        term=request.term,
    )


def read_request_from_msg(message: Any) -> ReadRequest:
    """Raises ValueError."""
    return ReadRequest(
        goal=name(message, "goal"),
        text=line(message, "text"),
        reading=whole(message, "reading", 0),
        robots=names(message, "robots"),
        term=whole(message, "term", 0),
    )


def vote_to_msg(vote: Vote) -> Any:
    """caravan_msgs/Vote."""
    return msg.Vote(
        goal=vote.goal,
        reading=vote.reading,
        robot=vote.robot,
        model=vote.model,
        draft="" if vote.draft is None else draft_to_text(vote.draft),
        confidence=float(vote.confidence),
        seconds=float(vote.seconds),
        note=clean(vote.note),
    )


def vote_from_msg(message: Any) -> Vote:
    """Raises ValueError."""
    return Vote(
        goal=name(message, "goal"),
        reading=whole(message, "reading", 0),
        robot=name(message, "robot"),
        model=maybe_name(message, "model"),
        draft=json_object(message, "draft", draft_of) if message.draft else None,
        confidence=number(message, "confidence", 0.0, 1.0),
        seconds=number(message, "seconds", 0.0),
        note=report(message, "note"),
    )
