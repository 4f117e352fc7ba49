"""Tasks that several robots share in the market, with robots that answer as the test says."""

from __future__ import annotations

from dataclasses import replace

from caravan.model.goal import TaskState
from caravan.model.market import Award, AwardReply, Bid, BidNotice, Holding, HoldingState, Lease, Offer
from tests.support.market_bench import TASK, Bench, sent

CREW = replace(TASK, robots=2, quantity=4)
SEATS = ("g1/t1/1", "g1/t1/2")


def crew_bids(bench: Bench, now: float, **costs: float) -> list[Award]:
    """The robots are heard of, asked about the seats of CREW, and bid; those without a cost decline. The awards."""
    for robot in ("a", "b"):
        bench.beat(robot, now)
    (notice,) = sent(bench.tick(now), BidNotice)
    assert isinstance(notice, BidNotice)
    assert [lot.task_id for lot in notice.lots] == list(SEATS)
    for robot in ("a", "b"):
        offers = tuple(Offer(tasks=(seat,), cost=costs[robot]) for seat in SEATS if robot in costs)
        declined = {} if offers else dict.fromkeys(SEATS, "busy")
        bench.market.bid(Bid(auction=notice.auction, round=1, robot=robot, offers=offers, declined=declined), now)
    return [a for a in sent(bench.book.drain(), Award) if isinstance(a, Award)]


def seated(bench: Bench) -> list[tuple[TaskState, str | None]]:
    """State and owner of each seat."""
    return [(t.state, t.robot) for t in bench.book["g1"].tasks]


def seat(number: int, state: HoldingState, epoch: int = 1) -> Holding:
    """How a robot tells of a seat."""
    return Holding(task_id=SEATS[number - 1], epoch=epoch, state=state)


def test_seats_are_awarded_together_or_not_at_all() -> None:
    bench = Bench(CREW)
    assert crew_bids(bench, 0.0, a=1.0) == []
    assert seated(bench) == [(TaskState.WAITING, None)] * 2
    awards = crew_bids(bench, 4.0, a=1.0, b=1.0)
    assert sorted(a.robot for a in awards) == ["a", "b"]
    assert [a.task.quantity for a in awards] == [2, 2]


def test_fewer_robots_than_seats_are_not_even_asked() -> None:
    bench = Bench(CREW)
    bench.beat("a", 0.0)
    assert sent(bench.tick(0.0), BidNotice) == []
    assert bench.book["g1"].tasks[0].note == "1 of 2 able robots are there"


def test_one_refusal_before_the_beginning_frees_all_and_a_crew_that_comes_apart_again_rests() -> None:
    bench = Bench(CREW)
    for epoch, moment in ((1, 0.0), (2, 0.5)):
        award = crew_bids(bench, moment, a=1.0, b=2.0)[0]
        other = SEATS[award.task_id == SEATS[0]]
        assert award.epoch == epoch
        reply = AwardReply(task_id=award.task_id, epoch=epoch, robot=award.robot, accepted=False, note="no")
        bench.handover.reply(reply, moment)
        assert seated(bench) == [(TaskState.WAITING, None)] * 2
        record = bench.book.task(other)
        assert record is not None
        assert record.excluded == (award.robot,)
    assert sent(bench.tick(1.0), BidNotice) == []
    crew_bids(bench, 4.0, a=1.0, b=2.0)


def test_they_begin_when_the_house_has_heard_that_all_are_there() -> None:
    bench = Bench(CREW)
    seats = {a.robot: SEATS.index(a.task_id) + 1 for a in crew_bids(bench, 0.0, a=1.0, b=1.0)}
    (lease,) = sent(bench.beat("a", 1.0, seat(seats["a"], HoldingState.GATHERED)), Lease)
    assert isinstance(lease, Lease)
    assert (len(lease.owned), lease.begun) == (1, ())
    out = bench.beat("b", 1.0, seat(seats["b"], HoldingState.GATHERED))
    (lease,) = sent(out, Lease)
    assert isinstance(lease, Lease)
    assert lease.begun == (SEATS[seats["b"] - 1],)
    assert all(t.begun for t in out.goals[-1].tasks)
    bench.beat("a", 3.5, seat(seats["a"], HoldingState.RUNNING))
    bench.tick(4.5)
    assert sorted(seated(bench), key=str) == [(TaskState.RUNNING, "a"), (TaskState.WAITING, None)]
