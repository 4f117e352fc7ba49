"""The roadmap graph: distances, one-way lanes, nodes to avoid, and whether there is room to pass."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caravan.model.geometry import Point, off_segment
from caravan.model.site import Lane, Roadmap
from caravan.traffic.nearness import lane_gap
from caravan.traffic.roadmap import Graph

SQUARE = Roadmap(
    nodes={"a": Point(0, 0), "b": Point(4, 0), "c": Point(4, 3), "d": Point(0, 3), "far": Point(50, 50)},
    lanes=(
        Lane(start="a", end="b"),
        Lane(start="b", end="c", two_way=False),
        Lane(start="c", end="d", speed=0.5),
        Lane(start="d", end="a"),
    ),
)


def test_travel_time_counts_lane_limits_and_one_way_lanes() -> None:
    graph = Graph(SQUARE)
    assert graph.travel_time("a", "c", 1.0) == pytest.approx(7.0)
    assert graph.travel_time("c", "b", 1.0) == pytest.approx(4 / 0.5 + 3 + 4)
    assert graph.travel_time("a", "c", 2.0) == pytest.approx(3.5)
    assert graph.travel_time("a", "a", 1.0) == 0.0


def test_no_way_is_none() -> None:
    graph = Graph(SQUARE)
    assert graph.travel_time("a", "far", 1.0) is None
    assert graph.travel_time("a", "nowhere", 1.0) is None
    assert not graph.reachable("c", "b", avoid=["d"])
    assert graph.reachable("a", "c", avoid=["d", "not_a_node"])


def test_a_node_to_avoid_may_be_left_but_not_entered() -> None:
    graph = Graph(SQUARE)
    assert graph.travel_time("d", "b", 1.0, avoid=["d"]) == pytest.approx(7.0)
    assert graph.travel_time("a", "d", 1.0, avoid=["d"]) is None


def test_neighbours_and_nearest() -> None:
    graph = Graph(SQUARE)
    assert set(graph.neighbours("b")) == {"a", "c"}
    assert set(graph.neighbours("c")) == {"d"}
    assert graph.nearest(Point(3.5, 1.0)) == "b"


def test_an_unknown_node_in_a_lane_is_named() -> None:
    with pytest.raises(ValueError, match=r"'z' is not in roadmap\.nodes"):
        Graph(Roadmap(nodes={"a": Point(0, 0)}, lanes=(Lane(start="a", end="z"),)))


def test_tight_finds_nodes_and_lanes_too_close_together() -> None:
    nodes = {"a": Point(0, 0), "b": Point(4, 0), "c": Point(2, 0.5), "d": Point(2, -3), "e": Point(2.4, -3)}
    lanes = (Lane(start="a", end="b"), Lane(start="c", end="d"), Lane(start="d", end="e"))
    found = Graph(Roadmap(nodes=nodes, lanes=lanes)).tight(0.8)
    assert any("node c is 0.50 m from lane a - b" in line for line in found)
    assert any("lanes a - b and c - d are 0.00 m apart" in line for line in found)
    assert any("lane d - e is only 0.40 m long" in line for line in found)
    assert Graph(SQUARE).tight(0.8) == []


coordinates = st.floats(-10, 10)
points = st.builds(Point, coordinates, coordinates)


@given(points, points, points, points, st.floats(0, 1), st.floats(0, 1))
def test_no_two_points_of_two_lanes_are_nearer_than_their_gap(
    a: Point, b: Point, c: Point, d: Point, s: float, t: float
) -> None:
    p = Point(a.x + s * (b.x - a.x), a.y + s * (b.y - a.y))
    q = Point(c.x + t * (d.x - c.x), c.y + t * (d.y - c.y))
    assert p.distance(q) >= lane_gap(a, b, c, d) - 1e-9
    assert p.distance(c) >= off_segment(c, a, b) - 1e-9


@given(st.integers(0, 10**6))
def test_times_agree_with_bellman(seed: int) -> None:
    rng = random.Random(seed)
    nodes = {f"n{k}": Point(rng.uniform(0, 9), rng.uniform(0, 9)) for k in range(8)}
    pairs = {tuple(rng.sample(sorted(nodes), 2)) for _ in range(12)}
    lanes = tuple(Lane(start=a, end=b, two_way=rng.random() < 0.5) for a, b in sorted(pairs))
    graph = Graph(Roadmap(nodes=nodes, lanes=lanes))
    times, goal = graph.times(0), 0
    for v, time in enumerate(times):
        ways = [graph.length(graph.names[v], graph.names[u]) + times[u] for u in graph.after[v]]
        assert v == goal or math.isclose(time, min(ways, default=math.inf), abs_tol=1e-9)
