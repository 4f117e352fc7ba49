"""What is kept of each request, for whoever must know later who wanted what, and why it was done or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """A request and what was made of it. `stamp` is when that was (s); `goal` is empty where none was accepted."""

    stamp: float
    request: str
    """What was asked for: "say", "tasks" or "cancel"."""
    requester: str
    text: str
    verdict: str
    """"allowed", "refused", "asked", "failed" (not read) or "done" (answered or obeyed at once)."""
    reason: str = ""
    goal: str = ""
    robot: str = ""
    """The one robot that was spoken to."""
    answers: tuple[str, ...] = ()
    """What the requester answered to the questions about the goal."""
    draft: Mapping[str, Any] | None = None
    """The plan, as JSON of the goal language."""
    votes: tuple[Mapping[str, Any], ...] = ()
    """Who read what: robot, draft (JSON), confidence, and a note where there is no draft."""
