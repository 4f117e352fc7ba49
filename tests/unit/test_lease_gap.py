"""A robot whose lease comes late: it keeps its way for a moment, goes no further meanwhile, then gives way."""

from __future__ import annotations

import pytest

from caravan.actors.floor.floor_drive import FloorDrive, floor_agent
from caravan.actors.robot.agent import Agent, AgentSettings
from caravan.adapters.start_log import StartLog
from caravan.model.geometry import Point, Pose, Twist
from caravan.model.goal import Task, TaskKind
from caravan.model.market import Award, FleetOrder, Lease, Order
from caravan.model.plan import Stretch, TrafficReport
from caravan.model.site import Lane, Place, Roadmap, Robot, Site
from caravan.traffic.roadmap import Graph

NODES = {name: Point(2.0 * k, 0.0) for k, name in enumerate("abcd")}
SITE = Site(
    places={name: Place(id=name, position=point) for name, point in NODES.items()},
    robots={"r": Robot(id="r", start=Pose(0, 0))},
    roadmap=Roadmap(nodes=NODES, lanes=tuple(Lane(start=a, end=b) for a, b in ("ab", "bc", "cd"))),
)
OWNED = (("g1/t1", 1),)
FIRST_ERA = 1 << 32
LEASE = AgentSettings().lease


def stretch(nodes: str, until: float) -> Stretch:
    return Stretch(robot="r", session=7, first=0, nodes=tuple(nodes), lease=until)


def on_its_way(to: str = "d", granted: str = "ab") -> Agent:
    """A robot that has begun a task; its last lease answers the heartbeat of time 1."""
    agent = floor_agent(SITE.robots["r"], SITE, Graph(SITE.roadmap), AgentSettings(), StartLog(":memory:"), lambda: 0)
    agent.sense(Pose(0, 0), Twist(), 1.0, 0.0)
    agent.receive(stretch(granted, 9.0), 0.1)
    task = Task(id="t1", kind=TaskKind.INSPECT, places=(to,), avoid=("c",) if to == "b" else ())
    assert agent.take(Award(task_id="g1/t1", epoch=1, task=task, robot="r"), 0.2).accepted
    agent.tick(1.0)
    agent.receive(Lease(robot="r", stamp=1.0, owned=OWNED, era=FIRST_ERA), 1.1)
    agent.sense(Pose(0, 0), Twist(), 1.0, 1.2)
    assert agent.at_work_on(1.2) == ("g1/t1", 1)
    return agent


def reported(agent: Agent, now: float) -> TrafficReport:
    agent.drain()
    agent.tick(now)
    (report,) = (said for said in agent.drain() if isinstance(said, TrafficReport))
    return report


def test_in_a_short_gap_it_reports_as_before_and_is_not_at_work() -> None:
    agent = on_its_way("b", "a")
    before = reported(agent, 1.5)
    after = reported(agent, 1.1 + LEASE)
    assert (after.destination, after.avoid, after.fixed) == (before.destination, before.avoid, before.fixed)
    assert after.destination == "b" and after.avoid == ("c",) and not after.fixed
    assert agent.at_work_on(1.1 + LEASE) is None


def test_in_a_short_gap_it_goes_no_further_than_it_was_granted_before_and_may_drive_so_far() -> None:
    agent = on_its_way()
    now = 1.1 + LEASE
    agent.receive(stretch("abc", 20.0), now)
    assert reported(agent, now).held == ("a", "b")
    assert isinstance(agent._drive, FloorDrive) and agent._drive._follower.lease == 20.0
    agent.receive(Lease(robot="r", stamp=now - 0.5, owned=OWNED, era=FIRST_ERA), now + 0.1)
    agent.receive(stretch("abc", 20.0), now + 0.2)
    assert reported(agent, now + 0.3).held == ("a", "b", "c")


def test_after_a_long_gap_it_gives_way() -> None:
    agent = on_its_way()
    now = 1.1 + 2.0 * LEASE
    assert reported(agent, now).destination == "b", "where it was granted to go, and not its task's place"
    agent.receive(stretch("abc", 20.0), now)
    assert reported(agent, now + 0.3).destination == "c"


@pytest.mark.parametrize("age", [0.9, 1.9])
def test_where_it_works_it_is_not_sent_away_in_a_short_gap(age: float) -> None:
    assert reported(on_its_way("a", "a"), 1.0 + age * LEASE).fixed


def test_a_halted_robot_says_so_and_nothing_of_its_task() -> None:
    agent = on_its_way()
    agent.receive(FleetOrder(robots=("r",), order=Order.HALT, number=1), 1.3)
    report = reported(agent, 1.1 + LEASE)
    assert report.fixed and report.destination is None
