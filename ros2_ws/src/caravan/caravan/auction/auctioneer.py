"""One auction as a state machine: a notice goes out, bids come in, it closes as soon as it can.

An auction closes when every robot that was asked and is alive has answered, or at its deadline (Dias et al. 2006,
"Market-based multirobot coordination", single-item auctions).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from caravan.model.market import Bid, BidNotice

Mechanism = Callable[[Collection[Bid]], Bid | None]
"""Picks the winning bid of those with a cost, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Auction:
    """An open auction and the answers so far, by robot."""

    notice: BidNotice
    answers: Mapping[str, Bid] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Won:
    """The auction is over and `bid` has won."""

    bid: Bid


@dataclass(frozen=True, slots=True, kw_only=True)
class NoBids:
    """The auction is over and nobody wants the task; `notes` says why, by robot."""

    notes: Mapping[str, str]


def flaw(auction: Auction, bid: Bid, now: float) -> str | None:
    """What is wrong with a bid, in words; None where it counts. A second bid of one robot is a flaw too."""
    if bid.auction != auction.notice.auction:
        return f"bid for {bid.auction}, but {auction.notice.auction} is open"
    if bid.robot not in auction.notice.robots:
        return f"{bid.robot} was not asked"
    if bid.robot in auction.answers:
        return f"{bid.robot} has bid before"
    if now > auction.notice.deadline:
        return f"{now - auction.notice.deadline:.2f} s late"
    if bid.cost is not None and not (math.isfinite(bid.cost) and bid.cost >= 0.0):
        return f"cost {bid.cost} is not a finite number of at least 0"
    return None


def receive(auction: Auction, bid: Bid, now: float) -> Auction:
    """The auction with `bid` counted; unchanged where the bid has a flaw."""
    if flaw(auction, bid, now) is not None:
        return auction
    return replace(auction, answers={**auction.answers, bid.robot: bid})


def close(auction: Auction, now: float, live: Collection[str], pick: Mechanism) -> Won | NoBids | None:
    """The outcome, or None while the auction stays open.

    `live` are the robots that still send heartbeats; one that fell silent after its bid does not win.
    """
    waiting = [r for r in auction.notice.robots if r in live and r not in auction.answers]
    if waiting and now < auction.notice.deadline:
        return None
    winner = pick([b for b in auction.answers.values() if b.cost is not None and b.robot in live])
    if winner is not None:
        return Won(bid=winner)
    silent = {r: "did not answer" for r in auction.notice.robots if r not in auction.answers or r not in live}
    return NoBids(notes={**{r: b.note for r, b in auction.answers.items()}, **silent})
