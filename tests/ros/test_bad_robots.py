"""Robots that bid nonsense, or do nothing with what they win: over real DDS, nothing is lost."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from caravan_msgs import msg
from rclpy.action import ActionServer, GoalResponse

from caravan.actors.house.handover import HandoverSettings
from caravan.model.geometry import Pose
from caravan.model.goal import GoalState
from caravan.model.market import Bid, BidNotice, Holding, HoldingState, Offer, RobotState
from caravan_ros import wiring
from caravan_ros.mail import Speaker, listen
from tests.ros.support import RATE, RealFleet, real_fleet

pytestmark = pytest.mark.processes

DRUM = "Take a drum from dock 2 to packing."
GO = json.dumps({"intent": "tasks", "tasks": [{"id": "t1", "kind": "go", "to": "dock_4"}]})


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealFleet]:
    with real_fleet(tmp_path_factory.mktemp("fleet"), stamped_cmd_vel=True) as fleet:
        yield fleet


NONSENSE = {
    "": msg.Bid(auction="a1", round=1, robot=""),
    "of a robot that is none": msg.Bid(auction="a1", round=1, robot="carrier_9"),
    "on what nobody offers": msg.Bid(auction="a1", round=1, robot="carrier_1", offers=[msg.Offer(tasks=["g99/t1"])]),
    "that is no number": msg.Bid(
        auction="a1", round=1, robot="carrier_1", offers=[msg.Offer(tasks=["g1/t1"], cost=math.nan)]
    ),
    "in no round": msg.Bid(auction="a1", round=0, robot="carrier_1"),
}


def test_bids_that_are_nonsense_disturb_no_auction(fleet: RealFleet) -> None:
    publisher = wiring.BID.publisher(fleet.client._node)
    fleet.until(lambda: publisher.get_subscription_count() > 0)

    def shout(notice: BidNotice) -> None:
        for bid in NONSENSE.values():
            bid.auction = notice.auction
            publisher.publish(bid)
        for cost in (math.nan, math.inf, -1.0):
            offers = [msg.Offer(tasks=[lot.task_id], cost=cost) for lot in notice.lots]
            publisher.publish(msg.Bid(auction=notice.auction, round=1, robot="carrier_1", offers=offers))

    listen(fleet.client._node, BidNotice, shout, "carrier_1")
    goals = [fleet.client.submit(GO, "tester") for _ in range(2)]
    for goal in goals:
        ended = fleet.until_ended(goal)
        assert (ended.state, len(fleet.heard(goal, "task_done"))) == (GoalState.DONE, 1), ended
    fleet.until(lambda: "Bid.robot is ''" in fleet.log("auction"))
    assert "failed:" not in fleet.log("auction")
    late = msg.Bid(auction="a1", round=1, robot="carrier_1", offers=[msg.Offer(tasks=[f"{goals[0]}/t1"], cost=0.1)])
    publisher.publish(late)
    assert fleet.until_ended(fleet.client.submit(GO, "tester")).state is GoalState.DONE


def test_a_killed_robots_task_is_done_by_another(fleet: RealFleet) -> None:
    goal_id = fleet.client.say(DRUM, "tester")
    # Not later: where its work is nobody else could stand.
    fleet.until(lambda: fleet.owner(goal_id) and "to dock_2" in fleet.states[fleet.owner(goal_id)].activity)
    dead = fleet.owner(goal_id)
    fleet.kill(fleet.host(dead))
    killed = fleet.states[dead].stamp
    fleet.until(lambda: fleet.owner(goal_id) != dead)
    # By the fleet's clock, which waits for robots where the machine is slow.
    assert fleet.heard(goal_id, "taken")[-1].stamp - killed < 5.0 * RATE, "promise 3"
    goal = fleet.until_ended(goal_id)
    assert goal.state is GoalState.DONE
    assert goal.tasks[0].robot != dead
    assert goal.tasks[0].epoch == 2
    assert len(fleet.heard(goal_id, "task_done")) == 1
    before = len(fleet.heard("", "found"))
    fleet.start(fleet.host(dead))
    fleet.until(lambda: len(fleet.heard("", "found")) > before)
    assert "touches" not in fleet.log("sim")


LATER = 2**62
"""An era after all those of the robot whose place it takes."""


class Idler:
    """A robot that is alive, wins everything and does nothing."""

    def __init__(self, fleet: RealFleet, robot: str) -> None:
        self._robot = robot
        self._pose = fleet.states[robot].pose
        self._fleet = fleet
        self._clock = 0.0
        self._held: dict[str, Holding] = {}
        node = fleet.client._node
        self._speaker = Speaker(node, RobotState, Bid)
        listen(node, BidNotice, self._bid, robot)
        fleet.client.on_clock(self._tick)
        action = wiring.execute_task(robot)
        self._server = ActionServer(
            node,
            action.type,
            action.name,
            execute_callback=lambda handle: None,
            goal_callback=self._take,
            handle_accepted_callback=lambda handle: None,
        )

    def close(self) -> None:
        self._server.destroy()

    def _tick(self, clock: float) -> None:
        if clock - self._clock < 2.0:
            return
        self._clock = clock
        pose = Pose(self._pose.x, self._pose.y, self._pose.yaw)
        held = tuple(self._held.values())
        self._speaker.say(
            RobotState(
                robot=self._robot, stamp=clock, pose=pose, battery=0.9, activity="idle", holdings=held, era=LATER
            )
        )

    def _bid(self, notice: BidNotice) -> None:
        tasks = [lot.task_id for lot in notice.lots]
        offers = tuple(Offer(tasks=(task,), cost=0.0, finish=self._clock, parts={"queue": 0.0}) for task in tasks)
        self._speaker.say(Bid(auction=notice.auction, round=notice.round, robot=self._robot, offers=offers))

    def _take(self, request: Any) -> GoalResponse:
        key = dict(task_id=request.task_id, epoch=request.epoch)
        self._held[request.task_id] = Holding(**key, state=HoldingState.QUEUED)
        return GoalResponse.ACCEPT


@contextmanager
def idler(fleet: RealFleet, robot: str) -> Iterator[None]:
    """An Idler in the place of a robot whose process is dead."""
    fleet.kill(fleet.host(robot))
    there = Idler(fleet, robot)
    yield
    there.close()


def test_what_a_robot_wins_and_does_not_do_goes_to_another(fleet: RealFleet) -> None:
    with idler(fleet, "carrier_3"):
        fleet.client.spin(1.0)
        goal_id = fleet.client.submit(GO, "tester")
        fleet.until(lambda: fleet.owner(goal_id) == "carrier_3")
        fleet.until(lambda: fleet.heard(goal_id, "returned"), 60.0)
        goal = fleet.until_ended(goal_id)
    awards = fleet.heard(goal_id, "award")
    assert (goal.state, goal.tasks[0].epoch, awards[0].robot) == (GoalState.DONE, 2, "carrier_3")
    assert awards[1].robot != "carrier_3"
    assert 0.0 <= awards[1].stamp - awards[0].stamp - HandoverSettings().stuck < 30.0
    assert len(fleet.heard(goal_id, "task_done")) == 1
