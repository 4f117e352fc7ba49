"""A robot whose clock was set back, or that started again: a lease from before is none, however new it seems."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from caravan.actors.floor.floor_drive import floor_agent
from caravan.actors.robot.agent import Agent, AgentSettings
from caravan.adapters.start_log import StartLog
from caravan.model.geometry import Point, Pose, Twist
from caravan.model.goal import Task, TaskKind
from caravan.model.market import Award, Lease, RobotState
from caravan.model.site import Lane, Place, Roadmap, Robot, Site
from caravan.traffic.roadmap import Graph

NODES = {"a": Point(0.0, 0.0), "b": Point(2.0, 0.0)}
SITE = Site(
    places={name: Place(id=name, position=point) for name, point in NODES.items()},
    robots={"r": Robot(id="r", start=Pose(0, 0))},
    roadmap=Roadmap(nodes=NODES, lanes=(Lane(start="a", end="b"),)),
)
TASK = ("g1/t1", 1)
AWARD = Award(task_id="g1/t1", epoch=1, task=Task(id="t1", kind=TaskKind.GO, to="b"), robot="r")


def robot(log: StartLog, draw: Callable[[], int]) -> Agent:
    return floor_agent(SITE.robots["r"], SITE, Graph(SITE.roadmap), AgentSettings(), log, draw)


def with_a_task(log: StartLog, draw: Callable[[], int]) -> Agent:
    agent = robot(log, draw)
    assert agent.take(AWARD, 1.0).accepted
    return agent


def heartbeat(agent: Agent, now: float) -> RobotState:
    agent.sense(Pose(0, 0), Twist(), 1.0, now)
    agent.tick(now)
    return next(said for said in agent.drain() if isinstance(said, RobotState))


def works(agent: Agent, answered: RobotState, now: float) -> bool:
    """Whether it works once the answer to a heartbeat has come."""
    agent.receive(Lease(robot="r", stamp=answered.stamp, era=answered.era, owned=(TASK,)), now)
    return agent.at_work_on(now) == TASK


def test_what_answers_a_heartbeat_from_before_its_clock_was_set_back_is_no_ground_to_work_on() -> None:
    agent = with_a_task(StartLog(":memory:"), count().__next__)
    before = heartbeat(agent, 20.0)
    assert works(agent, before, 20.1)
    heartbeat(agent, 12.0)
    after = heartbeat(agent, 20.2)
    assert not works(agent, before, 20.3)
    assert works(agent, after, 20.3)


def test_what_answers_its_earlier_process_is_no_ground_to_work_on() -> None:
    log, draw = StartLog(":memory:"), count().__next__
    before = heartbeat(with_a_task(log, draw), 20.0)
    again = robot(log, draw)
    after = heartbeat(again, 20.1)
    assert not works(again, before, 20.2)
    assert works(again, after, 20.2)


def test_a_clock_that_stutters_is_not_set_back() -> None:
    agent = with_a_task(StartLog(":memory:"), count().__next__)
    before = heartbeat(agent, 20.0)
    agent.sense(Pose(0, 0), Twist(), 1.0, 19.9)
    assert works(agent, before, 20.1)


def test_eras_grow_with_each_start_and_each_time_the_clock_is_set_back() -> None:
    log, draw = StartLog(":memory:"), lambda: 2**32 - 1 - log.era()
    eras = []
    for start in range(3):
        agent = robot(log, draw)
        eras += [heartbeat(agent, 20.0 + start).era, heartbeat(agent, 5.0 + start).era]
    assert eras == sorted(set(eras))


def test_an_era_that_no_disk_could_note_is_another_one_than_that_of_the_earlier_process() -> None:
    class FullDisk(StartLog):
        def begin_era(self, number: int) -> str | None:
            return "full"

    log, draw = FullDisk(":memory:"), count().__next__
    eras = {heartbeat(robot(log, draw), 20.0).era for _ in range(3)}
    assert len(eras) == 3


def test_a_clock_that_was_set_back_while_the_robot_hung_is_noticed() -> None:
    clock = {"ahead": 4.7}
    log, draw = StartLog(":memory:"), count().__next__
    graph, robot = Graph(SITE.roadmap), SITE.robots["r"]
    agent = floor_agent(robot, SITE, graph, AgentSettings(), log, draw, ahead=lambda: clock["ahead"])
    assert agent.take(AWARD, 24.0).accepted
    before = heartbeat(agent, 28.8)
    assert works(agent, before, 28.9)
    clock["ahead"] = 0.0
    after = heartbeat(agent, 29.3)
    assert agent.at_work_on(29.3) is None
    assert not works(agent, before, 29.4)
    assert works(agent, after, 29.4)
