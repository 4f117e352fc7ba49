"""Answers to requests, each given when what it tells is on disk, here and at all standbys in sync, and ten at a time.

Every client of a service gets the answers to all clients, and by ROS's default keeps ten that it has not looked at: the
eleventh pushes one out, and whoever waits for that waits for ever. So after ten answers there is a pause; and while
many still ask, there are none, since who asks seldom listens.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from rclpy.task import Future

from caravan.actors.house.auction_house import AuctionHouse
from caravan.actors.house.replica import Ticket

BURST = 10
"""So many answers are given at the same moment: ROS's default depth."""
PAUSE = 0.03
"""Then there is none for so long, s."""
HUSH = 0.05
"""Where more than that wait, none is given before there was no request for so long, s."""
LONGEST = 1.0
"""But none is held back for that for longer, s."""
GONE = "this was not kept, since another node led meanwhile; ask again"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pledge:
    house: AuctionHouse | None
    since: float
    future: Future
    answer: Any
    lost: Callable[[str], Any]


class Pledges:
    """`settled` tells whether what was written is safe; None: not yet. False: nobody can say.

    Times are the caller's `now` (s), on a clock that is never set.
    """

    def __init__(self, settled: Callable[[Ticket], bool | None]) -> None:
        self._settled = settled
        self._unwritten: list[_Pledge] = []
        self._written: deque[tuple[Ticket | None, _Pledge]] = deque()
        """None: it will not be kept, and this is the answer."""
        self._asked = float("-inf")
        self._gave = float("-inf")
        self._left = BURST

    def add(self, house: AuctionHouse | None, answer: Any, lost: Callable[[str], Any], now: float) -> Future:
        """A Future of the `answer` to what `house` was just asked; of `lost(why)` where that will not be kept."""
        pledge = _Pledge(house=house, since=now, future=Future(), answer=answer, lost=lost)
        self._unwritten.append(pledge)
        self._asked = now
        return pledge.future

    def written(self, house: AuctionHouse, ticket: Ticket) -> None:
        """All that `house` was asked is on this node's disk. What a former house was asked went with it."""
        for pledge in self._take_unwritten():
            if pledge.house is house:
                self._written.append((ticket, pledge))
            else:
                self._lose(pledge, GONE)

    def lose(self, why: str) -> None:
        """What is not written yet will never be."""
        for pledge in self._take_unwritten():
            self._lose(pledge, why)

    def give(self, now: float) -> None:
        """Gives answers that have become safe. Where nobody can say that, none is given: the next leader knows."""
        if now - self._gave >= PAUSE:
            self._left = BURST
        while self._written and self._left and not self._holds(now):
            ticket, pledge = self._written[0]
            settled = ticket is None or self._settled(ticket)
            if settled is None:
                return
            self._written.popleft()
            if settled:
                self._left -= 1
                self._gave = now
                pledge.future.set_result(pledge.answer)

    def _holds(self, now: float) -> bool:
        many = len(self._written) + len(self._unwritten) > self._left
        return many and now - self._asked < HUSH and now - self._written[0][1].since < LONGEST

    def _take_unwritten(self) -> list[_Pledge]:
        unwritten, self._unwritten = self._unwritten, []
        return unwritten

    def _lose(self, pledge: _Pledge, why: str) -> None:
        self._written.append((None, replace(pledge, answer=pledge.lost(why))))
