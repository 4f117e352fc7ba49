"""The ledger: what becomes of a goal and its tasks. Pure functions from one Goal to the next.

The legal changes of a task are one table (`NEXT`); a change that it does not allow is a bug and raises.
"""

from __future__ import annotations

from dataclasses import replace

from caravan.model.goal import FINAL_TASK_STATES, Draft, Goal, GoalState, Intent, Task, TaskRecord, TaskState

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


class IllegalChange(Exception):
    """A task was about to change in a way that `NEXT` does not allow."""


def activate(goal: Goal, draft: Draft) -> Goal:
    """The goal with the tasks of its agreed Draft, all waiting."""
    tasks = tuple(TaskRecord(id=f"{goal.id}/{t.id}", task=t) for t in draft.tasks)
    return replace(goal, state=GoalState.ACTIVE, draft=draft, tasks=tasks)


def adopt(goal: Goal, task_id: str, task: Task, robot: str, epoch: int) -> Goal:
    """The goal with one more task, which `robot` has been awarded before the ledger knew of it.

    What it had to wait for is behind it.
    """
    free = replace(task, after=(), delay=None, not_before=None)
    record = TaskRecord(id=task_id, task=free, state=TaskState.RUNNING, robot=robot, epoch=epoch)
    draft = Draft(intent=Intent.TASKS, tasks=(*(goal.draft.tasks if goal.draft else ()), free))
    return replace(goal, state=GoalState.ACTIVE, draft=draft, tasks=(*goal.tasks, record))


def finish(goal: Goal, state: GoalState, message: str, now: float) -> Goal:
    """The goal at its end, with what the requester is told."""
    return replace(goal, state=state, message=message, finished=now)


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


def ready(goal: Goal) -> list[TaskRecord]:
    """The tasks that wait for nothing but their time and a robot: those before them are all done."""
    if goal.state is not GoalState.ACTIVE:
        return []
    done = {t.task.id for t in goal.tasks if t.state is TaskState.DONE}
    return [t for t in goal.tasks if t.state is TaskState.WAITING and set(t.task.after) <= done]


def settle(goal: Goal, now: float) -> Goal:
    """The goal ended, if its tasks say so: done when all are done; a failed or cancelled task ends what follows it."""
    if goal.state is not GoalState.ACTIVE:
        return goal
    goal = _drop_followers(goal)
    if any(t.state not in FINAL_TASK_STATES for t in goal.tasks):
        return goal
    bad = [t for t in goal.tasks if t.state is not TaskState.DONE]
    if not bad:
        return finish(goal, GoalState.DONE, "done", now)
    failed = [t for t in bad if t.state is TaskState.FAILED]
    state = GoalState.FAILED if failed else GoalState.CANCELLED
    return finish(goal, state, "; ".join(f"{t.task.id}: {t.note or t.state}" for t in failed or bad), now)


def _drop_followers(goal: Goal) -> Goal:
    lost = {t.task.id for t in goal.tasks if t.state in (TaskState.FAILED, TaskState.CANCELLED)}
    for record in goal.tasks:
        if record.state not in FINAL_TASK_STATES and lost & set(record.task.after):
            note = f"{', '.join(sorted(lost & set(record.task.after)))} did not get done"
            return _drop_followers(change(goal, record.id, TaskState.CANCELLED, note=note))
    return goal
