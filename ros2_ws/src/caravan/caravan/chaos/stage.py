"""The stage: a fleet whose auction house can crash at any step, whose disk can be full and whose models can lie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any, Protocol, TypeVar

from caravan.actors.agent import Agent
from caravan.actors.auction_house import AuctionHouse
from caravan.actors.book import Message as Sent
from caravan.actors.reading_desk import vote_of
from caravan.actors.replica import Replica
from caravan.adapters.journal import Journal, JournalError
from caravan.chaos.speech import reader
from caravan.chaos.story import Story
from caravan.fleet import HOUSE, MORNING, Fleet, FleetSettings, Message
from caravan.fleet.houses import Houses
from caravan.language.parse import read
from caravan.model.goal import Goal, TaskRecord
from caravan.model.leadership import Mark
from caravan.model.market import Event, ReadRequest
from caravan.model.site import Site
from caravan.sim.radio import Radio, RadioSettings

T = TypeVar("T")


class Witness(Protocol):
    """Who sees every message: when it is sent, and when it arrives."""

    def sent(self, source: str, target: str, message: Message) -> None:
        """It was put on the air, or lost."""

    def arrived(self, target: str, message: Message) -> None:
        """It is about to be taken in."""

    def opened(self, former: list[Goal], found: list[Goal]) -> None:
        """The auction house has started again: `former` is what it last had on disk, `found` what it has now."""


class _Crash(Exception):
    """An auction house died in the middle of what it was doing."""


class _HeardRadio(Radio[Message]):
    """A radio that tells the witness what is sent."""

    def __init__(self, settings: RadioSettings, rng: Random, witness: Witness) -> None:
        super().__init__(settings, rng)
        self._witness = witness

    def send(self, source: str, target: str, message: Message, now: float) -> None:
        self._witness.sent(source, target, message)
        super().send(source, target, message, now)


class _Fragile(Journal):
    """A journal in memory on a disk that can be full, of a house that can die before it has written, or just after."""

    def __init__(self, burn: Callable[[], None], written: Callable[[], None]) -> None:
        super().__init__(":memory:")
        self.full = False
        self._burn = burn
        self._written = written

    def append(self, goals: Iterable[Goal], events: Iterable[Event], mark: Mark | None = None) -> None:
        goals, events = list(goals), list(events)
        self._burn()
        if self.full:
            raise JournalError("journal: database or disk is full; free some disk space")
        super().append(goals, events, mark)
        self._written()
        self._burn()


class _FragileHouses(Houses):
    """Houses that can die at any step; `saved` is what each last had on disk."""

    def __init__(self, witness: Witness, *given: Any) -> None:
        self._witness = witness
        self.fuses: dict[str, int] = {}
        self.saved: dict[str, list[Goal]] = {}
        self.lives = 0
        super().__init__(*given)

    def open_house(self, name: str, term: int, goals: list[Goal], events: list[Event]) -> AuctionHouse:
        house = super().open_house(name, term, goals, events)
        self.lives += 1
        self._witness.opened(self.saved.get(name, []), house.goals())
        return house

    def run(self, name: str, do: Callable[[Replica], T], now: float) -> T | None:
        try:
            return super().run(name, do, now)
        except _Crash:
            self.kill(name)
            return None

    def send(self, name: str, messages: Iterable[Sent]) -> None:
        for message in messages:
            self.burn(name)
            super().send(name, [message])

    def burn(self, name: str) -> None:
        """One step further; dies where the fuse has burnt down."""
        if name in self.fuses:
            self.fuses[name] -= 1
            if self.fuses[name] < 0:
                del self.fuses[name]
                raise _Crash

    def written(self, name: str) -> None:
        """What the house has now is on its disk."""
        replica = self.replica(name)
        house = replica.house(self._now) if replica is not None else None
        self.saved[name] = house.goals() if house is not None else self.journals[name].goals()


class Stage(Fleet):
    """The fleet of a story. What breaks is told it from outside; `witness` sees every message."""

    def __init__(self, site: Site, told: Story, settings: FleetSettings, witness: Witness) -> None:
        self.births: Counter[str] = Counter()
        """How often each robot's process has started."""
        self.start = MORNING
        self._witness = witness
        honest = reader(told.wishes)
        settings = replace(settings, radio=told.radio)
        super().__init__(site, reader=honest, seed=told.seed, robots=told.robots, settings=settings)
        self._liar = reader(told.wishes, lies=True)
        self.liars: frozenset[str] = frozenset()

    @property
    def open(self) -> bool:
        """Whether an auction house leads."""
        return self.leader is not None

    @property
    def lives(self) -> int:
        """How often an auction house was opened."""
        return self._fragile.lives

    @property
    def settings(self) -> FleetSettings:
        """The fleet's settings."""
        return self._settings

    def up(self, station: str) -> bool:
        """Whether the process of a robot or of an auction house runs."""
        return station in self._agents or self._houses.up(station)

    def granted(self) -> dict[str, tuple[str, ...]]:
        """For each robot the nodes that traffic control has granted it."""
        return self._traffic.held()

    def poses(self) -> list[str]:
        """Where the robots are, to the last digit."""
        return [f"{name} {self._engine.pose(name)!r}" for name in self.site.robots]

    def on_disk(self, task_id: str) -> TaskRecord | None:
        """A task as the journal of the house that leads has it."""
        tasks = (task for goal in self._on_disk() for task in goal.tasks)
        return next((task for task in tasks if task.id == task_id), None)

    def goals_on_disk(self) -> set[str]:
        """The ids of the goals that this journal has."""
        return {goal.id for goal in self._on_disk()}

    def crash_at(self, step: int, house: str = HOUSE) -> None:
        """The house dies before its `step`-th next write or message, or between that write and its end."""
        self._fragile.fuses[house] = step

    def fill_disks(self, full: Iterable[str]) -> None:
        """The disks of these houses are full, those of the others are not."""
        full = set(full)
        for name, journal in self._disks.items():
            journal.full = name in full

    # -- inside -------------------------------------------------------------------------------------------------

    def _on_disk(self) -> list[Goal]:
        leader = self.leader
        return self._disks[leader].goals() if leader is not None else []

    def _new_radio(self) -> Radio[Message]:
        return _HeardRadio(self._settings.radio, self._rng, self._witness)

    def _new_houses(self, journals: Mapping[str, str | Path]) -> Houses:
        def disk(name: str) -> _Fragile:
            return _Fragile(lambda: self._fragile.burn(name), lambda: self._fragile.written(name))

        self._disks = {name: disk(name) for name in journals}
        given = (self.site, self._graph.reachable, self._settings, self._disks, self._put_on_air, self.now)
        self._fragile = _FragileHouses(self._witness, *given)
        return self._fragile

    def _new_agent(self, name: str) -> Agent:
        self.births[name] += 1
        return super()._new_agent(name)

    def _deliver(self, target: str, message: Message) -> None:
        if target not in self.houses or self.up(target):
            self._witness.arrived(target, message)
        super()._deliver(target, message)

    def _read(self, robot: str, request: ReadRequest) -> None:
        if robot in self.liars and (robot, request.goal) not in self._votes:
            vote = vote_of(robot, request, read(request.text, self.site, self._liar))
            self._votes[robot, request.goal] = (self.now + self._settings.read_time, vote)
        super()._read(robot, request)
