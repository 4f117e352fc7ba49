"""An auction ends, and no lot has two winners, in whatever order, how often and whether at all bids arrive."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from caravan.auction.auctioneer import Auction, Closed, awaited, begin, flaw, known, proceed, receive, remind
from caravan.auction.mechanisms.table import MECHANISMS, Terms
from caravan.model.goal import Task, TaskKind
from caravan.model.market import Bid, BidNotice, Lot, Offer, Rules

TASK = Task(id="t1", kind=TaskKind.GO, to="dock_1")
ROBOTS = ("a", "b", "c", "d")


def lots_of(count: int) -> dict[str, Lot]:
    """So many lots by id."""
    return {f"t{n}": Lot(task_id=f"t{n}", epoch=1, task=TASK) for n in range(count)}


@dataclass
class Room:
    """An auction with robots on a bad radio, from a seed."""

    mechanism: str
    count: int
    loss: float
    rng: random.Random
    live: set[str] = field(default_factory=lambda: set(ROBOTS))
    air: list[Bid] = field(default_factory=list)
    rounds: int = 0

    def auction(self) -> Auction:
        """Each lot is for some of the robots."""
        lots = lots_of(self.count)
        able = {task: tuple(sorted(self.rng.sample(ROBOTS, self.rng.randint(1, len(ROBOTS))))) for task in lots}
        rules = Rules(mechanism=self.mechanism, weights={"finish": 1.0}, bundle=2 if self.bundles else 1)
        return Auction(id="a1", lots=lots, able=able, rules=rules, terms=Terms(budget=50.0), bid_time=1.0)

    @property
    def bundles(self) -> bool:
        """Whether robots price sets of lots."""
        return MECHANISMS[self.mechanism].bundles

    def answer(self, notice: BidNotice) -> None:
        """The robots that hear it bid; some bids are lost, some come twice, some are absurd."""
        self.rounds = max(self.rounds, notice.round)
        for robot in notice.robots:
            for _ in range(self.rng.choice((1, 1, 2))):
                if robot in self.live and self.rng.random() >= self.loss:
                    self.air.append(self._bid(robot, notice))

    def _bid(self, robot: str, notice: BidNotice) -> Bid:
        tasks = [lot.task_id for lot in notice.lots]
        offers = [
            Offer(tasks=(task,), cost=float(self.rng.randint(0, 60))) for task in tasks if self.rng.random() < 0.8
        ]
        if self.bundles and len(tasks) > 1:
            offers.append(Offer(tasks=tuple(tasks[:2]), cost=float(self.rng.randint(0, 60))))
        if self.rng.random() < 0.1:
            offers.append(Offer(tasks=("t99",), cost=-1.0))
        return Bid(auction="a1", round=notice.round, robot=robot, offers=tuple(offers))

    def hold(self) -> Closed:
        """Holds the auction; robots die now and then."""
        auction, notices = begin(self.auction(), 0.0)
        for step in range(1, 1000):
            now = step * 0.1
            for notice in (*notices, *remind(auction, awaited(auction, now, self.live))):
                self.answer(notice)
            self.rng.shuffle(self.air)
            for bid in [self.air.pop() for _ in range(self.rng.randint(0, len(self.air)))]:
                counted = receive(auction, bid, now)
                assert (counted == auction) == (flaw(auction, bid, now) is not None)
                assert not known(auction, bid) or counted == auction
                auction = counted
            if self.rng.random() < 0.05:
                self.live.discard(self.rng.choice(ROBOTS))
            outcome = proceed(auction, now, self.live)
            if isinstance(outcome, Closed):
                return self.check(outcome, auction)
            auction, notices = outcome
        raise AssertionError("it does not end")

    def check(self, closed: Closed, auction: Auction) -> Closed:
        """Each lot has a winner that may have it and is live, or a reason; never two."""
        won = Counter(task for win in closed.wins for task in win.offer.tasks)
        assert set(won.values()) <= {1}
        assert set(won) | set(closed.left) == set(auction.lots) and not set(won) & set(closed.left)
        assert closed.again <= set(closed.left)
        for win in closed.wins:
            assert win.robot in self.live
            assert all(win.robot in auction.able[task] for task in win.offer.tasks)
            assert win.payment is None or win.offer.cost - 1e-6 <= win.payment <= 50.0 * len(win.offer.tasks) + 1e-6
        assert self.rounds <= len(auction.lots) + 1
        return closed


@given(st.sampled_from(sorted(MECHANISMS)), st.integers(1, 5), st.sampled_from((0.0, 0.3, 0.9)), st.integers(0, 2**32))
def test_an_auction_ends_and_no_lot_has_two_winners(mechanism: str, count: int, loss: float, seed: int) -> None:
    most = MECHANISMS[mechanism].most or count
    Room(mechanism=mechanism, count=min(count, most), loss=loss, rng=random.Random(seed)).hold()


@given(st.integers(1, 6), st.integers(0, 2**32))
def test_without_loss_every_lot_that_somebody_offers_for_is_won(count: int, seed: int) -> None:
    rng = random.Random(seed)
    lots = lots_of(count)
    rules = Rules(mechanism=rng.choice(("sequential", "regret", "assignment")), weights={"finish": 1.0})
    auction, notices = begin(
        Auction(id="a1", lots=lots, able=dict.fromkeys(lots, ROBOTS), rules=rules, terms=Terms(), bid_time=1.0), 0.0
    )
    while True:
        for notice in notices:
            for robot in notice.robots:
                offers = tuple(Offer(tasks=(lot.task_id,), cost=rng.random()) for lot in notice.lots)
                bid = Bid(auction="a1", round=notice.round, robot=robot, offers=offers)
                auction = receive(auction, bid, 0.0)
        outcome = proceed(auction, 0.0, set(ROBOTS))
        if isinstance(outcome, Closed):
            break
        auction, notices = outcome
    assert outcome.left == {}
