"""Laws of motion: whatever comes in, commands are finite and within limits, and robots stop where they must."""

from __future__ import annotations

import math
from copy import copy
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caravan.model.geometry import Point, Pose, Twist
from caravan.model.site import CLEARANCE, Policy, Robot
from caravan.motion.corridor import Scan, free_ahead
from caravan.motion.driver import Driver
from caravan.motion.goals import CallOff, GoalNavigator, Patience, Send
from caravan.motion.guard import guard
from caravan.motion.limits import Limits
from caravan.motion.tracker import ARRIVED, CEASED, advance, room, track

anything = st.floats(allow_nan=True, allow_infinity=True)
finite = st.floats(-50.0, 50.0)
twists = st.builds(Twist, anything, anything)
poses = st.builds(Pose, finite, finite, st.floats(-math.pi, math.pi))
limits_any = st.builds(
    Limits,
    speed=st.floats(0.2, 2.0),
    turn_rate=st.floats(0.5, 3.0),
    acceleration=st.floats(0.3, 3.0),
    turn_acceleration=st.floats(1.0, 6.0),
)
STEPS = ((1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))


@st.composite
def lanes(draw: st.DrawFn) -> list[Point]:
    """Two to six nodes of a roadmap: 1.5 to 4 m apart, any corner, there and back again included."""
    points = [Point(0.0, 0.0)]
    for dx, dy in draw(st.lists(st.sampled_from(STEPS), min_size=1, max_size=5)):
        length = draw(st.floats(1.5, 4.0)) / math.hypot(dx, dy)
        points.append(Point(points[-1].x + dx * length, points[-1].y + dy * length))
    return points


def within(twist: Twist, limits: Limits) -> bool:
    return 0.0 <= twist.linear <= limits.speed + 1e-9 and abs(twist.angular) <= limits.turn_rate + 1e-9


@given(poses, st.lists(st.builds(Point, finite, finite), max_size=6), limits_any, finite)
def test_a_tracked_command_is_finite_and_within_limits(
    pose: Pose, path: list[Point], limits: Limits, speed: float
) -> None:
    assert within(track(pose, path, limits, speed=speed), limits)


@given(twists, twists, limits_any, anything, anything, anything, anything, anything)
def test_a_guarded_command_is_finite_and_within_limits(
    wanted: Twist, last: Twist, limits: Limits, room_left: float, now: float, lease: float, stamp: float, period: float
) -> None:
    out = guard(wanted, last, limits, room=room_left, now=now, lease=lease, stamp=stamp, period=period)
    assert within(out, limits)


@given(twists, twists, limits_any, anything, anything, anything)
def test_nothing_moves_when_the_lease_has_run_out(
    wanted: Twist, last: Twist, limits: Limits, now: float, lease: float, room_left: float
) -> None:
    out = guard(wanted, last, limits, room=room_left, now=now, lease=lease, stamp=now, period=0.1)
    assert now <= lease or out == Twist()


@given(st.floats(0.0, 2.0), limits_any, st.floats(0.01, 0.2), st.lists(st.floats(-1.0, 5.0), min_size=1, max_size=40))
def test_no_wish_drives_a_robot_past_the_end_of_its_stretch(
    start: float, limits: Limits, period: float, wishes: list[float]
) -> None:
    left, last = start, Twist()
    for wish in wishes * 10:
        last = guard(Twist(wish), last, limits, room=left, now=0.0, lease=1.0, stamp=0.0, period=period)
        left -= last.linear * period
    assert left >= -1e-9


@given(twists, twists, limits_any, st.floats(0.0, 5.0), st.floats(0.01, 0.5))
def test_no_command_gathers_speed_faster_than_the_base_can(
    wanted: Twist, last: Twist, limits: Limits, room_left: float, period: float
) -> None:
    out = guard(wanted, last, limits, room=room_left, now=0.0, lease=1.0, stamp=0.0, period=period)
    gained = abs(out.angular) - abs(last.angular)
    assert out == Twist() or out.linear <= max(0.0, last.linear + limits.acceleration * period) + 1e-9
    assert out == Twist() or gained <= limits.turn_acceleration * period + 1e-9


@given(limits_any, st.floats(0.0, math.pi), st.floats(0.0, math.pi), st.floats(-2.0, 2.0))
def test_the_more_a_robot_has_to_turn_the_slower_it_drives(
    limits: Limits, one: float, other: float, speed: float
) -> None:
    """And never faster than regulated pure pursuit allows it: in proportion to the arc's radius, below 0.9 m."""
    path, least = [Point(0.0, 0.0), Point(5.0, 0.0)], min(one, other)
    less, more = (track(Pose(1.0, 0.0, yaw), path, limits, speed=speed) for yaw in sorted((one, other)))
    assert more.linear <= less.linear + 1e-9
    radius = 0.35 / (2.0 * math.sin(least)) if math.sin(least) > 1e-6 else math.inf
    assert less.linear <= limits.speed * min(1.0, radius / 0.9) + 1e-9


class Unicycle:
    """A base that follows its commands as fast as its accelerations allow."""

    def __init__(self, pose: Pose, limits: Limits) -> None:
        self.pose, self.twist, self._limits = pose, Twist(), limits

    def move(self, wanted: Twist, elapsed: float) -> None:
        for _ in range(5):
            dt = elapsed / 5
            linear = _toward(self.twist.linear, wanted.linear, self._limits.acceleration * dt)
            angular = _toward(self.twist.angular, wanted.angular, self._limits.turn_acceleration * dt)
            yaw = self.pose.yaw + angular * dt
            x, y = self.pose.x + linear * math.cos(yaw) * dt, self.pose.y + linear * math.sin(yaw) * dt
            self.pose, self.twist = Pose(x, y, yaw), Twist(linear, angular)


def _toward(value: float, goal: float, change: float) -> float:
    return min(value + change, max(value - change, goal))


def drive(path: list[Point], yaw: float, limits: Limits, period: float) -> tuple[list[Pose], Unicycle]:
    """Drives a unicycle along `path` from its first point until it stops for good or 300 s are over."""
    base, last, segment, poses = Unicycle(Pose(path[0].x, path[0].y, yaw), limits), Twist(), 0, []
    for _ in range(int(300 / period)):
        segment = advance(base.pose, path, segment)
        wanted = track(base.pose, path, limits, segment, base.twist.linear)
        left = room(base.pose, path, segment)
        last = guard(wanted, last, limits, room=left, now=0.0, lease=1.0, stamp=0.0, period=period)
        base.move(last, period)
        poses.append(base.pose)
        if wanted == Twist() and base.twist == Twist():
            break
    return poses, base


def off_path(p: Point, path: list[Point]) -> float:
    def off(a: Point, b: Point) -> float:
        length = a.distance(b)
        t = ((p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y)) / length**2
        t = min(1.0, max(0.0, t))
        return p.distance(Point(a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)))

    return min(off(a, b) for a, b in pairwise(path))


def beyond(p: Point, path: list[Point]) -> float:
    """How far past the end of a path a point is, in the direction of its last lane."""
    a, b = path[-2:]
    return ((p.x - b.x) * (b.x - a.x) + (p.y - b.y) * (b.y - a.y)) / a.distance(b)


@settings(max_examples=60, deadline=None)
@given(lanes(), st.floats(-math.pi, math.pi), limits_any, st.sampled_from([0.05, 0.1]))
def test_a_robot_ends_at_the_last_point_and_keeps_to_the_lanes(
    path: list[Point], yaw: float, limits: Limits, period: float
) -> None:
    poses, base = drive(path, yaw, limits, period)
    assert base.twist == Twist()
    assert base.pose.point.distance(path[-1]) <= ARRIVED + 0.01
    assert max(off_path(p.point, path) for p in poses) <= CLEARANCE
    assert max(beyond(p.point, path) for p in poses[-20:]) <= 0.01


@settings(max_examples=30, deadline=None)
@given(lanes(), limits_any, st.sampled_from([0.05, 0.1]))
def test_a_robot_that_is_not_commanded_any_more_keeps_to_the_lanes(
    path: list[Point], limits: Limits, period: float
) -> None:
    """At whatever moment of its drive the commands cease: the base goes on by the last one for a while, then brakes."""
    base, last, segment = Unicycle(Pose(path[0].x, path[0].y, 0.0), limits), Twist(), 0
    for _ in range(int(60 / period)):
        segment = advance(base.pose, path, segment)
        wanted = track(base.pose, path, limits, segment, base.twist.linear)
        left = room(base.pose, path, segment)
        last = guard(wanted, last, limits, room=left, now=0.0, lease=1.0, stamp=0.0, period=period)
        alone = copy(base)
        for _ in range(round(CEASED / period)):
            alone.move(last, period)
        while alone.twist != Twist():
            alone.move(Twist(), period)
        assert off_path(alone.pose.point, path) <= CLEARANCE + 0.01
        base.move(last, period)


@pytest.mark.parametrize("side", [-0.5, -0.2, 0.2, 0.5])
def test_a_robot_beside_its_last_point_still_gets_there(side: float) -> None:
    path = [Point(0.0, 0.0), Point(2.0, 0.0)]
    base, last, limits = Unicycle(Pose(2.0, side, 0.0), Limits()), Twist(), Limits()
    for _ in range(400):
        wanted = track(base.pose, path, limits, speed=base.twist.linear)
        last = guard(wanted, last, limits, room=room(base.pose, path), now=0.0, lease=1.0, stamp=0.0, period=0.05)
        base.move(last, 0.05)
    assert base.pose.point.distance(path[-1]) <= ARRIVED + 0.01
    assert base.twist == Twist()


@settings(max_examples=40, deadline=None)
@given(lanes(), limits_any, st.floats(0.5, 8.0), st.sampled_from([0.05, 0.1]))
def test_a_robot_whose_lease_runs_out_stops_within_its_braking_distance(
    path: list[Point], limits: Limits, lease: float, period: float
) -> None:
    robot = Robot(
        id="r",
        speed=limits.speed,
        turn_rate=limits.turn_rate,
        acceleration=limits.acceleration,
        turn_acceleration=limits.turn_acceleration,
    )
    driver, base, now = Driver(robot, Policy(max_speed=2.0)), Unicycle(Pose(0.0, 0.0), limits), 0.0
    way = speed = 0.0
    while now <= lease + 8.0:
        base.move(driver.drive(base.pose, base.twist, path[1:], lease, now), period)
        now += period
        if now <= lease:
            speed = base.twist.linear
        elif now - period > lease:
            way += base.twist.linear * period
    assert base.twist == Twist()
    assert way <= speed**2 / (2.0 * limits.acceleration) + 2.0 * period * (speed + limits.acceleration * period)


scans = st.builds(
    Scan,
    first=st.floats(-math.pi, math.pi),
    step=st.floats(0.001, 0.2),
    nearest=st.floats(0.0, 0.2),
    ranges=st.lists(anything, max_size=60),
)


@given(scans, st.floats(0.1, 1.0))
def test_what_a_scan_sees_ahead_is_never_behind_and_never_farther_than_the_nearest_hit_in_the_corridor(
    scan: Scan, half_width: float
) -> None:
    free = free_ahead(scan, half_width)
    assert free >= 0.0
    hits = [(scan.first + k * scan.step, r) for k, r in enumerate(scan.ranges) if scan.nearest <= r < math.inf]
    places = [(r * math.cos(a), abs(r * math.sin(a))) for a, r in hits if math.cos(a) > 0.0]
    assert all(free <= ahead or aside > half_width for ahead, aside in places)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.4, 3.0), limits_any, st.floats(-0.3, 0.3), st.sampled_from([0.05, 0.1]))
def test_a_robot_that_looks_touches_nothing_that_stands_in_its_way(
    distance: float, limits: Limits, aside: float, period: float
) -> None:
    robot = Robot(id="r", speed=limits.speed, acceleration=limits.acceleration)
    driver, base, now = Driver(robot, Policy(max_speed=2.0), looks=True), Unicycle(Pose(0.0, 0.0), limits), 0.0
    while now < 2.0 or base.twist != Twist():
        if round(now / period) % 2 == 0:
            driver.see(post(base.pose, Point(distance, aside)), now)
        base.move(driver.drive(base.pose, base.twist, [Point(9.0, 0.0)], math.inf, now), period)
        now += period
        assert base.pose.point.distance(Point(distance, aside)) >= robot.radius
        assert now < 40.0


def post(pose: Pose, at: Point) -> Scan:
    """A scan that hits a thin post, with one beam."""
    angle = math.atan2(at.y - pose.y, at.x - pose.x) - pose.yaw
    return Scan(first=angle, step=0.01, nearest=0.05, ranges=(at.distance(pose),))


events = st.sampled_from(["drive", "watch", "progressed", "succeeded", "failed", "wait"])


@given(lanes(), st.lists(st.tuples(events, st.floats(-1.0, 8.0), st.integers(0, 6)), max_size=40))
def test_the_base_is_left_to_others_only_while_a_goal_along_the_grant_stands(
    path: list[Point], story: list[tuple[str, float, int]]
) -> None:
    """Each goal that does not succeed is called off; none is told but for a grant that holds, nor past its end."""
    goals, now, last, stands = GoalNavigator(Limits(), Patience()), 0.0, 0, False
    for event, value, number in story:
        granted, lease, twist = path[1 : 1 + number], now + value, None
        match event:
            case "drive":
                twist = goals.drive(Pose(path[0].x, path[0].y), Twist(), granted, lease, now)
            case "watch":
                goals.watch(now)
            case "wait":
                now += max(0.0, value)
            case "failed":
                goals.failed(number, "told", now)
            case _:
                getattr(goals, event)(number, now)
        stands = stands and not (event == "succeeded" and number == last and not goals.underway)
        for told in goals.drain():
            if isinstance(told, Send):
                assert event == "drive"
                assert now <= lease
                assert [p.point for p in told.poses] == granted
                last, stands = told.number, True
            elif isinstance(told, CallOff):
                stands = stands and told.number != last
        assert stands == goals.underway
        assert event != "drive" or (twist is None) == stands
