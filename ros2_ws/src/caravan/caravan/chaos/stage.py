"""The stage: a fleet whose auction house can crash at any step, whose disk can be full and whose models can lie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from caravan.actors.agent import Agent
from caravan.actors.auction_house import AuctionHouse
from caravan.actors.book import Message as Sent
from caravan.actors.book import Outbox
from caravan.actors.reading_desk import vote_of
from caravan.adapters.journal import JournalError
from caravan.chaos.speech import reader
from caravan.chaos.story import Story
from caravan.fleet import HOUSE, MORNING, Fleet, FleetSettings, Message
from caravan.language.parse import read
from caravan.model.goal import Goal, TaskRecord
from caravan.model.market import ReadRequest
from caravan.model.site import Site
from caravan.sim.radio import Radio


class Witness(Protocol):
    """Who sees every message: when it is sent, and when it arrives."""

    def sent(self, source: str, target: str, message: Message) -> None:
        """It was put on the air, or lost."""

    def arrived(self, target: str, message: Message) -> None:
        """It is about to be taken in."""

    def opened(self, former: list[Goal], found: list[Goal]) -> None:
        """The auction house has started again: `former` is what it last had on disk, `found` what it has now."""


class _Crash(Exception):
    """The auction house died in the middle of what it was doing."""


class _HeardRadio(Radio[Message]):
    """A radio that tells the witness what is sent."""

    witness: Witness

    def send(self, source: str, target: str, message: Message, now: float) -> None:
        self.witness.sent(source, target, message)
        super().send(source, target, message, now)


class Stage(Fleet):
    """The fleet of a story. What breaks is told it from outside; `witness` sees every message."""

    def __init__(self, site: Site, told: Story, settings: FleetSettings, witness: Witness) -> None:
        self.lives = 0
        self.births: Counter[str] = Counter()
        """How often each robot's process has started."""
        self.start = MORNING
        self._witness = witness
        self._saved: list[Goal] = []
        honest = reader(told.wishes)
        settings = replace(settings, radio=told.radio)
        super().__init__(site, reader=honest, seed=told.seed, robots=told.robots, settings=settings)
        radio = _HeardRadio(settings.radio, self._rng)
        radio.witness = witness
        self._radio = radio
        self._liar = reader(told.wishes, lies=True)
        self.liars: frozenset[str] = frozenset()
        self.disk_full = False
        self._fuse: int | None = None

    @property
    def open(self) -> bool:
        """Whether the auction house is up."""
        return self._house is not None

    @property
    def settings(self) -> FleetSettings:
        """The fleet's settings."""
        return self._settings

    def up(self, robot: str) -> bool:
        """Whether a robot's process runs."""
        return robot in self._agents

    def granted(self) -> dict[str, tuple[str, ...]]:
        """For each robot the nodes that traffic control has granted it."""
        return self._traffic.held()

    def poses(self) -> list[str]:
        """Where the robots are, to the last digit."""
        return [f"{name} {self._engine.pose(name)!r}" for name in self.site.robots]

    def on_disk(self, task_id: str) -> TaskRecord | None:
        """A task as the journal has it."""
        tasks = (task for goal in self._journal.goals() for task in goal.tasks)
        return next((task for task in tasks if task.id == task_id), None)

    def goals_on_disk(self) -> set[str]:
        """The ids of the goals that the journal has."""
        return {goal.id for goal in self._journal.goals()}

    def crash_at(self, step: int) -> None:
        """The auction house dies before its `step`-th next write or message, or between that write and its end."""
        self._fuse = step

    def disarm(self) -> None:
        """It does not any more."""
        self._fuse = None

    # -- inside -------------------------------------------------------------------------------------------------

    def _new_house(self) -> AuctionHouse:
        house = super()._new_house()
        self.lives += 1
        self._witness.opened(self._saved, house.goals())
        return house

    def _new_agent(self, name: str) -> Agent:
        self.births[name] += 1
        return super()._new_agent(name)

    def _burn(self) -> None:
        if self._fuse is None:
            return
        self._fuse -= 1
        if self._fuse < 0:
            self._fuse = None
            raise _Crash

    def _flush_house(self) -> str | None:
        house = self._running()
        try:
            flaw = super()._flush_house()
        except _Crash:
            self._house = None
            return "the auction house died"
        if flaw is None:
            self._saved = house.goals()
        return flaw

    def _write(self, out: Outbox) -> None:
        if out.goals or out.events:
            self._burn()
            if self.disk_full:
                raise JournalError("journal: database or disk is full; free some disk space")
        super()._write(out)
        if out.goals or out.events:
            self._saved = self._running().goals()
            self._burn()

    def _send(self, messages: Iterable[Sent]) -> None:
        for message in messages:
            self._burn()
            super()._send([message])

    def _deliver(self, target: str, message: Message) -> None:
        if target != HOUSE or self.open:
            self._witness.arrived(target, message)
        super()._deliver(target, message)

    def _read(self, robot: str, request: ReadRequest) -> None:
        if robot in self.liars and (robot, request.goal) not in self._votes:
            vote = vote_of(robot, request, read(request.text, self.site, self._liar))
            self._votes[robot, request.goal] = (self.now + self._settings.read_time, vote)
        super()._read(robot, request)
