"""What auction nodes and robots say to each other about who leads, and how the leader's ledger is copied.

A *term* counts leaderships: a later leader has a higher one, and no term has two leaders. Every message may be lost,
doubled, late or out of order.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from caravan.model.goal import Goal
from caravan.model.market import Event


class NotWritten(Exception):
    """Something could not be written to disk, or not be read from it; the message names the file and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Mark:
    """How far a ledger is: its latest commit. No two commits have one mark, and each leader's marks grow.

    Where two ledgers have a commit of the same mark, they are the same up to it.
    """

    term: int = 0
    """Of the leader that made it."""
    position: int = 0
    """The number of commits so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InSync:
    """The auction nodes that have all that was ever acknowledged. The newest has the highest (`term`, `number`)."""

    term: int
    number: int
    nodes: tuple[str, ...]

    @property
    def age(self) -> tuple[int, int]:
        """Higher for a newer one."""
        return self.term, self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """What a voter must never forget: the highest term it has voted in, for whom, and who it last heard is in sync."""

    term: int = 0
    leader: str = ""
    in_sync: InSync | None = None


class Step(StrEnum):
    """What a claim asks of the voters."""

    POLL = "poll"
    """Would you vote for me? Nobody is bound by the answer."""
    VOTE = "vote"
    """Vote for me: refuse all earlier terms from now on."""
    LEAD = "lead"
    """I lead: grant, or renew, my lease."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A candidate or leader to all voters."""

    step: Step
    term: int
    node: str
    sent: float
    """By the sender's own clock (s), which the answer repeats."""
    in_sync: InSync | None = None
    """With LEAD alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A voter's answer to a claim, of which it repeats `step`, `term`, `node` and `sent`."""

    voter: str
    step: Step
    term: int
    node: str
    sent: float
    granted: bool
    newest: int
    """The voter's term."""
    in_sync: InSync | None = None
    """The newest that the voter knows."""
    mark: Mark | None = None
    """Of an auction node: how far its own ledger is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """What one step of the auction house put on disk."""

    mark: Mark
    goals: tuple[Goal, ...]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Commits:
    """The leader to the standby `to`: what comes after the commit `base`, in order."""

    term: int
    leader: str
    to: str
    base: Mark
    commits: tuple[Commit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """The leader to the standby `to`: part `index` of `count` of the whole ledger as it was at `mark`."""

    term: int
    leader: str
    to: str
    mark: Mark
    index: int
    count: int
    goals: tuple[Goal, ...]
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """A standby to its leader, often: how far the ledger on its disk is, and which part of a whole one it lacks."""

    term: int
    node: str
    mark: Mark
    whole: Mark | None = None
    """The mark of the whole ledger that it has parts of."""
    lacks: int = 0


Word = Claim | Grant | Commits | Piece | Following
"""All that is said about leadership."""
