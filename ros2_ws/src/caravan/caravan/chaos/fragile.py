"""What breaks in a story: a radio, disks that fill, robots that hang and lie, houses that die at any step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from random import Random
from typing import Any, Protocol, TypeVar

from caravan.actors.house.auction_house import AuctionHouse
from caravan.actors.house.book import Message as Sent
from caravan.actors.house.replica import Replica
from caravan.adapters.journal import Journal, JournalError
from caravan.adapters.start_log import StartLog
from caravan.fleet import Message
from caravan.fleet.houses import Houses
from caravan.fleet.robots import Robots
from caravan.language.prompt import Complete
from caravan.model.goal import Goal
from caravan.model.leadership import Ballot, Mark
from caravan.model.market import Event
from caravan.model.start import StandingOrder, StartRecord
from caravan.sim.radio import Radio, RadioSettings

T = TypeVar("T")
_FULL = "start log: database or disk is full; free some disk space"


class Witness(Protocol):
    """Who sees every message: when it is sent, and when it arrives."""

    def sent(self, source: str, target: str, message: Message) -> None:
        """It was put on the air, or lost."""

    def arrived(self, target: str, message: Message) -> None:
        """It is about to be taken in."""

    def wrote(self, robot: str, records: list[StartRecord]) -> None:
        """A robot has written these to its start log."""

    def opened(self, former: list[Goal], found: list[Goal]) -> None:
        """The auction house has started again: `former` is what it last had on disk, `found` what it has now."""


class _Crash(Exception):
    """An auction house died in the middle of what it was doing."""


class HeardRadio(Radio[Message]):
    """A radio that tells the witness what is sent, and that the `deaf` do not hear."""

    def __init__(self, settings: RadioSettings, rng: Random, witness: Witness) -> None:
        super().__init__(settings, rng)
        self._witness = witness
        self.deaf: frozenset[str] = frozenset()

    def send(self, source: str, target: str, message: Message, now: float) -> None:
        self._witness.sent(source, target, message)
        if target not in self.deaf:
            super().send(source, target, message, now)


class FragileLog(StartLog):
    """The start log of `robot`, on a disk that is full while `full` says so."""

    def __init__(self, robot: str, full: Callable[[str], bool], witness: Witness) -> None:
        super().__init__(":memory:")
        self._robot = robot
        self._full = full
        self._witness = witness

    def append(self, records: Iterable[StartRecord]) -> str | None:
        """See `StartLog`."""
        rows = list(records)
        if self._full(self._robot):
            return _FULL
        flaw = super().append(rows)
        if flaw is None:
            self._witness.wrote(self._robot, rows)
        return flaw

    def begin_era(self, number: int) -> str | None:
        """See `StartLog`."""
        return _FULL if self._full(self._robot) else super().begin_era(number)

    def stand(self, order: StandingOrder) -> str | None:
        """See `StartLog`."""
        return _FULL if self._full(self._robot) else super().stand(order)


class FragileRobots(Robots):
    """Robots that can hang, whose disks can be full and whose models can lie as `liar` does."""

    def __init__(self, witness: Witness, liar: Complete, *given: Any) -> None:
        self._witness = witness
        self._liar = liar
        self.births: Counter[str] = Counter()
        self.hung: frozenset[str] = frozenset()
        self.full: frozenset[str] = frozenset()
        self.liars: frozenset[str] = frozenset()
        super().__init__(*given)

    def start(self, robot: str, now: float) -> None:
        self.births[robot] += 1
        super().start(robot, now)

    def tick_one(self, robot: str, now: float) -> None:
        if robot not in self.hung:
            super().tick_one(robot, now)

    def new_start_log(self, robot: str) -> StartLog:
        return FragileLog(robot, lambda name: name in self.full, self._witness)

    def reader(self, robot: str) -> Complete:
        return self._liar if robot in self.liars else super().reader(robot)


class FragileJournal(Journal):
    """A journal in memory on a disk that can be full, of a house that can die before it has written, or just after."""

    def __init__(self, burn: Callable[[], None], written: Callable[[], None]) -> None:
        super().__init__(":memory:")
        self.full = False
        self._burn = burn
        self._written = written

    def append(self, goals: Iterable[Goal], events: Iterable[Event], mark: Mark | None = None) -> None:
        """See `Journal`."""
        goals, events = list(goals), list(events)
        self._burn()
        self._must_fit()
        super().append(goals, events, mark)
        self._written()
        self._burn()

    def replace(self, goals: Iterable[Goal], events: Iterable[Event], mark: Mark) -> None:
        """See `Journal`."""
        self._burn()
        self._must_fit()
        super().replace(goals, events, mark)
        self._burn()

    def keep(self, ballot: Ballot) -> None:
        """See `Journal`."""
        self._must_fit()
        super().keep(ballot)

    def _must_fit(self) -> None:
        if self.full:
            raise JournalError("journal: database or disk is full; free some disk space")


class FragileHouses(Houses):
    """Houses that can die at any step; `saved` is what each last had on disk."""

    def __init__(self, witness: Witness, *given: Any) -> None:
        self._witness = witness
        self.fuses: dict[str, int] = {}
        self.hung: frozenset[str] = frozenset()
        self.saved: dict[str, list[Goal]] = {}
        self.lives = 0
        super().__init__(*given)

    def open_house(self, name: str, term: int, goals: list[Goal], events: list[Event]) -> AuctionHouse:
        house = super().open_house(name, term, goals, events)
        self.lives += 1
        self._witness.opened(self.saved.get(name, []), house.goals())
        return house

    def tick_one(self, name: str, now: float) -> None:
        if name not in self.hung:
            super().tick_one(name, now)

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
