"""Drafts in words: for the record, and for people who watch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_LIMITS = (
    "by",
    "not_before",
    "within",
    "delay",
    "duration",
    "every",
    "priority",
    "robot",
    "robots",
    "leader",
    "at",
    "into",
    "speed",
    "headway",
    "gap",
)


def draft_words(draft: Mapping[str, Any] | None) -> str:
    """A Draft (JSON of the goal language) on one line."""
    if draft is None:
        return "nothing"
    match draft["intent"]:
        case "tasks":
            return "; ".join(task_words(t) for t in draft["tasks"])
        case "unclear":
            return f"unclear: {draft['reason'].replace('_', ' ')} {', '.join(map(repr, draft['phrases']))}".rstrip()
        case "control":
            return f"{draft['command']} {draft.get('target', 'all')}"
        case _:
            return f"{draft['about']}? {draft.get('target', '')}".rstrip()


def task_words(task: Mapping[str, Any]) -> str:
    """A task (JSON of the goal language) on one line: "deliver 2 pallet dock_3 > aisle_b, by 17:00"."""
    what = [task["kind"]]
    if "manoeuvre" in task:
        what += [task["manoeuvre"], task.get("platoon", "")]
    if "item" in task:
        what.append(f"{task.get('quantity', 1)} {task['item']}")
    ends = [task[end] for end in ("from", "to") if end in task]
    if ends:
        what.append(" > ".join(ends))
    what += [", ".join(task[key]) for key in ("places", "members") if key in task]
    if "times" in task:
        what.append(f"x{task['times']}")
    limits = [f"{key.replace('_', ' ')} {task[key]}" for key in _LIMITS if key in task]
    limits += [f"{key} {', '.join(task[key])}" for key in ("needs", "avoid", "after") if key in task]
    return ", ".join([" ".join(filter(None, what)), *limits])
