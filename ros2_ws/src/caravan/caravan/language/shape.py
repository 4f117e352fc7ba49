"""The Reading format: which keys a Reading may have, in what order, and what each value is.

A Reading is a Draft (docs/goal_language.md) in the sentence's own words: ids, numbers and times are still spans of
the sentence. The grammar and the reader are both made from these tables.
"""

from __future__ import annotations

from enum import Enum, auto

from caravan.model.goal import COMMANDS, MANOEUVRES, PRIORITIES, TOPICS, TaskKind


class Sort(Enum):
    """What a span stands for, and so how it becomes a value of the Draft."""

    PLACE = auto()
    ROBOT = auto()
    ITEM = auto()
    PLATOON = auto()
    CAPABILITY = auto()
    COUNT = auto()
    CLOCK = auto()
    DURATION = auto()
    SPEED = auto()
    LENGTH = auto()
    HEADWAY = auto()


NAMED = (Sort.PLACE, Sort.ROBOT, Sort.ITEM, Sort.PLATOON, Sort.CAPABILITY)
"""What the site names."""

SPANS = {
    "item": Sort.ITEM,
    "quantity": Sort.COUNT,
    "from": Sort.PLACE,
    "to": Sort.PLACE,
    "robot": Sort.ROBOT,
    "robots": Sort.COUNT,
    "by": Sort.CLOCK,
    "not_before": Sort.CLOCK,
    "within": Sort.DURATION,
    "delay": Sort.DURATION,
    "duration": Sort.DURATION,
    "times": Sort.COUNT,
    "every": Sort.DURATION,
    "platoon": Sort.PLATOON,
    "leader": Sort.ROBOT,
    "at": Sort.ROBOT,
    "into": Sort.PLATOON,
    "speed": Sort.SPEED,
    "headway": Sort.HEADWAY,
    "gap": Sort.LENGTH,
}
"""Keys of a task whose value is one span."""

LISTS = {"places": Sort.PLACE, "needs": Sort.CAPABILITY, "avoid": Sort.PLACE, "members": Sort.ROBOT}
"""Keys of a task whose value is a list of one or more spans."""

WORDS = {
    "kind": tuple(k.value for k in TaskKind),
    "priority": tuple(p for p in PRIORITIES if p != "normal"),
    "manoeuvre": MANOEUVRES,
}
"""Keys of a task whose value is one of these words."""

_ORDER = """
    kind item quantity from to places robot robots needs by not_before within delay duration after avoid priority
    times every manoeuvre platoon leader members at into speed headway gap
"""
TASK_KEYS = tuple(_ORDER.split())
"""All keys of a task, in the order in which a Reading gives them; only `kind` must be there."""

HEADS = {
    "tasks": (),
    "control": ("command", "target"),
    "query": ("about", "target"),
    "unclear": ("reason", "phrases"),
}
"""The keys that follow each intent."""

HEAD_WORDS = {"command": COMMANDS, "about": TOPICS, "reason": ("not_a_goal", "unsafe", "ambiguous")}
"""Keys of the head whose value is one of these words: the other reasons are found by grounding."""
