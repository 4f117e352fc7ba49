"""One auction of some lots as a state machine: notices go out, bids come in, lots are won, round by round.

A round ends when every robot that was asked and is live has answered, or at its deadline. In a mechanism in rounds the
winners of a round are asked again for the lots that are left, counting what they have won; the others' offers stay
good (sequential single-item auctions: Koenig et al. 2006, "The power of sequential single-item auctions for agent
coordination"). What is won stays open until the last round: then all of it is awarded together.

A round takes at least a lot or is the last, so an auction of n lots has at most n + 1 rounds.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from caravan.auction.mechanisms.table import TRADE, Mechanism, Pick, Terms, mechanism_of
from caravan.model.goal import TaskKind
from caravan.model.market import Bid, BidNotice, Lot, Offer, Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a robot was asked last: the round, the lots, and what it counts as its own."""

    round: int
    lots: tuple[str, ...]
    given: tuple[str, ...] = ()
    deadline: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Auction:
    """An auction, the latest question to each robot, the answers to these, and what is won so far."""

    id: str
    lots: Mapping[str, Lot]
    """By task id."""
    able: Mapping[str, tuple[str, ...]]
    """Who may bid, by task id."""
    rules: Rules
    terms: Terms
    bid_time: float
    """How long a round waits for bids, s."""
    until: float = math.inf
    """After this (s) no further round is held: what is placed is awarded, and the rest is for another auction."""
    asks: Mapping[str, Ask] = field(default_factory=dict)
    answers: Mapping[str, Bid] = field(default_factory=dict)
    wins: tuple[Pick, ...] = ()
    round: int = 1

    @property
    def mechanism(self) -> Mechanism:
        """How it is decided."""
        return TRADE if self.terms.holders else mechanism_of(self.rules.mechanism)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The auction is over: the wins of robots that are still live, and why nobody has each of the other lots.

    `again` are those among the others that another auction may well place: their winner was lost, or the robot that
    wanted them has won something else.
    """

    wins: tuple[Pick, ...]
    left: Mapping[str, str]
    again: frozenset[str]


Step = tuple[Auction, tuple[BidNotice, ...]]


def begin(auction: Auction, now: float) -> Step:
    """Asks all robots that may bid on any of the lots."""
    robots = sorted({robot for able in auction.able.values() for robot in able})
    deadline = now + auction.bid_time
    asks = {r: Ask(round=1, lots=_open_to(auction, r), deadline=deadline) for r in robots}
    auction = replace(auction, asks=asks)
    return auction, remind(auction, robots)


def remind(auction: Auction, robots: Collection[str]) -> tuple[BidNotice, ...]:
    """The latest questions to some robots, over again; to all of them, where each must know who the others are."""
    asked: dict[Ask, list[str]] = {}
    if auction.mechanism.consensus and robots:
        robots = auction.asks
    for robot in sorted(robots):
        asked.setdefault(auction.asks[robot], []).append(robot)
    return tuple(_notice(auction, ask, tuple(names)) for ask, names in asked.items())


def awaited(auction: Auction, now: float, live: Collection[str]) -> list[str]:
    """The robots whose answers would still count."""
    return [r for r, ask in auction.asks.items() if r not in auction.answers and r in live and now < ask.deadline]


def known(auction: Auction, bid: Bid) -> bool:
    """Whether the bid is an old acquaintance: it was counted, or answers a question of before."""
    ask = auction.asks.get(bid.robot)
    return ask is not None and (bid.round < ask.round or auction.answers.get(bid.robot) == bid)


def flaw(auction: Auction, bid: Bid, now: float) -> str | None:
    """What is wrong with a bid, in words; None where it counts."""
    ask = auction.asks.get(bid.robot)
    if ask is None:
        return "it was not asked"
    if bid.round != ask.round:
        return f"it answers round {bid.round}, and was asked in round {ask.round}"
    if bid.robot in auction.answers:
        return "it has bid otherwise before; have two robots this name?"
    if now > ask.deadline:
        return f"{now - ask.deadline:.2f} s late"
    return next((f for offer in bid.offers if (f := _offer_flaw(auction, ask, offer))), None) or _twice(bid)


def receive(auction: Auction, bid: Bid, now: float) -> Auction:
    """The auction with `bid` counted; unchanged where the bid has a flaw."""
    if flaw(auction, bid, now) is not None:
        return auction
    return replace(auction, answers={**auction.answers, bid.robot: bid})


def proceed(auction: Auction, now: float, live: Collection[str]) -> Step | Closed:
    """The next rounds, as far as they can be held now. `live` are the robots that still send heartbeats.

    One that fell silent bids no more, and what it had won is left.
    """
    sent: tuple[BidNotice, ...] = ()
    if auction.wins and now >= auction.until:
        return _close(auction, live)
    while not awaited(auction, now, live):
        picks = auction.mechanism.step(_offers(auction, live), auction.terms)
        auction = replace(auction, wins=(*auction.wins, *picks), round=auction.round + 1)
        winners = {pick.robot for pick in picks}
        if not picks or not auction.mechanism.rounds or not _left(auction):
            return _close(auction, live)
        auction, notices = _ask_again(auction, winners, now)
        sent = (*sent, *notices)
    return auction, sent


def _ask_again(auction: Auction, winners: Collection[str], now: float) -> Step:
    asks, deadline = dict(auction.asks), now + auction.bid_time
    for robot in winners:
        given = tuple(task for win in auction.wins if win.robot == robot for task in win.offer.tasks)
        asks[robot] = Ask(round=auction.round, lots=_open_to(auction, robot), given=given, deadline=deadline)
    done = {r for r in winners if not asks[r].lots}
    answers = {r: b for r, b in auction.answers.items() if r not in winners}
    answers |= {r: Bid(auction=auction.id, round=auction.round, robot=r) for r in done}
    auction = replace(auction, asks=asks, answers=answers)
    return auction, remind(auction, set(winners) - done)


def _notice(auction: Auction, ask: Ask, robots: tuple[str, ...]) -> BidNotice:
    return BidNotice(
        auction=auction.id,
        round=ask.round,
        lots=tuple(auction.lots[task] for task in ask.lots),
        robots=robots,
        deadline=ask.deadline,
        rules=auction.rules,
        given=tuple(auction.lots[task] for task in ask.given),
    )


def _won(auction: Auction) -> set[str]:
    return {task for win in auction.wins for task in win.offer.tasks}


def _left(auction: Auction) -> list[str]:
    won = _won(auction)
    return [task for task in auction.lots if task not in won]


def _open_to(auction: Auction, robot: str) -> tuple[str, ...]:
    return tuple(task for task in _left(auction) if robot in auction.able[task])


def _offers(auction: Auction, live: Collection[str]) -> dict[str, tuple[Offer, ...]]:
    """Those for lots that nobody has won yet, of robots that are live."""
    won = _won(auction)
    return {
        robot: tuple(offer for offer in bid.offers if won.isdisjoint(offer.tasks))
        for robot, bid in auction.answers.items()
        if robot in live
    }


def _close(auction: Auction, live: Collection[str]) -> Closed:
    wins = tuple(win for win in auction.wins if win.robot in live)
    kept = {task for win in wins for task in win.offer.tasks}
    lost = {task: f"{win.robot} was lost" for win in auction.wins if win not in wins for task in win.offer.tasks}
    left = {task: lost.get(task) or _why_nobody(auction, task, live) for task in auction.lots if task not in kept}
    wanted = {task for made in _offers(auction, live).values() for offer in made for task in offer.tasks}
    return Closed(wins=wins, left=left, again=frozenset(lost) | (wanted if wins else set()))


def _why_nobody(auction: Auction, task: str, live: Collection[str]) -> str:
    said = {robot: _why_not(auction, task, robot, live) for robot in auction.able[task]}
    notes = {robot: why for robot, why in said.items() if why}
    if auction.lots[task].task.kind is not TaskKind.PLATOON:
        return "; ".join(f"{robot}: {why}" for robot, why in notes.items())
    # Most vehicles are not meant by a manoeuvre, and all of them say so.
    alike = {why: ", ".join(r for r, other in notes.items() if other == why) for why in notes.values()}
    return "; ".join(f"{robots}: {why}" for why, robots in alike.items())


def _why_not(auction: Auction, task: str, robot: str, live: Collection[str]) -> str:
    """Why a robot did not win a task that nobody won; empty where that is not known."""
    bid = auction.answers.get(robot)
    if bid is None or robot not in live:
        return "did not answer"
    if task in bid.declined:
        return bid.declined[task]
    if any(task in offer.tasks for offer in bid.offers):
        return _why_lost(auction.mechanism)
    return "left it to the others" if auction.mechanism.consensus else ""


def _why_lost(mechanism: Mechanism) -> str:
    if mechanism.consensus:
        return "claimed it, and so did another"
    return "asked more than the budget" if mechanism.priced else "won another lot"


def _offer_flaw(auction: Auction, ask: Ask, offer: Offer) -> str | None:
    strange = sorted(set(offer.tasks) - set(ask.lots))
    if strange:
        return f"{strange[0]} is no lot that it was asked about"
    if not offer.tasks or len(set(offer.tasks)) < len(offer.tasks) or len(offer.tasks) > auction.rules.bundle:
        return f"an offer for {len(offer.tasks)} lots: from 1 to {auction.rules.bundle}, each once, are asked for"
    if not (math.isfinite(offer.cost) and offer.cost >= 0.0):
        return f"cost {offer.cost} is not a finite number of at least 0"
    return None


def _twice(bid: Bid) -> str | None:
    sets = [frozenset(offer.tasks) for offer in bid.offers]
    return "two offers for the same lots" if len(set(sets)) < len(sets) else None
