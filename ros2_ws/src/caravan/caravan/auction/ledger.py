"""The ledger: what becomes of a goal and its tasks. Pure functions from one Goal to the next.

The legal changes of a task are one table (`NEXT`); a change that it does not allow is a bug and raises.
A task that several robots share has a seat for each: a record of its own, with its own epoch and owner. Until all of
them are there, its seats are awarded and given back together.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace

from caravan.auction import timing
from caravan.model.crew import crew_of
from caravan.model.goal import (
    FINAL_TASK_STATES,
    Answer,
    Draft,
    Goal,
    GoalState,
    Intent,
    Task,
    TaskKind,
    TaskRecord,
    TaskState,
    seat_of,
)

NEXT: dict[TaskState, frozenset[TaskState]] = {
    # Done without an owner: a robot that had been given up for dead comes back and had done it.
    TaskState.WAITING: frozenset({TaskState.BIDDING, TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED}),
    TaskState.BIDDING: frozenset(
        {TaskState.AWARDED, TaskState.WAITING, TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED}
    ),
    TaskState.AWARDED: frozenset(
        {TaskState.RUNNING, TaskState.WAITING, TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED}
    ),
    TaskState.RUNNING: frozenset({TaskState.WAITING, TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED}),
    TaskState.DONE: frozenset(),
    TaskState.FAILED: frozenset(),
    TaskState.CANCELLED: frozenset(),
}

OWNED = frozenset({TaskState.AWARDED, TaskState.RUNNING})
_LOST = frozenset({TaskState.FAILED, TaskState.CANCELLED})
SHOWN = 3
"""So many of the latest occurrences of a repeated task stay in the ledger once they are done."""


class IllegalChange(Exception):
    """A task was about to change in a way that the ledger does not allow."""


def activate(goal: Goal, draft: Draft, utc_offset: float = 0.0) -> Goal:
    """The goal with the tasks of its agreed Draft, all waiting; of a repeated one the first occurrence.

    `utc_offset` is local time minus UTC, s.
    """
    records: list[TaskRecord] = []
    for task in draft.tasks:
        start = timing.starts(task, goal.stamp, utc_offset)
        records += _occurrence(goal, task, 1, start, timing.until(task, goal.stamp, utc_offset))
    return replace(goal, state=GoalState.ACTIVE, draft=draft, tasks=tuple(records))


def adopt(goal: Goal, task_id: str, task: Task, robot: str, epoch: int) -> Goal:
    """The goal with one more task, which `robot` has been awarded before the ledger knew of it.

    What and whom it had to wait for is behind it.
    """
    free = replace(task, after=(), delay=None, not_before=None)
    record = TaskRecord(
        id=task_id,
        task=free,
        seat=seat_of(task_id),
        start=goal.stamp,
        begun=task.robots > 1,
        state=TaskState.RUNNING,
        robot=robot,
        epoch=epoch,
    )
    draft = Draft(intent=Intent.TASKS, tasks=(*(goal.draft.tasks if goal.draft else ()), free))
    return replace(goal, state=GoalState.ACTIVE, draft=draft, tasks=(*goal.tasks, record))


def set_back(goal: Goal, now: float, utc_offset: float) -> Goal:
    """The goal as if it had been said `now`, after the clock was set back."""
    ahead = goal.stamp - now
    tasks = tuple(replace(t, start=t.start - ahead, until=timing.until(t.task, now, utc_offset)) for t in goal.tasks)
    return replace(goal, stamp=now, tasks=tasks)


def finish(goal: Goal, state: GoalState, message: str, now: float) -> Goal:
    """The goal at its end, with what the requester is told."""
    return replace(goal, state=state, message=message, finished=now)


def reopen(goal: Goal, answer: Answer, sentence: str) -> Goal:
    """The goal after its requester has answered a question: to be read again, as `sentence`."""
    return replace(
        goal,
        state=GoalState.READING,
        message="",
        finished=None,
        draft=None,
        options=(),
        answers=(*goal.answers, answer),
        completed=sentence,
    )


def change(goal: Goal, task_id: str, state: TaskState, **values: object) -> Goal:
    """The goal with one task in `state` and its other fields as in `values`.

    Raises IllegalChange where `NEXT` forbids it, KeyError where the goal has no such task.
    """
    record = find(goal, task_id)
    if state is not record.state and state not in NEXT[record.state]:
        raise IllegalChange(f"{task_id}: {record.state} to {state}")
    changed = replace(record, state=state, **values)  # type: ignore[arg-type]
    return replace(goal, tasks=tuple(changed if t.id == task_id else t for t in goal.tasks))


def find(goal: Goal, task_id: str) -> TaskRecord:
    """The task's record. Raises KeyError where the goal has no such task."""
    for record in goal.tasks:
        if record.id == task_id:
            return record
    raise KeyError(task_id)


def seats(goal: Goal, record: TaskRecord) -> tuple[TaskRecord, ...]:
    """All seats of a shared task, this one among them; the record alone where one robot does it."""
    same = (record.task.id, record.occurrence)
    return tuple(t for t in goal.tasks if (t.task.id, t.occurrence) == same)


def taken(goal: Goal, record: TaskRecord) -> set[str]:
    """The robots that have or had another seat of the same task: each may have one."""
    return {t.robot for t in seats(goal, record) if t.id != record.id and t.robot is not None}


def ready(goal: Goal) -> list[tuple[TaskRecord, ...]]:
    """The tasks that wait for nothing but their time and a robot: those before them are all done.

    A task for one robot stands alone; the seats of one that several share stand together, unless it has begun.
    """
    if goal.state is not GoalState.ACTIVE:
        return []
    done = {t.task.id for t in goal.tasks} - {t.task.id for t in goal.tasks if t.state is not TaskState.DONE}
    found = [t for t in goal.tasks if t.state is TaskState.WAITING and set(t.task.after) <= done]
    groups: dict[tuple[str, int] | str, tuple[TaskRecord, ...]] = {}
    for record in found:
        key = record.id if record.begun else (record.task.id, record.occurrence)
        groups[key] = (*groups.get(key, ()), record)
    return list(groups.values())


def begin(goal: Goal, task_id: str) -> Goal:
    """The goal with a shared task begun: from now on each seat is given back alone.

    Raises IllegalChange where not every seat has a robot of its own.
    """
    record = find(goal, task_id)
    crew = seats(goal, record)
    owners = {t.robot for t in crew if t.state in (*OWNED, TaskState.DONE) and t.robot is not None}
    if not record.seat or len(owners) < record.task.robots:
        raise IllegalChange(f"{task_id}: {record.task.robots} robots begin it together, it has {len(owners)}")
    ids = {t.id for t in crew}
    return replace(goal, tasks=tuple(replace(t, begun=True) if t.id in ids else t for t in goal.tasks))


def give_back(goal: Goal, task_id: str, note: str, excluded: Collection[str] = ()) -> Goal:
    """The goal with an owned task without owner again, to be offered anew but to `excluded`.

    With the seat of a shared task that has not begun all other seats are given back.
    """
    record = find(goal, task_id)
    others = () if record.begun else (t for t in seats(goal, record) if t.id != task_id and t.state in OWNED)
    fresh = {"robot": None, "progress": 0.0, "remaining": None, "note": note}
    for each in (record, *others):
        left_out = tuple(dict.fromkeys((*each.excluded, *excluded)))
        goal = change(goal, each.id, TaskState.WAITING, excluded=left_out, **fresh)
    return goal


def endless(task: Task) -> bool:
    """Whether a task of a Draft goes on until it is cancelled."""
    return task.every is not None and task.times == 1 and task.by is None


def settle(goal: Goal, now: float) -> Goal:
    """The goal with the next occurrences of repeated tasks, and ended if its tasks say so.

    It is done when all tasks are done; a failed or cancelled task ends what follows it and who shares it. But vehicles
    that are at a manoeuvre bring it to an end without the one that is missing.
    """
    if goal.state is not GoalState.ACTIVE:
        return goal
    goal = _repeat(_drop_followers(goal), now)
    if any(t.state not in FINAL_TASK_STATES for t in goal.tasks):
        return goal
    bad = [t for t in goal.tasks if t.state is not TaskState.DONE]
    if not bad:
        return finish(goal, GoalState.DONE, "done", now)
    failed = [t for t in bad if t.state is TaskState.FAILED]
    state = GoalState.FAILED if failed else GoalState.CANCELLED
    return finish(goal, state, "; ".join(f"{short(t)}: {t.note or t.state}" for t in failed or bad), now)


def short(record: TaskRecord) -> str:
    """A task's id within its goal: "t1.2" of "g12/t1.2"."""
    return record.id.split("/", 1)[1]


def _occurrence(goal: Goal, task: Task, number: int, start: float, until: float | None) -> list[TaskRecord]:
    """The records of one occurrence of a task of the Draft: one, or one for each of the robots that share it."""
    name = f"{goal.id}/{task.id}" if task.every is None else f"{goal.id}/{task.id}.{number}"
    once = task if task.every is None else replace(task, times=1, every=None)
    note = "waits for its time" if number > 1 else ""
    common = {"occurrence": number, "start": start, "until": until, "note": note}
    if task.robots == 1:
        return [TaskRecord(id=name, task=once, **common)]  # type: ignore[arg-type]
    return [
        TaskRecord(id=f"{name}/{seat}", task=_share(once, seat), seat=seat, **common)  # type: ignore[arg-type]
        for seat in range(1, task.robots + 1)
    ]


def _share(task: Task, seat: int) -> Task:
    """What the robot on a seat does of a shared task: of a delivery its part of the load, at least one item.

    A seat of a manoeuvre may be somebody's.
    """
    if task.kind is TaskKind.PLATOON:
        return replace(task, robot=crew_of(task)[seat - 1])
    if task.kind is not TaskKind.DELIVER:
        return task
    return replace(task, quantity=max(1, (task.quantity + task.robots - seat) // task.robots))


def _repeat(goal: Goal, now: float) -> Goal:
    """The next occurrence of each task whose latest one has ended; a cancelled one was the last."""
    for task in goal.draft.tasks if goal.draft is not None else ():
        if task.every is None:
            continue
        records = [t for t in goal.tasks if t.task.id == task.id]
        last = max(records, key=lambda t: t.occurrence)
        states = {t.state for t in seats(goal, last)}
        over = states <= FINAL_TASK_STATES and (TaskState.FAILED in states or TaskState.CANCELLED not in states)
        # What is missed while the former is late is left out: the next one is due at once, and only one.
        start = last.start + task.every * max(1, math.floor((now - last.start) / task.every))
        if over and (task.times == 1 or last.occurrence < task.times) and (last.until is None or start < last.until):
            goal = replace(goal, tasks=_without_old(goal, last))
            added = _occurrence(goal, task, last.occurrence + 1, start, last.until)
            goal = replace(goal, tasks=(*goal.tasks, *added))
    return goal


def _without_old(goal: Goal, last: TaskRecord) -> tuple[TaskRecord, ...]:
    old = last.occurrence - SHOWN
    return tuple(
        t
        for t in goal.tasks
        if t.task.id != last.task.id or t.occurrence > old or any(m.state is not TaskState.DONE for m in seats(goal, t))
    )


def _drop_followers(goal: Goal) -> Goal:
    lost = {t.task.id for t in goal.tasks if t.state in _LOST}
    for record in goal.tasks:
        if record.state in FINAL_TASK_STATES:
            continue
        goes_on = record.task.kind is TaskKind.PLATOON and record.begun
        missing = [] if goes_on else [short(t) for t in seats(goal, record) if t.state in _LOST]
        missing = missing or sorted(lost & set(record.task.after))
        if missing:
            return _drop_followers(
                change(goal, record.id, TaskState.CANCELLED, note=f"{', '.join(missing)} did not get done")
            )
    return goal
