"""The market from a ready task to its end, with robots that answer as the test says."""

from __future__ import annotations

from dataclasses import replace

from caravan.actors.book import Book, Outbox
from caravan.actors.handover import Handover, HandoverSettings
from caravan.actors.market import Market, MarketSettings
from caravan.actors.roster import Roster
from caravan.auction import ledger
from caravan.model.geometry import Pose
from caravan.model.goal import Draft, Goal, GoalState, Intent, Task, TaskKind, TaskState
from caravan.model.market import (
    HALTED,
    Award,
    AwardReply,
    Bid,
    BidNotice,
    Holding,
    HoldingState,
    Lease,
    Offer,
    RobotState,
)
from caravan.model.site import Item, Robot, Site

SITE = Site(
    robots={r: Robot(id=r, capabilities=("lift",) if r != "c" else ()) for r in ("a", "b", "c")},
    items={"pallet": Item(id="pallet", needs=("lift",))},
)
TASK = Task(id="t1", kind=TaskKind.DELIVER, item="pallet", from_="dock_1", to="staging")


class Bench:
    """A market with one goal, and robots that are heard of when the test says so."""

    def __init__(self, *tasks: Task, settings: MarketSettings | None = None) -> None:
        goal = Goal(id="g1", text="", requester="", stamp=0.0)
        goal = ledger.activate(goal, Draft(intent=Intent.TASKS, tasks=tasks or (TASK,)))
        self.book = Book([goal])
        self.roster = Roster(3.0)
        self.handover = Handover(self.book, HandoverSettings(), 0.0)
        self.market = Market(SITE, self.book, self.roster, self.handover, settings or MarketSettings())

    def beat(self, robot: str, now: float, *holdings: Holding) -> Outbox:
        """A heartbeat."""
        state = RobotState(robot=robot, stamp=now, pose=Pose(0, 0), battery=1.0, activity="", holdings=holdings)
        self.roster.hear(state, now)
        self.handover.follow(state, now)
        return self.book.drain()

    def tick(self, now: float) -> Outbox:
        """Time passes."""
        for robot in self.roster.drop_lost(now):
            self.handover.lose(robot, now)
        self.handover.tick(now)
        self.market.tick(now)
        return self.book.drain()

    def bid(self, robot: str, cost: float | None, now: float, notice: BidNotice) -> Outbox:
        """A bid for t1."""
        offers = () if cost is None else (Offer(tasks=("g1/t1",), cost=cost),)
        declined = {} if offers else {"g1/t1": "busy"}
        bid = Bid(auction=notice.auction, round=notice.round, robot=robot, offers=offers, declined=declined)
        self.market.bid(bid, now)
        return self.book.drain()

    def state(self) -> TaskState:
        """The state of t1."""
        return self.book["g1"].tasks[0].state


def sent(out: Outbox, kind: type) -> list[object]:
    """The messages of one kind."""
    return [m for m in out.messages if isinstance(m, kind)]


def noticed(out: Outbox) -> BidNotice:
    """The only notice in it."""
    (notice,) = sent(out, BidNotice)
    assert isinstance(notice, BidNotice)
    return notice


def awarded(bench: Bench) -> Award:
    """Brings t1 to its award to robot b at time 0.2."""
    bench.beat("a", 0.0)
    bench.beat("b", 0.0)
    notice = noticed(bench.tick(0.1))
    bench.bid("a", 9.0, 0.2, notice)
    (award,) = sent(bench.bid("b", 4.0, 0.2, notice), Award)
    assert isinstance(award, Award)
    return award


def hold(state: HoldingState, epoch: int = 1) -> Holding:
    """How a robot tells of t1."""
    return Holding(task_id="g1/t1", epoch=epoch, state=state)


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
