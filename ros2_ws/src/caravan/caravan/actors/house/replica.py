"""One of a fleet's auction nodes: it leads, with an open auction house, or stands by with a copy of the ledger.

The shell round it (a ROS node, the fleet in memory) feeds it what is said and the time, and after each call drains it.
What the house says goes out once it is on the disk of this node and of every standby in sync (promises 1 and 4).

Times `now` are durations on a clock that is never set (s); the auction house lives by the shell's other clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from caravan.actors.house.auction_house import AuctionHouse
from caravan.actors.house.book import Outbox
from caravan.actors.house.elector import Elector, Memory
from caravan.auction.leadership import Election, LeadershipSettings
from caravan.auction.replication import Copies, Pieces, Tail, news
from caravan.model.goal import Goal
from caravan.model.leadership import (
    Claim,
    Commit,
    Commits,
    Following,
    Grant,
    Mark,
    NotWritten,
    Piece,
    Step,
    Word,
)
from caravan.model.market import Event, FleetOrder


class Store(Memory, Protocol):
    """A node's disk. What is written is there when the call returns; all of it, or nothing and it raises NotWritten."""

    def goals(self) -> list[Goal]:
        """The latest version of each goal, oldest first."""

    def events(self) -> list[Event]:
        """All events, oldest first."""

    def mark(self) -> Mark:
        """The latest commit."""

    def append(self, goals: Iterable[Goal], events: Iterable[Event], mark: Mark) -> None:
        """Adds what came with the commits up to `mark`."""

    def replace(self, goals: Iterable[Goal], events: Iterable[Event], mark: Mark) -> None:
        """Puts another ledger, which is at `mark`, in the place of all goals and events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Something that the leader of `term` has on its own disk, in the commit `position`."""

    term: int
    position: int


@dataclass(slots=True)
class Said:
    """What is to be sent: words to auction nodes and robots, and what the house said, which all standbys in sync have.

    A claim goes to all voters, a grant to the node that it names.
    """

    words: list[Word] = field(default_factory=list)
    outboxes: list[Outbox] = field(default_factory=list)


class Replica:
    """The auction node `name` of `nodes`, which with `robots` are the voters. A lone node leads at once.

    `open_house` opens the house for a term, from goals and events. Raises NotWritten where the store cannot be read.
    """

    def __init__(
        self,
        name: str,
        nodes: Collection[str],
        robots: Collection[str],
        store: Store,
        open_house: Callable[[int, list[Goal], list[Event]], AuctionHouse],
        settings: LeadershipSettings,
        now: float,
    ) -> None:
        self.name = name
        self._lone = len(nodes) == 1
        self._others = tuple(n for n in nodes if n != name)
        self._store = store
        self._open_house = open_house
        self._settings = settings
        voters = set(nodes) if self._lone else {*nodes, *robots}
        self._elector = Elector(name, store, settings.lease, now)
        self._election = Election(name, nodes, voters, settings, known=self.term, now=now)
        self._tail = Tail(store.mark())
        self._house: AuctionHouse | None = None
        self._copies: Copies | None = None
        self._pending: deque[tuple[int, Outbox]] = deque()
        self._acknowledged = 0
        self._pieces = Pieces()
        self._told = float("-inf")
        self._followed = (0, "")
        """The term of the leader that was heard of last, and the leader."""
        self._said = Said()
        self._flaw = ""

    # -- what the shell asks ------------------------------------------------------------------------------------

    def house(self, now: float) -> AuctionHouse | None:
        """The auction house, while this node leads."""
        self._turn(now)
        return self._house

    @property
    def leader(self) -> str:
        """Who leads as far as this node knows; empty: nobody yet."""
        term, leader = self._followed
        return leader if term == self.term else self._elector.ballot.leader

    @property
    def term(self) -> int:
        """The newest term that this node knows."""
        return self._elector.ballot.term

    @property
    def in_sync(self) -> tuple[str, ...]:
        """The nodes that have all that was acknowledged, as far as this node knows."""
        known = self._elector.ballot.in_sync
        return known.nodes if known is not None else ()

    @property
    def note(self) -> str:
        """Why this node does not lead where it tried, or what is wrong with its disk; empty: nothing to say."""
        return self._flaw or self._elector.flaw or self._election.note

    def settled(self, ticket: Ticket) -> bool | None:
        """Whether something is acknowledged; None: not yet. False: this leadership is over, and it may be lost."""
        if self._house is None or ticket.term != self._election.term:
            return False
        return True if ticket.position <= self._acknowledged else None

    @property
    def waits(self) -> bool:
        """Whether something that the house said waits for the standbys to have it."""
        return bool(self._pending)

    def drain(self) -> Said:
        """What is to be sent; empty afterwards."""
        said, self._said = self._said, Said()
        return said

    # -- events ---------------------------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Does what is due, beside the house's own tick; to be called several times a second."""
        self._say(self._election.tick(now), now)
        self._turn(now)
        if self._copies is not None:
            self._mind_sync(self._copies, now)
            self._said.words += self._copies.due(now)
            self._release()
        elif self.leader not in ("", self.name) and now - self._told >= self._settings.beat:
            self._tell(now)

    def hear(self, word: Word, now: float) -> None:
        """Takes in what another auction node or a robot says about leadership."""
        match word:
            case Claim() if word.node != self.name:
                self._answer(word, now)
            case Grant() if word.node == self.name:
                self._say(self._election.hear(word, now), now)
                self._turn(now)
            case Commits() | Piece() if word.to == self.name:
                self._copy(word, now)
            case Following() if self._copies is not None:
                self._said.words += self._copies.hear(word, now)
                self._release()
            case _:
                pass

    def outrank(self, term: int, now: float) -> None:
        """A robot has heard a leader of this term: a lone node that lost its journal must take a higher one."""
        if self._lone and term > self.term:
            self._election.outrank(term, now)
            self._turn(now)

    def flush(self, now: float) -> Ticket:
        """Writes what the house wants written, and lets go what it wants sent as soon as that is safe.

        Raises NotWritten where the disk fails; the house is then as the disk has it, and a standby in sync may lead.
        Orders to robots go out all the same: no full disk stands before an emergency stop.
        """
        assert self._house is not None and self._copies is not None, "only a leader has something to write"
        out = self._house.drain()
        term, mark = self._election.term, self._tail.end
        if out.goals or out.events:
            mark = Mark(term=term, position=mark.position + 1)
            try:
                self._store.append(out.goals, out.events, mark)
            except NotWritten:
                self._let_orders(out)
                self._house = None
                if set(self.in_sync) - {self.name}:
                    self._election.hand_over(now)
                raise
            self._tail.add(Commit(mark=mark, goals=tuple(out.goals), events=tuple(out.events)))
        self._pending.append((mark.position, out))
        self._said.words += self._copies.due(now)
        self._release()
        if self._pending:
            self._let_orders(out)
        return Ticket(term=term, position=mark.position)

    # -- voting and leading ---------------------------------------------------------------------------------------

    def _answer(self, claim: Claim, now: float) -> None:
        if claim.step is Step.LEAD and claim.term >= self._followed[0]:
            # It was elected. A node that voted for another in this term cannot grant it, but can follow it.
            self._followed = (claim.term, claim.node)
        grant = self._vote(claim, now)
        if grant is None:
            return
        self._said.words.append(grant)
        if grant.granted and claim.step is not Step.POLL:
            self._election.defer(claim.term, now)
            self._turn(now)

    def _say(self, claim: Claim | None, now: float) -> None:
        """Says a claim: to itself first, and to the others if it is for it itself."""
        while claim is not None:
            own = self._vote(claim, now)
            if own is None or not (own.granted or claim.step is Step.POLL):
                return
            if not self._lone:
                self._said.words.append(claim)
            claim = self._election.hear(own, now)

    def _vote(self, claim: Claim, now: float) -> Grant | None:
        # Whoever is alone needs no other's memory of its vote, and a full disk must not stop an order to halt.
        return self._elector.answer(claim, now, self._tail.end, forgetful=self._lone)

    def _turn(self, now: float) -> None:
        """Opens the house where this node has come to lead, closes it where it leads no more."""
        leads = self._election.leading(now)
        if not leads:
            self._house = self._copies = None
            self._pending.clear()
            self._said.outboxes.clear()
            return
        term = self._election.term
        if self._copies is None:
            self._copies = Copies(term, self.name, self._others, self._tail, self._whole, self._settings, now)
            # Whatever of it was acknowledged by leaders before: all of it is from now on.
            self._acknowledged = self._tail.end.position
            self._pieces, self._flaw = Pieces(), ""
        if self._house is None:
            self._house = self._open_house(term, self._store.goals(), self._store.events())

    # -- the leader's side of the ledger --------------------------------------------------------------------------

    def _whole(self) -> tuple[list[Goal], list[Event]]:
        return self._store.goals(), self._store.events()

    def _mind_sync(self, copies: Copies, now: float) -> None:
        members = {n for n in self._election.in_sync if n != self.name}
        wanted = copies.in_sync(members, self._acknowledged, now)
        if wanted != members:
            self._say(self._election.propose(wanted, now), now)

    def _release(self) -> None:
        if self._copies is None:
            return
        self._acknowledged = max(self._acknowledged, self._copies.copied(self._election.required))
        while self._pending and self._pending[0][0] <= self._acknowledged:
            self._said.outboxes.append(self._pending.popleft()[1])

    def _let_orders(self, out: Outbox) -> None:
        orders = [m for m in out.messages if isinstance(m, FleetOrder)]
        if orders:
            out.messages = [m for m in out.messages if not isinstance(m, FleetOrder)]
            self._said.outboxes.append(Outbox(messages=list(orders)))

    # -- the standby's side -----------------------------------------------------------------------------------------

    def _copy(self, word: Commits | Piece, now: float) -> None:
        """Writes what the leader sends, and says how far it is. Only the leader of the newest term is listened to."""
        if self._copies is not None or (word.term, word.leader) != (self.term, self.leader):
            return
        try:
            if isinstance(word, Commits):
                self._append(news(word, self._tail.end))
            elif self._lacks(word):
                self._replace(word)
            self._flaw = ""
        except NotWritten as error:
            self._flaw = str(error)
            return
        self._tell(now)

    def _append(self, commits: tuple[Commit, ...]) -> None:
        if commits:
            goals = [g for c in commits for g in c.goals]
            self._store.append(goals, [e for c in commits for e in c.events], commits[-1].mark)
            for commit in commits:
                self._tail.add(commit)

    def _lacks(self, piece: Piece) -> bool:
        """Whether the leader's ledger, as it was at the piece, has what this one lacks; a late piece must undo nothing.

        A leader's marks grow from the ledger it began with: what it has not made itself is at that beginning at most.
        """
        end = self._tail.end
        return piece.mark.position > end.position if end.term == piece.term else piece.mark != end

    def _replace(self, piece: Piece) -> None:
        whole = self._pieces.add(piece)
        if whole is not None:
            self._store.replace(*whole, piece.mark)
            self._tail, self._pieces = Tail(piece.mark), Pieces()

    def _tell(self, now: float) -> None:
        self._told = now
        whole, lacks = self._pieces.mark, self._pieces.lacks
        self._said.words.append(
            Following(term=self.term, node=self.name, mark=self._tail.end, whole=whole, lacks=lacks)
        )
