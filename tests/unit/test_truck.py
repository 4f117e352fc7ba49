"""A truck's agent: it manoeuvres while a lease lets it, and comes to a calm stop without lease, odometry or radar."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import count, cycle, islice

import pytest

from caravan.actors.road.truck import BLIND, truck_agent
from caravan.actors.robot.agent import Agent, AgentSettings
from caravan.adapters.start_log import StartLog
from caravan.model.geometry import Point, Pose, Twist
from caravan.model.goal import Task, TaskKind
from caravan.model.market import Award, Bid, BidNotice, FleetOrder, HoldingState, Lease, Lot, Order, RobotState, Rules
from caravan.model.platoon import Beat
from caravan.model.road import Radar, Road, straight
from caravan.model.site import Place, Policy, Robot, Site
from caravan.platoon.validity import State

PLAIN = Road(start=Pose(0.0, 0.0), segments=(straight(4000.0),))
SITE = Site(
    places={"exit": Place(id="exit", position=Point(2100.0, 0.0))},
    robots={"t": Robot(id="t", start=Pose(1600.0, 0.0), speed=25.0, brake=6.0, length=10.0, width=2.5)},
    road=replace(PLAIN, ramps={"exit": PLAIN.ramp(2000.0, (straight(100.0),))}),
    policy=Policy(max_speed=25.0),
)
STEP = 0.05
SET = Award(task_id="g1/t1", epoch=1, task=Task(id="t1", kind=TaskKind.PLATOON, manoeuvre="set", speed=20.0), robot="t")


class Bench:
    """A truck whose wheels do what they are told, and a house that answers its heartbeats while it `leases`."""

    def __init__(self) -> None:
        self.log = StartLog(":memory:")
        self.now, self.x, self.speed = 0.0, 1600.0, 0.0
        self.leases = self.sees = True
        self.slowest = 0.0
        """The hardest that it has braked, m/s2."""
        self.heard: list[object] = []
        self.start()

    def start(self) -> None:
        """Its process starts."""
        draw: Callable[[], int] = count().__next__
        self.agent: Agent = truck_agent(SITE.robots["t"], SITE, AgentSettings(), self.log, draw, now=self.now)

    def passes(self, seconds: float, steps: tuple[float, ...] = (STEP,)) -> None:
        """Time goes by; odometry comes so many s after the one before, in turn."""
        for step in islice(cycle(steps), round(seconds * len(steps) / sum(steps))):
            self.now += step
            if self.sees:
                self.agent.receive(Radar(), self.now)
            twist = self.agent.sense(Pose(self.x, 0.0), Twist(self.speed, 0.0), 1.0, self.now)
            assert twist is not None
            self.slowest = max(self.slowest, (self.speed - twist.linear) / step)
            self.speed, self.x = twist.linear, self.x + twist.linear * step
            self.agent.tick(self.now)
            for said in self.agent.drain():
                self.heard.append(said)
                if isinstance(said, RobotState) and self.leases:
                    owned = tuple((h.task_id, h.epoch) for h in said.holdings)
                    self.agent.receive(Lease(robot="t", stamp=said.stamp, owned=owned, era=said.era), self.now)

    def holding(self) -> tuple[HoldingState, str]:
        """How far its task is, and what it says of it."""
        (holding,) = self.agent.state(self.now).holdings
        return holding.state, holding.note


@pytest.mark.parametrize("speed", [64_000.0, -64_000.0, math.nan])
def test_a_speed_that_no_truck_has_is_neither_driven_nor_told(speed: float) -> None:
    # Gazebo's first odometry has the way from the world's origin as one step's.
    bench = Bench()
    bench.agent.receive(Radar(), STEP)
    twist = bench.agent.sense(Pose(1600.0, 0.0), Twist(speed, 0.0), 1.0, STEP)
    assert twist is not None and abs(twist.linear) < 1.0
    bench.agent.tick(STEP)
    told = [said.speed for said in bench.agent.drain() if isinstance(said, State)]
    assert told and all(abs(speed) < 1.0 for speed in told)


@pytest.mark.parametrize("steps", [(STEP,), (0.06, 0.04), (0.02,)])
def test_it_drives_by_itself_and_tells_the_others(steps: tuple[float, ...]) -> None:
    bench = Bench()
    bench.passes(20.0, steps)
    assert bench.speed > 10.0 and "drives alone" in bench.agent.activity(bench.now)
    kinds = [type(said) for said in bench.heard]
    assert kinds.count(State) == pytest.approx(400, abs=5) and kinds.count(Beat) == pytest.approx(80, abs=5)


def test_it_works_on_a_manoeuvre_only_with_a_lease() -> None:
    bench = Bench()
    bench.leases = False
    assert bench.agent.take(SET, 0.0).accepted
    bench.passes(3.0)
    assert bench.holding()[0] is HoldingState.QUEUED and bench.agent.at_work_on(bench.now) is None
    assert bench.speed == 0.0
    bench.leases = True
    bench.passes(8.0)
    assert bench.holding()[0] is HoldingState.DONE, bench.holding()
    assert "20.0 m/s" in bench.holding()[1]


def test_it_goes_on_with_a_manoeuvre_after_a_restart() -> None:
    bench = Bench()
    away = replace(SET, task=Task(id="t1", kind=TaskKind.GO, to="exit"))
    assert bench.agent.take(away, bench.now).accepted
    bench.passes(10.0)
    assert bench.holding()[0] is HoldingState.RUNNING and "m to exit" in bench.holding()[1]
    bench.start()
    bench.passes(2.0)
    assert bench.holding()[0] is HoldingState.RUNNING and "m to exit" in bench.holding()[1]
    bench.passes(40.0)
    assert bench.holding() == (HoldingState.DONE, "left by the ramp to exit")


@pytest.mark.parametrize(("fault", "most"), [("halt", 2.0), ("lease", 2.0), ("radar", 3.0)])
def test_it_comes_to_a_calm_stop_and_to_a_brisker_one_where_it_is_blind(fault: str, most: float) -> None:
    bench = Bench()
    bench.passes(25.0)
    assert bench.speed > 15.0
    if fault == "halt":
        bench.agent.receive(FleetOrder(number=1, order=Order.HALT, robots=("t",)), bench.now)
    bench.leases, bench.sees = fault != "lease", fault != "radar"
    bench.slowest = 0.0
    bench.passes(BLIND + AgentSettings().lease + 40.0)
    assert bench.speed < 0.01 and most - 2.0 <= bench.slowest < most


def test_it_says_what_a_place_costs_it_and_why_it_does_not_do_something() -> None:
    bench = Bench()
    bench.passes(1.0)
    form = Task(id="t1", kind=TaskKind.PLATOON, manoeuvre="form", robots=2, leader="t", members=("t",))
    merge = Task(id="t2", kind=TaskKind.PLATOON, manoeuvre="merge", platoon="x", into="y")
    tasks = {"g1/t1/1": form, "g1/t2": merge, "g1/t3": Task(id="t3", kind=TaskKind.GO, to="exit")}
    lots = tuple(Lot(task_id=name, epoch=1, task=task) for name, task in tasks.items())
    rules = Rules(mechanism="sequential", weights={"finish": 1.0})
    bench.heard.clear()
    bench.agent.receive(BidNotice(auction="a1", round=1, lots=lots, robots=("t",), deadline=9.0, rules=rules), 1.0)
    (bid,) = [said for said in bench.agent.drain() if isinstance(said, Bid)]
    offers = {offer.tasks[0]: offer for offer in bid.offers}
    assert offers.keys() == {"g1/t1/1", "g1/t3"} and offers["g1/t3"].parts["drive"] == pytest.approx(20.0, abs=1.0)
    assert "platoon" in bid.declined["g1/t2"]


def test_it_goes_on_when_its_clock_is_set_back() -> None:
    bench = Bench()
    bench.passes(10.0)
    bench.now -= 3600.0
    bench.heard.clear()
    bench.passes(5.0)
    assert sum(isinstance(said, State) for said in bench.heard) > 40 and bench.speed > 5.0
    assert bench.slowest < 2.0
