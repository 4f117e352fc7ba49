"""Why a goal or a task went as it did, from the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from caravan.actors.house.why import latest_bids, why_awarded
from caravan.language.words import draft_words
from caravan.model.goal import Goal, TaskRecord, TaskState, whole_of
from caravan.model.goal_json import goal_to_json
from caravan.model.market import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """In words, line by line, and as the goal and its events in JSON values."""

    text: str
    data: dict[str, Any]


def explain(goal: Goal, events: Sequence[Event], subject: str, doing: Mapping[str, str] | None = None) -> Explanation:
    """The story of a goal ("g1"), of one of its tasks ("g1/t2") or of a part of that ("g1/t2.3", "g1/t2/1").

    `doing` is what each robot says that it does.
    """
    tasks = [t for t in goal.tasks if subject in (goal.id, t.id, whole_of(t.id))]
    told = [e for e in events if not e.task or e.task in {t.id for t in tasks}]
    lines = [f'{goal.id} "{goal.text}" from {goal.requester or "somebody"}: {goal.state}']
    lines += [line for event in told for line in tell(event, events)]
    for task in tasks:
        lines.append(fate(task))
        said = (doing or {}).get(task.robot or "")
        if task.state is TaskState.RUNNING and said:
            lines.append(f"{task.id}: {task.robot} says: {said}")
    if goal.message:
        lines.append(goal.message)
    data = {"goal": goal_to_json(goal), "events": [asdict(e) for e in told]}
    return Explanation(text="\n".join(lines), data=data)


def tell(event: Event, events: Sequence[Event]) -> list[str]:
    """One event of the record `events` as lines of words; none for what is not worth a line."""
    match event.kind:
        case "vote" if event.data.get("draft") is None:
            return [f"{_voter(event)} could not read it: {event.text}"]
        case "vote":
            words = draft_words(event.data["draft"])
            return [f"{_voter(event)} read it with confidence {event.data['confidence']:.2f}: {words}"]
        case "jury":
            return [f"the jury: {event.text}"]
        case "asked":
            return [f"it asked back: {event.text}"]
        case "answered":
            return [f'{event.data["requester"] or "somebody"} answered "{event.text}": {event.data["sentence"]}']
        case "award":
            auction = [e for e in events if e.data.get("auction") == event.data.get("auction")]
            bids = [e for e in auction if e.kind == "bid"]
            seats = {e.robot: e.task for e in auction if e.kind == "award"}
            return why_awarded(event, latest_bids(bids, event.task), seats)
        case "bad_bid":
            return [f"{event.robot}'s bid did not count: {event.text}"]
        case "adopted":
            return [f"{event.task}: {event.robot} had it, which the auction house did not know any more"]
        case "planned" | "begun" | "put_back" | "overtook":
            return [f"{event.task}: {event.text}"]
        case "endangered" | "returned" | "doubled" | "unwanted" | "task_failed" | "task_cancelled":
            return [f"{event.task}: {event.text}"]
        case "task_done":
            return [f"{event.task}: {event.robot} has done it"]
        case _:
            return []


def _voter(vote: Event) -> str:
    """The robot of a vote, with its model."""
    return f"{vote.robot} ({vote.data['model'] or 'unknown model'})"


def fate(record: TaskRecord) -> str:
    """How a task stands, as a line of words."""
    who = f" by {record.robot}" if record.robot else ""
    left = f", {record.remaining:.0f} s left" if record.remaining else ""
    return f"{record.id} is {record.state}{who}, {record.progress:.0%}{left}"
