"""One fleet of real processes: what people ask of it, also many at once, and what robots do and agree on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from action_msgs.srv import CancelGoal
from caravan_msgs.action import ExecuteTask, PursueGoal
from caravan_msgs.srv import Instruct
from rclpy.node import Node

from caravan.adapters.journal import Journal
from caravan.model.geometry import Point
from caravan.model.goal import GoalState, Task, TaskKind
from caravan.model.market import Award
from caravan_cli.complaint import Complaint
from caravan_ros import convert, wiring
from tests.ros.support import RealFleet, real_fleet

pytestmark = pytest.mark.processes

REQUESTERS = 10
GOALS = 1000
LIMIT = 30.0
"""How long the answers to all that is said at once may take, s; on an idle machine they take 4."""


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealFleet]:
    """Three carriers, each in a process of its own, that know their sentences by heart."""
    with real_fleet(tmp_path_factory.mktemp("fleet")) as fleet:
        yield fleet


def asked(fleet: RealFleet, future: Any, limit: float = 20.0) -> Any:
    fleet.until(future.done, limit)
    return future.result()


def test_a_goal_said_in_words_is_done_where_it_was_said(fleet: RealFleet) -> None:
    goal_id = fleet.client.say("Go to dock 4.", "tester")
    goal = fleet.until_ended(goal_id)
    assert goal.state is GoalState.DONE
    (task,) = goal.tasks
    assert (task.task.kind, task.task.to, task.epoch) == (TaskKind.GO, "dock_4", 1)
    assert len(fleet.heard(goal_id, "vote")) >= 2
    (award,) = fleet.heard(goal_id, "award")
    assert len([bid for bid in fleet.heard("", "bid") if bid.data["auction"] == award.data["auction"]]) == 3
    assert len(fleet.heard(goal_id, "task_done")) == 1
    assert fleet.states[task.robot or ""].pose.point.distance(Point(22.0, 1.5)) < 0.5


def test_tasks_that_are_spelled_out_are_done_without_a_vote(fleet: RealFleet) -> None:
    draft = {"intent": "tasks", "tasks": [{"id": "t1", "kind": "go", "to": "dock_4", "robot": "carrier_2"}]}
    goal_id = fleet.client.submit(json.dumps(draft), "planner")
    goal = fleet.until_ended(goal_id)
    assert (goal.state, goal.requester, goal.tasks[0].robot) == (GoalState.DONE, "planner", "carrier_2")
    assert fleet.heard(goal_id, "vote") == []


def test_robots_agree_among_themselves_who_does_what(fleet: RealFleet) -> None:
    tasks = [{"id": f"t{k}", "kind": "go", "to": place} for k, place in enumerate(("dock_4", "dock_1"), 1)]
    goal_id = fleet.client.submit(json.dumps({"intent": "tasks", "tasks": tasks}), "planner", mechanism="cbba")
    assert fleet.until_ended(goal_id).state is GoalState.DONE
    awards = fleet.heard(goal_id, "award")
    assert sorted(award.task for award in awards) == [f"{goal_id}/t1", f"{goal_id}/t2"]
    assert {award.data["mechanism"] for award in awards} == {"cbba"}


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        ("{", "SubmitTasks_Request.draft is '{'"),
        ('{"intent": "tasks", "tasks": [{"id": "t1", "kind": "go", "to": "moon"}]}', "moon is not one of the places"),
        ('{"intent": "tasks", "tasks": [{"id": "t1", "kind": "go"}]}', "a task of kind go needs 'to'"),
    ],
)
def test_bad_tasks_are_refused_with_the_reason(fleet: RealFleet, draft: str, reason: str) -> None:
    with pytest.raises(Complaint, match=reason):
        fleet.client.submit(draft, "planner")


@pytest.mark.parametrize(
    ("text", "requester", "why"),
    [
        ("Go to \u202edock 4.", "tester", r"control character U\+202E"),
        ("Go to dock 4.\x1b[2J", "tester", r"control character U\+001B"),
        ("x" * 2001, "tester", "2001 bytes, the most is 2000"),
        ("Go to dock 4.", "tes\nter", "control characters are not allowed"),
    ],
)
def test_bad_text_is_turned_away_at_the_door(fleet: RealFleet, text: str, requester: str, why: str) -> None:
    with pytest.raises(Complaint, match=why):
        fleet.client.say(text, requester)


def test_the_robot_that_is_spoken_to_does_it(fleet: RealFleet) -> None:
    client = wiring.instruct("carrier_3").client(fleet.client._node)
    fleet.until(client.service_is_ready)
    answer = asked(fleet, client.call_async(Instruct.Request(text="Go to dock 1.", requester="tester")))
    assert answer.accepted, answer.message
    goal = fleet.until_ended(answer.goal_id)
    assert (goal.state, goal.tasks[0].robot, goal.requester) == (GoalState.DONE, "carrier_3", "tester")


def test_a_pursuer_hears_how_it_goes_and_how_it_ends(fleet: RealFleet) -> None:
    heard: list[Any] = []
    client = wiring.PURSUE_GOAL.client(fleet.client._node)
    fleet.until(client.server_is_ready)
    request = PursueGoal.Goal(text="Inspect staging.", requester="tester")
    handle = asked(fleet, client.send_goal_async(request, feedback_callback=lambda m: heard.append(m.feedback)))
    assert handle.accepted
    result = asked(fleet, handle.get_result_async(), 40.0).result
    assert result.outcome == "done"
    assert '"inspect"' in result.draft
    assert {f.goal_id for f in heard} == {result.goal_id}
    assert next(f.state for f in heard) == "reading"
    assert any("won with the lowest bid" in f.line for f in heard)
    remaining = [f.remaining for f in heard if f.remaining > 0.0]
    assert len(remaining) > 1
    assert remaining[-1] < remaining[0]


def test_a_pursuit_that_is_cancelled_cancels_the_goal(fleet: RealFleet) -> None:
    client = wiring.PURSUE_GOAL.client(fleet.client._node)
    fleet.until(client.server_is_ready)
    request = PursueGoal.Goal(text="Take a drum from dock 2 to packing.", requester="tester")
    before = len(fleet.events)
    handle = asked(fleet, client.send_goal_async(request))
    fleet.until(lambda: any(e.kind == "taken" for e in fleet.events[before:]))
    assert asked(fleet, handle.cancel_goal_async()).goals_canceling
    result = asked(fleet, handle.get_result_async()).result
    assert result.outcome == "cancelled"
    fleet.until(lambda: all(not s.holdings for s in fleet.states.values()))


def test_a_pursuit_of_nonsense_is_refused_with_the_reason(fleet: RealFleet) -> None:
    client = wiring.PURSUE_GOAL.client(fleet.client._node)
    fleet.until(client.server_is_ready)
    handle = asked(fleet, client.send_goal_async(PursueGoal.Goal(text="go \u202e home")))
    result = asked(fleet, handle.get_result_async()).result
    assert (result.outcome, result.goal_id) == ("refused", "")
    assert "U+202E" in result.message


def test_a_task_of_somebody_else_is_reported_to_its_end(fleet: RealFleet) -> None:
    """The house takes it over, as it does with what a lost journal had, and has it done once."""
    client = wiring.execute_task("carrier_1").client(fleet.client._node)
    fleet.until(client.server_is_ready)
    task = Task(id="t1", kind=TaskKind.GO, to="dock_1")
    request = convert.award_to_goal(Award(task_id="g999/t1", epoch=1, task=task, robot="carrier_1"))
    handle = asked(fleet, client.send_goal_async(request))
    assert handle.accepted
    result = asked(fleet, handle.get_result_async()).result
    assert result.outcome == "done"
    fleet.until(lambda: fleet.heard("g999", "task_done"))
    again = asked(fleet, client.send_goal_async(request))
    assert not again.accepted, "an epoch that was seen is refused for good"
    assert not asked(fleet, client.send_goal_async(ExecuteTask.Goal(task_id="g9/t1", task="{"))).accepted


def test_a_halted_fleet_stands_and_drives_again(fleet: RealFleet) -> None:
    goal_id = fleet.client.say("Take a drum from dock 2 to packing.", "tester")
    # It may stand at the dock already, and then drives to packing.
    fleet.until(lambda: fleet.owner(goal_id) and fleet.states[fleet.owner(goal_id)].activity.startswith("to "))
    fleet.client.halt(True, ())
    fleet.until(lambda: all(s.activity == "halted" for s in fleet.states.values()))
    halted = dict(fleet.states)
    # A robot that was driving needs its way to brake.
    fleet.until(lambda: all(fleet.states[r].stamp > s.stamp + 3.0 for r, s in halted.items()))
    stands = dict(fleet.states)
    fleet.until(lambda: all(fleet.states[r].stamp > s.stamp + 8.0 for r, s in stands.items()))
    assert max(s.pose.point.distance(fleet.states[r].pose.point) for r, s in stands.items()) < 0.05
    fleet.client.halt(False, ())
    assert fleet.until_ended(goal_id).state is GoalState.DONE


def test_a_task_that_is_cancelled_at_the_robot_goes_to_another(fleet: RealFleet) -> None:
    # Not a place where a robot may stand already: that would be done before it is cancelled.
    goal_id = fleet.client.say("Take a drum from dock 2 to packing.", "tester")
    fleet.until(lambda: fleet.owner(goal_id))
    robot = fleet.owner(goal_id)
    client = fleet.client._node.create_client(CancelGoal, f"/{robot}/execute_task/_action/cancel_goal")
    fleet.until(client.service_is_ready)
    assert asked(fleet, client.call_async(CancelGoal.Request())).goals_canceling
    goal = fleet.until_ended(goal_id)
    assert goal.state is GoalState.DONE
    assert goal.tasks[0].robot != robot


def test_traffic_goes_on_after_traffic_control_was_killed(fleet: RealFleet) -> None:
    goal_id = fleet.client.say("Take a drum from dock 2 to packing.", "tester")
    fleet.until(lambda: fleet.owner(goal_id) and fleet.states[fleet.owner(goal_id)].activity.startswith("to "))
    fleet.kill("traffic")
    fleet.start("traffic")
    assert fleet.until_ended(goal_id).state is GoalState.DONE


def test_what_is_wrong_is_answered_in_words(fleet: RealFleet) -> None:
    with pytest.raises(Complaint, match="there is no robot 'carrier_9'"):
        fleet.client.say("Go to dock 1.", "tester", "carrier_9")
    with pytest.raises(Complaint, match="say what should be done"):
        fleet.client.say(" ", "tester")
    with pytest.raises(Complaint, match="there is no goal 'g99'"):
        fleet.client.cancel("g99", "tester")
    with pytest.raises(Complaint, match="there is no robot 'crane'"):
        fleet.client.halt(True, ["crane"])
    with pytest.raises(Complaint, match="there is no goal, task or robot 'carier_1'; did you mean 'carrier_1'"):
        fleet.client.explain("carier_1")


def test_why_is_answered_for_goals_robots_and_the_fleet(fleet: RealFleet) -> None:
    goal_id = fleet.client.say("Go to dock 4.", "tester")
    goal = fleet.until_ended(goal_id)
    text, data = fleet.client.explain(f"{goal_id}/t1")
    assert "won with the lowest bid" in text
    assert data["goal"]["id"] == goal_id
    robot = goal.tasks[0].robot or ""
    text, data = fleet.client.explain(robot)
    assert text.startswith(robot)
    assert goal_id in [g["id"] for g in data["goals"]]
    assert set(fleet.client.explain("")[1]["robots"]) == set(fleet.robots)


@pytest.fixture
def clients(fleet: RealFleet) -> Iterator[list[Any]]:
    """A client for each requester, the first half of them with the depth that ROS gives by default."""
    nodes = [Node(f"requester_{k}", context=fleet.client._context) for k in range(REQUESTERS)]
    service = wiring.SUBMIT_GOAL
    made = [node.create_client(service.type, service.name) for node in nodes[::2]]
    made += [service.client(node) for node in nodes[1::2]]
    for node in nodes:
        fleet.client._executor.add_node(node)
    fleet.until(lambda: all(client.service_is_ready() for client in made))
    fleet.client.spin(1.0)  # The servers' side may find a client a little later.
    yield made
    for node in nodes:
        fleet.client._executor.remove_node(node)
        node.destroy_node()


def test_a_thousand_goals_said_at_once_are_each_answered_and_what_was_accepted_is_kept(
    fleet: RealFleet, clients: list[Any]
) -> None:
    kind, before, began = wiring.SUBMIT_GOAL.type.Request, kept(fleet), len(fleet.events)

    def ask(k: int) -> Any:
        who = k % REQUESTERS
        return clients[who].call_async(kind(text="Go to dock 1.", requester=f"requester {who}", key=str(k)))

    calls = [ask(k) for k in range(GOALS)]
    plain = [k for k in range(GOALS) if k % REQUESTERS < REQUESTERS // 2]
    fleet.until(lambda: all(calls[k].done() for k in range(GOALS) if k not in plain), LIMIT)
    # A client of ROS's default depth that looks away for long may lose an answer, and asks again by its key.
    for _ in range(3):
        if not all(calls[k].done() for k in plain):
            fleet.client.spin(1.0)
            for k in plain:
                if not calls[k].done():
                    calls[k] = ask(k)
    fleet.until(lambda: all(call.done() for call in calls), LIMIT)
    answers = [call.result() for call in calls]
    accepted = [answer.goal_id for answer in answers if answer.accepted]
    # Each requester has 60 sentences a minute, and the clock of the simulation is some times as fast.
    assert len(accepted) >= 60 * REQUESTERS
    assert len(set(accepted)) == len(accepted)
    assert all("asks too often, 60 sentences a minute" in answer.message for answer in answers if not answer.accepted)
    assert kept(fleet) - before == set(accepted)
    assert fleet.client.explain(accepted[-1])[1]["goal"]["text"] == "Go to dock 1."
    fleet.until(lambda: any(event.kind == "taken" for event in fleet.events[began:]))
    assert not [e.robot for e in fleet.events[began:] if e.kind == "lost"], "no heartbeat was held up for long"


def kept(fleet: RealFleet) -> set[str]:
    """The goals that are in the journal."""
    journal = Journal(fleet.folder / "journal")
    try:
        return {goal.id for goal in journal.goals()}
    finally:
        journal.close()


def test_nobody_touched_anything(fleet: RealFleet) -> None:
    assert "touches" not in fleet.log("sim")
