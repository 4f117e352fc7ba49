"""A robot's own record: the steps of the work it takes on, one after another, and the order that it stands under."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from caravan.model.goal import Task
from caravan.model.market import HoldingState


class StartKind(StrEnum):
    """The steps of an award (a task at an epoch) on a robot, each on disk before what follows it happens."""

    TAKEN = "taken"
    """The robot has it; before it says so. `task` and `finish_by` are those of the award."""
    BEGUN = "begun"
    """It is at work from now on, before the wheels turn for it. Once for each award, restarts or not."""
    ACTING = "acting"
    """At the place of leg `leg`, before work that must not be done twice (loading, say) begins."""
    LEG = "leg"
    """`leg` legs are behind."""
    ENDED = "ended"
    """It came to `state` (done, failed, cancelled); before the robot says so."""
    RELEASED = "released"
    """A lease left it out: settled by the house or taken back. Nothing comes after this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRecord:
    """One line of a start log; `stamp` is the robot's time (s). Fields beyond the award's key go with the `kind`."""

    stamp: float
    kind: StartKind
    task_id: str
    epoch: int
    leg: int = 0
    state: HoldingState | None = None
    note: str = ""
    task: Task | None = None
    finish_by: float | None = None

    @property
    def key(self) -> tuple[str, int]:
        """The award that it is about."""
        return self.task_id, self.epoch


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingOrder:
    """The latest order to halt or to go on that a robot has heard, as it was numbered in a leader's term."""

    term: int = 0
    number: int = 0
    halt: bool = False

    @property
    def key(self) -> tuple[int, int]:
        """By which a later one is told from an earlier one."""
        return self.term, self.number
