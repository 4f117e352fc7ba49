"""The auction as a controller: turns of the box are sold, one ahead, to the lanes whose vehicles bid most together.

A turn goes to a set of lanes that do not cross; in each the parties in front go, up to `MOST` vehicles, so that a queue
that wins together pays once for the change of direction. All vehicles of those parties bid (`auction`), and the pot is
shared out to all who wait (`purses`).

Nobody starves. A lane whose first party has been first for `PATIENCE` must be in the next turn, whatever is bid; the
longest waiting goes first. So a first party waits for its patience, for the turns of the seven other lanes and for the
one that runs: never longer than `BOUND`, as long as nobody breaks down.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import combinations

from caravan.platoon.intersection.auction import heard, sell
from caravan.platoon.intersection.book import Book, Party
from caravan.platoon.intersection.controllers import Asking
from caravan.platoon.intersection.geometry import CROSSING
from caravan.platoon.intersection.purses import Purses

MOST = 16
"""Vehicles of a lane that go in one turn; a platoon is never cut."""
PATIENCE = 60.0
"""Who has been first in its lane for so long is next, s."""
TURN = 45.0
"""`MOST` vehicles of a lane are out in this time, from a standstill, s (see the laws)."""
BOUND = PATIENCE + 8.0 * TURN
"""No party is first in its lane for longer, s."""
LEAD = 5.0
"""A turn is sold so long before the one before it ends, s: in time to drive up to it."""
Bidder = Callable[[int, float], float | None]
"""What a vehicle bids now (credits), by its number and the time (s); None where it does not answer."""


class Market:
    """Sells turns to lanes that cross each other as `crossing` has it."""

    def __init__(
        self, bidder: Bidder, *, patience: float = PATIENCE, crossing: Mapping[int, frozenset[int]] = CROSSING
    ) -> None:
        self._bidder, self._patience, self._crossing = bidder, patience, crossing
        self._free = frozenset(lane for lane, crossed in crossing.items() if not crossed)
        self._sets = _apart(crossing, most=4)
        self._sold: dict[int, set[int]] = {}
        self._firsts: dict[int, tuple[int, float]] = {}
        self.purses = Purses(held={})

    def decide(self, now: float, asking: Asking, book: Book) -> list[Party]:
        """See `Controller`."""
        given: list[Party] = []
        for lane in self._free:
            for party in asking.get(lane, ()):
                book = book.take(party)
                given.append(party)
        shut = self._free | book.shut()
        waiting = {lane: list(queue) for lane, queue in asking.items() if queue and lane not in shut}
        self._note(now, waiting)
        book = self._give(waiting, book, given)
        if not self._sold and self._ends(book, now) <= now + LEAD:
            self._note(now, waiting)
            self._auction(now, waiting)
            book = self._give(waiting, book, given)
        self._let_by(now, waiting, book, given)
        return given

    def _note(self, now: float, asking: Asking) -> None:
        """Who is first in each lane, and since when; of those to whom a turn was sold, only those that still ask."""
        for lane, queue in asking.items():
            if queue and self._firsts.get(lane, (-1, 0.0))[0] != queue[0].members[0]:
                self._firsts[lane] = (queue[0].members[0], now)
        for lane in list(self._sold):
            self._sold[lane] &= {member for party in asking.get(lane, ()) for member in party.members}
            if not self._sold[lane]:
                del self._sold[lane]

    def _give(self, asking: dict[int, list[Party]], book: Book, given: list[Party]) -> Book:
        """Slots for those to whom the turn was sold and whose way is free by then."""
        for lane in list(self._sold):
            queue = asking[lane]
            while queue and queue[0].members[0] in self._sold[lane] and book.free(queue[0]):
                party = queue.pop(0)
                book = book.take(party)
                given.append(party)
                self._sold[lane] -= set(party.members)
            if not self._sold[lane]:
                del self._sold[lane]
        return book

    def _ends(self, book: Book, now: float) -> float:
        """When the turn that runs is over, s; who is overdue does not count."""
        times = (slot.party.clears for slot in book.slots if slot.party.lane not in self._free)
        return max((time for time in times if math.isfinite(time)), default=now)

    def _auction(self, now: float, asking: Asking) -> None:
        heads = {lane: _heads(queue) for lane, queue in asking.items() if queue}
        if not heads:
            return
        outcomes = self._outcomes(now, heads)
        waiting = [v for queue in asking.values() for party in queue for v in party.members]
        offers = [frozenset(v for lane in lanes for p in heads[lane] for v in p.members) for lanes in outcomes]
        vehicles = sorted(frozenset().union(*offers))
        sale = sell(offers, {v: heard(self._bidder(v, now), self.purses.of(v)) for v in vehicles})
        self.purses = self.purses.settled(sale.prices, waiting)
        self._sold = {lane: {v for p in heads[lane] for v in p.members} for lane in outcomes[sale.won]}

    def _outcomes(self, now: float, heads: dict[int, list[Party]]) -> list[frozenset[int]]:
        """What may be sold: sets of lanes to which no further can be added, with the lane that must be next."""
        possible = [lanes for lanes in self._sets if lanes <= heads.keys()]
        longest = min(heads, key=lambda lane: self._firsts[lane][1])
        if now - self._firsts[longest][1] > self._patience:
            possible = [lanes for lanes in possible if longest in lanes]
        return [lanes for lanes in possible if not self._grows(lanes, heads)]

    def _grows(self, lanes: frozenset[int], heads: Collection[int]) -> bool:
        """Whether another lane could go with these."""
        return any(lane not in lanes and self._crossing[lane].isdisjoint(lanes) for lane in heads)

    def _let_by(self, now: float, asking: Asking, book: Book, given: list[Party]) -> None:
        """Who is in nobody's way goes without an auction: the way is free, and the next turn does not get later."""
        ends = self._ends(book, now)
        for lane, queue in asking.items():
            taken = self._sold.keys() | {slot.party.lane for slot in book.slots}
            if self._crossing[lane] & taken or lane in self._sold:
                continue
            for party in queue:
                contested = any(asking.get(other) for other in self._crossing[lane])
                if contested and party.clears > ends:
                    break
                book = book.take(party)
                given.append(party)


def _heads(queue: Sequence[Party]) -> list[Party]:
    """The parties of a lane that would go in one turn."""
    chosen: list[Party] = []
    vehicles = 0
    for party in queue:
        if chosen and vehicles + len(party.members) > MOST:
            break
        chosen.append(party)
        vehicles += len(party.members)
    return chosen


def _apart(crossing: Mapping[int, frozenset[int]], most: int) -> tuple[frozenset[int], ...]:
    """All sets of up to `most` lanes of which no two cross; without lanes that cross none."""
    lanes = [lane for lane, crossed in crossing.items() if crossed]
    sets = (frozenset(some) for size in range(1, most + 1) for some in combinations(lanes, size))
    return tuple(some for some in sets if all(crossing[lane].isdisjoint(some) for lane in some))
