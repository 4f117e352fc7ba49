"""A voter and its memory: what it answers to a claim is on its disk first."""

from __future__ import annotations

from typing import Protocol

from caravan.auction.leadership import Voter, consider
from caravan.model.leadership import Ballot, Claim, Grant, Mark, NotWritten


class Memory(Protocol):
    """What a voter must never forget. Both raise NotWritten where the disk fails."""

    def ballot(self) -> Ballot:
        """The latest ballot that was kept."""

    def keep(self, ballot: Ballot) -> None:
        """Keeps a ballot; it is on disk when this returns."""


class Elector:
    """The voter `name`: a robot, or an auction node. Times `now` are those of a clock that is never set (s).

    Raises NotWritten where its memory cannot be read.
    """

    def __init__(self, name: str, memory: Memory, lease: float, now: float) -> None:
        self._memory = memory
        self._lease = lease
        ballot = memory.ballot()
        self._voter = Voter(name=name, ballot=ballot, held=now + lease if ballot.leader else now)
        self.flaw = ""
        """Why it could not vote; empty: all is well."""

    @property
    def ballot(self) -> Ballot:
        """The latest ballot."""
        return self._voter.ballot

    def answer(self, claim: Claim, now: float, mark: Mark | None = None, *, forgetful: bool = False) -> Grant | None:
        """The answer to a claim; None where the vote cannot be written, unless it may be forgotten."""
        voter, grant = consider(self._voter, claim, now, self._lease, mark)
        if voter.ballot != self._voter.ballot:
            try:
                self._memory.keep(voter.ballot)
                self.flaw = ""
            except NotWritten as error:
                self.flaw = str(error)
                if not forgetful:
                    return None
        self._voter = voter
        return grant
