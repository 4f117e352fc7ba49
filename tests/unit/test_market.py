"""The market from a ready task to its end, with robots that answer as the test says."""

from __future__ import annotations

from dataclasses import replace

from caravan.actors.house.market import MarketSettings
from caravan.model.geometry import Pose
from caravan.model.goal import GoalState, Task, TaskKind, TaskState
from caravan.model.market import HALTED, Award, AwardReply, Bid, BidNotice, HoldingState, Lease, Offer, RobotState
from tests.support.market_bench import TASK, Bench, awarded, hold, noticed, sent


def test_only_able_robots_that_are_heard_of_are_asked() -> None:
    bench = Bench()
    assert bench.tick(0.0).messages == []
    bench.beat("b", 0.1)
    bench.beat("c", 0.1)
    bench.market.wake()
    assert noticed(bench.tick(0.1)).robots == ("b",)


def test_the_award_goes_out_with_the_last_bid_and_is_written_first() -> None:
    bench = Bench()
    award = awarded(bench)
    assert (award.robot, award.epoch) == ("b", 1)
    assert bench.state() is TaskState.AWARDED


def test_an_unanswered_award_is_repeated_then_given_to_another() -> None:
    bench = Bench()
    awarded(bench)
    for moment in (0.5, 1.0, 2.0, 3.0, 4.0):
        bench.beat("a", moment)
        bench.beat("b", moment)
    assert sent(bench.tick(1.0), Award)
    out = bench.tick(4.5)
    assert bench.book["g1"].tasks[0].excluded == ("b",)
    notice = noticed(out)
    assert (notice.robots, notice.lots[0].epoch) == (("a",), 2)


def test_a_refusal_goes_to_the_next_robot() -> None:
    bench = Bench()
    awarded(bench)
    bench.handover.reply(AwardReply(task_id="g1/t1", epoch=1, robot="b", accepted=False, note="no"), 0.3)
    assert bench.state() is TaskState.WAITING
    assert noticed(bench.tick(0.4)).robots == ("a",)


def test_done_is_counted_once_and_settled_by_the_lease() -> None:
    bench = Bench()
    awarded(bench)
    (lease,) = sent(bench.beat("b", 0.5, hold(HoldingState.RUNNING)), Lease)
    assert lease == Lease(robot="b", stamp=0.5, owned=(("g1/t1", 1),))
    assert bench.state() is TaskState.RUNNING
    out = bench.beat("b", 1.0, hold(HoldingState.DONE))
    assert [g.state for g in out.goals][-1] is GoalState.DONE
    assert sent(out, Lease) == [Lease(robot="b", stamp=1.0)]
    assert bench.beat("b", 1.5, hold(HoldingState.DONE)).goals == []


def test_a_dead_robots_task_is_auctioned_again_under_a_new_epoch() -> None:
    bench = Bench()
    awarded(bench)
    bench.beat("b", 0.5, hold(HoldingState.RUNNING))
    bench.beat("a", 3.0)
    bench.tick(3.4)
    assert bench.state() is TaskState.RUNNING
    out = bench.tick(3.6)
    notice = noticed(out)
    assert (notice.robots, notice.lots[0].epoch) == (("a",), 2)
    late = bench.beat("b", 4.0, hold(HoldingState.DONE, epoch=1))
    assert sent(late, Lease) == [Lease(robot="b", stamp=4.0)]
    # It was done all the same, and nobody has begun it since.
    assert bench.state() is TaskState.DONE
    assert bench.bid("a", 1.0, 4.1, notice).messages == []


def test_a_robot_that_forgot_its_task_gives_it_back() -> None:
    bench = Bench()
    awarded(bench)
    bench.beat("b", 0.5, hold(HoldingState.RUNNING))
    bench.beat("b", 2.0)
    assert bench.state() is TaskState.RUNNING
    bench.beat("b", 4.5)
    assert bench.state() is TaskState.WAITING


def test_a_task_that_keeps_failing_fails_with_the_reason() -> None:
    bench = Bench()
    for moment in range(40):
        bench.beat("a", moment)
        for notice in sent(bench.tick(moment), BidNotice):
            assert isinstance(notice, BidNotice)
            bench.bid("a", 1.0, moment, notice)
            failed = hold(HoldingState.FAILED, notice.lots[0].epoch)
            bench.beat("a", moment + 0.5, replace(failed, note="wheel stuck"))
    goal = bench.book["g1"]
    assert goal.state is GoalState.FAILED
    assert "wheel stuck" in goal.message
    assert goal.tasks[0].epoch == 3


def test_a_follower_waits_and_is_dropped_when_the_first_fails() -> None:
    second = Task(id="t2", kind=TaskKind.GO, to="staging", after=("t1",))
    bench = Bench(TASK, second)
    awarded(bench)
    assert bench.book["g1"].tasks[1].state is TaskState.WAITING
    bench.handover.cancel(bench.book["g1"], "cancelled", 1.0)
    assert [t.state for t in bench.book["g1"].tasks] == [TaskState.CANCELLED] * 2
    assert bench.book["g1"].state is GoalState.CANCELLED


def test_all_that_is_ready_is_offered_at_once_the_urgent_first() -> None:
    urgent = replace(TASK, id="t2", priority="urgent")
    bench = Bench(TASK, urgent, replace(TASK, id="t3", after=("t1",)))
    bench.beat("a", 0.0)
    assert [lot.task_id for lot in noticed(bench.tick(0.1)).lots] == ["g1/t2", "g1/t1"]


def test_more_tasks_than_an_auction_has_room_for_go_to_several_at_a_time() -> None:
    bench = Bench(*(replace(TASK, id=f"t{n}") for n in range(1, 8)), settings=MarketSettings(lots=3, auctions=2))
    bench.beat("a", 0.0)
    notices = sent(bench.tick(0.1), BidNotice)
    assert [len(notice.lots) for notice in notices if isinstance(notice, BidNotice)] == [3, 3]
    assert sent(bench.tick(0.2), BidNotice) == []
    out = bench.tick(1.2)
    assert [e.kind for e in out.events] == ["unwanted"] * 6 + ["notice"]
    assert [lot.task_id for lot in noticed(out).lots] == ["g1/t7"]


def test_a_robot_that_does_not_answer_is_asked_again_and_its_answer_counts_once() -> None:
    bench = Bench()
    bench.beat("a", 0.0)
    bench.beat("b", 0.0)
    notice = noticed(bench.tick(0.1))
    bench.bid("a", 9.0, 0.2, notice)
    assert sent(bench.tick(0.2), BidNotice) == []
    again = noticed(bench.tick(0.4))
    assert again == replace(notice, robots=("b",))
    assert bench.bid("a", 9.0, 0.5, notice).events == []
    assert [e.kind for e in bench.bid("b", None, 0.5, notice).events] == ["bid", "bid", "award"]


def test_all_awards_of_an_auction_go_out_together() -> None:
    bench = Bench(TASK, replace(TASK, id="t2"))
    bench.beat("a", 0.0)
    notice = noticed(bench.tick(0.1))
    offers = tuple(Offer(tasks=(f"g1/t{n}",), cost=float(n)) for n in (1, 2))
    bench.market.bid(Bid(auction=notice.auction, round=1, robot="a", offers=offers), 0.2)
    out = bench.book.drain()
    assert sent(out, Award) == [] and out.goals == []
    second = noticed(out)
    bench.market.bid(Bid(auction=notice.auction, round=second.round, robot="a", offers=offers[1:]), 0.3)
    out = bench.book.drain()
    assert len(sent(out, Award)) == 2
    (goal,) = out.goals
    assert [t.state for t in goal.tasks] == [TaskState.AWARDED] * 2


def test_a_bid_with_an_absurd_cost_is_noted_once_and_does_not_win() -> None:
    bench = Bench()
    bench.beat("a", 0.0)
    bench.beat("b", 0.0)
    notice = noticed(bench.tick(0.1))
    (event,) = bench.bid("a", float("nan"), 0.2, notice).events
    assert (event.kind, event.robot, event.text) == ("bad_bid", "a", "cost nan is not a finite number of at least 0")
    assert bench.bid("a", float("nan"), 0.3, notice).events == []
    (award,) = sent(bench.bid("b", 50.0, 0.2, notice), Award) or sent(bench.tick(1.2), Award)
    assert isinstance(award, Award)
    assert award.robot == "b"


def test_a_bid_after_the_end_is_noted_once_and_one_that_was_counted_is_not() -> None:
    bench = Bench()
    bench.beat("a", 0.0)
    bench.beat("b", 0.0)
    notice = noticed(bench.tick(0.1))
    bench.bid("a", 9.0, 0.2, notice)
    assert sent(bench.tick(1.2), Award)
    assert bench.bid("a", 9.0, 1.3, notice).events == []
    assert [e.kind for e in bench.bid("b", 1.0, 1.3, notice).events] == ["bad_bid"]
    assert bench.bid("b", 1.0, 1.4, notice).events == []


def test_what_nobody_wants_is_offered_less_and_less_often_but_at_once_when_a_robot_is_fit_again() -> None:
    bench, offered = Bench(), []
    for moment in range(120):
        bench.beat("a", moment)
        for notice in sent(bench.tick(moment), BidNotice):
            assert isinstance(notice, BidNotice)
            bench.bid("a", None, moment, notice)
            offered.append(moment)
    assert offered == [0, 3, 9, 21, 45, 75, 105]
    bench.market.wake()
    assert noticed(bench.tick(120))


def test_a_halted_fleet_writes_nothing_more_and_keeps_its_tasks() -> None:
    bench = Bench()
    kinds = []
    for moment in range(2000):
        state = RobotState(robot="a", stamp=moment, pose=Pose(0, 0), battery=1.0, activity=HALTED)
        bench.roster.hear(state, moment)
        out = bench.tick(moment)
        kinds += [e.kind for e in out.events]
        assert out.goals == []
    assert (kinds, bench.state()) == (["unwanted"], TaskState.WAITING)


def test_a_goal_may_name_the_mechanism_and_the_payment_is_kept() -> None:
    bench = Bench(settings=MarketSettings(budget=20.0))
    bench.book.put(replace(bench.book["g1"], mechanism="second_price"))
    bench.beat("a", 0.0)
    bench.beat("b", 0.0)
    notice = noticed(bench.tick(0.1))
    assert notice.rules.priced
    bench.bid("a", 9.0, 0.2, notice)
    bench.bid("b", 4.0, 0.2, notice)
    assert bench.book["g1"].tasks[0].payment == 9.0
