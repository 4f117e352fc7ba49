"""Drafts and Tasks as text: the canonical JSON of docs/goal_language.md, read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from caravan.language.spans import has_control
from caravan.model.goal import (
    COMMANDS,
    MANOEUVRES,
    PRIORITIES,
    REASONS,
    TOPICS,
    Draft,
    Task,
    draft_from_json,
    draft_to_json,
    task_from_json,
    task_to_json,
)
from caravan_ros.convert.fields import dumps, loads

_WORDS: Mapping[str, tuple[str, ...]] = {
    "command": COMMANDS,
    "about": TOPICS,
    "reason": REASONS,
    "priority": PRIORITIES,
    "manoeuvre": MANOEUVRES,
}
_TASKS = 4096
"""Tasks whose texts are kept: the same ones are on offer round after round."""
_HINTS = {kind: get_type_hints(kind) for kind in (Task, Draft)}


@lru_cache(maxsize=_TASKS)
def task_to_text(task: Task) -> str:
    """The task as canonical JSON."""
    return dumps(task_to_json(task))


def draft_to_text(draft: Draft) -> str:
    """The Draft as canonical JSON."""
    return dumps(draft_to_json(draft))


def task_of(data: dict[str, Any]) -> Task:
    """The Task in a JSON object. Raises ValueError naming the key that is wrong."""
    task = task_from_json(data)
    _check(task)
    return task


def draft_of(data: dict[str, Any]) -> Draft:
    """The Draft in a JSON object. Raises ValueError naming the key that is wrong."""
    unknown = sorted(set(data) - {f.name for f in fields(Draft)})
    if unknown:
        raise ValueError(f"draft: unknown key {unknown[0]!r}")
    for key in ("tasks", "phrases"):
        if not isinstance(data.get(key, []), list):
            raise ValueError(f"draft: {key} must be a list")
    if not all(isinstance(task, dict) for task in data.get("tasks", [])):
        raise ValueError("draft: each of tasks must be an object")
    draft = draft_from_json(data)
    _check(draft)
    for task in draft.tasks:
        _check(task)
    return draft


@lru_cache(maxsize=_TASKS)
def task_from_text(text: str) -> Task:
    """The inverse of `task_to_text`. Raises ValueError naming the key that is wrong."""
    return task_of(loads(text))


def draft_from_text(text: str) -> Draft:
    """The inverse of `draft_to_text`. Raises ValueError naming the key that is wrong."""
    return draft_of(loads(text))


def _check(value: Task | Draft) -> None:
    kind = type(value)
    for key, hint in _HINTS[kind].items():
        given = getattr(value, key)
        if not _fits(given, hint):
            raise ValueError(f"{kind.__name__.lower()}: {key.rstrip('_')} {given!r} has the wrong type")
        texts = given if isinstance(given, tuple) else (given,)
        if any(isinstance(text, str) and has_control(text) for text in texts):
            raise ValueError(f"{kind.__name__.lower()}: {key.rstrip('_')} {given!r} has control characters")
        if given is not None and key in _WORDS and given not in _WORDS[key]:
            raise ValueError(f"{kind.__name__.lower()}: {key} {given!r} is not one of {', '.join(_WORDS[key])}")


def _fits(value: object, hint: Any) -> bool:
    if isinstance(hint, UnionType):
        return any(_fits(value, part) for part in get_args(hint))
    if get_origin(hint) is tuple:
        return isinstance(value, tuple) and all(_fits(entry, get_args(hint)[0]) for entry in value)
    if hint is None or hint is NoneType:
        return value is None
    if isinstance(value, bool):
        return hint is bool
    return isinstance(value, (int, float) if hint is float else hint)
