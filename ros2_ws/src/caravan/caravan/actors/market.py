"""The market: tasks that are ready are auctioned one after another (sequential single-item auctions)."""

from __future__ import annotations

from dataclasses import dataclass

from caravan.actors.book import Book, goal_of
from caravan.actors.handover import Handover
from caravan.actors.roster import Roster
from caravan.auction import auctioneer, ledger, timing
from caravan.auction.mechanisms import lowest_cost
from caravan.model.goal import PRIORITIES, Goal, Task, TaskRecord, TaskState
from caravan.model.market import Bid, BidNotice
from caravan.model.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketSettings:
    """Times in s."""

    bid_time: float = 1.0
    """How long an auction waits for bids at most."""
    retry: float = 3.0
    """Pause before a task that nobody wanted is offered again."""
    patience: float = 600.0
    """How long a task that nobody takes is offered before it fails."""


class Market:
    """Auctions, one at a time. All times are the caller's `now` (s)."""

    def __init__(self, site: Site, book: Book, roster: Roster, handover: Handover, settings: MarketSettings) -> None:
        self._site = site
        self._book = book
        self._roster = roster
        self._handover = handover
        self._settings = settings
        self._auction: auctioneer.Auction | None = None
        self._ready_since: dict[str, float] = {}
        self._next_try: dict[str, float] = {}
        for record in book.tasks():
            if record.state is TaskState.BIDDING:
                book.change(record.id, TaskState.WAITING)

    def tick(self, now: float) -> None:
        """Closes the auction if it is over, and opens the next."""
        self._close(now)
        if self._auction is None:
            self._open_next(now)

    def bid(self, bid: Bid, now: float) -> None:
        """Counts a bid; a first bid that does not count leaves a line in the record."""
        auction = self._auction
        if auction is None or bid.auction != auction.notice.auction or bid.robot in auction.answers:
            return
        flaw = auctioneer.flaw(auction, bid, now)
        task_id = auction.notice.task_id
        if flaw is not None:
            self._book.record(now, "bad_bid", task=task_id, robot=bid.robot, text=flaw)
            return
        self._auction = auctioneer.receive(auction, bid, now)
        data = {"cost": bid.cost, "finish": bid.finish, "parts": dict(bid.parts)}
        self._book.record(now, "bid", task=task_id, robot=bid.robot, text=bid.note, data=data)
        self.tick(now)

    def _open_next(self, now: float) -> None:
        for goal, record in sorted(self._offers(now), key=_urgency):
            robots = tuple(r for r in self._eligible(goal, record) if r in self._roster.live(now))
            if robots:
                self._open(goal, record, robots, now)
                return
            self._unwanted(goal, record, "no able robot is there", now)

    def _offers(self, now: float) -> list[tuple[Goal, TaskRecord]]:
        offers = []
        for goal in self._book:
            for record in ledger.ready(goal):
                begin = timing.starts(record.task, goal.stamp, self._site.utc_offset)
                self._ready_since.setdefault(record.id, max(now, begin))
                if now >= max(begin, self._next_try.get(record.id, begin)):
                    offers.append((goal, record))
        return offers

    def _open(self, goal: Goal, record: TaskRecord, robots: tuple[str, ...], now: float) -> None:
        notice = BidNotice(
            auction=f"{record.id}#{record.epoch + 1}",
            task_id=record.id,
            epoch=record.epoch + 1,
            task=record.task,
            robots=robots,
            deadline=now + self._settings.bid_time,
            finish_by=timing.deadline(record.task, goal.stamp, self._site.utc_offset),
        )
        self._auction = auctioneer.Auction(notice=notice)
        self._book.change(record.id, TaskState.BIDDING)
        self._book.record(now, "notice", task=record.id, text=", ".join(robots))
        self._book.send(notice)

    def _close(self, now: float) -> None:
        if self._auction is None:
            return
        outcome = auctioneer.close(self._auction, now, self._roster.live(now), lowest_cost)
        if outcome is None:
            return
        notice, self._auction = self._auction.notice, None
        record = self._book.task(notice.task_id)
        if record is None or record.state is not TaskState.BIDDING:
            return
        if isinstance(outcome, auctioneer.Won):
            self._handover.award(notice, outcome.bid, now)
            return
        notes = "; ".join(f"{robot}: {note}" for robot, note in sorted(outcome.notes.items()))
        self._unwanted(self._book[goal_of(record.id)], record, notes, now)

    def _unwanted(self, goal: Goal, record: TaskRecord, why: str, now: float) -> None:
        self._next_try[record.id] = now + self._settings.retry
        deadline = timing.deadline(record.task, goal.stamp, self._site.utc_offset)
        if deadline is not None and now > deadline:
            self._book.end(record.id, TaskState.FAILED, f"the deadline has passed ({why})", now)
        elif now - self._ready_since[record.id] > self._settings.patience:
            self._book.end(record.id, TaskState.FAILED, f"no robot took it ({why})", now)
        else:
            if record.note != why:
                self._book.record(now, "unwanted", task=record.id, text=why)
            self._book.change(record.id, TaskState.WAITING, note=why, excluded=())

    def _eligible(self, goal: Goal, record: TaskRecord) -> list[str]:
        """Robots of the site that have what the task needs and have not just refused or failed it."""
        named = record.task.robot or goal.robot
        able = [r for r in able_robots(self._site, record.task) if named in (None, r)]
        return [r for r in able if r not in record.excluded] or able


def able_robots(site: Site, task: Task) -> list[str]:
    """Names of the site's robots that have the capabilities which the task and its item need, sorted."""
    item = site.items.get(task.item or "")
    needs = {*task.needs, *(item.needs if item is not None else ())}
    return sorted(r.id for r in site.robots.values() if needs <= set(r.capabilities))


def _urgency(offer: tuple[Goal, TaskRecord]) -> tuple[int, float, int]:
    goal, record = offer
    return (-PRIORITIES.index(record.task.priority), goal.stamp, int(record.task.id[1:]))
