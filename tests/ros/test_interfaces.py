"""Messages and the model: what is converted, sent as bytes and converted back is what it was."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from caravan_msgs import action, msg, srv
from geometry_msgs.msg import Twist as TwistMsg
from geometry_msgs.msg import TwistStamped
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from rclpy.serialization import deserialize_message, serialize_message

from caravan.language.spans import is_control
from caravan.model.claims import Belief, Claims
from caravan.model.crossing import Approach, Slot, Slots
from caravan.model.geometry import Pose, Twist, wrap
from caravan.model.goal import (
    COMMANDS,
    MANOEUVRES,
    PRIORITIES,
    REASONS,
    TOPICS,
    Answer,
    Draft,
    Goal,
    GoalState,
    Intent,
    Task,
    TaskKind,
    TaskRecord,
    TaskState,
)
from caravan.model.leadership import Claim, Commit, Commits, Following, Grant, InSync, Mark, Piece, Step
from caravan.model.market import (
    Award,
    Bid,
    BidNotice,
    Event,
    FleetOrder,
    Holding,
    HoldingState,
    Lease,
    Lot,
    Offer,
    Order,
    ReadRequest,
    RobotState,
    Rules,
    Vote,
)
from caravan.model.plan import BlockedLane, BlockedLanes, Stretch, TrafficReport
from caravan.model.platoon import Ballot, Beat, Kind, Manoeuvre, Place, Roster, Settled, Wish
from caravan.model.platoon import Step as PlatoonStep
from caravan.model.road import Radar
from caravan.platoon.validity import State
from caravan_ros import convert

sendable = st.characters().filter(lambda char: not is_control(char))
ids = st.text(sendable, min_size=1, max_size=20)
many_ids = st.lists(ids, max_size=4).map(tuple)
lines = st.text(sendable, max_size=80)
numbers = st.floats(allow_nan=False, allow_infinity=False)
positive = st.floats(0.0, 1e12)
fractions = st.floats(0.0, 1.0)
epochs = st.integers(0, 2**32 - 1)
counts = st.integers(0, 2**62)
poses = st.builds(Pose, numbers, numbers, numbers)


def maybe(values: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.none() | values


tasks = st.builds(
    Task,
    id=ids,
    kind=st.sampled_from(TaskKind),
    item=maybe(ids),
    quantity=st.integers(1, 1000),
    from_=maybe(ids),
    to=maybe(ids),
    places=many_ids,
    robot=maybe(ids),
    needs=many_ids,
    by=maybe(ids),
    within=maybe(positive),
    delay=maybe(positive),
    after=many_ids,
    avoid=many_ids,
    priority=st.sampled_from(PRIORITIES),
    manoeuvre=maybe(st.sampled_from(MANOEUVRES)),
    members=many_ids,
    gap=maybe(positive),
)
drafts = st.one_of(
    st.builds(Draft, intent=st.just(Intent.TASKS), tasks=st.lists(tasks, min_size=1, max_size=3).map(tuple)),
    st.builds(Draft, intent=st.just(Intent.CONTROL), command=st.sampled_from(COMMANDS), target=ids),
    st.builds(Draft, intent=st.just(Intent.QUERY), about=st.sampled_from(TOPICS), target=maybe(ids)),
    st.builds(Draft, intent=st.just(Intent.UNCLEAR), reason=st.sampled_from(REASONS), phrases=many_ids),
)
holdings = st.builds(
    Holding,
    task_id=ids,
    epoch=epochs,
    state=st.sampled_from(HoldingState),
    progress=fractions,
    remaining=maybe(positive),
    note=lines,
    task=maybe(tasks),
)
requests = st.builds(ReadRequest, goal=ids, text=lines, robots=many_ids, reading=epochs, term=epochs)
votes = st.builds(
    Vote,
    goal=ids,
    robot=ids,
    draft=maybe(drafts),
    reading=epochs,
    model=ids,
    confidence=fractions,
    seconds=positive,
    note=lines,
)
lots = st.builds(Lot, task_id=ids, epoch=epochs, task=tasks, finish_by=maybe(numbers))
many_lots = st.lists(lots, max_size=3, unique_by=lambda lot: lot.task_id).map(tuple)
parts = st.dictionaries(ids, numbers, max_size=4)
rounds = st.integers(1, 2**32 - 1)
notices = st.builds(
    BidNotice,
    auction=ids,
    round=rounds,
    lots=many_lots,
    robots=many_ids,
    deadline=numbers,
    rules=st.builds(Rules, mechanism=ids, weights=parts, bundle=rounds, priced=st.booleans()),
    given=many_lots,
    term=epochs,
)
offers = st.builds(Offer, tasks=many_ids, cost=numbers, finish=maybe(numbers), parts=parts)
bids = st.builds(
    Bid,
    auction=ids,
    round=rounds,
    robot=ids,
    offers=st.lists(offers, max_size=3).map(tuple),
    declined=st.dictionaries(ids, lines, max_size=4),
)
beliefs = st.builds(Belief, bid=positive, winner=maybe(ids))
told = st.builds(
    Claims,
    sender=st.just("carrier_1"),
    beliefs=st.dictionaries(ids, beliefs, max_size=4),
    stamps=st.dictionaries(ids, epochs, max_size=4).map(lambda stamps: {**stamps, "carrier_1": 1}),
    auction=ids,
)
states = st.builds(
    RobotState,
    robot=ids,
    stamp=numbers,
    pose=poses,
    battery=fractions,
    activity=lines,
    holdings=st.lists(holdings, max_size=3, unique_by=lambda holding: holding.task_id).map(tuple),
    model=ids,
    term=epochs,
    era=counts,
)
keys = st.lists(st.tuples(ids, epochs), max_size=4).map(tuple)
leases = st.builds(
    Lease,
    robot=ids,
    stamp=numbers,
    owned=keys,
    asked=keys,
    wanted=keys,
    begun=many_ids,
    term=epochs,
    era=counts,
)
orders = st.builds(FleetOrder, number=counts, order=st.sampled_from(Order), robots=many_ids, term=epochs)
json_values = st.recursive(st.none() | st.booleans() | st.integers() | numbers | lines, st.lists, max_leaves=5)
events = st.builds(
    Event,
    stamp=numbers,
    kind=ids,
    goal=st.just("") | ids,
    task=st.just("") | ids,
    robot=st.just("") | ids,
    text=lines,
    data=st.dictionaries(lines, json_values, max_size=3),
)
reports = st.builds(
    TrafficReport,
    robot=ids,
    stamp=numbers,
    pose=poses,
    destination=maybe(ids),
    avoid=many_ids,
    urgent=st.booleans(),
    fixed=st.booleans(),
    session=counts,
    reached=counts | st.just(-1),
    cleared=counts | st.just(-1),
    held=many_ids,
    turn=counts,
    blocked=st.just(()) | st.tuples(ids, ids),
)
stretches = st.builds(
    Stretch, robot=ids, session=counts, first=counts, nodes=many_ids, turn=counts, lease=numbers, note=lines
)
blocked_lanes = st.builds(
    BlockedLanes,
    session=counts,
    stamp=numbers,
    lanes=st.lists(st.builds(BlockedLane, start=ids, end=ids, until=numbers), max_size=3).map(tuple),
)

goals = st.builds(
    Goal,
    id=ids,
    text=lines,
    requester=lines,
    stamp=numbers,
    draft=maybe(drafts),
    tasks=st.lists(st.builds(TaskRecord, id=ids, task=tasks, excluded=many_ids), max_size=2).map(tuple),
    key=lines,
    options=st.lists(drafts, max_size=2).map(tuple),
    answers=st.lists(st.builds(Answer, text=lines, key=lines), max_size=2).map(tuple),
    completed=lines,
)
terms = st.integers(1, 2**32 - 1)
marks = st.builds(Mark, term=epochs, position=counts)
in_sync = maybe(st.builds(InSync, term=epochs, number=epochs, nodes=st.lists(ids, min_size=1, max_size=3).map(tuple)))
claims = st.builds(Claim, step=st.sampled_from(Step), term=terms, node=ids, sent=numbers, in_sync=in_sync)
grants = st.builds(
    Grant,
    voter=ids,
    step=st.sampled_from(Step),
    term=terms,
    node=ids,
    sent=numbers,
    granted=st.booleans(),
    newest=epochs,
    in_sync=in_sync,
    mark=maybe(marks),
)
some_goals = st.lists(goals, max_size=2).map(tuple)
some_events = st.lists(events, max_size=2).map(tuple)
commits = st.builds(
    Commits,
    term=terms,
    leader=ids,
    to=ids,
    base=marks,
    commits=st.lists(st.builds(Commit, mark=marks, goals=some_goals, events=some_events), max_size=2).map(tuple),
)
pieces = st.builds(
    Piece,
    term=terms,
    leader=ids,
    to=ids,
    mark=marks,
    index=st.integers(0, 8),
    count=st.just(9),
    goals=some_goals,
    events=some_events,
)
whole_marks = maybe(st.builds(Mark, term=terms, position=counts))
reports_of_standbys = st.builds(Following, term=terms, node=ids, mark=marks, whole=whole_marks, lacks=epochs)

motions = st.builds(
    State,
    name=ids,
    sequence=counts,
    stamp=numbers,
    x=numbers,
    offset=numbers,
    length=numbers,
    speed=numbers,
    acceleration=numbers,
    wanted=numbers,
)
rosters = st.builds(
    Roster,
    epoch=epochs,
    writer=ids,
    order=st.lists(ids, min_size=1, max_size=4).map(tuple),
    speed=numbers,
    headway=numbers,
    label=st.just("") | ids,
)
wishes = st.builds(
    Wish,
    number=counts,
    kind=st.sampled_from(Kind),
    target=st.just("") | ids,
    place=st.sampled_from(Place),
    speed=maybe(numbers),
    headway=maybe(numbers),
)
platoon_steps = st.sampled_from(PlatoonStep)
manoeuvres = st.builds(
    Manoeuvre,
    leader=ids,
    number=counts,
    kind=st.sampled_from(Kind),
    step=platoon_steps,
    asker=ids,
    wish=wishes,
    actors=many_ids,
    wide=many_ids,
)
ballots = st.builds(
    Ballot, leader=ids, number=counts, approve=st.booleans(), speed=numbers, headway=numbers, weight=numbers
)
settled_wishes = st.builds(Settled, asker=ids, number=counts, step=platoon_steps, note=lines)
beats = st.builds(
    Beat,
    name=ids,
    sequence=counts,
    stamp=numbers,
    roster=rosters,
    handed=st.lists(rosters, max_size=2).map(tuple),
    wish=maybe(wishes),
    manoeuvre=maybe(manoeuvres),
    done=maybe(st.tuples(ids, counts, platoon_steps)),
    ballot=maybe(ballots),
    settled=st.lists(settled_wishes, max_size=2).map(tuple),
    in_lane=st.booleans(),
    brake=numbers,
    top_speed=numbers,
)

approaches = st.builds(
    Approach,
    name=ids,
    sequence=counts,
    stamp=numbers,
    exit=st.just("") | ids,
    along=numbers,
    speed=numbers,
    length=numbers,
    platoon=many_ids,
    bid=numbers,
    inside=st.booleans(),
)
crossing_slots = st.builds(
    Slot,
    vehicles=st.lists(ids, min_size=1, max_size=3, unique=True).map(tuple),
    exit=st.just("") | ids,
    valid=st.booleans(),
)
slot_lists = st.builds(
    Slots, node=ids, term=counts, stamp=numbers, slots=st.lists(crossing_slots, max_size=3).map(tuple)
)

PAIRS: dict[Any, tuple[SearchStrategy[Any], Callable[[Any], Any], Callable[[Any], Any]]] = {
    msg.ReadRequest: (requests, convert.read_request_to_msg, convert.read_request_from_msg),
    msg.Vote: (votes, convert.vote_to_msg, convert.vote_from_msg),
    msg.BidNotice: (notices, convert.bid_notice_to_msg, convert.bid_notice_from_msg),
    msg.Bid: (bids, convert.bid_to_msg, convert.bid_from_msg),
    msg.Claims: (told, convert.claims_to_msg, convert.claims_from_msg),
    msg.Holding: (holdings, convert.holding_to_msg, convert.holding_from_msg),
    msg.RobotState: (states, convert.robot_state_to_msg, convert.robot_state_from_msg),
    msg.Lease: (leases, convert.lease_to_msg, convert.lease_from_msg),
    msg.FleetOrder: (orders, convert.fleet_order_to_msg, convert.fleet_order_from_msg),
    msg.Event: (events, convert.event_to_msg, convert.event_from_msg),
    msg.TrafficReport: (reports, convert.traffic_report_to_msg, convert.traffic_report_from_msg),
    msg.Stretch: (stretches, convert.stretch_to_msg, convert.stretch_from_msg),
    msg.BlockedLanes: (blocked_lanes, convert.blocked_lanes_to_msg, convert.blocked_lanes_from_msg),
    msg.VehicleState: (motions, convert.vehicle_state_to_msg, convert.vehicle_state_from_msg),
    msg.VehicleBeat: (beats, convert.vehicle_beat_to_msg, convert.vehicle_beat_from_msg),
    msg.Approach: (approaches, convert.approach_to_msg, convert.approach_from_msg),
    msg.CrossingSlots: (slot_lists, convert.slots_to_msg, convert.slots_from_msg),
    msg.Claim: (claims, convert.claim_to_msg, convert.claim_from_msg),
    msg.Grant: (grants, convert.grant_to_msg, convert.grant_from_msg),
    msg.Commits: (commits, convert.commits_to_msg, convert.commits_from_msg),
    msg.Piece: (pieces, convert.piece_to_msg, convert.piece_from_msg),
    msg.Following: (reports_of_standbys, convert.following_to_msg, convert.following_from_msg),
}


def carried(message: Any) -> Any:
    """The message as it comes out at the other end."""
    return deserialize_message(serialize_message(message), type(message))


@pytest.mark.parametrize("kind", PAIRS, ids=lambda kind: kind.__name__)
def test_a_message_carries_the_value(kind: Any) -> None:
    strategy, to_msg, from_msg = PAIRS[kind]

    @given(strategy)
    def law(value: Any) -> None:
        message = to_msg(value)
        assert isinstance(message, kind)
        assert from_msg(carried(message)) == value

    law()


@given(tasks, maybe(numbers))
def test_an_award_travels_as_an_action_goal(task: Task, finish_by: float | None) -> None:
    award = Award(task_id="g1/t1", epoch=3, task=task, robot="carrier_1", finish_by=finish_by, term=7)
    assert convert.award_from_goal(carried(convert.award_to_goal(award)), "carrier_1") == award


@given(drafts)
def test_a_draft_as_text_is_the_draft(draft: Draft) -> None:
    assert convert.draft_from_text(convert.draft_to_text(draft)) == draft


@given(st.text())
def test_any_text_can_be_sent(text: str) -> None:
    bid = Bid(auction="a1", round=1, robot="carrier_1", declined={"g1/t1": text})
    received = convert.bid_from_msg(carried(convert.bid_to_msg(bid)))
    assert received == convert.bid_from_msg(carried(convert.bid_to_msg(received)))


coordinates = st.floats(-1e6, 1e6)
odometries = st.tuples(coordinates, coordinates, st.floats(-math.pi, math.pi), st.floats(-10, 10), st.floats(-10, 10))


@given(odometries, st.floats(0, 2e9))
def test_odometry_carries_pose_and_velocity(values: tuple[float, ...], stamp: float) -> None:
    x, y, yaw, linear, angular = values
    message = carried(convert.odom_to_msg("carrier_1", Pose(x, y, yaw), Twist(linear, angular), stamp))
    pose, twist = convert.odom_from_msg(message)
    assert (pose.x, pose.y, twist) == (x, y, Twist(linear, angular))
    assert abs(wrap(pose.yaw - yaw)) < 1e-9
    assert convert.seconds(message.header.stamp) == pytest.approx(stamp, abs=1e-6)


@pytest.mark.parametrize(("stamp", "kind"), [(None, TwistMsg), (12.5, TwistStamped)])
def test_a_velocity_is_plain_or_stamped(stamp: float | None, kind: Any) -> None:
    message = carried(convert.twist_to_msg(Twist(0.5, -0.25), "carrier_1", stamp))
    assert isinstance(message, kind)
    assert convert.twist_from_msg(message) == Twist(0.5, -0.25)


@given(st.floats(0.0, 1.0, width=32))
def test_charge_travels_as_percentage(charge: float) -> None:
    assert convert.battery_from_msg(carried(convert.battery_to_msg(charge, 1.0))) == charge


@given(st.lists(st.floats(0.0, 10.0, width=32), min_size=1, max_size=50), st.floats(0.0, 1e6))
def test_a_scan_says_where_each_beam_looks_and_what_is_out_of_sight(ranges: list[float], stamp: float) -> None:
    message = carried(convert.scan_to_msg("carrier_1", ranges, 10.0, 0.1, stamp))
    assert message.header.frame_id == "carrier_1/base_link"
    assert list(message.ranges) == [r if r < 10.0 else math.inf for r in ranges]
    assert message.angle_max == pytest.approx(message.angle_increment * (len(ranges) - 1), abs=1e-4)
    assert message.angle_increment * len(ranges) == pytest.approx(math.tau, abs=1e-4)
    assert (message.range_max, message.scan_time) == (10.0, pytest.approx(0.1))


@given(numbers, numbers, st.floats(0.0, 2e9))
def test_a_radar_tells_how_far_and_how_fast(gap: float, rate: float, stamp: float) -> None:
    message = carried(convert.radar_to_msg(Radar(gap=gap, rate=rate), stamp))
    assert convert.radar_from_msg(message) == Radar(gap=gap, rate=rate)
    assert convert.seconds(message.stamp) == pytest.approx(stamp, abs=1e-6)


def test_who_is_spoken_to() -> None:
    submitted = srv.SubmitGoal.Request(text="dock 4", requester="ann", robot="carrier_2", answers="g3")
    said = convert.Said(text="dock 4", requester="ann", robot="carrier_2", answers="g3")
    assert convert.said_from_msg(submitted) == said
    assert convert.said_from_msg(srv.Instruct.Request(text="go home"), "carrier_3").robot == "carrier_3"
    assert convert.said_from_msg(action.PursueGoal.Goal(text="go home")).robot == ""


def test_how_far_a_goal_is() -> None:
    task = Task(id="t1", kind=TaskKind.GO, to="dock_1")
    done = TaskRecord(id="g1/t1", task=task, state=TaskState.DONE, progress=1.0)
    half = TaskRecord(id="g1/t2", task=task, state=TaskState.RUNNING, progress=0.5, remaining=8.0)
    goal = Goal(id="g1", text="go", requester="ann", stamp=1.0, state=GoalState.ACTIVE, tasks=(done, half))
    feedback = carried(convert.goal_to_feedback(goal, "carrier_1 is on its way"))
    assert (feedback.goal_id, feedback.state, feedback.progress, feedback.remaining) == ("g1", "active", 0.75, 8.0)
    unread = convert.goal_to_feedback(Goal(id="g1", text="go", requester="ann", stamp=1.0), "")
    assert (unread.progress, math.isnan(unread.remaining)) == (0.0, True)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (msg.Holding, HoldingState),
        (msg.FleetOrder, Order),
        (msg.ManoeuvreStep, PlatoonStep),
        (msg.PlatoonWish, Kind),
        (msg.PlatoonWish, Place),
    ],
)
def test_the_constants_of_a_message_are_the_values_of_the_model(kind: Any, values: Any) -> None:
    assert {value.name: getattr(kind, value.name) for value in values} == {value.name: value.value for value in values}
