"""What people ask for, through services and actions, and what they are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from caravan_msgs import action

from caravan.model.goal import Draft, Goal, TaskState
from caravan.model.market import Holding
from caravan_ros.convert.fields import clean, json_object, line, maybe_name, name, names, or_nan, refuse
from caravan_ros.convert.goals import draft_of, draft_to_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence, who said it (empty: unknown) and the one robot it was said to (empty: the fleet).

    `answers` is the goal whose question it answers; empty: it is a goal of its own.
    """

    text: str
    requester: str = ""
    robot: str = ""
    answers: str = ""
    key: str = ""
    """The caller's own name for the request; empty: none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelled:
    """Tasks that are spelled out, who asks for them (empty: unknown) and how they are auctioned (empty: as ever)."""

    draft: Draft
    requester: str = ""
    mechanism: str = ""
    key: str = ""
    """The caller's own name for the request; empty: none."""


def said_from_msg(request: Any, robot: str = "") -> Said:
    """The sentence in a request of SubmitGoal, Instruct (made to `robot`) or PursueGoal. Raises ValueError."""
    text = line(request, "text")
    if not text.strip():
        refuse(request, "text", text, "say what should be done")
    spoken_to = maybe_name(request, "robot") if hasattr(request, "robot") else robot
    key = maybe_name(request, "key") if hasattr(request, "key") else ""
    return Said(
        text=text,
        requester=maybe_name(request, "requester"),
        robot=spoken_to,
        answers=maybe_name(request, "answers"),
        key=key,
    )


def tasks_from_msg(request: Any) -> Spelled:
    """The Draft in a SubmitTasks request. Raises ValueError."""
    return Spelled(
        mechanism=maybe_name(request, "mechanism"),
        draft=json_object(request, "draft", draft_of),
        requester=maybe_name(request, "requester"),
        key=maybe_name(request, "key"),
    )


def cancel_from_msg(request: Any) -> tuple[str, str]:
    """Goal id and requester of a CancelGoal request. Raises ValueError."""
    return name(request, "goal_id"), maybe_name(request, "requester")


def halt_from_msg(request: Any) -> tuple[bool, tuple[str, ...]]:
    """Whether to halt (or to drive again), and whom (empty: all), of a Halt request. Raises ValueError."""
    return bool(request.halt), names(request, "robots")


def subject_from_msg(request: Any) -> str:
    """What an Explain request asks about (empty: the fleet). Raises ValueError."""
    return maybe_name(request, "subject")


def holding_to_feedback(holding: Holding) -> Any:
    """The feedback of caravan_msgs/ExecuteTask."""
    return action.ExecuteTask.Feedback(
        state=holding.state.value, progress=float(holding.progress), remaining=or_nan(holding.remaining)
    )


def goal_to_feedback(goal: Goal, text: str) -> Any:
    """The feedback of caravan_msgs/PursueGoal: how far the goal is, and what has just happened in words."""
    tasks = goal.tasks
    done = [1.0 if task.state is TaskState.DONE else task.progress for task in tasks]
    remaining = [task.remaining for task in tasks if task.state is not TaskState.DONE]
    known = [seconds for seconds in remaining if seconds is not None]
    return action.PursueGoal.Feedback(
        goal_id=goal.id,
        state=goal.state.value,
        progress=sum(done) / len(done) if done else 0.0,
        # Robots work side by side: a lower bound, and not known before every task has a robot.
        remaining=or_nan(max(known) if known and len(known) == len(remaining) else None),
        line=clean(text),
    )


def goal_to_result(goal: Goal) -> Any:
    """The result of caravan_msgs/PursueGoal for a goal that has ended."""
    return action.PursueGoal.Result(
        outcome=goal.state.value,
        goal_id=goal.id,
        message=clean(goal.message),
        draft="" if goal.draft is None else draft_to_text(goal.draft),
    )
