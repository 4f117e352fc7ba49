"""Auction nodes and the votes of robots on a bad radio, with clocks that drift: who leads, and what is kept."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from caravan.actors.house.auction_house import AuctionHouse, HouseSettings
from caravan.actors.house.elector import Elector
from caravan.actors.house.replica import Replica, Ticket
from caravan.adapters.journal import Journal, JournalError
from caravan.adapters.site_file import read_site
from caravan.auction.leadership import LeadershipSettings
from caravan.fleet.robots import Paper
from caravan.model.goal import Goal
from caravan.model.leadership import Ballot, Claim, Commits, Following, Grant, Piece, Word
from caravan.model.market import Event
from caravan.sim.radio import Radio, RadioSettings

SITE = read_site(Path(__file__).parents[2] / "config" / "warehouse.yaml")
SETTINGS = LeadershipSettings()
STEP = 0.05


class Disk(Journal):
    """A journal in memory that outlives the node's process, and can be full."""

    full = False

    def __init__(self) -> None:
        super().__init__(":memory:")

    def _check(self) -> None:
        if self.full:
            raise JournalError("journal: database or disk is full; free some disk space")

    def append(self, *args: object, **values: object) -> None:
        self._check()
        super().append(*args, **values)  # type: ignore[arg-type]

    def replace(self, *args: object, **values: object) -> None:
        self._check()
        super().replace(*args, **values)  # type: ignore[arg-type]

    def keep(self, ballot: Ballot) -> None:
        self._check()
        super().keep(ballot)


@dataclass(slots=True)
class Promise:
    """A goal that was said to a leader, until it is known what became of it."""

    node: str
    ticket: Ticket
    goal: Goal


class World:
    """Nodes and robots by name. Laws are checked at each step; times in s.

    Clocks run up to `drift` (a part of 1) faster or slower than the world's.
    """

    def __init__(
        self,
        seed: int,
        nodes: tuple[str, ...] = ("a", "b"),
        radio: RadioSettings | None = None,
        robots: tuple[str, ...] = ("r1", "r2", "r3"),
        drift: float = 0.004,
    ) -> None:
        rng = random.Random(seed)
        self.seed = seed
        self.nodes = nodes
        self.robots = robots
        self.time = 0.0
        self.acknowledged: dict[str, str] = {}
        """Goals that were told to be accepted: their texts by id."""
        self.reigns: list[tuple[int, str, float]] = []
        """Term, leader and when the house was opened."""
        self.radio: Radio[Word] = Radio(radio or RadioSettings(), rng)
        self.disks = {n: Disk() for n in nodes}
        self._papers = {r: Paper() for r in robots}
        self._clocks = {s: (rng.uniform(0.0, 100.0), 1.0 + rng.uniform(-drift, drift)) for s in (*nodes, *robots)}
        self.replicas = {n: self._replica(n) for n in nodes}
        self._electors = {r: self._elector(r) for r in robots}
        self._promises: list[Promise] = []
        self._said = 0

    def now(self, station: str) -> float:
        """A station's own clock."""
        offset, rate = self._clocks[station]
        return offset + rate * self.time

    def _replica(self, name: str) -> Replica:
        def open_house(term: int, goals: list[Goal], events: list[Event]) -> AuctionHouse:
            self._opened(name, term, goals)
            settings = HouseSettings()
            return AuctionHouse(SITE, lambda *_: True, settings, now=self.time, goals=goals, events=events, term=term)

        return Replica(name, self.nodes, self.robots, self.disks[name], open_house, SETTINGS, self.now(name))

    def _elector(self, name: str) -> Elector:
        return Elector(name, self._papers[name], SETTINGS.lease, self.now(name))

    # -- what happens -----------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Everybody does what is due, and the laws are checked."""
        self.time += STEP
        for target, word in self.radio.due(self.time):
            self._deliver(target, word)
        for name, replica in self.replicas.items():
            replica.tick(self.now(name))
            house = replica.house(self.now(name))
            if house is not None:
                house.tick(self.time)
                self._flush(name, replica)
            self._send(name)
        self._settle()
        leaders = self.leaders()
        assert len(leaders) <= 1, f"{self.time:.2f}: {leaders} lead at one time, {self.reigns}"

    def run(self, seconds: float) -> None:
        """So many seconds of it."""
        end = self.time + seconds
        while self.time < end:
            self.step()

    def run_until_led(self, limit: float = 30.0) -> str:
        """Runs until somebody leads; answers with who."""
        end = self.time + limit
        while not self.leaders():
            assert self.time < end, f"nobody leads: {[(n, r.term, r.note) for n, r in self.replicas.items()]}"
            self.step()
        return self.leaders()[0]

    def leaders(self) -> list[str]:
        """Who leads at this instant."""
        return [n for n, r in self.replicas.items() if r.house(self.now(n)) is not None]

    def say(self, node: str) -> Promise | None:
        """Says a goal to a node; None where it does not lead, or cannot write."""
        replica = self.replicas.get(node)
        house = replica.house(self.now(node)) if replica else None
        if replica is None or house is None:
            return None
        self._said += 1
        # Each from another person: nobody may ask so often.
        goal = house.submit(f"go to dock {self._said}", f"person {self._said}", "", self.time)
        assert isinstance(goal, Goal)
        ticket = self._flush(node, replica)
        if ticket is None:
            return None
        promise = Promise(node=node, ticket=ticket, goal=goal)
        self._promises.append(promise)
        self._send(node)
        return promise

    def kill(self, station: str) -> None:
        """A process dies."""
        self.replicas.pop(station, None)
        self._electors.pop(station, None)
        self._promises = [p for p in self._promises if p.node != station]

    def restart(self, station: str) -> None:
        """It starts again, with what is on its disk."""
        if station in self.nodes:
            self.replicas[station] = self._replica(station)
        else:
            self._electors[station] = self._elector(station)

    def up(self, station: str) -> bool:
        """Whether a process runs."""
        return station in self.replicas or station in self._electors

    # -- inside -----------------------------------------------------------------------------------------------------

    def _opened(self, name: str, term: int, goals: list[Goal]) -> None:
        there = {g.id: g.text for g in goals}
        lost = {i: t for i, t in self.acknowledged.items() if there.get(i) != t}
        assert not lost, f"{self.time:.2f}: {name} leads in term {term} without {lost}; reigns {self.reigns}"
        last = self.reigns[-1] if self.reigns else (0, "", 0.0)
        assert term > last[0] or (term, name) == last[:2], f"term {term} of {name} after {self.reigns}"
        self.reigns.append((term, name, self.time))

    def _flush(self, name: str, replica: Replica) -> Ticket | None:
        try:
            return replica.flush(self.now(name))
        except JournalError:
            return None

    def _settle(self) -> None:
        for promise in list(self._promises):
            replica = self.replicas[promise.node]
            told = replica.settled(promise.ticket)
            if told is None:
                continue
            self._promises.remove(promise)
            if told:
                assert self.acknowledged.get(promise.goal.id) in (None, promise.goal.text)
                self.acknowledged[promise.goal.id] = promise.goal.text

    def _deliver(self, target: str, word: Word) -> None:
        if target in self.replicas:
            self.replicas[target].hear(word, self.now(target))
            self._send(target)
        elif target in self._electors and isinstance(word, Claim):
            grant = self._electors[target].answer(word, self.now(target))
            if grant is not None:
                self.radio.send(target, word.node, grant, self.time)

    def _send(self, name: str) -> None:
        for word in self.replicas[name].drain().words:
            for target in self._targets(name, word):
                self.radio.send(name, target, word, self.time)

    def _targets(self, name: str, word: Word) -> list[str]:
        match word:
            case Claim():
                return [s for s in (*self.nodes, *self.robots) if s != name]
            case Grant():
                return [word.node]
            case Commits() | Piece():
                return [word.to]
            case Following():
                return [self.replicas[name].leader]
