"""A market with one goal, and robots that answer as the test says."""

from __future__ import annotations

from caravan.actors.house.book import Book, Outbox
from caravan.actors.house.handover import Handover, HandoverSettings
from caravan.actors.house.market import Market, MarketSettings
from caravan.actors.house.roster import Roster
from caravan.auction import ledger
from caravan.model.geometry import Pose
from caravan.model.goal import Draft, Goal, Intent, Task, TaskKind, TaskState
from caravan.model.market import Award, Bid, BidNotice, Holding, HoldingState, Offer, RobotState
from caravan.model.site import Item, Robot, Site

SITE = Site(
    robots={r: Robot(id=r, capabilities=("lift",) if r != "c" else ()) for r in ("a", "b", "c")},
    items={"pallet": Item(id="pallet", needs=("lift",))},
)
TASK = Task(id="t1", kind=TaskKind.DELIVER, item="pallet", from_="dock_1", to="staging")


class Bench:
    """A market with one goal, and robots that are heard of when the test says so."""

    def __init__(self, *tasks: Task, settings: MarketSettings | None = None, site: Site = SITE) -> None:
        goal = Goal(id="g1", text="", requester="", stamp=0.0)
        goal = ledger.activate(goal, Draft(intent=Intent.TASKS, tasks=tasks or (TASK,)))
        self.book = Book([goal])
        self.roster = Roster(3.0)
        self.handover = Handover(self.book, HandoverSettings(), 0.0)
        self.market = Market(site, self.book, self.roster, self.handover, settings or MarketSettings())

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
