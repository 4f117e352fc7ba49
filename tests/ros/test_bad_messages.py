"""What no well-behaved sender sends is refused at the border, in words that name message, field and value."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from caravan_msgs import action, msg, srv
from nav_msgs.msg import Odometry
from sensor_msgs.msg import BatteryState

from caravan_ros import convert

READ: dict[Any, Callable[[Any], Any]] = {
    msg.Approach: convert.approach_from_msg,
    msg.Bid: convert.bid_from_msg,
    msg.BlockedLanes: convert.blocked_lanes_from_msg,
    msg.Claims: convert.claims_from_msg,
    msg.CrossingSlots: convert.slots_from_msg,
    msg.Event: convert.event_from_msg,
    msg.FleetOrder: convert.fleet_order_from_msg,
    msg.Holding: convert.holding_from_msg,
    msg.Lease: convert.lease_from_msg,
    msg.Radar: convert.radar_from_msg,
    msg.RobotState: convert.robot_state_from_msg,
    msg.Stretch: convert.stretch_from_msg,
    msg.TrafficReport: convert.traffic_report_from_msg,
    msg.VehicleBeat: convert.vehicle_beat_from_msg,
    msg.VehicleState: convert.vehicle_state_from_msg,
    msg.Vote: convert.vote_from_msg,
    srv.CancelGoal.Request: convert.cancel_from_msg,
    srv.Explain.Request: convert.subject_from_msg,
    srv.Halt.Request: convert.halt_from_msg,
    srv.Instruct.Request: convert.said_from_msg,
    srv.SubmitGoal.Request: convert.said_from_msg,
    srv.SubmitTasks.Request: convert.tasks_from_msg,
    action.ExecuteTask.Goal: lambda goal: convert.award_from_goal(goal, "carrier_1"),
    BatteryState: convert.battery_from_msg,
}
GOOD: dict[Any, dict[str, Any]] = {
    msg.Approach: {"name": "truck_1", "platoon": ["truck_1"]},
    msg.Bid: {"auction": "a1", "round": 1, "robot": "carrier_1"},
    msg.Claims: {"auction": "a1", "robot": "carrier_1", "stamps": [msg.Stamp(robot="carrier_1", count=1)]},
    msg.CrossingSlots: {"node": "auction", "term": 1},
    msg.Holding: {"task_id": "g1/t1", "epoch": 1, "state": "running"},
    msg.RobotState: {"robot": "carrier_1", "battery": 0.5},
    msg.Stretch: {"robot": "carrier_1", "session": 1},
    msg.TrafficReport: {"robot": "carrier_1", "session": 1},
    msg.VehicleBeat: {"name": "truck_1", "roster": msg.PlatoonRoster(epoch=1, writer="truck_1", order=["truck_1"])},
    msg.VehicleState: {"name": "truck_1"},
    msg.Vote: {"goal": "g1", "robot": "carrier_1"},
}
TWICE = [msg.Holding(**GOOD[msg.Holding])] * 2

REFUSED: list[tuple[Any, dict[str, Any], str]] = [
    (msg.Bid, {"robot": ""}, "Bid.robot is '': a name is needed"),
    (msg.Bid, {"robot": "carrier_1\n"}, r"Bid.robot is 'carrier_1\\n': control characters"),
    (msg.Vote, {"draft": '{"intent": "unclear", "phrases": ["\\u202ea"]}'}, "Vote.draft is .*control characters"),
    (srv.SubmitGoal.Request, {"text": "x", "requester": "\u2066eve"}, "SubmitGoal_Request.requester is .*control"),
    (msg.Bid, {"robot": "r" * 129}, "Bid.robot is 'rrr.*of 129 characters: at most 128"),
    (msg.Bid, {"offers": [msg.Offer(tasks=["t"], finish=math.inf)]}, "Offer.finish is inf: a finite number"),
    (msg.Bid, {"declined": [msg.Decline(task_id="t", note="n" * 4001)]}, "Decline.note is 'nnn.*at most 4000"),
    (msg.Bid, {"declined": [msg.Decline(task_id="t", note="a\0b")]}, "Decline.note is .*NUL"),
    (msg.Bid, {"declined": [msg.Decline(task_id="t")] * 2}, "Bid.declined is .*twice"),
    (msg.Bid, {"offers": [msg.Offer(parts=[msg.BidPart(name="travel")] * 2)]}, "Offer.parts is .*twice"),
    (msg.Bid, {"offers": [msg.Offer(parts=[msg.BidPart(name="travel", value=math.nan)])]}, "BidPart.value is nan"),
    (msg.Claims, {"beliefs": [msg.Belief(task_id="t", bid=math.inf)]}, "Belief.bid is inf: a finite number"),
    (msg.Claims, {"beliefs": [msg.Belief(task_id="t")] * 2}, "Claims.beliefs is .*twice"),
    (msg.Claims, {"stamps": [msg.Stamp(robot="tug_1", count=1)]}, "Claims.stamps is .*the count of carrier_1 itself"),
    (msg.Vote, {"confidence": 1.5}, "Vote.confidence is 1.5: .* within 0 and 1"),
    (msg.Vote, {"seconds": -1.0}, "Vote.seconds is -1.0"),
    (msg.Vote, {"draft": " " * 100_001}, "Vote.draft is .*at most 100000"),
    (msg.Holding, {"state": "lost"}, "Holding.state is 'lost': it must be one of queued, gathered, running"),
    (msg.Holding, {"progress": math.nan}, "Holding.progress is nan"),
    (msg.Holding, {"remaining": -1.0}, "Holding.remaining is -1.0"),
    (msg.Holding, {"task": '{"id": "t1"}'}, "Holding.task"),
    (msg.RobotState, {"battery": 80.0}, "RobotState.battery is 80.0"),
    (msg.RobotState, {"stamp": math.nan}, "RobotState.stamp is nan"),
    (msg.RobotState, {"pose": msg.PlanarPose(x=math.nan)}, "PlanarPose.x is nan"),
    (msg.RobotState, {"holdings": TWICE}, "RobotState.holdings is .*twice"),
    (msg.Lease, {"robot": "carrier_1", "owned": [msg.OwnedTask(epoch=1)]}, "OwnedTask.task_id is ''"),
    (msg.FleetOrder, {"number": 1, "order": "explode"}, "FleetOrder.order is 'explode'"),
    (msg.FleetOrder, {"number": -1, "order": "halt"}, "FleetOrder.number is -1"),
    (msg.Event, {"kind": "bid", "data": "{"}, "Event.data is '{'"),
    (msg.Stretch, {"nodes": ["a", ""]}, "Stretch.nodes is .*empty"),
    (msg.Stretch, {"nodes": ["a"] * 10_001}, "Stretch.nodes is 10001"),
    (msg.Stretch, {"lease": math.nan}, "Stretch.lease is nan"),
    (msg.TrafficReport, {"reached": -2}, "TrafficReport.reached is -2"),
    (msg.TrafficReport, {"blocked": ["a"]}, "TrafficReport.blocked is .*a lane has two ends"),
    (msg.BlockedLanes, {"lanes": [msg.BlockedLane(start="a")]}, "BlockedLane.end is ''"),
    (msg.VehicleState, {"name": ""}, "VehicleState.name is ''"),
    (msg.VehicleState, {"x": math.nan}, "VehicleState.x is nan"),
    (msg.VehicleState, {"speed": math.inf}, "VehicleState.speed is inf"),
    (msg.VehicleState, {"stamp": math.nan}, "VehicleState.stamp is nan"),
    (msg.VehicleBeat, {"roster": msg.PlatoonRoster(epoch=1, writer="a")}, "PlatoonRoster.order is .*one vehicle"),
    (msg.VehicleBeat, {"handed": [msg.PlatoonRoster(epoch=1)]}, "PlatoonRoster.writer is ''"),
    (msg.VehicleBeat, {"brake": math.nan}, "VehicleBeat.brake is nan"),
    (msg.VehicleBeat, {"wish": [msg.PlatoonWish()]}, "PlatoonWish.kind is '': it must be one of join, leave"),
    (msg.VehicleBeat, {"wish": [msg.PlatoonWish(kind="join")]}, "PlatoonWish.place is '': it must be one of back"),
    (msg.VehicleBeat, {"done": [msg.ManoeuvreStep(leader="a", step="open")] * 2}, "VehicleBeat.done is 2: .* one at"),
    (msg.VehicleBeat, {"ballot": [msg.PlatoonBallot(leader="a", speed=math.nan)]}, "PlatoonBallot.speed is nan"),
    (msg.VehicleBeat, {"settled": [msg.PlatoonSettled(asker="a", step="ok")]}, "PlatoonSettled.step is 'ok'"),
    (msg.Approach, {"along": math.nan}, "Approach.along is nan"),
    (msg.Approach, {"bid": math.inf}, "Approach.bid is inf"),
    (msg.CrossingSlots, {"term": -1}, "CrossingSlots.term is -1"),
    (msg.CrossingSlots, {"slots": [msg.CrossingSlot()]}, "CrossingSlot.vehicles is .*one vehicle or more"),
    (msg.Radar, {"gap": math.nan}, "Radar.gap is nan"),
    (msg.Radar, {"rate": -math.inf}, "Radar.rate is -inf"),
    (action.ExecuteTask.Goal, {"task_id": "g1/t1"}, "ExecuteTask_Goal.task is ''"),
    (srv.SubmitGoal.Request, {"text": " "}, "SubmitGoal_Request.text is ' ': say what"),
    (srv.SubmitTasks.Request, {}, "SubmitTasks_Request.draft is ''"),
    (srv.SubmitTasks.Request, {"draft": '{"intent":"dance"}'}, "SubmitTasks_Request.draft is .*'dance' is not one of"),
    (srv.SubmitTasks.Request, {"mechanism": "m" * 129}, "SubmitTasks_Request.mechanism is .*at most 128"),
    (srv.Instruct.Request, {"text": "x" * 4001}, "Instruct_Request.text is .*at most 4000"),
    (srv.CancelGoal.Request, {}, "CancelGoal_Request.goal_id is ''"),
    (srv.Halt.Request, {"robots": [""]}, "Halt_Request.robots"),
    (srv.Explain.Request, {"subject": "s" * 200}, "Explain_Request.subject"),
    (BatteryState, {"percentage": math.nan}, "BatteryState.percentage is nan"),
]

BAD_DRAFTS = [
    ("go!", "Expecting value"),
    ("[" * 50_000, "too deeply"),
    ("[]", "object"),
    ('{"intent":"dance"}', "'dance' is not one of"),
    ('{"intent":"query","who":"me"}', "unknown key 'who'"),
    ('{"intent":"query","about":"love"}', "about 'love' is not one of"),
    ('{"intent":"query","about":5}', "about 5 has the wrong type"),
    ('{"intent":"unclear","phrases":"what"}', "phrases must be a list"),
    ('{"intent":"tasks","tasks":"t1"}', "tasks must be a list"),
    ('{"intent":"tasks","tasks":["t1"]}', "each of tasks must be an object"),
    ('{"intent":"tasks","tasks":[{"id":"t1"}]}', "'kind' is missing"),
]
BAD_TASKS = [
    ('"quantity":"two"', "quantity 'two' has the wrong type"),
    ('"within":true', "within True has the wrong type"),
    ('"within":NaN', "NaN is no JSON number"),
    ('"places":["a",1]', "places .* has the wrong type"),
    ('"priority":"top"', "priority 'top' is not one of"),
    ('"colour":"red"', "unknown key 'colour'"),
]


@pytest.mark.parametrize(("kind", "fields", "words"), REFUSED, ids=[words for _, _, words in REFUSED])
def test_a_bad_message_is_refused(kind: Any, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        READ[kind](kind(**{**GOOD.get(kind, {}), **fields}))


@pytest.mark.parametrize("kind", GOOD, ids=lambda kind: kind.__name__)
def test_without_its_fault_it_is_not(kind: Any) -> None:
    READ[kind](kind(**GOOD[kind]))


@pytest.mark.parametrize(("draft", "words"), BAD_DRAFTS, ids=[words for _, words in BAD_DRAFTS])
def test_a_bad_draft_is_refused(draft: str, words: str) -> None:
    with pytest.raises(ValueError, match=f"Vote.draft is .*{words}"):
        convert.vote_from_msg(msg.Vote(**{**GOOD[msg.Vote], "draft": draft}))


@pytest.mark.parametrize(("key", "words"), BAD_TASKS, ids=[words for _, words in BAD_TASKS])
def test_a_bad_task_is_refused(key: str, words: str) -> None:
    task = f'{{"id":"t1","kind":"go",{key}}}'
    with pytest.raises(ValueError, match=f"ExecuteTask_Goal.task is .*{words}"):
        convert.award_from_goal(action.ExecuteTask.Goal(task_id="g1/t1", epoch=1, task=task), "carrier_1")
    with pytest.raises(ValueError, match=words):
        convert.draft_from_text(f'{{"intent":"tasks","tasks":[{task}]}}')


def test_odometry_without_a_direction_is_refused() -> None:
    message = Odometry()
    message.pose.pose.orientation.w = 0.0
    with pytest.raises(ValueError, match="quaternion"):
        convert.odom_from_msg(message)


def test_what_robots_say_is_made_fit_to_be_shown() -> None:
    told = "at \x1b[2Jdock\n1\u202e, " + "ok"
    state = convert.robot_state_from_msg(msg.RobotState(robot="carrier_1", battery=0.5, activity=told))
    assert state.activity == "at  [2Jdock 1 , ok"
    declined = [msg.Decline(task_id="t", note=told)]
    bid = convert.bid_from_msg(msg.Bid(auction="a1", round=1, robot="carrier_1", declined=declined))
    assert bid.declined == {"t": state.activity}
    assert convert.vote_from_msg(msg.Vote(goal="g1", robot="carrier_1", note=told)).note == state.activity
