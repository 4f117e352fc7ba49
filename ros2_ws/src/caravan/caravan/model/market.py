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
    """The house asks `robots` to read `text` with their own models.

    A goal is read again when a question about it is answered; `reading` counts that from 0.
    """

    goal: str
    text: str
    robots: tuple[str, ...]
    reading: int = 0
    term: int = 0
    """Of the leader that says it: a robot that has heard a later one ignores it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One robot's reading of a goal; `draft` is None where its model failed, and `note` says how."""

    goal: str
    robot: str
    draft: Draft | None
    reading: int = 0
    """That of the request."""
    model: str = ""
    """The id of the robot's model."""
    confidence: float = 0.0
    seconds: float = 0.0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """A task on offer: its next award would have `epoch`."""

    task_id: str
    epoch: int
    task: Task
    finish_by: float | None = None
    """When the task must be finished (s)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How an auction is decided, and so what a robot shall bid."""

    mechanism: str
    """One of `auction.mechanisms.table.MECHANISMS`."""
    weights: Mapping[str, float]
    """What counts how much in a cost, by names of `auction.objective`."""
    bundle: int = 1
    """The largest set of lots that a robot shall price as one."""
    priced: bool = False
    """Whether a robot asks the price of its owner, not its cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BidNotice:
    """The house asks `robots` for bids on `lots`; they count until `deadline` (s).

    An auction may have several rounds: in each, some robots are asked anew, and count what they are `given`, in this
    order, as theirs already. A notice that is sent again asks for nothing new.
    """

    auction: str
    round: int
    lots: tuple[Lot, ...]
    robots: tuple[str, ...]
    deadline: float
    rules: Rules
    given: tuple[Lot, ...] = ()
    term: int = 0
    """Of the leader that says it: a robot that has heard a later one ignores it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A robot does all of `tasks` (ids, sorted) for `cost` (s, lower wins), the last of them by `finish` (s)."""

    tasks: tuple[str, ...]
    cost: float
    finish: float | None = None
    parts: Mapping[str, float] = field(default_factory=dict)
    """What the cost is the sum of: "queue", "drive", "work", ... (s)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """A robot's answer to a round of an auction. `declined` says why, by task id, where it has no offer."""

    auction: str
    round: int
    robot: str
    offers: tuple[Offer, ...] = ()
    declined: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """The house hands a task to `robot`."""

    task_id: str
    epoch: int
    task: Task
    robot: str
    finish_by: float | None = None
    term: int = 0
    """Of the leader that says it: a robot that has heard a later one refuses it. 0: of somebody else."""


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
    GATHERED = "gathered"
    """There, waiting for the others that share the task."""
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RELEASED = "released"
    """Given back, since the house wanted it for another robot, before it was begun."""


ENDED = frozenset({HoldingState.DONE, HoldingState.FAILED, HoldingState.CANCELLED, HoldingState.RELEASED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A task as its robot sees it. `progress` in 0..1, `remaining` s; `task` only where a lease asked for it.

    It is kept after its end until a lease leaves it out.
    """

    task_id: str
    epoch: int
    state: HoldingState
    progress: float = 0.0
    remaining: float | None = None
    note: str = ""
    task: Task | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The house's answer to a heartbeat: all that `robot` owns, as (task id, epoch).

    A robot works only while the latest `stamp` (that of the heartbeat which is answered) is younger than the lease
    time, and ignores one of another `era` than its own. It drops what it holds and does not own, unless it took it
    after `stamp`; what it ended and does not own any more is on the house's disk, and it may forget it. So a cancelled,
    a re-awarded and a settled task all look the same, and a lost lease does no harm.
    """

    robot: str
    stamp: float
    owned: tuple[tuple[str, int], ...] = ()
    asked: tuple[tuple[str, int], ...] = ()
    """What the robot holds and the house has never heard of: the robot keeps it, does not work on it, and says what
    it is."""
    wanted: tuple[tuple[str, int], ...] = ()
    """What the robot shall give back, unless it has begun it."""
    begun: tuple[str, ...] = ()
    """Those of its tasks that robots share and that they may begin, since all were there."""
    term: int = 0
    """Of the leader that says it: a robot that has heard a later one ignores it."""
    era: int = 0
    """That of the heartbeat which is answered."""


HALTED = "halted"
"""The activity of a robot that was ordered to halt."""
AWAITS_CHARGER = "waits for a charger"
"""The activity of a robot that must charge, while other robots have the chargers."""


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
    model: str = ""
    """The id of the language model that it reads goals with."""
    term: int = 0
    """The newest of a leader that it has heard."""
    era: int = 0
    """A greater one after each start of the robot and each time that its clock was set back: stamps of two eras say
    nothing of what came first."""


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

    Kinds: accepted, vote, jury, read, asked, answered, refused, notice, bid, award, reply, progress, done, failed,
    cancelled, planned, begun, put_back, overtook, endangered (task), lost (robot), found (robot), order.
    """

    stamp: float
    kind: str
    goal: str = ""
    task: str = ""
    robot: str = ""
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    """JSON values."""
