"""The manoeuvres as one table, and their times."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from caravan.model.platoon import Kind, Step


class Outcome(StrEnum):
    """How a step ended."""

    DONE = "done"
    FAILED = "failed"
    """Voted down, too late, its asker is gone, or the platoon has changed meanwhile."""


FIRST: dict[Kind, Step] = {
    Kind.JOIN: Step.VOTE,
    Kind.LEAVE: Step.OPEN,
    Kind.SPLIT: Step.OPEN,
    Kind.DISSOLVE: Step.OPEN,
    Kind.LEAD: Step.VOTE,
    Kind.AGREE: Step.VOTE,
}

NEXT: dict[tuple[Kind, Step, Outcome], Step] = {
    (Kind.JOIN, Step.VOTE, Outcome.DONE): Step.OPEN,
    (Kind.JOIN, Step.VOTE, Outcome.FAILED): Step.ABORTED,
    (Kind.JOIN, Step.OPEN, Outcome.DONE): Step.MOVE,
    (Kind.JOIN, Step.OPEN, Outcome.FAILED): Step.ABORTED,
    (Kind.JOIN, Step.MOVE, Outcome.DONE): Step.COMMIT,
    (Kind.JOIN, Step.MOVE, Outcome.FAILED): Step.ABORTED,
    (Kind.LEAVE, Step.OPEN, Outcome.DONE): Step.MOVE,
    (Kind.LEAVE, Step.OPEN, Outcome.FAILED): Step.ABORTED,
    (Kind.LEAVE, Step.MOVE, Outcome.DONE): Step.COMMIT,
    (Kind.LEAVE, Step.MOVE, Outcome.FAILED): Step.ABORTED,
    (Kind.SPLIT, Step.OPEN, Outcome.DONE): Step.COMMIT,
    (Kind.SPLIT, Step.OPEN, Outcome.FAILED): Step.ABORTED,
    (Kind.DISSOLVE, Step.OPEN, Outcome.DONE): Step.COMMIT,
    # Whoever has not opened its gap in time does so when it is alone: that must not hold the others together.
    (Kind.DISSOLVE, Step.OPEN, Outcome.FAILED): Step.COMMIT,
    (Kind.LEAD, Step.VOTE, Outcome.DONE): Step.OPEN,
    (Kind.LEAD, Step.VOTE, Outcome.FAILED): Step.ABORTED,
    (Kind.LEAD, Step.OPEN, Outcome.DONE): Step.MOVE,
    (Kind.LEAD, Step.OPEN, Outcome.FAILED): Step.ABORTED,
    (Kind.LEAD, Step.MOVE, Outcome.DONE): Step.COMMIT,
    (Kind.LEAD, Step.MOVE, Outcome.FAILED): Step.ABORTED,
    (Kind.AGREE, Step.VOTE, Outcome.DONE): Step.COMMIT,
    (Kind.AGREE, Step.VOTE, Outcome.FAILED): Step.ABORTED,
    # What is written is written: whoever has not taken the roster by then is left out of the next one.
    **{(kind, Step.COMMIT, outcome): Step.DONE for kind in Kind for outcome in Outcome},
}
ENDS = frozenset({Step.DONE, Step.ABORTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Times in s."""

    beat: float = 0.25
    """Between two beats of a vehicle."""
    stale: float = 1.0
    """An older beat is not listened to."""
    ahead: float = 0.1
    """So much may the clocks of two vehicles differ."""
    confirm: float = 1.0
    """A vehicle is followed closely only while it has said within this time that it knows of it."""
    lease: float = 2.5
    """Without its leader for so long, a member does without it."""
    stagger: float = 0.5
    """The next in line waits so much longer."""
    silence: float = 3.0
    """A member that is silent for so long is left out."""
    take: float = 3.5
    """How long members have to take a new roster, and for how long one is handed on."""
    wish: float = 40.0
    """A wish that is not settled by then is given up."""
    stranger: float = 3.0
    """Behind the wrong vehicle for so long, outside a manoeuvre, a member breaks off."""
    step: float = 15.0
    """For a step in which somebody must drive."""
    vote: float = 2.0
    """For a vote."""
