"""Tasks that robots hold and the ledger has never heard of, as after the loss of the journal: taken over, not dropped.

Each robot has all of its own tasks on disk (docs/decisions/0008-start-logs.md). A lease asks it to say what an unknown
task is; until a lease lists it again, the robot does not work on it. Nothing is taken over before every robot that got
a lease from a former house has either been heard or stopped, so that no task has two owners.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace

from caravan.actors.house.book import Book, goal_of
from caravan.auction import ledger
from caravan.language.words import draft_words
from caravan.model.goal import Goal, GoalState, draft_to_json
from caravan.model.market import Holding, RobotState

ROBOTS = "its robots"
"""The requester of a goal that only robots have told of: more of its tasks may turn up."""
_TASK_ID = re.compile(r"g(\d{1,9})/t\d+\S*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """A robot has a task at an epoch, and said so last at `heard` (s)."""

    epoch: int
    heard: float


class Adoption:
    """The unknown tasks. `forgotten` is the highest number of a goal that ended long ago and was removed."""

    def __init__(self, book: Book, patience: float, forgotten: int, now: float) -> None:
        self._book = book
        self._patience = patience
        self._forgotten = forgotten
        self._begin = now + patience
        self._claims: defaultdict[str, dict[str, _Claim]] = defaultdict(dict)

    def hear(self, state: RobotState, now: float) -> tuple[tuple[str, int], ...]:
        """Takes over what a heartbeat has that is unknown, as soon as that is safe; answers with what to ask about."""
        asked = []
        for holding in state.holdings:
            if not self._unknown(holding):
                continue
            self._claims[holding.task_id][state.robot] = _Claim(epoch=holding.epoch, heard=now)
            if holding.task is not None and now >= self._begin and self._newest(holding, now):
                self._adopt(holding, state.robot, now)
            else:
                asked.append((holding.task_id, holding.epoch))
        return tuple(asked)

    def _unknown(self, holding: Holding) -> bool:
        known = _TASK_ID.fullmatch(holding.task_id)
        if known is None or self._book.task(holding.task_id) is not None:
            return False
        goal = self._book.get(goal_of(holding.task_id))
        if goal is None:
            self._book.reserve(int(known[1]))
            return int(known[1]) > self._forgotten
        return goal.requester == ROBOTS and goal.state is GoalState.ACTIVE

    def _newest(self, holding: Holding, now: float) -> bool:
        claims = self._claims[holding.task_id].values()
        return all(c.epoch <= holding.epoch for c in claims if now - c.heard <= self._patience)

    def _adopt(self, holding: Holding, robot: str, now: float) -> None:
        assert holding.task is not None, "the robot has said what the task is"
        goal_id = goal_of(holding.task_id)
        goal = self._book.get(goal_id) or Goal(id=goal_id, text="", requester=ROBOTS, stamp=now)
        goal = ledger.adopt(goal, holding.task_id, holding.task, robot, holding.epoch)
        assert goal.draft is not None, "a goal with a task has a Draft"
        self._book.put(replace(goal, text=draft_words(draft_to_json(goal.draft))))
        self._book.record(now, "adopted", task=holding.task_id, robot=robot, data={"epoch": holding.epoch})
        del self._claims[holding.task_id]
