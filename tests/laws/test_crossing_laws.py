"""Who crosses, on points that move: whatever is lost and whoever dies, no two meet and nobody goes without a slot."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caravan.actors.house.crossing_control import CrossingControl
from caravan.actors.road.crossing import Crossing
from caravan.model.crossing import LEASE, Approach, Slot, Slots
from caravan.model.road import number_of
from caravan.platoon.intersection.validator import touching
from caravan.platoon.intersection.ways import ways_of
from caravan.platoon.plant import Floats
from caravan.sim.radio import Radio, RadioSettings
from tests.support.crossing import trucks

STEP, BRAKE, LENGTH = 0.1, 5.0, 10.0
FAULTS = 45.0
"""For so long things fail, s; then all live, and the radio loses three messages in ten."""
PATIENCE = 420.0
"""Then all have crossed after so long, s."""
SITE = trucks((0, 70.0), (0, 95.0), (1, 75.0), (1, 110.0), (2, 80.0), (2, 130.0), (3, 90.0), (3, 140.0))
WAYS = ways_of(SITE)
assert WAYS is not None


def corners(way: int, along: float) -> Floats:
    """Of a vehicle whose front bumper is there."""
    assert WAYS is not None
    pose = WAYS.pose(way, along)
    ahead = np.array([math.cos(pose.yaw), math.sin(pose.yaw)]) * 0.5 * WAYS.length
    aside = np.array([-math.sin(pose.yaw), math.cos(pose.yaw)]) * 0.5 * WAYS.width
    return np.array([(pose.x, pose.y) + a * ahead + b * aside for a, b in ((1, 1), (1, -1), (-1, -1), (-1, 1))])


@pytest.mark.parametrize("one", range(3))
def test_vehicles_outside_their_zones_never_touch(one: int) -> None:
    assert WAYS is not None
    alongs = [np.arange(0.0, way.length + LENGTH, 0.3) for way in WAYS.all]
    boxes = [np.array([corners(way, along) for along in alongs[way]]) for way in range(len(alongs))]
    for other in range(3, len(WAYS.all)):
        meet = alongs[one][[bool(touching(box, boxes[other]).any()) for box in boxes[one]]]
        zone = WAYS.zones.get((one, other))
        assert zone is not None or meet.size == 0
        assert zone is None or ((zone.enter <= meet).all() and (meet - LENGTH <= zone.leave).all())


@dataclass(slots=True, kw_only=True)
class Point:
    """A truck that moves along its way as its `crossing` allows."""

    road: int
    exit: str
    along: float
    crossing: Crossing | None
    speed: float = 0.0
    gone: bool = False

    def move(self, room: float, limit: float, now: float) -> None:
        """One step; `room` is the gap to the one in front."""
        if self.crossing is None:
            pace, full = 0.0, True
        else:
            needed = 4.5 + 0.75 * self.speed + self.speed**2 / (2.0 * BRAKE)
            self.crossing.look(self.along, self.exit, needed + STEP * self.speed, now)
            self.gone |= self.crossing.inside
            pace, full = min(limit, self.crossing.pace), self.crossing.line <= needed
        pace = min(pace, math.sqrt(2.0 * 4.0 * max(0.0, room - 3.0)))
        slower = BRAKE if full or room < 20.0 else 2.5
        wanted = 0.0 if full and self.crossing is not None else pace
        speed = max(0.0, self.speed - slower * STEP, min(self.speed + 2.5 * STEP, wanted))
        self.along += 0.5 * STEP * (self.speed + speed)
        self.speed = speed


class Reckless:
    """A house that gives all a slot at once, who is nearest first, and minds nothing."""

    def __init__(self) -> None:
        self._said: dict[str, Approach] = {}

    def hear(self, said: Approach, now: float) -> str | None:
        """Knows who there is."""
        self._said.setdefault(said.name, said)
        return None

    def tick(self, now: float, term: int | None) -> Slots | None:
        """All slots, for ever."""
        order = sorted(self._said.values(), key=lambda said: -said.along)
        slots = tuple(Slot(vehicles=(said.name,), exit=said.exit, valid=True) for said in order)
        return Slots(node="h", term=1, stamp=now, slots=slots) if len(slots) == len(SITE.robots) else None


class Story:
    """Trucks, two houses of which one leads at a time, and a radio, from a seed; or one `reckless` house."""

    def __init__(self, seed: int, *, reckless: bool = False) -> None:
        assert WAYS is not None
        self._reckless = reckless
        self.rng, self.now = random.Random(seed), 100.0
        self.term, self.changes = 0, 0.0
        self.leader: str | None = None
        self.points: dict[str, Point] = {}
        self.told: list[Slots] = []
        loss = self.rng.uniform(0.0, 0.6)
        self.radio: Radio[Approach | Slots] = Radio(self._settings(loss), self.rng)
        self.houses: dict[str, CrossingControl | Reckless] = {"h": Reckless()}
        if not reckless:
            self.houses = {name: CrossingControl(name, SITE, WAYS) for name in ("h1", "h2")}
        for robot in SITE.robots.values():
            assert robot.start is not None
            road = number_of(SITE.roads, robot.start)
            s, _ = SITE.roads[road].project(robot.start)
            line = SITE.roads[road].line
            assert line is not None
            exit = self.rng.choice(("", *SITE.roads[road].ramps))
            self.points[robot.id] = Point(road=road, exit=exit, along=s + 5.0 - line, crossing=self._new(robot.id))

    def _settings(self, loss: float) -> RadioSettings:
        return RadioSettings(delay_min=0.0, delay_max=0.3, loss=loss, duplicate=0.2, straggle=2.0)

    def _new(self, name: str) -> Crossing:
        assert WAYS is not None
        crossing = Crossing(SITE.robots[name], LENGTH, SITE, WAYS)
        crossing.urgency = self.rng.choice((0.5, 1.0, 10.0, math.nan, -3.0))
        return crossing

    def step(self, *, faults: bool) -> None:
        """Time goes by."""
        self.now += STEP
        if faults:
            self._fail()
        for target, message in self.radio.due(self.now):
            if target in self.houses and isinstance(message, Approach):
                self.houses[target].hear(message, self.now)
            elif target in self.points and (crossing := self.points[target].crossing) is not None:
                crossing.hear(message, self.now)
        self._lead(faults=faults)
        for name, point in self.points.items():
            self._move(name, point)
        self._check()

    def _fail(self) -> None:
        near = [name for name, point in self.points.items() if -30.0 < point.along < 40.0]
        name = self.rng.choice(near or list(self.points))
        point = self.points[name]
        if self.rng.random() < (0.03 if point.crossing is not None else 0.05):
            point.crossing = None if point.crossing is not None else self._new(name)
        may_turn = point.crossing is not None and not point.crossing.inside and not self._reckless
        if may_turn and self.rng.random() < 0.01:
            point.exit = self.rng.choice(("", *SITE.roads[point.road].ramps))

    def _lead(self, *, faults: bool) -> None:
        """Houses lead in turn, with a pause between; one that comes again may have forgotten all."""
        assert WAYS is not None
        if faults and self.now > self.changes:
            self.leader = None if self.leader is not None else self.rng.choice(list(self.houses))
            self.changes = self.now + (
                self.rng.uniform(1.0, 5.0) if self.leader is None else self.rng.uniform(3.0, 40.0)
            )
            self.term += 1
        if not faults and self.leader is None:
            self.leader, self.term = next(iter(self.houses)), self.term + 1
        for name, house in self.houses.items():
            slots = house.tick(self.now, self.term if name == self.leader else None)
            if slots is not None:
                self.told.append(slots)
                for target in self.points:
                    self.radio.send(name, target, slots, self.now)

    def _move(self, name: str, point: Point) -> None:
        assert WAYS is not None
        ahead = [
            o.along - LENGTH - point.along for o in self.points.values() if o.road == point.road and o is not point
        ]
        room = min((gap for gap in ahead if gap > -0.5 * LENGTH), default=math.inf)
        way = WAYS.all[WAYS.number(point.road, point.exit)]
        was, over = point.gone, point.along > 0.0
        point.move(room, way.speed if point.along > -20.0 else 15.0, self.now)
        if point.gone and not was:
            fresh = [told for told in self.told[-40:] if self.now - LEASE - 0.1 <= told.stamp]
            held = any(name in s.vehicles and s.valid and s.exit == point.exit for told in fresh for s in told.slots)
            assert held, f"{name} goes without a slot"
        assert over or point.along <= 0.0 or point.gone, f"{name} is over the line and has not gone"
        said = point.crossing.say((name,), point.speed, self.now) if point.crossing is not None else None
        if said is not None:
            for target in sorted({*self.houses, *self.points} - {name}):
                self.radio.send(name, target, said, self.now)

    def _check(self) -> None:
        for (one, a), (other, b) in combinations(self.points.items(), 2):
            assert not (self._in_way(a, b) and self._in_way(b, a)), f"{one} and {other} meet at {self.now:.1f} s"

    def _in_way(self, one: Point, other: Point) -> bool:
        assert WAYS is not None
        numbers = (WAYS.number(one.road, one.exit), WAYS.number(other.road, other.exit))
        zone = WAYS.zones.get(numbers)
        there = one.along > 0.0 and other.along > 0.0
        return there and zone is not None and zone.enter <= one.along and one.along - LENGTH <= zone.leave

    def settle(self) -> None:
        """Faults end; all cross."""
        self.radio = Radio(self._settings(0.3), self.rng)
        for name, point in self.points.items():
            point.crossing = point.crossing or self._new(name)
        end = self.now + PATIENCE
        while any(point.along < 40.0 for point in self.points.values()):
            assert self.now < end, {name: (round(p.along), p.exit) for name, p in self.points.items()}
            self.step(faults=False)


@pytest.mark.parametrize("reckless", [False, True], ids=["by auction", "all at once"])
@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_no_two_meet_whatever_fails_and_then_all_cross(reckless: bool, seed: int) -> None:
    """Even where all have a slot at once: trucks go in the order of the slots, and by what they hear of each other."""
    story = Story(seed, reckless=reckless)
    while story.now < 100.0 + FAULTS:
        story.step(faults=True)
    story.settle()
