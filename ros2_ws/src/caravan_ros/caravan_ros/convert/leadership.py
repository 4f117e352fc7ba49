"""What auction nodes and robots say to each other about who leads, and the copies of the ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

from caravan_msgs import msg

from caravan.model.goal import Goal
from caravan.model.goal_json import goal_from_json, goal_to_json
from caravan.model.leadership import Claim, Commit, Commits, Following, Grant, InSync, Mark, Piece, Step
from caravan.model.market import Event
from caravan_ros.convert.fields import choice, dumps, entries, loads, name, names, number, refuse, whole

BODY = 10_000_000
"""Longest JSON text of a goal or event in a copy, characters: a goal has all its tasks."""

_T = TypeVar("_T")


def mark_to_msg(mark: Mark) -> Any:
    """caravan_msgs/Mark."""
    return msg.Mark(term=mark.term, position=mark.position)


def mark_from_msg(message: Any) -> Mark:
    """Raises ValueError."""
    return Mark(term=whole(message, "term", 0), position=whole(message, "position", 0))


def in_sync_to_msg(in_sync: InSync | None) -> Any:
    """caravan_msgs/InSync."""
    if in_sync is None:
        return msg.InSync()
    return msg.InSync(term=in_sync.term, number=in_sync.number, nodes=list(in_sync.nodes))


def in_sync_from_msg(message: Any) -> InSync | None:
    """Raises ValueError."""
    nodes = names(message, "nodes")
    if not nodes:
        return None
    return InSync(term=whole(message, "term", 0), number=whole(message, "number", 0), nodes=nodes)


def claim_to_msg(claim: Claim) -> Any:
    """caravan_msgs/Claim."""
    return msg.Claim(
        step=claim.step.value,
        term=claim.term,
        node=claim.node,
        sent=float(claim.sent),
        in_sync=in_sync_to_msg(claim.in_sync),
    )


def claim_from_msg(message: Any) -> Claim:
    """Raises ValueError."""
    return Claim(
        step=choice(message, "step", Step),
        term=whole(message, "term", 1),
        node=name(message, "node"),
        sent=number(message, "sent"),
        in_sync=in_sync_from_msg(message.in_sync),
    )


def grant_to_msg(grant: Grant) -> Any:
    """caravan_msgs/Grant."""
    return msg.Grant(
        voter=grant.voter,
        step=grant.step.value,
        term=grant.term,
        node=grant.node,
        sent=float(grant.sent),
        granted=grant.granted,
        newest=grant.newest,
        in_sync=in_sync_to_msg(grant.in_sync),
        keeps_ledger=grant.mark is not None,
        mark=mark_to_msg(grant.mark or Mark()),
    )


def grant_from_msg(message: Any) -> Grant:
    """Raises ValueError."""
    return Grant(
        voter=name(message, "voter"),
        step=choice(message, "step", Step),
        term=whole(message, "term", 1),
        node=name(message, "node"),
        sent=number(message, "sent"),
        granted=bool(message.granted),
        newest=whole(message, "newest", 0),
        in_sync=in_sync_from_msg(message.in_sync),
        mark=mark_from_msg(message.mark) if message.keeps_ledger else None,
    )


def commits_to_msg(commits: Commits) -> Any:
    """caravan_msgs/Commits."""
    return msg.Commits(
        term=commits.term,
        leader=commits.leader,
        to=commits.to,
        base=mark_to_msg(commits.base),
        commits=[
            msg.Commit(mark=mark_to_msg(c.mark), goals=_goals_to(c.goals), events=_events_to(c.events))
            for c in commits.commits
        ],
    )


def commits_from_msg(message: Any) -> Commits:
    """Raises ValueError."""
    return Commits(
        term=whole(message, "term", 1),
        leader=name(message, "leader"),
        to=name(message, "to"),
        base=mark_from_msg(message.base),
        commits=tuple(
            Commit(mark=mark_from_msg(c.mark), goals=_goals_of(c), events=_events_of(c))
            for c in entries(message, "commits")
        ),
    )


def piece_to_msg(piece: Piece) -> Any:
    """caravan_msgs/Piece."""
    return msg.Piece(
        term=piece.term,
        leader=piece.leader,
        to=piece.to,
        mark=mark_to_msg(piece.mark),
        index=piece.index,
        count=piece.count,
        goals=_goals_to(piece.goals),
        events=_events_to(piece.events),
    )


def piece_from_msg(message: Any) -> Piece:
    """Raises ValueError."""
    count = whole(message, "count", 1)
    index = whole(message, "index", 0)
    if index >= count:
        refuse(message, "index", index, f"there are {count} parts")
    return Piece(
        term=whole(message, "term", 1),
        leader=name(message, "leader"),
        to=name(message, "to"),
        mark=mark_from_msg(message.mark),
        index=index,
        count=count,
        goals=_goals_of(message),
        events=_events_of(message),
    )


def following_to_msg(following: Following) -> Any:
    """caravan_msgs/Following."""
    return msg.Following(
        term=following.term,
        node=following.node,
        mark=mark_to_msg(following.mark),
        whole=mark_to_msg(following.whole or Mark()),
        lacks=following.lacks,
    )


def following_from_msg(message: Any) -> Following:
    """Raises ValueError."""
    whole_mark = mark_from_msg(message.whole)
    return Following(
        term=whole(message, "term", 1),
        node=name(message, "node"),
        mark=mark_from_msg(message.mark),
        whole=whole_mark if whole_mark.term else None,
        lacks=whole(message, "lacks", 0),
    )


def _goals_to(goals: tuple[Goal, ...]) -> list[str]:
    return [dumps(goal_to_json(g)) for g in goals]


def _events_to(events: tuple[Event, ...]) -> list[str]:
    return [dumps(asdict(e)) for e in events]


def _goals_of(message: Any) -> tuple[Goal, ...]:
    return _bodies(message, "goals", goal_from_json)


def _events_of(message: Any) -> tuple[Event, ...]:
    return _bodies(message, "events", lambda data: Event(**data))


def _bodies(message: Any, field: str, decode: Callable[[dict[str, Any]], _T]) -> tuple[_T, ...]:
    found = []
    for body in entries(message, field):
        if len(body) > BODY:
            refuse(message, field, body, f"at most {BODY} characters are allowed")
        try:
            found.append(decode(loads(body)))
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
            refuse(message, field, body, str(error))
    return tuple(found)
