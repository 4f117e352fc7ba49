"""A robot's side of auctions: from a notice to a bid, by insertion into its worklist."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TypeVar

from caravan.actors.robot.claimant import Prices
from caravan.actors.robot.worklist import Worklist
from caravan.auction import objective
from caravan.auction.mechanisms.insertion import Tour
from caravan.auction.mechanisms.scores import thrifty
from caravan.auction.quote import Line, Quote, Stop
from caravan.model.goal import Task
from caravan.model.market import Bid, BidNotice, HoldingState, Lot, Offer
from caravan.model.site import Robot

_K = TypeVar("_K")
_V = TypeVar("_V")
Unfit = Callable[[Task], str | None]
"""Why the robot takes no such task now; None where it may."""
_KEPT = 5.0
"""How long after its deadline a bid is remembered, s."""
_WORTH = 1e6
"""What a lot is worth where robots agree among themselves: more than any cost, so that nothing is left out for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a robot stands at `now` (s): at node `here`, with the charge `battery` (0..1)."""

    here: str
    battery: float
    drag: float
    """How many times longer than alone it drives: that part of the driving is told as congestion."""
    unfit: Unfit
    now: float


class Bidder:
    """Bids of one robot. A notice that comes again gets the very same bid again."""

    def __init__(self, robot: Robot, worklist: Worklist) -> None:
        self._robot = robot
        self._worklist = worklist
        self._said: dict[tuple[str, int], tuple[float, Bid]] = {}
        """Bids by auction and round, with the time until which they matter (s); the same for what was given."""
        self._given: dict[str, tuple[float, tuple[Lot, ...]]] = {}
        self._drag = 1.0
        self.weights: Mapping[str, float] = objective.DEFAULT
        """What counted how much in the latest notice."""

    def answer(self, notice: BidNotice, standing: Standing) -> Bid:
        """The bid of the robot as it stands."""
        key = (notice.auction, notice.round)
        if key not in self._said:
            self._said = _fresh(self._said, standing.now)
            self._given = _fresh(self._given, standing.now)
            self._drag, self.weights, until = standing.drag, notice.rules.weights, notice.deadline + _KEPT
            self._said[key] = (until, self._bid(notice, standing))
            if notice.given:
                self._given[notice.auction] = (until, notice.given)
        return self._said[key][1]

    def price(self, notice: BidNotice, standing: Standing) -> Prices:
        """What the lots are worth to the robot as it stands, where robots agree among themselves.

        A tour is worth the more, the less it costs to insert its lots one after the other, each at its best place.
        """
        self._drag, self.weights = standing.drag, notice.rules.weights
        line = self._line(notice, standing)
        stops: dict[str, Stop] = {}
        declined: dict[str, str] = {}
        for lot in notice.lots:
            stop = standing.unfit(lot.task) or self._worklist.stop(lot, standing.here)
            quote = stop if isinstance(stop, str) else line.quote(stop, notice.rules.weights)
            if self._worklist.has(lot.task_id) is not None:
                declined[lot.task_id] = "it has it from before"
            elif isinstance(stop, str) or isinstance(quote, str):
                declined[lot.task_id] = str(quote)
            else:
                stops[lot.task_id] = stop

        tours = _Tours(line, stops, notice.rules.weights)

        def cost(robot: str, tour: Tour) -> float | None:
            quotes = tours.quotes(tour)
            return None if quotes is None else self._cost(notice, tour, quotes)

        def offers(tour: Tour) -> tuple[Offer, ...]:
            quotes = tours.quotes(tour) or ()
            return tuple(self._offer(notice, (task,), [quote]) for task, quote in zip(tour, quotes, strict=True))

        return Prices(score=thrifty(self._robot.id, cost, _WORTH), offers=offers, declined=declined)

    def _cost(self, notice: BidNotice, tour: Tour, quotes: Sequence[Quote]) -> float:
        return self._offer(notice, tour, quotes).cost if tour else 0.0

    def _bid(self, notice: BidNotice, standing: Standing) -> Bid:
        bid = Bid(auction=notice.auction, round=notice.round, robot=self._robot.id)
        line, here = self._line(notice, standing), standing.here
        offers: list[Offer] = []
        declined: dict[str, str] = {}
        stops: dict[str, Stop] = {}
        for lot in notice.lots:
            stop = standing.unfit(lot.task) or self._worklist.stop(lot, here)
            held = self._worklist.has(lot.task_id)
            if held is HoldingState.RUNNING:
                declined[lot.task_id] = "it is at work on it"
                continue
            open_line = line if held is None else self._queue(standing, lot.task_id)
            quote = stop if isinstance(stop, str) else open_line.quote(stop, notice.rules.weights)
            if isinstance(stop, str) or isinstance(quote, str):
                declined[lot.task_id] = str(quote)
                continue
            stops[lot.task_id] = stop
            offers.append(self._offer(notice, (lot.task_id,), [quote]))
        offers += self._bundles(notice, line, stops)
        return replace(bid, offers=tuple(offers), declined=declined)

    def _queue(self, standing: Standing, without: str = "") -> Line:
        return self._worklist.line(standing.here, standing.now, standing.battery, without=without)

    def _line(self, notice: BidNotice, standing: Standing) -> Line:
        """The queue as it would be with all that was won in open auctions, so far as this robot has heard."""
        line = self._queue(standing)
        taken = {entry.award.task_id for entry in self._worklist.queue}
        for lot in self._counted(notice):
            stop = self._worklist.stop(lot, standing.here)
            quote = stop if isinstance(stop, str) else line.quote(stop, notice.rules.weights)
            if lot.task_id not in taken and isinstance(stop, Stop) and isinstance(quote, Quote):
                taken.add(lot.task_id)
                line = line.inserted(stop, quote.position)
        return line

    def _counted(self, notice: BidNotice) -> Iterable[Lot]:
        others = [given for auction, (_, given) in self._given.items() if auction != notice.auction]
        return [*notice.given, *(lot for given in others for lot in given)]

    def _bundles(self, notice: BidNotice, line: Line, stops: Mapping[str, Stop]) -> Iterator[Offer]:
        """Sets of lots, each lot put in where it costs least after those before it."""
        for size in range(2, notice.rules.bundle + 1):
            for tasks in combinations(sorted(stops), size):
                quotes = _chain(line, [stops[task] for task in tasks], notice.rules.weights)
                if quotes is not None:
                    yield self._offer(notice, tasks, quotes)

    def _offer(self, notice: BidNotice, tasks: tuple[str, ...], quotes: Sequence[Quote]) -> Offer:
        parts: dict[str, float] = {}
        for quote in quotes:
            for name, part in quote.parts.items():
                # The makespan is that of all, not what each adds.
                parts[name] = part if name == "makespan" else parts.get(name, 0.0) + part
        if self._drag > 1.0 and "drive" in parts:
            parts["congestion"] = parts["drive"] * (1.0 - 1.0 / self._drag)
            parts["drive"] -= parts["congestion"]
        factor = self._robot.price if notice.rules.priced else 1.0
        parts = {name: part * factor for name, part in parts.items() if part}
        return Offer(tasks=tasks, cost=sum(parts.values()), finish=max(q.finish for q in quotes), parts=parts)


def _fresh(kept: dict[_K, tuple[float, _V]], now: float) -> dict[_K, tuple[float, _V]]:
    """Without what has been over for long; the oldest comes first."""
    if not kept or next(iter(kept.values()))[0] >= now:
        return kept
    return {key: entry for key, entry in kept.items() if entry[0] >= now}


class _Tours:
    """Lots that are inserted into a queue one after the other, each where it costs least; what was found is kept."""

    def __init__(self, line: Line, stops: Mapping[str, Stop], weights: Mapping[str, float]) -> None:
        self._stops = stops
        self._weights = weights
        self._found: dict[Tour, tuple[tuple[Quote, ...], Line] | None] = {(): ((), line)}

    def quotes(self, tour: Tour) -> tuple[Quote, ...] | None:
        """What each lot of a tour costs behind those before it; None where one of them cannot be done."""
        found = self._find(tour)
        return None if found is None else found[0]

    def _find(self, tour: Tour) -> tuple[tuple[Quote, ...], Line] | None:
        if tour not in self._found:
            self._found[tour] = self._extend(self._find(tour[:-1]), self._stops.get(tour[-1]))
        return self._found[tour]

    def _extend(
        self, found: tuple[tuple[Quote, ...], Line] | None, stop: Stop | None
    ) -> tuple[tuple[Quote, ...], Line] | None:
        if found is None or stop is None:
            return None
        quotes, line = found
        quote = line.quote(stop, self._weights)
        return None if isinstance(quote, str) else ((*quotes, quote), line.inserted(stop, quote.position))


def _chain(line: Line, stops: list[Stop], weights: Mapping[str, float]) -> list[Quote] | None:
    quotes = []
    for stop in stops:
        quote = line.quote(stop, weights)
        if isinstance(quote, str):
            return None
        quotes.append(quote)
        line = line.inserted(stop, quote.position)
    return quotes
