"""The market: all tasks that are ready are auctioned, many in an auction and several auctions at a time."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from caravan.actors.able import Able, halted, unfit
from caravan.actors.house.book import Book, goal_of
from caravan.actors.house.complaints import Complaints
from caravan.actors.house.exchange import Exchange
from caravan.actors.house.handover import Handover
from caravan.actors.house.pool import Crew, Pool
from caravan.actors.house.roster import Roster
from caravan.actors.house.why import bid_data
from caravan.auction import auctioneer, objective
from caravan.auction.auctioneer import Auction, Closed
from caravan.auction.mechanisms.table import CREW, Pick, Terms, mechanism_of
from caravan.model.goal import Goal, TaskKind, TaskRecord, TaskState
from caravan.model.market import Bid, BidNotice, Lot, Rules
from caravan.model.site import Site

_SLOWEST = 8.0
"""Where nobody answers in time, robots have up to so many times as long to bid in the next auctions."""
_TALK = 4.0
"""So many times as long as for a bid robots have to agree among themselves."""
_HALTED = "all able robots are halted"
_Offered = tuple[Lot, tuple[str, ...]]
"""A lot, and who may bid on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketSettings:
    """Times in s."""

    bid_time: float = 1.0
    """How long a round of an auction waits for bids at most."""
    resend: float = 0.3
    """Pause before a robot that has not answered is asked again."""
    retry: float = 3.0
    """Pause before a task that nobody wanted is offered again; it doubles each time..."""
    longest: float = 30.0
    """...up to this one."""
    patience: float = 600.0
    """How long a task that nobody takes is offered before it fails."""
    manoeuvre: float = 20.0
    """The same for manoeuvres: other vehicles wait on the road for it."""
    lots: int = 20
    """How many tasks one auction has at most."""
    auctions: int = 4
    """How many auctions are open at a time at most: what comes meanwhile shares the next one."""
    auction_time: float = 3.0
    """After so long an auction awards what it has placed, and leaves the rest to the next."""
    mechanism: str = "sequential"
    """Where a goal names none; one of `auction.mechanisms.table.MECHANISMS`."""
    objective: Mapping[str, float] = field(default_factory=lambda: dict(objective.DEFAULT))
    """Weights of team objectives, see `auction.objective`."""
    bundle: int = 3
    """The largest set of tasks that robots price as one, where a mechanism wants bundles."""
    budget: float = 1000.0
    """The most that an owner is paid for a task."""
    trade: bool = True
    """Whether tasks that are queued may change hands."""
    trade_pause: float = 5.0
    """Between two times that queued tasks are offered."""
    trade_margin: float = 5.0
    """What a contract must save at least."""


class Market:
    """Auctions. All times are the caller's `now` (s)."""

    def __init__(self, site: Site, book: Book, roster: Roster, handover: Handover, settings: MarketSettings) -> None:
        self._site = site
        self._book = book
        self._roster = roster
        self._handover = handover
        self._settings = settings
        self._pool = Pool(settings.retry, settings.longest)
        self._complaints = Complaints(book)
        self._exchange = Exchange(book, handover, settings.trade_pause)
        self._open: dict[str, Auction] = {}
        self._asked: dict[str, float] = {}
        """When the robots of an open auction were last asked."""
        self._bids: defaultdict[str, list[tuple[float, Bid]]] = defaultdict(list)
        """What counted in the open auctions, and when: it is recorded when they end with anything to tell."""
        self._able = Able(site)
        self._number = 0
        self._slowness = 1.0
        """So many times as long as usual robots have to bid."""
        for record in book.tasks(TaskState.BIDDING):
            book.change(record.id, TaskState.WAITING)

    def tick(self, now: float) -> None:
        """Closes the auctions that are over, asks again where answers are missing, and opens new ones."""
        for auction in tuple(self._open):
            self._proceed(auction, now)
        for auction in tuple(self._open):
            self._remind(auction, now)
        self._open_more(now)
        if self._settings.trade and not self._open and not self._exchange.rests(now):
            self._offer_held(now)

    def bid(self, bid: Bid, now: float) -> None:
        """Counts a bid; one with a flaw leaves a line in the record, the first of its robot in an auction."""
        auction = self._open.get(bid.auction)
        if auction is None:
            self._complaints.late(bid, now)
            return
        if auctioneer.known(auction, bid):
            return
        flaw = auctioneer.flaw(auction, bid, now)
        if flaw is not None:
            self._complaints.make(bid, flaw, now)
            return
        self._open[bid.auction] = auctioneer.receive(auction, bid, now)
        self._bids[bid.auction].append((now, bid))
        self._proceed(bid.auction, now)
        if bid.auction not in self._open:
            self._open_more(now)

    def wake(self) -> None:
        """A robot has come, or is fit again: what nobody wanted is offered at once."""
        self._pool.wake()

    # -- opening ------------------------------------------------------------------------------------------------

    def _open_more(self, now: float) -> None:
        self._pool.update(self._book.changed(), now)
        room = self._settings.auctions - len(self._open)
        due = self._pool.due(now)[: self._settings.lots * max(0, room)]
        if not due:
            return
        batches: dict[tuple[str, tuple[str, ...]], list[_Offered]] = {}
        live = self._roster.live(now)
        for goal, crew in due:
            able = self._askable(goal, crew, live, now)
            lots = [(self._lot(record), robots) for record, robots in zip(crew, able, strict=False)]
            if len(lots) > 1 and room > 0:
                self._begin(CREW, lots, now)
                room -= 1
            elif len(lots) == 1:
                name = goal.mechanism or self._settings.mechanism
                # Who are to agree among themselves must all be asked about the same lots.
                batches.setdefault((name, able[0] if mechanism_of(name).consensus else ()), []).extend(lots)
        for (name, _), lots in batches.items():
            size = min(self._settings.lots, mechanism_of(name).most or self._settings.lots)
            for start in range(0, min(len(lots), size * room), size):
                self._begin(name, lots[start : start + size], now)
                room -= 1

    def _lot(self, record: TaskRecord) -> Lot:
        return Lot(task_id=record.id, epoch=record.epoch + 1, task=record.task, finish_by=record.finish_by)

    def _askable(self, goal: Goal, crew: Crew, live: list[str], now: float) -> list[tuple[str, ...]]:
        """The robots that are asked for bids on each seat of a task; where they are too few for all, it is put off."""
        seats = [[r for r in self._able.robots(goal, record, len(crew)) if r in live] for record in crew]
        able = {robot for seat in seats for robot in seat}
        fit = [tuple(robot for robot in seat if not halted(self._roster.state(robot))) for seat in seats]
        if all(fit) and len({robot for seat in fit for robot in seat}) >= len(crew):
            return fit
        gone = [record.task.robot for record, seat in zip(crew, seats, strict=True) if record.task.robot and not seat]
        few = "no able robot is there" if len(crew) == 1 else f"{len(able)} of {len(crew)} able robots are there"
        few = f"{', '.join(gone)} cannot be reached" if gone else few
        self._unwanted(crew[0].id, _HALTED if all(seats) and len(able) >= len(crew) else few, now)
        return []

    def _begin(self, name: str, lots: list[_Offered], now: float) -> None:
        settings, mechanism = self._settings, mechanism_of(name)
        rules = Rules(
            mechanism=name,
            weights=settings.objective,
            bundle=settings.bundle if mechanism.bundles else 1,
            priced=mechanism.priced,
        )
        for lot, _ in lots:
            self._book.change(lot.task_id, TaskState.BIDDING)
        auction, notices = auctioneer.begin(self._auction(lots, rules, Terms(budget=settings.budget), now), now)
        data = {"auction": auction.id, "lots": list(auction.lots), "mechanism": name, "weights": dict(rules.weights)}
        self._book.record(now, "notice", text=", ".join(auction.asks), data=data)
        self._keep(auction, notices, now)

    def _auction(self, lots: list[_Offered], rules: Rules, terms: Terms, now: float) -> Auction:
        self._number = max(self._number + 1, int(now * 1000))
        return Auction(
            id=f"a{self._number}",
            lots={lot.task_id: lot for lot, _ in lots},
            able={lot.task_id: robots for lot, robots in lots},
            rules=rules,
            terms=terms,
            bid_time=self._settings.bid_time * self._slowness * _pace(rules, len(lots)),
            until=math.inf if rules.mechanism == CREW else now + self._settings.auction_time * self._slowness,
        )

    def _offer_held(self, now: float) -> None:
        states = [s for r in self._roster.live(now) if (s := self._roster.state(r)) is not None and not unfit(s)]
        fit = {state.robot for state in states}
        lots: list[_Offered] = []
        holders: dict[str, str] = {}
        for record in self._exchange.due(states, now, self._settings.lots):
            goal = self._book[goal_of(record.id)]
            robots = tuple(r for r in self._able.robots(goal, record, 2) if r in fit)
            if len(robots) > 1 and record.robot in robots:
                holders[record.id] = record.robot
                lots.append((self._lot(record), robots))
        if lots:
            terms = Terms(holders=holders, margin=self._settings.trade_margin)
            rules = Rules(mechanism="trade", weights=self._settings.objective)
            self._keep(*auctioneer.begin(self._auction(lots, rules, terms, now), now), now)

    # -- going on -----------------------------------------------------------------------------------------------

    def _keep(self, auction: Auction, notices: Iterable[BidNotice], now: float) -> None:
        self._open[auction.id] = auction
        for notice in notices:
            self._asked[auction.id] = now
            self._book.send(notice)

    def _proceed(self, auction_id: str, now: float) -> None:
        outcome = auctioneer.proceed(self._open[auction_id], now, self._roster.live(now))
        if isinstance(outcome, Closed):
            late = not self._open[auction_id].answers
            self._slowness = min(2.0 * self._slowness, _SLOWEST) if late else max(0.5 * self._slowness, 1.0)
            self._decide(self._end(auction_id), outcome, now)
        else:
            self._keep(*outcome, now)

    def _remind(self, auction_id: str, now: float) -> None:
        auction = self._open[auction_id]
        if now - self._asked[auction_id] >= self._settings.resend:
            robots = auctioneer.awaited(auction, now, self._roster.live(now))
            self._keep(auction, auctioneer.remind(auction, robots), now)

    def _end(self, auction_id: str) -> Auction:
        auction = self._open.pop(auction_id)
        del self._asked[auction_id]
        self._complaints.end(auction_id, auction.answers)
        return auction

    def _decide(self, auction: Auction, closed: Closed, now: float) -> None:
        """Awards all that was won, in one step; the rest waits again."""
        bids = self._bids.pop(auction.id, [])
        holders = auction.terms.holders
        if closed.wins or (not holders and any(self._is_news(task, why) for task, why in closed.left.items())):
            for stamp, bid in bids:
                self._book.record(stamp, "bid", robot=bid.robot, data=bid_data(bid))
        if holders:
            self._strike(auction, closed, now)
            return
        open_lots = {lot for lot in auction.lots if self._bidding(lot)}
        if auction.rules.mechanism == CREW and closed.left:
            if open_lots:  # All seats or none.
                self._unwanted(next(iter(auction.lots)), "; ".join(dict.fromkeys(closed.left.values())), now)
            return
        for win in closed.wins:
            for task in win.offer.tasks:
                if task in open_lots:
                    self._award(auction, win, task, now)
        for task, why in closed.left.items():
            if task in closed.again & open_lots:
                self._book.change(task, TaskState.WAITING, note=why)
            elif task in open_lots:
                self._unwanted(task, why, now)

    def _strike(self, auction: Auction, closed: Closed, now: float) -> None:
        for win in closed.wins:
            (task,) = win.offer.tasks
            giver = auction.terms.holders[task]
            own = next(o.cost for o in auction.answers[giver].offers if o.tasks == win.offer.tasks)
            told = {"auction": auction.id, "mechanism": "trade", "cost": win.offer.cost}
            told |= {"from": giver, "saved": own - win.offer.cost}
            self._handover.exchange(auction.lots[task], win.robot, now, told)

    def _bidding(self, task_id: str) -> bool:
        record = self._book.task(task_id)
        return record is not None and record.state is TaskState.BIDDING

    def _is_news(self, task_id: str, why: str) -> bool:
        record = self._book.task(task_id)
        return record is not None and record.note != why

    def _award(self, auction: Auction, win: Pick, task: str, now: float) -> None:
        told: dict[str, object] = {"auction": auction.id, "mechanism": auction.rules.mechanism, "cost": win.offer.cost}
        if len(win.offer.tasks) > 1:
            told["tasks"] = list(win.offer.tasks)
        if win.payment is not None:
            told |= {
                "payment": win.payment,
                "owner": self._site.robots[win.robot].owner,
                "budget": auction.terms.budget,
            }
        # Who takes several lots as one is paid for them as one.
        payment = None if win.payment is None else win.payment / len(win.offer.tasks)
        self._handover.award(auction.lots[task], win.robot, now, told=told, payment=payment)

    def _unwanted(self, task_id: str, why: str, now: float) -> None:
        record = self._book.task(task_id)
        assert record is not None, "the task of a lot is in the book"
        if record.finish_by is not None and now > record.finish_by:
            self._book.end(record.id, TaskState.FAILED, f"the deadline has passed ({why})", now)
        elif why != _HALTED and now - self._pool.since(task_id, now) > self._patience(record):
            self._book.end(record.id, TaskState.FAILED, f"no robot took it ({why})", now)
        else:
            if self._is_news(task_id, why) and record.finish_by is None:
                self._book.record(now, "unwanted", task=record.id, text=why)
            elif self._is_news(task_id, why):
                self._book.warn(record.id, f"as things are nobody can finish it in time ({why})", now)
            for each in self._book.seats(record):
                if each.state in (TaskState.WAITING, TaskState.BIDDING):
                    self._book.change(each.id, TaskState.WAITING, note=why, excluded=())
            self._pool.put_off(record.id, now)

    def _patience(self, record: TaskRecord) -> float:
        """How long it is offered while nobody takes it, s."""
        return self._settings.manoeuvre if record.task.kind is TaskKind.PLATOON else self._settings.patience


def _pace(rules: Rules, lots: int) -> float:
    """How many times as long as for a bid an auction waits."""
    if rules.mechanism == CREW:
        return lots  # For a seat each, that many answers must come in the same round.
    return _TALK if rules.mechanism != "trade" and mechanism_of(rules.mechanism).consensus else 1.0
