"""Bids that do not count: each robot's first of an auction leaves a line in the record."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection

from caravan.actors.house.book import Book
from caravan.model.market import Bid

_REMEMBERED = 1000
"""Bids that were complained about, and auctions that are over, whose late bids are known."""


class Complaints:
    """What was complained about lately. All times are the caller's `now` (s)."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._over: OrderedDict[str, frozenset[str]] = OrderedDict()
        """Auctions that are over, with those who had answered."""
        self._made: OrderedDict[tuple[str, str], None] = OrderedDict()
        """By auction and robot."""

    def end(self, auction_id: str, answered: Collection[str]) -> None:
        """An auction is over; the bids of these robots had come."""
        self._over[auction_id] = frozenset(answered)
        if len(self._over) > _REMEMBERED:
            self._over.popitem(last=False)

    def late(self, bid: Bid, now: float) -> None:
        """A bid came for no open auction; one that had come before is sent again, and no matter."""
        if bid.robot not in self._over.get(bid.auction, ()):
            self.make(bid, "the auction is over, or never was", now)

    def make(self, bid: Bid, why: str, now: float) -> None:
        """Records what is wrong with a bid, the first of its robot in an auction."""
        key = (bid.auction, bid.robot)
        if key in self._made:
            return
        self._made[key] = None
        if len(self._made) > _REMEMBERED:
            self._made.popitem(last=False)
        self._book.record(now, "bad_bid", robot=bid.robot, text=why, data={"auction": bid.auction})
