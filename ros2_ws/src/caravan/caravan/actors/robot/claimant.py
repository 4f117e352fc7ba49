"""A robot's side of auctions that the robots decide among themselves: it claims lots, hears what the others claim, and
tells the house what it has won once all agree (the consensus-based bundle algorithm, `auction.mechanisms.cbba`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from caravan.auction.mechanisms.cbba import Member, Score, build, hear, member, say
from caravan.auction.mechanisms.insertion import Tour
from caravan.model.claims import Belief, Claims
from caravan.model.market import Bid, BidNotice, Offer

PERIOD = 0.3
"""Pause between two times that a robot says the same again, s."""
SETTLE = 0.6
"""So long (s) nothing must have changed before what a robot holds is what it has won."""
HUSH = 1.0
"""So long after the last notice a robot still speaks, s: the house repeats it while it waits for any robot."""
KEPT = 10.0
"""How long after the last notice an auction is remembered, s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What the lots of an auction are worth to a robot, all on the ground of one moment."""

    score: Score
    offers: Callable[[Tour], tuple[Offer, ...]]
    """An offer for each lot of a tour that has a score."""
    declined: Mapping[str, str]
    """Why, by lot, where it has none."""


@dataclass(slots=True, kw_only=True)
class _Talk:
    """One auction, as this robot takes part in it."""

    notice: BidNotice
    member: Member
    prices: Prices
    asked: float
    """When the last notice came (s)."""
    changed: float
    """When what it holds last changed (s)."""
    spoken: float = float("-inf")
    """When it last said what it holds (s)."""
    heard: dict[str, Mapping[str, Belief]] = field(default_factory=dict)
    """What each other robot last said."""
    bid: Bid | None = None


class Claimant:
    """One robot in the auctions that are open. All times are the caller's `now` (s)."""

    def __init__(self, robot: str) -> None:
        self._robot = robot
        self._talks: dict[str, _Talk] = {}

    def ask(self, notice: BidNotice, price: Callable[[BidNotice], Prices], now: float) -> list[Bid]:
        """Takes part in the auction of a notice; one that comes again gets the bid again, where there is one."""
        talk = self._talks.get(notice.auction)
        if talk is None:
            prices = price(notice)
            lots = [lot.task_id for lot in notice.lots]
            state = build(member(self._robot, lots, len(lots)), prices.score)
            talk = _Talk(notice=notice, member=state, prices=prices, asked=now, changed=now)
            self._talks[notice.auction] = talk
        talk.asked = now
        return [talk.bid] if talk.bid is not None else []

    def hear(self, claims: Claims, now: float) -> None:
        """Takes in what another robot holds; what is about other auctions, lots or robots is ignored."""
        talk = self._talks.get(claims.auction)
        if talk is None or claims.sender == self._robot or not _about(talk, claims):
            return
        before = talk.member
        if claims.stamps[claims.sender] < before.stamps.get(claims.sender, 0):
            return
        talk.heard[claims.sender] = claims.beliefs
        talk.member = build(hear(before, claims), talk.prices.score)
        if talk.member.beliefs != before.beliefs:
            talk.changed, talk.spoken = now, float("-inf")

    def tick(self, now: float) -> list[Claims | Bid]:
        """What is to be said now: what changed at once, the same again after a while, and what is won in the end."""
        if not self._talks:
            return []
        self._talks = {auction: talk for auction, talk in self._talks.items() if now - talk.asked < KEPT}
        said: list[Claims | Bid] = []
        for talk in self._talks.values():
            if now - talk.asked < HUSH and now - talk.spoken >= PERIOD:
                talk.spoken = now
                talk.member, claims = say(talk.member)
                said.append(replace(claims, auction=talk.notice.auction))
            if talk.bid is None and now - talk.changed >= SETTLE and self._agreed(talk):
                talk.bid = self._bid(talk)
                said.append(talk.bid)
        return said

    def forget(self) -> None:
        """Drops all that is open: the clock was set back, and no time that was kept means anything."""
        self._talks.clear()

    def _agreed(self, talk: _Talk) -> bool:
        others = [robot for robot in talk.notice.robots if robot != self._robot]
        return all(talk.heard.get(robot) == talk.member.beliefs for robot in others)

    def _bid(self, talk: _Talk) -> Bid:
        return Bid(
            auction=talk.notice.auction,
            round=talk.notice.round,
            robot=self._robot,
            offers=talk.prices.offers(talk.member.path),
            declined=talk.prices.declined,
        )


def _about(talk: _Talk, claims: Claims) -> bool:
    """Whether they are about what was asked, and name nobody else: nobody could ever contradict them."""
    robots = set(talk.notice.robots)
    winners = {belief.winner for belief in claims.beliefs.values()} - {None}
    told = {claims.sender, *winners} <= robots and claims.sender in claims.stamps
    return told and claims.beliefs.keys() == talk.member.beliefs.keys()
