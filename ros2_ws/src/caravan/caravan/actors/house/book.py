"""The house's book: all goals, and what a step of the house wants written and sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from caravan.auction import ledger
from caravan.model.audit import Audit
from caravan.model.goal import FINAL_TASK_STATES, Goal, GoalState, TaskRecord, TaskState
from caravan.model.market import Award, BidNotice, Event, FleetOrder, Lease, ReadRequest

Message = Award | BidNotice | FleetOrder | Lease | ReadRequest


@dataclass(slots=True)
class Outbox:
    """What one step produced. `goals` and `events` are to be on disk before any of `messages` is sent."""

    goals: list[Goal] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    audits: list[Audit] = field(default_factory=list)


class Book:
    """All goals by id, the record of events, and the outbox of the current step, of which each message has `term`."""

    def __init__(self, goals: Iterable[Goal] = (), events: Iterable[Event] = (), term: int = 0) -> None:
        self._term = term
        self._goals: dict[str, Goal] = {}
        self._by_key: dict[str, str] = {}
        self._events: defaultdict[str, list[Event]] = defaultdict(list)
        """By goal, and by auction."""
        self._orders: list[Event] = []
        self._stands: dict[str, tuple[TaskState | None, str | None]] = {}
        """The state (None: at its end) and the owner of each task."""
        self._in_state: defaultdict[TaskState | None, dict[str, None]] = defaultdict(dict)
        self._owned: defaultdict[str | None, dict[str, None]] = defaultdict(dict)
        self._changed: dict[str, None] = {}
        self._newest = 0
        for goal in goals:
            self._keep(goal)
        for event in events:
            self._file(event)
        self._out = Outbox()

    def __getitem__(self, goal_id: str) -> Goal:
        return self._goals[goal_id]

    def get(self, goal_id: str) -> Goal | None:
        """A goal; None where there is no such goal."""
        return self._goals.get(goal_id)

    def __contains__(self, goal_id: str) -> bool:
        return goal_id in self._goals

    def __iter__(self) -> Iterator[Goal]:
        return iter(tuple(self._goals.values()))

    def by_key(self, key: str) -> Goal | None:
        """The goal that was asked for, or answered about, with a key; None where there is none, or the key is empty."""
        return self._goals.get(self._by_key.get(key, ""))

    def next_id(self) -> str:
        """The id of the next goal: "g" and one more than the highest number so far."""
        return f"g{self._newest + 1}"

    def reserve(self, number: int) -> None:
        """Gives no new goal this number or a lower one."""
        self._newest = max(self._newest, number)

    def events(self, goal_id: str) -> list[Event]:
        """The record of one goal, oldest first, with that of the auctions in which its tasks were awarded."""
        own = self._events.get(goal_id, [])
        auctions = dict.fromkeys(e.data["auction"] for e in own if "auction" in e.data)
        told = [e for auction in auctions for e in self._events.get(auction, []) if e.goal != goal_id]
        return sorted([*told, *own], key=lambda e: e.stamp)

    def orders(self) -> list[Event]:
        """The orders to robots that were given so far, oldest first."""
        return list(self._orders)

    def put(self, goal: Goal) -> None:
        """Keeps `goal` in place of its earlier version, to be written to disk if it changed in more than progress."""
        before = self._goals.get(goal.id)
        self._keep(goal)
        if before is None or _durable(before) != _durable(goal):
            self._out.goals.append(goal)

    def forget(self, told: Iterable[str], goals: Iterable[str]) -> None:
        """Drops the record of the goals `told`, and `goals` themselves; all of them have ended."""
        for goal_id in told:
            for event in self._events.pop(goal_id, []):
                self._events.pop(str(event.data.get("auction", "")), None)
        for goal_id in goals:
            self._changed.pop(goal_id, None)
            goal = self._goals.pop(goal_id)
            for key in _keys(goal):
                self._by_key.pop(key, None)
            for record in goal.tasks:
                state, owner = self._stands.pop(record.id)
                del self._in_state[state][record.id], self._owned[owner][record.id]

    def task(self, task_id: str) -> TaskRecord | None:
        """A task's record; None where there is no such task."""
        goal = self._goals.get(goal_of(task_id))
        return next((t for t in goal.tasks if t.id == task_id), None) if goal else None

    def seats(self, record: TaskRecord) -> tuple[TaskRecord, ...]:
        """All seats of a task that robots share, this one among them; the record alone where one robot does it."""
        return ledger.seats(self._goals[goal_of(record.id)], record)

    def tasks(self, state: TaskState) -> list[TaskRecord]:
        """The tasks in a state that is not final."""
        return self._records(self._in_state[state])

    def owned(self, robot: str) -> list[TaskRecord]:
        """The tasks that a robot owns."""
        return self._records(self._owned[robot])

    def changed(self) -> list[Goal]:
        """The goals that are new or have changed since this was asked last."""
        changed, self._changed = self._changed, {}
        return [self._goals[goal_id] for goal_id in changed]

    def change(self, task_id: str, state: TaskState, **values: object) -> None:
        """Changes a task as `ledger.change` does."""
        self.put(ledger.change(self._goals[goal_of(task_id)], task_id, state, **values))

    def end(self, task_id: str, state: TaskState, note: str, now: float, **values: object) -> None:
        """Brings a task to its end, and with it perhaps the goal."""
        self.change(task_id, state, note=note, remaining=0.0, **values)
        record = self.task(task_id)
        self.record(now, f"task_{state}", task=task_id, robot=(record and record.robot) or "", text=note)
        self.settle(goal_of(task_id), now)

    def settle(self, goal_id: str, now: float) -> None:
        """Ends the goal if its tasks say so."""
        before = self._goals[goal_id]
        after = ledger.settle(before, now)
        self.put(after)
        known = {t.id for t in before.tasks}
        for task in after.tasks:
            if task.id not in known:
                left = max(0.0, task.start - now)
                self.record(now, "planned", task=task.id, text=f"it is due in {left:.0f} s")
        if after.state is not before.state:
            self.record(now, after.state.value, goal_id, text=after.message)

    def warn(self, task_id: str, text: str, now: float) -> None:
        """Tells the goal's requester early what will probably go wrong with a task; empty: it will not any more."""
        goal = self._goals[goal_of(task_id)]
        self.put(replace(goal, message=text and f"{task_id}: {text}"))
        if text:
            self.record(now, "endangered", task=task_id, text=text)

    def close(self, goal_id: str, state: GoalState, message: str, now: float) -> None:
        """Ends a goal that has no tasks under way, with what its requester is told."""
        self.put(ledger.finish(self._goals[goal_id], state, message, now))
        self.record(now, state.value, goal_id, text=message)

    def record(
        self,
        now: float,
        kind: str,
        goal: str = "",
        *,
        task: str = "",
        robot: str = "",
        text: str = "",
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Adds an event to the record; `goal` may be left out where `task` is given."""
        goal = goal or goal_of(task)
        event = Event(stamp=now, kind=kind, goal=goal, task=task, robot=robot, text=text, data=data or {})
        self._file(event)
        self._out.events.append(event)

    def audit(self, audit: Audit) -> None:
        """Puts what became of a request into the outbox."""
        self._out.audits.append(audit)

    def send(self, message: Message) -> None:
        """Puts a message into the outbox."""
        self._out.messages.append(replace(message, term=self._term))

    def drain(self) -> Outbox:
        """The outbox, which is empty afterwards; of each goal the latest version."""
        out, self._out = self._out, Outbox()
        out.goals = list({goal.id: goal for goal in out.goals}.values())
        return out

    def _keep(self, goal: Goal) -> None:
        before = self._goals.get(goal.id)
        for task_id in {t.id for t in before.tasks} - {t.id for t in goal.tasks} if before is not None else ():
            state, robot = self._stands.pop(task_id)
            del self._in_state[state][task_id], self._owned[robot][task_id]
        self._goals[goal.id] = goal
        self._newest = max(self._newest, int(goal.id[1:]))
        self._changed[goal.id] = None
        for key in _keys(goal):
            self._by_key.setdefault(key, goal.id)
        for record in goal.tasks:
            self._list(record)

    def _list(self, record: TaskRecord) -> None:
        state = None if record.state in FINAL_TASK_STATES else record.state
        stands = (state, record.robot if record.state in ledger.OWNED else None)
        before = self._stands.get(record.id)
        if before == stands:
            return
        if before is not None:
            del self._in_state[before[0]][record.id], self._owned[before[1]][record.id]
        self._stands[record.id] = stands
        self._in_state[stands[0]][record.id] = self._owned[stands[1]][record.id] = None

    def _records(self, ids: Iterable[str]) -> list[TaskRecord]:
        return [record for task_id in tuple(ids) if (record := self.task(task_id)) is not None]

    def _file(self, event: Event) -> None:
        if event.kind == "order":
            self._orders.append(event)
        for drawer in {event.goal, str(event.data.get("auction", ""))} - {""}:
            self._events[drawer].append(event)


def _keys(goal: Goal) -> set[str]:
    """The callers' own names for what they asked and answered."""
    return {goal.key, *(answer.key for answer in goal.answers)} - {""}


def _durable(goal: Goal) -> tuple[object, ...]:
    """What must outlive a crash. An auction under way does not: its tasks wait again."""
    tasks = [(t.id, _STEADY.get(t.state, t.state), t.robot, t.epoch, t.excluded, t.begun) for t in goal.tasks]
    return (goal.stamp, goal.state, goal.message, tasks)


_STEADY = {TaskState.BIDDING: TaskState.WAITING}


def goal_of(task_id: str) -> str:
    """The goal's part of a task id: "g12" of "g12/t1"."""
    return task_id.split("/")[0]
