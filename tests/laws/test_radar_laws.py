"""Laws of radars: each sees the nearest rear before it in its own lane, however the road lies."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caravan.model.geometry import Pose
from caravan.model.road import NOTHING, REACH, Road, arc, straight
from caravan.model.site import Robot
from caravan.sim.radar import Radars

LENGTH, WIDTH, LANE = 10.0, 2.5, 3.75
RING = Road(
    start=Pose(3.0, -7.0, 0.4), segments=(straight(300.0), arc(80.0, math.pi)) * 2, closed=True, lane_width=LANE
)

vehicles = st.lists(
    st.tuples(st.floats(0.0, RING.length), st.sampled_from((0, 1)), st.floats(0.0, 27.0)), min_size=1, max_size=12
)


def looked(road: Road, spots: list[tuple[float, float, float]]) -> list[tuple[float, float]]:
    """What vehicles see, given s, offset and speed of each."""
    robots = [Robot(id=f"t{k}", length=LENGTH, width=WIDTH) for k in range(len(spots))]
    poses = [road.pose(s, offset) for s, offset, _ in spots]
    moves = np.array([(speed, 0.0) for _, _, speed in spots])
    found = Radars((road,), robots).look(np.array([(p.x, p.y, p.yaw) for p in poses]), moves)
    return [(float(gap), float(rate)) for gap, rate in found]


@settings(max_examples=60)
@given(vehicles)
def test_a_radar_sees_the_nearest_rear_in_its_own_lane_and_nothing_else(some: list[tuple[float, int, float]]) -> None:
    seen = looked(RING, [(s, RING.middle(lane), speed) for s, lane, speed in some])
    for (s, lane, _), (gap, rate) in zip(some, seen, strict=True):
        gaps = [RING.ahead(s, other) - LENGTH for other, of, _ in some if of == lane and other != s]
        nearest = min((max(0.0, g) for g in gaps if -1.0 < g <= REACH), default=NOTHING)
        assert gap == pytest.approx(nearest, abs=1e-6) or min(abs(abs(g - REACH)) for g in gaps) < 1e-6
        assert gap < NOTHING or rate == 0.0


speeds = st.floats(0.0, 27.0)


@settings(max_examples=60)
@given(st.floats(0.0, RING.length), st.floats(15.0, 200.0), st.sampled_from((0, 1)), speeds, speeds)
def test_the_rate_is_how_fast_the_gap_grows(s: float, apart: float, lane: int, own: float, other: float) -> None:
    offset, seconds = RING.middle(lane), 0.02

    def after(t: float) -> tuple[float, float]:
        # Along the line: the way in an outer lane of a bend is longer than that.
        spots = [(s, own), (s + apart, other)]
        return looked(RING, [(a + t * v / (1.0 - offset * RING.curvature(a)), offset, v) for a, v in spots])[0]

    (gap, rate), (later, _) = after(0.0), after(seconds)
    assert gap == pytest.approx(apart - LENGTH, abs=1e-6)
    assert later == pytest.approx(gap + rate * seconds, abs=0.02)


def test_who_changes_lanes_sees_what_drives_in_both_and_is_seen_from_both() -> None:
    seen = looked(
        RING, [(0.0, 0.0, 20.0), (5.0, LANE, 20.0), (40.0, LANE / 2, 18.0), (80.0, 0.0, 20.0), (70.0, LANE, 21.0)]
    )
    assert [round(gap, 6) for gap, _ in seen] == [30.0, 25.0, 20.0, NOTHING, NOTHING]
    assert [round(rate, 6) for _, rate in seen] == [-2.0, -2.0, 3.0, 0.0, 0.0]


STREET = Road(start=Pose(0.0, 0.0, 0.0), segments=(straight(300.0),), lane_width=LANE)


@given(st.floats(-9.0, 9.0), st.floats(-math.pi, math.pi), st.floats(15.0, 120.0))
def test_nothing_that_reaches_into_its_way_is_unseen_however_it_stands(offset: float, yaw: float, apart: float) -> None:
    """By the corners: what a vehicle would hit if it drove straight on is seen, and no further off than it is."""
    cos, sin = math.cos(yaw), math.sin(yaw)
    sides = [(a * LENGTH / 2.0, b * WIDTH / 2.0) for a in (-1, 1) for b in (-1, 1)]
    corners = [(apart + a * cos - b * sin, offset + a * sin + b * cos) for a, b in sides]
    robots = [Robot(id=name, length=LENGTH, width=WIDTH) for name in "ab"]
    poses = np.array([(50.0, 0.0, 0.0), (50.0 + apart, offset, yaw)])
    gap = Radars((STREET,), robots).look(poses, np.zeros((2, 2)))[0, 0]
    if min(y for _, y in corners) < WIDTH / 2.0 and max(y for _, y in corners) > -WIDTH / 2.0:
        assert gap <= min(x for x, _ in corners) - LENGTH / 2.0 + 1e-9


def test_what_is_beside_is_not_ahead() -> None:
    seen = looked(RING, [(0.0, 1.0, 20.0), (4.0, LANE - 1.0, 20.0)])
    assert [gap for gap, _ in seen] == [NOTHING, NOTHING]


def test_on_a_ramp_a_radar_looks_along_the_ramp() -> None:
    ramp = RING.ramp(10.0, (arc(100.0, -0.5), straight(100.0)))
    road = Road(start=RING.start, segments=RING.segments, closed=True, lane_width=LANE, ramps={"exit": ramp})
    robots = [Robot(id=f"t{k}", length=LENGTH, width=WIDTH) for k in range(4)]
    poses = [ramp.pose(60.0), ramp.pose(100.0), road.pose(90.0), road.pose(150.0)]
    found = Radars((road,), robots).look(np.array([(p.x, p.y, p.yaw) for p in poses]), np.zeros((4, 2)))
    assert found[:, 0] == pytest.approx([30.0, NOTHING, 50.0, NOTHING], abs=1e-6)
