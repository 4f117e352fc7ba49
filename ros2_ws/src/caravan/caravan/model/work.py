"""What a task comes to for the robot that has it: legs, each a drive and some work."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """Drive to `place` (None: stay), then work there for `work` s (None: until the battery is full)."""

    place: str | None
    work: float | None
    verb: str
    """What the work is called: "loading", "inspecting"."""
    open: bool = False
    """Whether it ends when whoever drives says so; `work` is then what it is thought to take."""
    laden: bool = False
    """Whether the robot has a load on board on the way there."""
