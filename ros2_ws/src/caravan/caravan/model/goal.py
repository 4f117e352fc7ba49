"""Goals: the Draft (what a sentence means, docs/goal_language.md) and the states a goal and its tasks go through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from enum import StrEnum
from typing import Any


class TaskKind(StrEnum):
    """What a task asks for."""

    DELIVER = "deliver"
    GO = "go"
    PATROL = "patrol"
    INSPECT = "inspect"
    CHARGE = "charge"
    WAIT = "wait"
    PLATOON = "platoon"


class Intent(StrEnum):
    """What a sentence is."""

    TASKS = "tasks"
    CONTROL = "control"
    QUERY = "query"
    UNCLEAR = "unclear"


COMMANDS = ("cancel", "pause", "resume", "stop", "home")
TOPICS = ("where", "status", "why", "battery", "robots", "tasks")
REASONS = ("unknown_place", "unknown_robot", "unknown_item", "ambiguous", "not_a_goal", "unsafe")
PRIORITIES = ("low", "normal", "high", "urgent")
MANOEUVRES = ("form", "join", "leave", "split", "merge", "set", "dissolve")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task of a Draft. Names are ids of the site; times of day are "HH:MM"; durations s; speed m/s; gap m.

    Field names are the keys of the goal language, but `from_` for `from`.
    """

    id: str
    kind: TaskKind
    item: str | None = None
    quantity: int = 1
    from_: str | None = None
    to: str | None = None
    places: tuple[str, ...] = ()
    robot: str | None = None
    robots: int = 1
    needs: tuple[str, ...] = ()
    by: str | None = None
    not_before: str | None = None
    within: float | None = None
    delay: float | None = None
    duration: float | None = None
    after: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    priority: str = "normal"
    times: int = 1
    every: float | None = None
    manoeuvre: str | None = None
    platoon: str | None = None
    leader: str | None = None
    members: tuple[str, ...] = ()
    at: str | None = None
    into: str | None = None
    speed: float | None = None
    headway: float | None = None
    gap: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What one sentence means, in ids of the site. Two Drafts mean the same exactly when they are equal."""

    intent: Intent
    tasks: tuple[Task, ...] = ()
    command: str | None = None
    about: str | None = None
    target: str | None = None
    reason: str | None = None
    phrases: tuple[str, ...] = ()


def _plain(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def task_to_json(task: Task) -> dict[str, Any]:
    """The task as a JSON object of the goal language, keys with default values left out."""
    given = {f.name: getattr(task, f.name) for f in fields(task) if getattr(task, f.name) != f.default}
    return {name.rstrip("_"): _plain(value) for name, value in given.items()}


def draft_to_json(draft: Draft) -> dict[str, Any]:
    """The Draft as a JSON object of the goal language; equal Drafts give equal objects."""
    out: dict[str, Any] = {"intent": draft.intent.value}
    if draft.intent is Intent.TASKS:
        out["tasks"] = [task_to_json(t) for t in draft.tasks]
    for key in ("command", "about", "target", "reason"):
        if getattr(draft, key) is not None:
            out[key] = getattr(draft, key)
    if draft.intent is Intent.UNCLEAR:
        out["phrases"] = list(draft.phrases)
    return out


def task_from_json(data: Mapping[str, Any]) -> Task:
    """The inverse of `task_to_json`. Raises ValueError naming the key that is unknown, missing or malformed."""
    known = {f.name.rstrip("_"): f for f in fields(Task)}
    unknown = sorted(set(data) - set(known))
    if unknown:
        raise ValueError(f"task: unknown key {unknown[0]!r}; known are {', '.join(known)}")
    values: dict[str, Any] = {}
    for key, f in known.items():
        if key in data:
            value = data[key]
            values[f.name] = tuple(value) if isinstance(value, list) else value
        elif f.default is MISSING:
            raise ValueError(f"task: key {key!r} is missing")
    try:
        values["kind"] = TaskKind(values["kind"])
    except ValueError:
        raise ValueError(f"task: kind {data['kind']!r} is not one of {', '.join(TaskKind)}") from None
    return Task(**values)


def draft_from_json(data: Mapping[str, Any]) -> Draft:
    """The inverse of `draft_to_json`. Raises ValueError naming what is wrong."""
    try:
        intent = Intent(data["intent"])
    except (KeyError, ValueError):
        raise ValueError(f"draft: intent {data.get('intent')!r} is not one of {', '.join(Intent)}") from None
    return Draft(
        intent=intent,
        tasks=tuple(task_from_json(t) for t in data.get("tasks", ())),
        phrases=tuple(data.get("phrases", ())),
        **{key: data.get(key) for key in ("command", "about", "target", "reason")},
    )


class GoalState(StrEnum):
    """Where a goal stands. All but the first two are final.

    But an ASKED goal goes on when its question is answered, and can be cancelled.
    """

    READING = "reading"
    ACTIVE = "active"
    DONE = "done"
    ASKED = "asked"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"


class TaskState(StrEnum):
    """Where a task stands in the ledger."""

    WAITING = "waiting"
    """For an earlier task, a start time or a robot."""
    BIDDING = "bidding"
    AWARDED = "awarded"
    """Sent to the winner, whose answer is not in yet."""
    RUNNING = "running"
    """The winner has it: queued or at work."""
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINAL_TASK_STATES = frozenset({TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED})
FINAL_GOAL_STATES = frozenset(
    {GoalState.DONE, GoalState.ASKED, GoalState.REFUSED, GoalState.FAILED, GoalState.CANCELLED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRecord:
    """What one robot is to do, in the ledger: its state, its owner and the epoch of its latest award.

    `id` is "g12/t1"; "g12/t1.3" is the third occurrence of a task that is repeated by the clock, "g12/t1/2" the second
    seat of one that several robots share. `task` is then what this robot does this time.
    """

    id: str
    task: Task
    occurrence: int = 1
    seat: int = 0
    """From 1, where several robots share the task; 0 where one robot does it."""
    start: float = 0.0
    """When it may start (s); for a repeated task the planned start."""
    until: float | None = None
    """The clock time by which it must be finished (s)."""
    begun: bool = False
    """Whether all seats were there at one time, so that their robots may begin; true to the end of the task."""
    state: TaskState = TaskState.WAITING
    robot: str | None = None
    epoch: int = 0
    progress: float = 0.0
    remaining: float | None = None
    note: str = ""
    excluded: tuple[str, ...] = ()
    """Robots that refused or failed it since it was last done by nobody."""
    payment: float | None = None
    """What the owner of `robot` is paid for it, where robots are paid."""

    @property
    def finish_by(self) -> float | None:
        """When it must be finished (s), or None."""
        ends = [self.until, None if self.task.within is None else self.start + self.task.within]
        return min((end for end in ends if end is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a requester said when the fleet asked back, and the key of that request (empty: none)."""

    text: str
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A goal in the ledger. `id` is "g12", `stamp` is when it was accepted (s)."""

    id: str
    text: str
    requester: str
    stamp: float
    state: GoalState = GoalState.READING
    robot: str | None = None
    """The robot that was spoken to, if it was one robot and not the fleet."""
    draft: Draft | None = None
    tasks: tuple[TaskRecord, ...] = ()
    message: str = ""
    """What the requester is told: the question, the refusal or the outcome."""
    finished: float | None = None
    mechanism: str = ""
    """How its tasks are auctioned (`auction.mechanisms.table`); empty: as the fleet does."""
    key: str = ""
    """The requester's own name for it: a request that comes again with the same key is the same goal."""
    options: tuple[Draft, ...] = ()
    """Where it is asked back which of several Drafts is meant: those, in the order of the question."""
    answers: tuple[Answer, ...] = ()
    """To the questions so far, oldest first."""
    completed: str = ""
    """The sentence as the answers have completed it; empty: it is read as it was said."""

    @property
    def sentence(self) -> str:
        """What the robots are to read."""
        return self.completed or self.text

    @property
    def reading(self) -> int:
        """Which reading of the goal this is, from 0."""
        return len(self.answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one robot's model made of a sentence. `confidence` in 0..1; `seconds` of wall time."""

    draft: Draft
    confidence: float
    seconds: float = field(default=0.0, compare=False)


def whole_of(task_id: str) -> str:
    """The id of the task of which this is a part: "g12/t1" of "g12/t1.3" and of "g12/t1.3/2"."""
    return "/".join(task_id.split(".")[0].split("/")[:2])


def seat_of(task_id: str) -> int:
    """The seat in a task's id: 2 of "g12/t1/2"; 0 where one robot does the task."""
    parts = task_id.split("/")
    return int(parts[2]) if len(parts) > 2 else 0
