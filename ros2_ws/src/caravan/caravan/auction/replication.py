"""How the leader's ledger comes to its standbys: commits in order, or the whole of it in pieces. Without I/O.

A ledger is a list of commits that only grows; a standby whose latest commit the leader knows has a beginning of the
leader's own ledger (the log matching of Raft) and is sent what comes after. Any other, one that missed too much or
that once led and wrote what nobody else has, is sent the whole and forgets what it had.

Times are durations on the caller's own clock (s).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from itertools import islice

from caravan.auction.leadership import LeadershipSettings
from caravan.model.goal import Goal
from caravan.model.leadership import Commit, Commits, Following, Mark, Piece
from caravan.model.market import Event

KEPT = 1000
"""So many of the latest commits are kept in memory."""
BATCH = 50
"""At most so many commits go in one message."""
FULL = 500
"""A message that has so many goals and events takes no further commit."""
WINDOW = 4
"""So many pieces of a whole ledger are on their way at a time."""
GOALS, EVENTS = 20, 200
"""At most so many goals, or events, are in a piece."""

Ledger = tuple[Sequence[Goal], Sequence[Event]]


class Tail:
    """The latest commits of a ledger, oldest first, after the commit `base`."""

    def __init__(self, base: Mark, kept: int = KEPT) -> None:
        self.base = base
        self._kept = kept
        self._commits: deque[Commit] = deque()

    @property
    def end(self) -> Mark:
        """The ledger's latest commit."""
        return self._commits[-1].mark if self._commits else self.base

    def add(self, commit: Commit) -> None:
        """Adds a commit that was made after all others. Raises ValueError for any other."""
        if commit.mark.position != self.end.position + 1 or commit.mark.term < self.end.term:
            raise ValueError(f"{commit.mark} does not come after {self.end}")
        self._commits.append(commit)
        if len(self._commits) > self._kept:
            self.base = self._commits.popleft().mark

    def after(self, mark: Mark) -> list[Commit]:
        """What comes after the commit `mark`, which must be known here."""
        return list(islice(self._commits, mark.position - self.base.position, None))

    def at(self, position: int) -> Mark | None:
        """The mark of a commit; None where that is not known here."""
        behind = position - self.base.position
        if not 0 <= behind <= len(self._commits):
            return None
        return self._commits[behind - 1].mark if behind else self.base


# -- the leader's side ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Copy:
    """What the leader knows of one standby's ledger."""

    heard: float
    moved: float
    """When it last had all that it must have, or got something."""
    position: int | None = None
    """How much of the leader's own ledger it has for sure; None: not known to have any."""
    sent: float = float("-inf")
    sent_to: int = 0
    """Up to which position commits are on their way."""
    whole: list[Piece] = field(default_factory=list)
    pieces: dict[int, float] = field(default_factory=dict)
    """When which piece was sent."""


class Copies:
    """The standbys of the leader of `term`. `whole` answers with all goals and events as they are on the disk."""

    def __init__(
        self,
        term: int,
        leader: str,
        standbys: Collection[str],
        tail: Tail,
        whole: Callable[[], Ledger],
        settings: LeadershipSettings,
        now: float,
    ) -> None:
        self._term = term
        self._leader = leader
        self._tail = tail
        self._whole = whole
        self._settings = settings
        self._copies = {name: _Copy(heard=float("-inf"), moved=now) for name in standbys}

    def hear(self, said: Following, now: float) -> list[Commits | Piece]:
        """Takes in how far a standby is; what to send it."""
        copy = self._copies.get(said.node)
        if copy is None or said.term != self._term:
            return []
        if self._tail.at(said.mark.position) != said.mark:
            # What it said before it had the whole may come late.
            late = copy.position is not None and now - copy.heard <= self._settings.patience
            return [] if late else self._send_whole(said, copy, now)
        copy.heard, copy.whole, copy.pieces = now, [], {}
        if copy.position is None or said.mark.position > copy.position:
            copy.position, copy.moved = said.mark.position, now
        if said.mark.position >= copy.sent_to or now - copy.sent >= self._settings.beat:
            return self._send(said.node, copy, said.mark, now)
        return []

    def due(self, now: float) -> list[Commits | Piece]:
        """New commits, for the standbys that have all before them."""
        end = self._tail.end.position
        out: list[Commits | Piece] = []
        for name, copy in self._copies.items():
            if copy.position is not None and copy.sent_to <= copy.position < end:
                mark = self._tail.at(copy.position)
                out += self._send(name, copy, mark, now) if mark is not None else []
        return out

    def copied(self, required: Collection[str]) -> int:
        """Up to which position all of these nodes have the ledger."""
        positions = [self._copies[name].position or 0 for name in required if name != self._leader]
        return min(positions) if positions else self._tail.end.position

    def in_sync(self, members: Collection[str], acknowledged: int, now: float) -> frozenset[str]:
        """The standbys that are to be in sync from now on, where `members` were until now.

        One comes in when it is heard and has all that was acknowledged; it goes out when it is silent or stays behind
        for too long.
        """
        return frozenset(n for n, copy in self._copies.items() if self._keeps_up(copy, n in members, acknowledged, now))

    def _keeps_up(self, copy: _Copy, member: bool, acknowledged: int, now: float) -> bool:
        if copy.position is None or now - copy.heard > self._settings.patience:
            return False
        if copy.position >= self._tail.end.position:
            copy.moved = now
        return now - copy.moved <= self._settings.patience if member else copy.position >= acknowledged

    def _send(self, name: str, copy: _Copy, mark: Mark, now: float) -> list[Commits | Piece]:
        commits = _load(self._tail.after(mark))
        if not commits:
            return []
        copy.sent, copy.sent_to = now, commits[-1].mark.position
        return [Commits(term=self._term, leader=self._leader, to=name, base=mark, commits=commits)]

    def _send_whole(self, said: Following, copy: _Copy, now: float) -> list[Commits | Piece]:
        copy.position, copy.sent_to = None, 0
        if not copy.whole or self._tail.at(copy.whole[0].mark.position) != copy.whole[0].mark:
            copy.whole = self._cut(said.node)
            copy.pieces = {}
        first = said.lacks if said.whole == copy.whole[0].mark else 0
        window = copy.whole[first : first + WINDOW]
        late = [p for p in window if now - copy.pieces.get(p.index, float("-inf")) >= self._settings.beat]
        copy.pieces |= {p.index: now for p in late}
        return list(late)

    def _cut(self, to: str) -> list[Piece]:
        """The whole ledger in pieces; at least one."""
        goals, events = self._whole()
        parts: list[Ledger] = [(goals[k : k + GOALS], ()) for k in range(0, len(goals), GOALS)]
        parts += [((), events[k : k + EVENTS]) for k in range(0, len(events), EVENTS)]
        return [
            Piece(
                term=self._term,
                leader=self._leader,
                to=to,
                mark=self._tail.end,
                index=index,
                count=max(1, len(parts)),
                goals=tuple(some_goals),
                events=tuple(some_events),
            )
            for index, (some_goals, some_events) in enumerate(parts or [((), ())])
        ]


def _load(commits: Sequence[Commit]) -> tuple[Commit, ...]:
    """The first commits, as many as go in one message; at least one, where there is one."""
    loaded, rows = 0, 0
    while loaded < min(len(commits), BATCH) and rows < FULL:
        rows += len(commits[loaded].goals) + len(commits[loaded].events)
        loaded += 1
    return tuple(commits[:loaded])


# -- the standby's side -----------------------------------------------------------------------------------------------


class Pieces:
    """The pieces of a whole ledger that have come so far."""

    def __init__(self) -> None:
        self._pieces: dict[int, Piece] = {}

    @property
    def mark(self) -> Mark | None:
        """Of which ledger they are; None: there are none."""
        return next((p.mark for p in self._pieces.values()), None)

    @property
    def lacks(self) -> int:
        """The first piece that has not come."""
        return next(k for k in range(len(self._pieces) + 1) if k not in self._pieces)

    def add(self, piece: Piece) -> Ledger | None:
        """Takes a piece; answers with the whole once it is complete. Pieces of another ledger begin anew."""
        if self.mark != piece.mark:
            self._pieces = {}
        self._pieces[piece.index] = piece
        if len(self._pieces) < piece.count:
            return None
        pieces = [self._pieces[k] for k in range(piece.count)]
        return [g for p in pieces for g in p.goals], [e for p in pieces for e in p.events]


def news(said: Commits, mark: Mark) -> tuple[Commit, ...]:
    """What of these commits is new to a ledger that is at `mark`; none where they do not follow on it."""
    marks = [said.base, *(c.mark for c in said.commits)]
    return said.commits[marks.index(mark) :] if mark in marks else ()
