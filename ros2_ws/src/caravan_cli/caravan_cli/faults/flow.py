"""Work that keeps coming: as much as keeps the robots busy, never more than they can do."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from caravan.model.goal import Draft, Intent, Task, TaskKind, draft_to_json
from caravan_cli.client import FleetClient

REQUESTER = "faults"
RETRY = 2.0
"""Pause before a request that is unanswered is made again, s."""
ANSWER_TIME = 20.0
"""After so long without an answer a request is given up, s: its goal may have been accepted, and nobody was told."""
STALE = 60.0
"""A goal that was accepted so long ago, s, is not waited for with the next."""


@dataclass(slots=True)
class _Request:
    """A request that is unanswered; when it was made at first and of late (time.monotonic)."""

    draft: str
    first: float
    latest: float


class Flow:
    """Gives the fleet a new goal whenever fewer than `level` of its goals are under way."""

    def __init__(self, client: FleetClient, places: Sequence[str], level: int, rng: random.Random) -> None:
        self._client = client
        self._places = places
        self._level = level
        self._rng = rng
        self._asked: dict[str, _Request] = {}
        """What is unanswered, by key."""
        self.accepted: dict[str, float] = {}
        """When each goal was accepted (time.monotonic), by id."""

    def step(self, ended: set[str]) -> None:
        """Asks for more, where it is time; `ended` are the goals at their end."""
        now = time.monotonic()
        self._asked = {key: asked for key, asked in self._asked.items() if now - asked.first < ANSWER_TIME}
        for key, asked in self._asked.items():
            if now - asked.latest > RETRY:
                self._post(key, asked, now)
        under_way = [g for g, at in self.accepted.items() if g not in ended and now - at < STALE]
        if len(under_way) + len(self._asked) < self._level and self._client.ready():
            key = uuid4().hex
            self._asked[key] = _Request(draft=self._draft(), first=now, latest=now)
            self._post(key, self._asked[key], now)

    def _post(self, key: str, asked: _Request, now: float) -> None:
        asked.latest = now

        def answered(goal: str | None) -> None:
            self._asked.pop(key, None)
            if goal is not None:
                self.accepted.setdefault(goal, time.monotonic())

        self._client.post(asked.draft, REQUESTER, answered, key)

    def _draft(self) -> str:
        """A drive, an inspection, or one after the other."""
        there, then = self._rng.sample(self._places, 2)
        drive = Task(id="t1", kind=TaskKind.GO, to=there)
        look = Task(id="t1", kind=TaskKind.INSPECT, places=(there,))
        after = Task(id="t2", kind=TaskKind.INSPECT, places=(then,), after=("t1",))
        tasks = self._rng.choice([(drive,), (look,), (drive, after)])
        return json.dumps(draft_to_json(Draft(intent=Intent.TASKS, tasks=tasks)))
