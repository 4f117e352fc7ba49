"""Trade after the award, with robots that answer as the test says."""

from __future__ import annotations

from caravan.model.goal import TaskState
from caravan.model.market import Award, BidNotice, HoldingState, Lease
from tests.support.market_bench import Bench, awarded, hold, noticed, sent

QUEUED = hold(HoldingState.QUEUED)


def traded(bench: Bench) -> Lease:
    """Robot b holds t1; a would do it for 20 s less: what b is told with its next lease, at time 1."""
    awarded(bench)
    bench.beat("b", 0.4, QUEUED)
    bench.beat("a", 0.5)
    notice = noticed(bench.tick(0.6))
    assert (notice.robots, notice.lots[0].epoch, notice.rules.mechanism) == (("a", "b"), 2, "trade")
    bench.bid("b", 30.0, 0.7, notice)
    bench.bid("a", 10.0, 0.7, notice)
    (lease,) = sent(bench.beat("b", 1.0, QUEUED), Lease)
    assert isinstance(lease, Lease)
    return lease


def test_a_queued_task_changes_hands_once_its_holder_has_let_go_of_it() -> None:
    bench = Bench()
    lease = traded(bench)
    assert (lease.owned, lease.wanted) == ((("g1/t1", 1),), (("g1/t1", 1),))
    out = bench.beat("b", 1.5, hold(HoldingState.RELEASED))
    (award,) = sent(out, Award)
    assert isinstance(award, Award)
    assert (award.robot, award.epoch) == ("a", 2)
    assert sent(out, Lease) == [Lease(robot="b", stamp=1.5)]
    assert [e.kind for e in out.events] == ["returned", "award"]


def test_a_task_that_was_begun_meanwhile_stays_where_it_is() -> None:
    bench = Bench()
    traded(bench)
    (lease,) = sent(bench.beat("b", 1.5, hold(HoldingState.RUNNING)), Lease)
    assert lease == Lease(robot="b", stamp=1.5, owned=(("g1/t1", 1),))


def test_a_contract_is_void_when_the_taker_dies_and_what_is_given_back_all_the_same_is_offered_anew() -> None:
    bench = Bench()
    traded(bench)
    bench.beat("b", 3.0, QUEUED)
    bench.tick(3.6)
    (lease,) = sent(bench.beat("b", 3.7, QUEUED), Lease)
    assert lease == Lease(robot="b", stamp=3.7, owned=(("g1/t1", 1),))
    bench.beat("b", 4.0, hold(HoldingState.RELEASED))
    assert bench.state() is TaskState.WAITING
    assert noticed(bench.tick(4.1)).robots == ("b",)


def test_what_saves_less_than_the_margin_is_no_contract_and_leaves_no_line() -> None:
    bench = Bench()
    awarded(bench)
    bench.beat("b", 0.4, QUEUED)
    bench.beat("a", 0.5)
    notice = noticed(bench.tick(0.6))
    bench.bid("b", 12.0, 0.7, notice)
    assert bench.bid("a", 10.0, 0.7, notice).events == []
    assert sent(bench.beat("b", 1.0, QUEUED), Lease) == [Lease(robot="b", stamp=1.0, owned=(("g1/t1", 1),))]
    assert sent(bench.tick(3.0), BidNotice) == []
