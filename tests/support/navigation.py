"""What every navigator must do (docs/navigation.md), as tests: a class of them, and the base that they drive."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from caravan.model.geometry import Point, Pose, Twist
from caravan.model.site import Policy, Robot, Site
from caravan.motion.navigator import Navigator
from caravan.motion.path import off_path
from caravan.sim.engine import Engine
from caravan.sim.world import World

PERIOD = 0.1
REACHED = 0.25
"""Where traffic control counts a point as reached, m."""
HOLD = 0.5
"""For so long after a command of Caravan nobody else's counts, s: what twist_mux does on a robot."""
ROBOT = Robot(id="r", start=Pose(0.0, 0.0, 0.0))
POLICY = Policy()
LANE = (Point(0.0, 0.0), Point(3.0, 0.0))
A, B, C = Point(3.0, 0.0), Point(3.0, 3.0), Point(6.0, 0.0)
BRAKING = ROBOT.speed**2 / (2.0 * ROBOT.acceleration) + ROBOT.speed * 2.0 * PERIOD
"""The way of a robot that is told to stop at full speed, at most two odometries later, m."""


class Rig:
    """A robot in the simulator that a navigator drives along what `grant` and the other fields say. Times in s."""

    stray = 0.1
    """How far it may be from the lanes that it is granted, m."""

    def __init__(self, navigator: Navigator) -> None:
        self.navigator = navigator
        self.lease = self.allowed = math.inf
        self.blind = self.lost = False
        """Whether its odometry has stopped, or is nonsense."""
        self.handed_on = False
        """Whether the navigator last left the base to somebody else."""
        self.poses: list[Pose] = []
        self.speeds: list[float] = []
        self._granted: list[Point] = []
        self._reached = 0
        self._ours: tuple[Twist, float] = (Twist(), -math.inf)
        self._others: tuple[Twist, float] = (Twist(), -math.inf)
        site = Site(robots={ROBOT.id: ROBOT})
        self._engine = Engine(World(name="w", file=Path("w.sdf"), models={}), site)

    @property
    def now(self) -> float:
        return self._engine.now

    @property
    def pose(self) -> Pose:
        return self._engine.pose(ROBOT.id)

    @property
    def velocity(self) -> Twist:
        return self._engine.velocity(ROBOT.id)

    @property
    def stands(self) -> bool:
        return abs(self.velocity.linear) < 0.01 and abs(self.velocity.angular) < 0.01

    def grant(self, *points: Point) -> None:
        """From now on this is what it was granted, counted from the start."""
        self._granted = list(points)

    def due(self) -> list[Point]:
        """The granted points that do not count as reached."""
        while self._reached < len(self._granted) and self._granted[self._reached].distance(self.pose) < REACHED:
            self._reached += 1
        return self._granted[self._reached :]

    def step(self) -> None:
        """One odometry, what follows from it, and the world a period on."""
        if not self.blind:
            pose = Pose(math.nan, 0.0) if self.lost else self.pose
            twist = self.navigator.drive(pose, self.velocity, self.due(), self.lease, self.now, self.allowed)
            self.handed_on = twist is None
            if twist is not None:
                self.command(twist)
        self.elsewhere()
        ours, others = (self.now - stamp <= HOLD for _, stamp in (self._ours, self._others))
        if ours or others:
            self._engine.command(ROBOT.id, (self._ours if ours else self._others)[0])
        self._engine.step(PERIOD)
        self.poses.append(self.pose)
        self.speeds.append(self.velocity.linear)

    def command(self, twist: Twist) -> None:
        """What Caravan commands."""
        self._ours = twist, self.now

    def elsewhere(self) -> None:
        """What a navigator elsewhere does meanwhile."""

    def drive(self, seconds: float) -> None:
        for _ in range(round(seconds / PERIOD)):
            self.step()

    def until(self, done: Callable[[], object], seconds: float = 60.0) -> None:
        for _ in range(round(seconds / PERIOD)):
            if done():
                return
            self.step()
        raise AssertionError(f"it did not happen in {seconds:g} s; at {self.pose}, note {self.navigator.note!r}")

    def arrive(self, at: Point) -> None:
        """Drives until it stands at a point."""
        self.until(lambda: self.pose.point.distance(at) <= REACHED and self.stands)

    def get_going(self) -> None:
        """Drives until it is at full speed on its way to A."""
        self.grant(A)
        self.until(lambda: self.velocity.linear > 0.8)

    def must_stop(self) -> None:
        """Fails unless it stops within its braking distance, and stays."""
        start = self.pose.point
        self.until(lambda: self.stands, 3.0)
        there = self.pose.point
        self.drive(2.0)
        assert start.distance(there) <= BRAKING, f"it stopped after {start.distance(there):.2f} m"
        assert there.distance(self.pose) < 0.02, "it did not stay"


class NavigatorContract:
    """The tests; `rig` is the fixture of whoever is tested."""

    def test_it_reaches_the_end_of_its_grant_and_stands_there(self, rig: Rig) -> None:
        rig.grant(A)
        rig.arrive(A)
        rig.drive(3.0)
        assert rig.pose.point.distance(A) <= REACHED
        assert max(p.point.x for p in rig.poses) <= A.x + REACHED

    def test_it_keeps_to_the_points_in_their_order(self, rig: Rig) -> None:
        rig.grant(A, B)
        rig.arrive(B)
        first = next(k for k, p in enumerate(rig.poses) if p.point.distance(A) < REACHED)
        assert all(p.y < B.y - REACHED for p in rig.poses[:first])
        assert max(off_path(p, [Point(0.0, 0.0), A, B]) for p in rig.poses) <= rig.stray

    def test_it_goes_there_and_back_again(self, rig: Rig) -> None:
        home = Point(0.5, 0.0)
        rig.grant(A, home)
        rig.arrive(home)
        assert max(p.x for p in rig.poses) > A.x - REACHED

    def test_it_goes_on_without_a_stop_when_more_is_granted(self, rig: Rig) -> None:
        rig.get_going()
        met = len(rig.poses)
        rig.grant(A, C)
        rig.arrive(C)
        before = next(k for k, p in enumerate(rig.poses) if p.x > C.x - 1.5)
        assert min(rig.speeds[met:before]) > 0.4

    def test_it_goes_on_from_where_it_stands_when_more_is_granted(self, rig: Rig) -> None:
        rig.grant(A)
        rig.arrive(A)
        rig.grant(A, B)
        rig.arrive(B)
        assert max(off_path(p, [Point(0.0, 0.0), A, B]) for p in rig.poses) <= rig.stray

    def test_it_stands_without_a_grant(self, rig: Rig) -> None:
        rig.drive(2.0)
        assert rig.pose.point.distance(Point(0.0, 0.0)) < 0.01

    def test_it_stops_when_its_lease_runs_out_and_goes_on_with_the_next(self, rig: Rig) -> None:
        rig.get_going()
        rig.lease = rig.now
        rig.step()
        rig.must_stop()
        rig.lease = math.inf
        rig.arrive(A)

    def test_it_stops_on_a_halt(self, rig: Rig) -> None:
        rig.get_going()
        rig.lease = -math.inf
        rig.must_stop()

    def test_it_stops_when_its_grant_is_taken_back(self, rig: Rig) -> None:
        rig.get_going()
        rig.grant()
        rig.must_stop()

    def test_it_drives_no_faster_than_it_may(self, rig: Rig) -> None:
        rig.allowed = 0.5
        rig.grant(A)
        rig.until(lambda: rig.pose.x > 1.5)
        assert 0.3 < max(rig.speeds) <= 0.52
        rig.allowed = 0.2
        rig.drive(1.0)
        assert rig.velocity.linear <= 0.22

    def test_it_stops_while_its_odometry_is_nonsense(self, rig: Rig) -> None:
        rig.get_going()
        rig.lost = True
        rig.must_stop()
        rig.lost = False
        rig.arrive(A)

    def test_it_stops_when_its_odometry_does_and_goes_on_with_it(self, rig: Rig) -> None:
        rig.get_going()
        start = rig.pose.point
        rig.blind = True
        rig.until(lambda: rig.stands, 4.0)
        # Silence is noticed after half a second, and a little.
        assert start.distance(rig.pose) <= BRAKING + 0.8 * ROBOT.speed
        there = rig.pose.point
        rig.drive(1.0)
        assert there.distance(rig.pose) < 0.02
        rig.blind = False
        rig.arrive(A)


class ElsewhereRig(Rig):
    """A rig whose navigator hands the driving to one elsewhere, which can fail."""

    stray = 0.4

    def spoil(self, fault: str) -> None:
        """From now on it fails so (`elsewhere.FAULTS`)."""
        raise NotImplementedError

    @property
    def idle(self) -> bool:
        """Whether it has no goal."""
        raise NotImplementedError


class ElsewhereContract(NavigatorContract):
    """What a navigator must bear that hands the driving to one elsewhere."""

    def test_goals_that_are_refused_are_told_again(self, rig: ElsewhereRig) -> None:
        rig.spoil("refuses")
        rig.grant(A)
        rig.until(lambda: "refused" in rig.navigator.note, 5.0)
        rig.drive(4.0)
        assert rig.pose.point.distance(Point(0.0, 0.0)) < 0.01
        rig.spoil("")
        rig.arrive(A)
        assert rig.navigator.note == ""

    def test_a_goal_that_is_given_up_is_told_again_and_meanwhile_it_stands(self, rig: ElsewhereRig) -> None:
        rig.get_going()
        rig.spoil("aborts")
        rig.until(lambda: "gave up" in rig.navigator.note, 5.0)
        rig.must_stop()
        rig.spoil("")
        rig.arrive(A)

    def test_one_that_says_nothing_is_stopped_and_told_again(self, rig: ElsewhereRig) -> None:
        rig.grant(Point(20.0, 0.0))
        rig.until(lambda: rig.velocity.linear > 0.8)
        rig.spoil("silent")
        rig.until(lambda: "nothing was heard" in rig.navigator.note, 6.0)
        rig.until(lambda: rig.stands and rig.idle, 3.0)
        rig.spoil("")
        rig.until(lambda: rig.velocity.linear > 0.8)

    def test_one_that_drives_on_and_does_not_obey_is_stopped_all_the_same(self, rig: ElsewhereRig) -> None:
        rig.get_going()
        rig.spoil("runaway")
        rig.drive(0.5)
        rig.lease = rig.now
        rig.step()
        rig.must_stop()
        rig.drive(5.0)
        assert rig.stands

    def test_one_that_leads_it_off_its_lanes_is_stopped(self, rig: ElsewhereRig) -> None:
        rig.get_going()
        rig.spoil("astray")
        rig.until(lambda: "off its way" in rig.navigator.note, 10.0)
        rig.until(lambda: rig.stands, 1.0)
        assert max(off_path(p, LANE) for p in rig.poses) <= rig.stray + BRAKING
        rig.spoil("")
        rig.arrive(A)

    def test_one_that_leads_it_off_again_and_again_is_not_followed_for_ever(self, rig: ElsewhereRig) -> None:
        rig.get_going()
        rig.spoil("astray")
        rig.until(lambda: "drive it back" in rig.navigator.note)
        rig.drive(10.0)
        assert rig.stands
        assert max(off_path(p, LANE) for p in rig.poses) <= 2.0 * rig.stray + BRAKING

    def test_one_that_says_that_it_is_there_too_early_is_not_believed(self, rig: ElsewhereRig) -> None:
        rig.spoil("short")
        rig.grant(A)
        rig.until(lambda: "from the last point" in rig.navigator.note)
        assert rig.pose.point.distance(A) > REACHED
        rig.spoil("")
        rig.arrive(A)
