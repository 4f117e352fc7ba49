"""The auction houses of a fleet in memory: one leads, the others stand by; each has a journal that outlives it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from caravan.actors.house.auction_house import AuctionHouse, Heard
from caravan.actors.house.book import Message as Sent
from caravan.actors.house.crossing_control import CrossingControl
from caravan.actors.house.replica import Replica, Ticket
from caravan.adapters.journal import Journal, JournalError
from caravan.fleet.settings import FleetSettings, Message
from caravan.language.guard import Reachable
from caravan.model.crossing import Approach
from caravan.model.goal import Goal
from caravan.model.leadership import Claim, Commits, Following, Grant, Piece, Word
from caravan.model.market import Award, Event, Lease, RobotState
from caravan.model.site import Site
from caravan.platoon.intersection.ways import ways_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[T]):
    """What the leading house said to a request, and the ticket by which its outcome is known; a flaw of the disk."""

    value: T
    house: str
    ticket: Ticket | None = None
    flaw: str | None = None


class Houses:
    """The houses of the names in `journals`. `send` puts a message from a station to a station on the air.

    Times `now` are those of the fleet's clock (s).
    """

    def __init__(
        self,
        site: Site,
        reachable: Reachable,
        settings: FleetSettings,
        journals: Mapping[str, Journal],
        send: Callable[[str, str, Message], None],
        now: float,
    ) -> None:
        self.site = site
        self.journals = dict(journals)
        self.events: list[Event] = []
        """The record, as far as it was told."""
        self._reachable = reachable
        self._settings = settings
        self._radio = send
        self._now = now
        self._replicas: dict[str, Replica] = {}
        self._crossings: dict[str, CrossingControl] = {}
        """Of the houses that run, where roads meet."""
        for name in journals:
            self.restart(name, now)

    # -- who is there ---------------------------------------------------------------------------------------------

    def up(self, name: str) -> bool:
        """Whether the process of a house runs."""
        return name in self._replicas

    def leader(self, now: float) -> str | None:
        """The house that leads."""
        return next((n for n, r in self._replicas.items() if r.house(now) is not None), None)

    def house(self, now: float) -> AuctionHouse | None:
        """The auction house that leads."""
        return next((house for r in self._replicas.values() if (house := r.house(now)) is not None), None)

    def replica(self, name: str) -> Replica | None:
        """The process of a house; None while it is down."""
        return self._replicas.get(name)

    def kill(self, name: str) -> None:
        """A house dies; its journal stays."""
        self._replicas.pop(name, None)
        self._crossings.pop(name, None)

    def restart(self, name: str, now: float) -> None:
        """A house starts, with what is in its journal. Raises JournalError where that cannot be read."""

        def open_house(term: int, goals: list[Goal], events: list[Event]) -> AuctionHouse:
            return self.open_house(name, term, goals, events)

        nodes, robots, leadership = tuple(self.journals), tuple(self.site.robots), self._settings.leadership
        ways = ways_of(self.site)
        if ways is not None:
            self._crossings[name] = CrossingControl(name, self.site, ways)
        self._replicas[name] = Replica(name, nodes, robots, self.journals[name], open_house, leadership, now)
        self.tick_one(name, now)

    def open_house(self, name: str, term: int, goals: list[Goal], events: list[Event]) -> AuctionHouse:
        """The auction house that a replica opens as it comes to lead."""
        return AuctionHouse(
            self.site,
            self._reachable,
            self._settings.house,
            now=self._now,
            goals=goals,
            events=events,
            term=term,
            forgotten=self.journals[name].forgotten(),
        )

    # -- what happens -----------------------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Every house does what is due."""
        for name in list(self._replicas):
            self.tick_one(name, now)

    def tick_one(self, name: str, now: float) -> None:
        """A house does what is due."""

        def do(replica: Replica) -> None:
            replica.tick(now)
            house = replica.house(now)
            if house is not None:
                house.tick(now)
                self._flush(replica, now)

        self.run(name, do, now)
        self._give_slots(name, now)

    def _give_slots(self, name: str, now: float) -> None:
        """The house that leads says who crosses the intersection, where there is one."""
        replica, crossing = self._replicas.get(name), self._crossings.get(name)
        if replica is None or crossing is None:
            return
        slots = crossing.tick(now, replica.term if replica.house(now) is not None else None)
        if slots is not None:
            for robot in self.site.robots:
                self._radio(name, robot, slots)

    def approach(self, name: str, said: Approach, now: float) -> None:
        """A house hears how a vehicle comes to the intersection; so do those that stand by."""
        if name in self._crossings:
            self._crossings[name].hear(said, now)

    def deliver(self, name: str, message: Heard | Word, now: float) -> None:
        """A message reaches a house."""

        def do(replica: Replica) -> None:
            if isinstance(message, Word):
                replica.hear(message, now)
                return
            if isinstance(message, RobotState):
                replica.outrank(message.term, now)
            house = replica.house(now)
            if house is not None:
                house.receive(message, now)
                self._flush(replica, now)

        self.run(name, do, now)

    def ask(self, do: Callable[[AuctionHouse], T], now: float) -> Answer[T] | None:
        """Has the leading house do something; None where none leads, or it dies of it."""

        def act(replica: Replica) -> Answer[T]:
            house = replica.house(now)
            assert house is not None, "it leads"
            value = do(house)
            ticket = self._flush(replica, now)
            if isinstance(ticket, str):
                return Answer(value=value, house=replica.name, flaw=ticket)
            return Answer(value=value, house=replica.name, ticket=ticket)

        name = self.leader(now)
        return self.run(name, act, now) if name is not None else None

    def settled(self, answer: Answer[T]) -> bool | None:
        """Whether what was asked for is acknowledged; None: not yet. False: it may be lost."""
        replica = self._replicas.get(answer.house)
        return replica.settled(answer.ticket) if replica is not None and answer.ticket is not None else False

    def run(self, name: str, do: Callable[[Replica], T], now: float) -> T | None:
        """Has a house's process do something and send what comes of it; None where it is down."""
        replica = self._replicas.get(name)
        if replica is None:
            return None
        self._now = now
        result = do(replica)
        said = replica.drain()
        for word in said.words:
            for target in self._targets(replica, word):
                self._radio(name, target, word)
        for out in said.outboxes:
            self.events += out.events
            self.send(name, out.messages)
        return result

    def send(self, name: str, messages: Iterable[Sent]) -> None:
        """Sends what an auction house says to the robots that it is for."""
        for message in messages:
            for target in (message.robot,) if isinstance(message, Award | Lease) else message.robots:
                self._radio(name, target, message)

    def close(self) -> None:
        """Closes the journals."""
        for journal in self.journals.values():
            journal.close()

    def _flush(self, replica: Replica, now: float) -> Ticket | str:
        """What the house wants on disk, on disk; what is wrong with the disk."""
        try:
            return replica.flush(now)
        except JournalError as error:
            return str(error)

    def _targets(self, replica: Replica, word: Word) -> tuple[str, ...]:
        match word:
            case Claim():
                return (*(n for n in self.journals if n != replica.name), *self.site.robots)
            case Grant():
                return (word.node,)
            case Commits() | Piece():
                return (word.to,)
            case Following():
                return (replica.leader,)
