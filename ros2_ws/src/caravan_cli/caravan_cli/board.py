"""What has happened so far, told line by line: events of the record in, lines for people and figures out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from caravan.actors.house.why import latest_bids
from caravan.language.words import draft_words, task_words
from caravan.model.goal import whole_of
from caravan.model.market import Event


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the story and the style it is shown in."""

    text: str
    style: str = ""


@dataclass(slots=True, kw_only=True)
class TaskView:
    """A task as the board shows it. `progress` in 0..1, `remaining` s."""

    id: str
    words: str
    robot: str = ""
    progress: float = 0.0
    remaining: float | None = None
    ended: bool = False


@dataclass(slots=True)
class Board:
    """The story of a run. Times (`at`) are of the caller's own clock (s)."""

    tasks: dict[str, TaskView] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    """Goals at their end."""
    award_times: list[float] = field(default_factory=list)
    """From the notice of each award to the award, s."""
    parse_times: list[float] = field(default_factory=list)
    """What each reading took, s."""
    _words: dict[str, str] = field(default_factory=dict)
    """What each task of a Draft is; one that repeats or is shared has a view for each part that was awarded."""
    _accepted: dict[str, float] = field(default_factory=dict)
    _votes: dict[str, list[Event]] = field(default_factory=dict)
    _bids: dict[str, list[Event]] = field(default_factory=dict)
    _offered: dict[str, float] = field(default_factory=dict)

    def hear(self, event: Event, at: float) -> list[Line]:
        """Takes in an event; answers with what there is to tell."""
        match event.kind:
            case "accepted":
                self._accepted[event.goal] = at
                return [Line(f'{event.goal}  "{event.text}"', "bold")]
            case "answered":
                self.ended.discard(event.goal)
                self._votes.pop(event.goal, None)
                return [Line(f'{event.goal}  answered: "{event.text}"', "bold")]
            case "vote":
                return [self._vote(event)]
            case "read":
                return self._read(event)
            case "notice":
                self._offered |= dict.fromkeys(event.data["lots"], at)
                return []
            case "bid":
                self._bids.setdefault(event.data["auction"], []).append(event)
                return []
            case "award":
                return self._award(event, at)
            case "done" | "asked" | "refused" | "failed" | "cancelled":
                return [self._end(event, at)]
            case _:
                return self._rest(event)

    def follow(self, task_id: str, progress: float, remaining: float | None) -> None:
        """Notes how far a task is; one that is not on the board is ignored."""
        task = self.tasks.get(task_id)
        if task is not None and not task.ended:
            task.progress, task.remaining = progress, remaining

    def _vote(self, event: Event) -> Line:
        self._votes.setdefault(event.goal, []).append(event)
        draft = event.data.get("draft")
        if draft is None:
            return Line(f"{event.goal}  {event.robot} could not read it: {event.text}", "yellow")
        self.parse_times.append(float(event.data["seconds"]))
        sure = f"{event.data['confidence']:.0%}, {event.data['model'] or 'unknown model'}"
        return Line(f"{event.goal}  {event.robot} reads: {draft_words(draft)} ({sure})", "dim")

    def _read(self, event: Event) -> list[Line]:
        draft = event.data["draft"]
        votes = self._votes.get(event.goal, [])
        same = sum(_canonical(v.data.get("draft")) == _canonical(draft) for v in votes)
        for task in draft.get("tasks", ()):
            task_id = f"{event.goal}/{task['id']}"
            self._words[task_id] = task_words(task)
            if "every" not in task and "robots" not in task:
                self.tasks[task_id] = TaskView(id=task_id, words=self._words[task_id])
        agreed = Line(f"{event.goal}  agreed by {same} of {len(votes)}: {draft_words(draft)}")
        return [agreed] if votes else []

    def _award(self, event: Event, at: float) -> list[Line]:
        if event.task in self._offered:
            self.award_times.append(at - self._offered.pop(event.task))
        words = self._words.get(whole_of(event.task), "")
        self.tasks.setdefault(event.task, TaskView(id=event.task, words=words)).robot = event.robot
        bids = latest_bids(self._bids.get(event.data.get("auction", ""), []), event.task)
        offers = sorted((bid["cost"], robot) for robot, bid in bids.items() if isinstance(bid, dict))
        declined = sorted(f"{robot} declines ({bid})" for robot, bid in bids.items() if isinstance(bid, str))
        told = [*(f"{robot} {cost:.0f}" for cost, robot in offers), *declined]
        bids_line = Line(f"{event.task}  bids: {', '.join(told)}", "dim")
        return [bids_line, Line(f"{event.task}  won by {event.robot}", "cyan")]

    def _end(self, event: Event, at: float) -> Line:
        self.ended.add(event.goal)
        after = f" after {at - self._accepted[event.goal]:.1f} s" if event.goal in self._accepted else ""
        match event.kind:
            case "done":
                answer = f": {event.text}" if event.text != "done" else ""
                return Line(f"{event.goal}  done{after}{answer}", "green")
            case "asked":
                return Line(f"{event.goal}  asks back: {event.text}", "yellow")
            case _:
                return Line(f"{event.goal}  {event.kind}{after}: {event.text}", "red")

    def _rest(self, event: Event) -> list[Line]:
        match event.kind:
            case "task_done" | "task_failed" | "task_cancelled":
                return [self._task_end(event)]
            case "planned" | "begun" | "put_back" | "overtook":
                return [Line(f"{event.task}  {event.text}", "dim")]
            case "endangered" | "returned" | "unwanted":
                return [Line(f"{event.task}  {event.text}", "yellow")]
            case "bad_bid":
                return [Line(f"{event.robot}'s bid does not count: {event.text}", "yellow")]
            case "lost" | "found":
                lost = event.kind == "lost"
                return [Line(f"{event.robot} is {'lost' if lost else 'here'}", "red" if lost else "dim")]
            case "order":
                return [Line(f"order: {event.text} {', '.join(event.data.get('robots', ()))}", "yellow")]
            case _:
                return []

    def _task_end(self, event: Event) -> Line:
        task = self.tasks.get(event.task)
        if task is not None:
            task.ended, task.progress, task.remaining = True, 1.0 if event.kind == "task_done" else task.progress, 0.0
        if event.kind == "task_done":
            return Line(f"{event.task}  done by {event.robot}", "green")
        return Line(f"{event.task}  {event.kind.removeprefix('task_')}: {event.text}", "red")


def _canonical(draft: object) -> str:
    return json.dumps(draft, sort_keys=True)


def percentile(values: Sequence[float], part: float) -> float | None:
    """The value below which `part` (0..1) of the values lie, nearest rank; None for no values."""
    if not values:
        return None
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]
