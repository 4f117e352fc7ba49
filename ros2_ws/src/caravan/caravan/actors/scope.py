"""What the language can say and the fleet cannot do yet: refused in words, never dropped in silence."""

from __future__ import annotations

from caravan.model.goal import Draft, Task, TaskKind


def beyond(draft: Draft) -> str | None:
    """Why the fleet cannot carry out a Draft that is allowed otherwise; None where it can."""
    for task in draft.tasks:
        reason = _beyond(task)
        if reason is not None:
            return f"{task.id}: {reason}"
    return None


def _beyond(task: Task) -> str | None:
    if task.kind is TaskKind.PLATOON:
        return "platoons are understood, but not driven yet"
    if task.every is not None:
        return "a task cannot be repeated by the clock yet; say how many times instead"
    if task.robots > 1:
        return "one task cannot be shared by several robots yet; give each robot its own"
    if task.kind is TaskKind.DELIVER and task.from_ is None:
        return f"where shall the {task.item} be fetched? Say it with the place, like 'from dock 1'"
    if task.kind is TaskKind.WAIT and task.duration is None:
        return "how long shall it wait? Say it with the time, like 'for two minutes'"
    return None
