"""The form of a Draft: what must hold whatever the site is. A Draft may come over the network, from anybody."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator, Mapping

from caravan.model.goal import Draft, Task, TaskKind

MOST_TASKS = 99
"""A goal has at most so many tasks."""
MOST_TIMES = 1000
"""How often a task may be repeated."""
_OFTENEST = 1.0
"""A task is repeated no sooner than so long (s) after it began."""
_ID = re.compile(r"t[1-9][0-9]{0,5}")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_REQUIRED: Mapping[TaskKind, tuple[str, ...]] = {
    TaskKind.DELIVER: ("item", "to"),
    TaskKind.GO: ("to",),
    TaskKind.PATROL: ("places",),
    TaskKind.INSPECT: ("places",),
    TaskKind.PLATOON: ("manoeuvre",),
}
_AT_LEAST_0 = ("delay", "duration", "gap")
_MORE_THAN_0 = ("within", "every", "speed", "headway")


def malformed(draft: Draft) -> str | None:
    """What is wrong with the form of a Draft, in words; None where nothing is."""
    return next(_flaws(draft), None)


def _flaws(draft: Draft) -> Iterator[str]:
    if len(draft.tasks) > MOST_TASKS:
        yield f"there are {len(draft.tasks)} tasks in it, the most is {MOST_TASKS}; give them as several goals"
        return
    ids = [task.id for task in draft.tasks]
    for task in draft.tasks:
        if not _ID.fullmatch(task.id):
            yield f"{task.id!r} is no id of a task; ids are t1, t2, ..."
        if ids.count(task.id) > 1:
            yield f"two tasks are called {task.id}; give each its own id"
        for flaw in _task_flaws(task):
            yield f"{task.id}: {flaw}"
        for other in task.after:
            if other not in ids:
                yield f"{task.id}: after {other!r} is none of the tasks; there are {', '.join(ids)}"
    if stuck := _in_circles(draft):
        yield f"{', '.join(stuck)} wait for each other; leave one 'after' out"


def _task_flaws(task: Task) -> Iterator[str]:
    for key in _REQUIRED.get(task.kind, ()):
        if not getattr(task, key):
            yield f"a task of kind {task.kind} needs '{key}'"
    for key in ("by", "not_before"):
        clock = getattr(task, key)
        if clock is not None and not _CLOCK.fullmatch(clock):
            yield f"{key} {clock!r} is no time of day; write it as HH:MM"
    for keys, low in ((_AT_LEAST_0, 0.0), (_MORE_THAN_0, math.ulp(0.0))):
        for key in keys:
            value = getattr(task, key)
            if value is not None and not low <= value <= sys.float_info.max:
                yield f"{key} {value} is not a finite number {'of at least' if low == 0.0 else 'more than'} 0"
    if task.every is not None and task.every < _OFTENEST:
        yield f"every {task.every} is less than {_OFTENEST:g} s; give at least {_OFTENEST:g} s"
    if task.into is not None and task.into == task.platoon:
        yield f"{task.platoon} cannot merge into itself; name another platoon"
    if not 1 <= task.times <= MOST_TIMES:
        yield f"times {task.times} is not between 1 and {MOST_TIMES}"


def _in_circles(draft: Draft) -> list[str]:
    """The tasks that can never begin, because each waits for another of them."""
    waiting = {task.id: set(task.after) for task in draft.tasks}
    while free := [id_ for id_, after in waiting.items() if waiting.keys().isdisjoint(after)]:
        for id_ in free:
            del waiting[id_]
    return sorted(waiting)
