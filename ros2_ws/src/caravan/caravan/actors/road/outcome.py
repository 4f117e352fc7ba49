"""How far a truck is with a task."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Whether a task is under way or at its end."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How far a task is; the note tells people what it waits for, or why it failed."""

    stage: Stage
    note: str = ""


def running(note: str) -> Outcome:
    """It is under way."""
    return Outcome(stage=Stage.RUNNING, note=note)


def done(note: str = "") -> Outcome:
    """It is done."""
    return Outcome(stage=Stage.DONE, note=note)


def failed(note: str) -> Outcome:
    """It cannot be done, or has taken too long."""
    return Outcome(stage=Stage.FAILED, note=note)


def more(outcome: Outcome) -> Outcome:
    """Settled: what holds then is seen at the next look."""
    return running("is settled") if outcome.stage is Stage.DONE else outcome
