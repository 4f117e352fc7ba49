"""Laws of roads: where one is on them, and what lies ahead, are the same whichever way they are asked for."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caravan.model.geometry import Pose, wrap
from caravan.model.road import NEAR, Line, Road, Segment, arc, straight

OFFSET = 10.0

poses = st.builds(Pose, st.floats(-1e3, 1e3), st.floats(-1e3, 1e3), st.floats(-4.0, 4.0))
angles = st.floats(0.05, 6.0).flatmap(lambda angle: st.sampled_from((angle, -angle)))
segments = st.one_of(st.builds(straight, st.floats(1.0, 900.0)), st.builds(arc, st.floats(60.0, 500.0), angles))
opens = st.builds(Line, start=poses, segments=st.lists(segments, min_size=1, max_size=6).map(tuple))


@st.composite
def rings(draw: st.DrawFn) -> Road:
    """Two straights and two half circles, to the left or to the right."""
    side, radius = draw(st.sampled_from((1.0, -1.0))), draw(st.floats(60.0, 400.0))
    stretch: tuple[Segment, ...] = (straight(draw(st.floats(10.0, 900.0))), arc(radius, side * math.pi))
    return Road(start=draw(poses), segments=stretch * 2, closed=True)


lines = st.one_of(opens, rings())
parts, offsets = st.floats(0.0, 1.0), st.floats(-OFFSET, OFFSET)


@given(lines, st.floats(-0.2, 1.2), offsets)
def test_where_one_stands_on_a_line_is_found_again(line: Line, part: float, offset: float) -> None:
    s = part * line.length
    pose = line.pose(s, offset)
    found, left = line.project(pose, near=s)
    assert math.remainder(found - s, line.length if line.closed else math.inf) == pytest.approx(0.0, abs=1e-6)
    assert left == pytest.approx(offset, abs=1e-6)
    back = line.pose(found, left)
    assert back.point.distance(pose) < 1e-6
    assert abs(wrap(back.yaw - pose.yaw)) < 1e-6


@given(lines, st.floats(-0.2, 1.2), offsets, parts)
def test_no_place_of_a_line_is_nearer_than_the_one_found(line: Line, part: float, offset: float, other: float) -> None:
    pose = line.pose(part * line.length, offset)
    found, left = line.project(pose)
    assert line.pose(found).point.distance(pose) == pytest.approx(abs(left), abs=1e-6)
    assert abs(left) <= line.pose(other * line.length).point.distance(pose) + 1e-6


@given(lines, parts, st.floats(0.0, NEAR))
def test_a_line_is_as_long_as_the_way_along_it(line: Line, part: float, way: float) -> None:
    s = part * (line.length - way) if line.length > way else 0.0
    steps = [line.pose(s + way * k / 50).point for k in range(51)]
    assert sum(a.distance(b) for a, b in pairwise(steps)) == pytest.approx(way, rel=1e-3, abs=1e-6)


@given(rings(), st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))
def test_round_a_ring_there_and_back_is_one_lap(ring: Road, a: float, b: float) -> None:
    there, back = ring.ahead(a, b), ring.ahead(b, a)
    assert 0.0 <= there <= ring.length
    assert math.remainder(there + back, ring.length) == pytest.approx(0.0, abs=1e-6)
    assert ring.pose(a + there).point.distance(ring.pose(b)) < 1e-6
    assert ring.ahead(a + 3 * ring.length, b) == pytest.approx(there, abs=1e-6) or there < 1e-6


@given(opens, st.floats(-1e3, 1e4), st.floats(-1e3, 1e4))
def test_on_an_open_line_what_lies_behind_is_less_than_nothing_ahead(line: Line, a: float, b: float) -> None:
    assert line.ahead(a, b) == b - a


@given(lines, parts)
def test_a_line_bends_as_it_says(line: Line, part: float) -> None:
    s, step = part * line.length, 1e-4
    turn = wrap(line.pose(s + step).yaw - line.pose(s - step).yaw)
    around = sorted((line.curvature(s - step), line.curvature(s + step)))
    assert around[0] - 1e-4 <= turn / (2.0 * step) <= around[1] + 1e-4


@given(rings(), parts)
def test_a_ramp_begins_in_lane_0(ring: Road, part: float) -> None:
    ramp = ring.ramp(part * ring.length, (arc(300.0, -0.1), straight(50.0)))
    assert ramp.pose(0.0).point.distance(ring.pose(ramp.at)) < 1e-6
    s, offset = ring.project(ramp.pose(10.0), near=ramp.at)
    assert ring.ahead(ramp.at, s) == pytest.approx(10.0, abs=1.0)
    assert -2.0 < offset < 2.0
