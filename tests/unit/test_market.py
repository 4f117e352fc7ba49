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
from caravan.model.market import Award, AwardReply, Bid, BidNotice, Holding, HoldingState, Lease, RobotState
from caravan.model.site import Item, Robot, Site

SITE = Site(
    robots={r: Robot(id=r, capabilities=("lift",) if r != "c" else ()) for r in ("a", "b", "c")},
    items={"pallet": Item(id="pallet", needs=("lift",))},
)
TASK = Task(id="t1", kind=TaskKind.DELIVER, item="pallet", from_="dock_1", to="staging")


class Bench:
    """A market with one goal, and robots that are heard of when the test says so."""

    def __init__(self, *tasks: Task) -> None:
        goal = Goal(id="g1", text="", requester="", stamp=0.0)
        goal = ledger.activate(goal, Draft(intent=Intent.TASKS, tasks=tasks or (TASK,)))
        self.book = Book([goal])
        self.roster = Roster(3.0)
        self.handover = Handover(self.book, HandoverSettings(), 0.0)
        self.market = Market(SITE, self.book, self.roster, self.handover, MarketSettings())

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

    def bid(self, robot: str, cost: float | None, now: float, epoch: int = 1) -> Outbox:
        """A bid for t1."""
        self.market.bid(Bid(auction=f"g1/t1#{epoch}", robot=robot, cost=cost, note="busy"), now)
        return self.book.drain()

    def state(self) -> TaskState:
        """The state of t1."""
        return self.book["g1"].tasks[0].state


def sent(out: Outbox, kind: type) -> list[object]:
    """The messages of one kind."""
    return [m for m in out.messages if isinstance(m, kind)]


def awarded(bench: Bench) -> Award:
    """Brings t1 to its award to robot b at time 0.2."""
    bench.beat("a", 0.0)
    bench.beat("b", 0.0)
    bench.tick(0.1)
    bench.bid("a", 9.0, 0.2)
    (award,) = sent(bench.bid("b", 4.0, 0.2), Award)
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
    (notice,) = sent(bench.tick(5.0 - 3.0), BidNotice) or sent(bench.tick(3.0), BidNotice)
    assert isinstance(notice, BidNotice)
    assert notice.robots == ("b",)


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
    (notice,) = sent(out, BidNotice)
    assert isinstance(notice, BidNotice)
    assert (notice.robots, notice.epoch) == (("a",), 2)


def test_a_refusal_goes_to_the_next_robot() -> None:
    bench = Bench()
    awarded(bench)
    bench.handover.reply(AwardReply(task_id="g1/t1", epoch=1, robot="b", accepted=False, note="no"), 0.3)
    assert bench.state() is TaskState.WAITING
    (notice,) = sent(bench.tick(0.4), BidNotice)
    assert isinstance(notice, BidNotice)
    assert notice.robots == ("a",)


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
    (notice,) = sent(out, BidNotice)
    assert isinstance(notice, BidNotice)
    assert (notice.robots, notice.epoch) == (("a",), 2)
    late = bench.beat("b", 4.0, hold(HoldingState.DONE, epoch=1))
    assert sent(late, Lease) == [Lease(robot="b", stamp=4.0)]
    assert bench.state() is TaskState.BIDDING


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
            bench.bid("a", 1.0, moment, notice.epoch)
            bench.beat("a", moment + 0.5, replace(hold(HoldingState.FAILED, notice.epoch), note="wheel stuck"))
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


def test_an_urgent_task_is_auctioned_before_earlier_ones() -> None:
    urgent = replace(TASK, id="t2", priority="urgent")
    bench = Bench(TASK, urgent)
    bench.beat("a", 0.0)
    (notice,) = sent(bench.tick(0.1), BidNotice)
    assert isinstance(notice, BidNotice)
    assert notice.task_id == "g1/t2"


def test_a_bid_with_an_absurd_cost_is_noted_and_does_not_win() -> None:
    bench = Bench()
    bench.beat("a", 0.0)
    bench.beat("b", 0.0)
    bench.tick(0.1)
    out = bench.bid("a", float("nan"), 0.2)
    assert [e.kind for e in out.events] == ["bad_bid"]
    (award,) = sent(bench.bid("b", 50.0, 0.2), Award) or sent(bench.tick(1.2), Award)
    assert isinstance(award, Award)
    assert award.robot == "b"
