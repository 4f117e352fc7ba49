"""Who leads: voters grant a leader a lease, a node that a majority grants it to leads. State machines without I/O.

Terms, votes and majorities as in Raft (Ongaro and Ousterhout 2014), with its pre-vote; leases as in Gray and Cheriton
1989; who may be elected is decided by the set of nodes in sync, as in PacificA (Lin et al. 2008) and Kafka. Robots vote
too, and hold no ledger; docs/decisions/0010-leadership.md tells why that is safe.

Times are durations on the caller's own clock (s), which must never be set; two such clocks may drift apart by less
than `margin` in a `lease`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from caravan.model.leadership import Ballot, Claim, Grant, InSync, Mark, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadershipSettings:
    """Times in s."""

    lease: float = 2.0
    """How long a voter that granted a lease grants nobody else one."""
    margin: float = 0.1
    """A leader counts its lease so much shorter, since clocks drift."""
    beat: float = 0.3
    """Pause between two sayings of a claim."""
    stagger: float = 0.3
    """Nodes try to become leader so much after one another."""
    patience: float = 0.7
    """A standby that is silent, or behind, for so long is no longer waited for."""


# -- voters -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Voter:
    """A voter. Its ballot must be on disk before an answer that goes with it is sent.

    Until `held` it grants nobody but the leader of its ballot. One that has just started holds for a whole lease: it
    may have granted one the moment before.
    """

    name: str
    ballot: Ballot
    held: float


def consider(voter: Voter, claim: Claim, now: float, lease: float, mark: Mark | None = None) -> tuple[Voter, Grant]:
    """The voter after a claim, and its answer. `mark` is that of its own ledger, where it has one."""
    ballot = voter.ballot
    same = claim.node == ballot.leader
    may_change = claim.term > ballot.term and (same or now >= voter.held)
    bound = claim.term == ballot.term and same
    granted = may_change or (bound and claim.step is not Step.POLL)
    if granted and claim.step is not Step.POLL:
        in_sync = _newest((ballot.in_sync, claim.in_sync))
        # A vote is held for a while too, or two candidates could undo each other's elections for ever.
        hold = lease if claim.step is Step.LEAD else lease / 2.0
        ballot = Ballot(term=claim.term, leader=claim.node, in_sync=in_sync)
        voter = Voter(name=voter.name, ballot=ballot, held=max(voter.held, now + hold))
    grant = Grant(
        voter=voter.name,
        step=claim.step,
        term=claim.term,
        node=claim.node,
        sent=claim.sent,
        granted=granted,
        newest=ballot.term,
        in_sync=ballot.in_sync,
        mark=mark,
    )
    return voter, grant


def _newest(known: Iterable[InSync | None]) -> InSync | None:
    return max((k for k in known if k is not None), key=lambda k: k.age, default=None)


# -- candidates and leaders -----------------------------------------------------------------------------------------


class Phase(StrEnum):
    """What a node is at."""

    FOLLOW = "follow"
    POLL = "poll"
    VOTE = "vote"
    LEAD = "lead"


NEXT = {Phase.POLL: Phase.VOTE, Phase.VOTE: Phase.LEAD}
STEPS = {Phase.POLL: Step.POLL, Phase.VOTE: Step.VOTE, Phase.LEAD: Step.LEAD}


@dataclass(slots=True)
class _Lease:
    """What voters have granted a leader: the latest claim of each, and the latest set in sync that it knows."""

    sent: dict[str, float] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    end: float = float("-inf")
    """Until when a majority has granted it (s)."""


class Election:
    """The side of the auction node `node` (of `nodes`) that wants to lead; `voters` are these nodes and all robots.

    `known` is the highest term that the node has on disk. Claims go to all voters, the node's own first. Raises
    ValueError where the node is not one of the voters.
    """

    def __init__(
        self,
        node: str,
        nodes: Collection[str],
        voters: Collection[str],
        settings: LeadershipSettings,
        *,
        known: int,
        now: float,
    ) -> None:
        if node not in nodes or not set(nodes) <= set(voters):
            raise ValueError(f"node {node!r} is not among the voters {', '.join(sorted(voters))}")
        self._node = node
        self._nodes = frozenset(nodes)
        self._voters = frozenset(voters)
        self._settings = settings
        self._rank = sorted(nodes).index(node)
        self.term = 0
        """That of the latest own claim."""
        self.phase = Phase.FOLLOW
        self.note = ""
        """Why the node does not lead, where it tried."""
        self._known = known
        self._since = self._said = now
        self._wait = now + self._rank * settings.stagger
        self._grants: dict[str, Grant] = {}
        self._lease = _Lease()
        self._in_sync: list[InSync] = []
        """The sets proposed in this term from the last that a majority knows on."""

    # -- what the node asks ---------------------------------------------------------------------------------------

    def leading(self, now: float) -> bool:
        """Whether this node leads: its claim is granted by a majority, and the lease has not run out."""
        return self.phase is Phase.LEAD and now < self.lease_end

    @property
    def lease_end(self) -> float:
        """Until when a majority has granted the lease, by the time at which the claims were sent (s)."""
        return self._lease.end

    @property
    def in_sync(self) -> tuple[str, ...]:
        """The nodes in sync as they were last proposed."""
        return self._in_sync[-1].nodes if self._in_sync else ()

    @property
    def required(self) -> frozenset[str]:
        """The nodes that must have what is acknowledged: a majority may know either of these sets as the newest."""
        return frozenset(node for known in self._in_sync for node in known.nodes)

    @property
    def _majority(self) -> int:
        return len(self._voters) // 2 + 1

    # -- events ---------------------------------------------------------------------------------------------------

    def tick(self, now: float) -> Claim | None:
        """The claim to make now, if one is due."""
        if self.phase is Phase.FOLLOW:
            if now < self._wait:
                return None
            self.term = self._known + 1
            return self._enter(Phase.POLL, now)
        waited = now - self._since > self._settings.lease
        if waited and not self.leading(now):
            self._withdraw(now + (1 + self._rank) * self._settings.stagger)
            return None
        return self._claim(now) if now - self._said >= self._settings.beat else None

    def propose(self, nodes: Collection[str], now: float) -> Claim:
        """Says from now on that these nodes are in sync; the leader itself always is."""
        number = self._in_sync[-1].number + 1
        self._in_sync.append(InSync(term=self.term, number=number, nodes=tuple(sorted({*nodes, self._node}))))
        self._forget()
        return self._claim(now)

    def hear(self, grant: Grant, now: float) -> Claim | None:
        """Takes in an answer; the claim that follows from it, if one does."""
        if grant.voter not in self._voters or grant.node != self._node:
            return None
        self._known = max(self._known, grant.newest)
        if self.phase is Phase.FOLLOW or (grant.term, grant.step) != (self.term, STEPS[self.phase]):
            return None
        if not grant.granted:
            if grant.newest > self.term or (grant.newest == self.term and self.phase is Phase.POLL):
                self._withdraw(now + self._rank * self._settings.stagger)
            return None
        if self.phase is Phase.LEAD:
            self._renew(grant)
            return None
        self._grants[grant.voter] = grant
        return self._enter(NEXT[self.phase], now) if self._elected(now) else None

    def defer(self, term: int, now: float) -> None:
        """The node's own vote went to another: it follows, and tries again when the other's lease must have run out."""
        self._known = max(self._known, term)
        if term >= self.term or self.phase in (Phase.FOLLOW, Phase.POLL):
            self._withdraw(now + self._settings.lease + self._settings.margin + self._rank * self._settings.stagger)
            self.note = ""

    def hand_over(self, now: float) -> None:
        """Leads no more, and leaves the others time to be elected before it tries again."""
        self._withdraw(now + 2.0 * (self._settings.lease + self._settings.margin))

    def outrank(self, term: int, now: float) -> None:
        """Leads in a term higher than this one, or not at all."""
        self._known = max(self._known, term)
        if term > self.term:
            self._withdraw(now)

    # -- inside ---------------------------------------------------------------------------------------------------

    def _enter(self, phase: Phase, now: float) -> Claim:
        self.phase, self._since, self._grants = phase, now, {}
        if phase is Phase.LEAD:
            self._lease = _Lease()
            self._in_sync = [InSync(term=self.term, number=0, nodes=(self._node,))]
            self.note = ""
        return self._claim(now)

    def _claim(self, now: float) -> Claim:
        self._said = now
        in_sync = self._in_sync[-1] if self.phase is Phase.LEAD else None
        return Claim(step=STEPS[self.phase], term=self.term, node=self._node, sent=now, in_sync=in_sync)

    def _withdraw(self, wait: float) -> None:
        self.phase, self._wait, self._in_sync = Phase.FOLLOW, wait, []

    def _elected(self, now: float) -> bool:
        """Whether a majority is for this node, and it has all that was ever acknowledged."""
        grants = self._grants.values()
        if len(grants) < self._majority:
            return False
        newest = _newest(g.in_sync for g in grants)
        if newest is None:
            # Nobody has ever led: whoever has the longest ledger does, and that is known once all nodes are heard.
            missing = sorted(self._nodes - self._grants.keys())
            if missing:
                self.note = f"waits for {', '.join(missing)}: to begin with, all auction nodes must be there"
                return False
            marks = {g.voter: g.mark for g in grants if g.mark is not None}
            best = max(marks.values(), default=None)
            if best is None or marks.get(self._node) == best:
                return True
            self.note = "another auction node has a longer ledger"
        elif self._node in newest.nodes:
            return True
        else:
            self.note = f"has not all that was acknowledged; {' or '.join(newest.nodes)} must come back"
        self._withdraw(now + self._settings.lease)
        return False

    def _renew(self, grant: Grant) -> None:
        sent = self._lease.sent.get(grant.voter, float("-inf"))
        self._lease.sent[grant.voter] = max(sent, grant.sent)
        if grant.in_sync is not None and grant.in_sync.term == self.term:
            number = self._lease.numbers.get(grant.voter, 0)
            self._lease.numbers[grant.voter] = max(number, grant.in_sync.number)
        self._lease.end = self._granted_until()
        self._forget()

    def _granted_until(self) -> float:
        """The end of the lease by all that was granted so far: many ask for it between two grants."""
        if self._voters == {self._node}:
            return float("inf")
        sent = sorted((self._lease.sent.get(v, float("-inf")) for v in self._voters), reverse=True)
        return sent[self._majority - 1] + self._settings.lease - self._settings.margin

    def _forget(self) -> None:
        """Drops the sets in sync that are older than one which a majority knows."""
        numbers = sorted((self._lease.numbers.get(v, -1) for v in self._voters), reverse=True)
        known = numbers[self._majority - 1]
        self._in_sync = [s for s in self._in_sync if s.number >= known]
