"""Messages between the auction house and the robots. Each is idempotent: sent twice, it does no more than once.

Task ids are "g12/t1". An `epoch` counts the awards of one task; a robot refuses an award older than one it has seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from caravan.model.geometry import Pose
from caravan.model.goal import Draft, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRequest:
    """The house asks `robots` to read `text` with their own models."""

    goal: str
    text: str
    robots: tuple[str, ...]
    term: int = 0
    """Of the leader that says it: a robot that has heard a later one ignores it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One robot's reading of a goal; `draft` is None where its model failed, and `note` says how."""

    goal: str
    robot: str
    draft: Draft | None
    confidence: float = 0.0
    seconds: float = 0.0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BidNotice:
    """The house offers a task; bids count until `deadline` (s) or until every robot of `robots` has answered."""

    auction: str
    """"<task id>#<epoch>": one auction for each award of a task."""
    task_id: str
    epoch: int
    task: Task
    robots: tuple[str, ...]
    deadline: float
    finish_by: float | None = None
    """When the task must be finished (s)."""
    term: int = 0
    """Of the leader that says it: a robot that has heard a later one ignores it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """A robot's answer to a notice. `cost` (s, lower wins) is None where it declines, and `note` says why."""

    auction: str
    robot: str
    cost: float | None
    finish: float | None = None
    """When it would be finished (s)."""
    parts: Mapping[str, float] = field(default_factory=dict)
    """What the cost is made of: "travel", "work", "queue", ... (s)."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """The house hands a task to `robot`."""

    task_id: str
    epoch: int
    task: Task
    robot: str
    finish_by: float | None = None
    term: int = 0
    """Of the leader that says it: a robot that has heard a later one ignores it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardReply:
    """The robot has the task (`accepted`), or will not take it and says why in `note`."""

    task_id: str
    epoch: int
    robot: str
    accepted: bool
    note: str = ""


class HoldingState(StrEnum):
    """How far a robot is with a task it was awarded."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({HoldingState.DONE, HoldingState.FAILED, HoldingState.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A task as its robot sees it. `progress` in 0..1, `remaining` s.

    It is kept after its end until a lease leaves it out.
    """

    task_id: str
    epoch: int
    state: HoldingState
    progress: float = 0.0
    remaining: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The house's answer to a heartbeat: all that `robot` owns, as (task id, epoch).

    A robot works only while the latest `stamp` (that of the heartbeat which is answered) is younger than the lease
    time. It drops what it holds and does not own, unless it took it after `stamp`; what it ended and does not own any
    more is on the house's disk, and it may forget it. So a cancelled, a re-awarded and a settled task all look the
    same, and a lost lease does no harm.
    """

    robot: str
    stamp: float
    owned: tuple[tuple[str, int], ...] = ()
    term: int = 0
    """Of the leader that says it: a robot that has heard a later one ignores it."""


HALTED = "halted"
"""The activity of a robot that was ordered to halt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotState:
    """A robot's heartbeat: it says all the house needs to know again, so that a lost one does no harm."""

    robot: str
    stamp: float
    pose: Pose
    battery: float
    """Charge in 0..1."""
    activity: str
    """In words: "idle", "to dock_3", "loading", "charging", "halted"."""
    holdings: tuple[Holding, ...] = ()
    term: int = 0
    """The newest of a leader that it has heard."""


class Order(StrEnum):
    """Commands to robots outside any task."""

    HALT = "halt"
    """Stop the wheels now; keep the tasks."""
    RESUME = "resume"
    HOME = "home"
    """Go to the start place when the queue is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetOrder:
    """An order to `robots`; `number` grows, so that an older order never undoes a newer one."""

    number: int
    order: Order
    robots: tuple[str, ...]
    term: int = 0
    """Of the leader that says it: a robot that has heard a later one ignores it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the record: what happened to a goal or a task, for people and for `why`.

    Kinds: accepted, vote, read, asked, refused, notice, bid, award, reply, progress, done, failed, cancelled,
    lost (robot), found (robot), order.
    """

    stamp: float
    kind: str
    goal: str = ""
    task: str = ""
    robot: str = ""
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    """JSON values."""
