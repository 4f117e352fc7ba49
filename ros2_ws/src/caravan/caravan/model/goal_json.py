"""Goals as JSON, for the journal and for those who ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from caravan.model.goal import (
    Answer,
    Goal,
    GoalState,
    TaskRecord,
    TaskState,
    draft_from_json,
    draft_to_json,
    task_from_json,
    task_to_json,
)


def goal_to_json(goal: Goal) -> dict[str, Any]:
    """The goal with its Draft and its tasks as a JSON object."""
    out: dict[str, Any] = {f.name: getattr(goal, f.name) for f in fields(goal)}
    out["state"] = goal.state.value
    out["draft"] = draft_to_json(goal.draft) if goal.draft is not None else None
    out["tasks"] = [record_to_json(t) for t in goal.tasks]
    out["options"] = [draft_to_json(draft) for draft in goal.options]
    out["answers"] = [asdict(answer) for answer in goal.answers]
    return out


def record_to_json(record: TaskRecord) -> dict[str, Any]:
    """A task's record as a JSON object."""
    out: dict[str, Any] = {f.name: getattr(record, f.name) for f in fields(record)}
    out |= {"task": task_to_json(record.task), "state": record.state.value, "excluded": list(record.excluded)}
    return out


def goal_from_json(data: Mapping[str, Any]) -> Goal:
    """The inverse of `goal_to_json`. Raises ValueError, KeyError or TypeError for what is not a goal."""
    values = dict(data)
    values["state"] = GoalState(data["state"])
    values["draft"] = draft_from_json(data["draft"]) if data["draft"] is not None else None
    values["tasks"] = tuple(_record_from_json(t) for t in data["tasks"])
    values["options"] = tuple(draft_from_json(draft) for draft in data["options"])
    values["answers"] = tuple(Answer(**answer) for answer in data["answers"])
    return Goal(**values)


def _record_from_json(data: Mapping[str, Any]) -> TaskRecord:
    values = dict(data)
    values["task"] = task_from_json(data["task"])
    values["state"] = TaskState(data["state"])
    values["excluded"] = tuple(data["excluded"])
    return TaskRecord(**values)
