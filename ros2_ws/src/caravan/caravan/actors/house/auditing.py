"""From requests and what became of them to lines of the audit log."""

from __future__ import annotations

from collections.abc import Iterable

from caravan.model.audit import Audit
from caravan.model.goal import Goal, GoalState, draft_to_json
from caravan.model.market import Event

_SHOWN = 4000
"""So much of a text that was turned away is kept, characters."""


def turned_away(request: str, text: str, requester: str, reason: str, now: float, robot: str = "") -> Audit:
    """Of a request that was not accepted. The text may be anything; JSON makes it harmless."""
    said, who = text[:_SHOWN], requester[:_SHOWN]
    return Audit(stamp=now, request=request, requester=who, text=said, robot=robot, verdict="refused", reason=reason)


def judged(request: str, goal: Goal, events: Iterable[Event], now: float) -> Audit:
    """Of an accepted goal, when it is known what becomes of it; its votes are in the record of `events`."""
    return Audit(
        stamp=now,
        request=request,
        requester=goal.requester,
        text=goal.text,
        verdict="allowed" if goal.state is GoalState.ACTIVE else goal.state.value,
        reason=goal.message,
        goal=goal.id,
        robot=goal.robot or "",
        answers=tuple(answer.text for answer in goal.answers),
        draft=None if goal.draft is None else draft_to_json(goal.draft),
        votes=tuple({"robot": e.robot, "note": e.text, **e.data} for e in events if e.kind == "vote"),
    )
