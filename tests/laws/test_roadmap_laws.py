"""Laws of roadmaps that are made from worlds: room on each lane, room between lanes, and a way to every place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from caravan.adapters.fields import SiteError
from caravan.adapters.site_check import cut_off, misfits, narrow_lanes, tight_spots
from caravan.adapters.survey.make import Task, make, survey
from caravan.model.geometry import Point, Pose
from caravan.model.site import CLEARANCE, Place, Roadmap, Robot, Site
from caravan.sim.footprint import clearance, footprints
from caravan.sim.outlines import Outlines
from caravan.sim.world import Model, Shape, World

RADIUS = 0.3
SPACING = 1.2
WIDE, DEEP = 8.0, 6.0
MODELS = Path(__file__).parents[2] / "worlds"
FILE = MODELS / "made_up.sdf"


def box(x: float, y: float, width: float, depth: float, yaw: float = 0.0) -> Shape:
    turned = (math.cos(yaw / 2.0), 0.0, 0.0, math.sin(yaw / 2.0))
    return Shape(name="box", kind="box", size=(width, depth, 2.0), position=(x, y, 1.0), quaternion=turned)


WALLS = (
    box(WIDE / 2, -0.1, WIDE + 0.4, 0.2),
    box(WIDE / 2, DEEP + 0.1, WIDE + 0.4, 0.2),
    box(-0.1, DEEP / 2, 0.2, DEEP),
    box(WIDE + 0.1, DEEP / 2, 0.2, DEEP),
)
across, along = st.floats(0.0, WIDE), st.floats(0.0, DEEP)
sizes = st.floats(0.3, 2.5)
boxes = st.lists(st.builds(box, across, along, sizes, sizes, st.floats(0.0, math.pi)), max_size=4)
points = st.lists(st.builds(Point, across, along), min_size=1, max_size=6)
posts = st.lists(
    st.builds(
        box,
        st.integers(1, 3).map(lambda k: 2.0 * k),
        st.integers(1, 2).map(lambda k: 2.0 * k),
        st.just(0.4),
        st.just(0.4),
    ),
    max_size=5,
)


def hall(shapes: list[Shape]) -> World:
    model = Model(name="hall", file=FILE, obstacles=(*WALLS, *shapes))
    return World(name="hall", file=FILE, models={"hall": model})


def task(*places: Point) -> Task:
    return Task(places={f"p{k}": p for k, p in enumerate(places)}, radius=RADIUS, spacing=SPACING)


def site(made: Roadmap, places: Mapping[str, Point]) -> Site:
    start = next(iter(places.values()))
    robot = Robot(id="r", model="carrier", radius=RADIUS, start=Pose(start.x, start.y))
    named = {name: Place(id=name, position=p) for name, p in places.items()}
    return Site(places=named, robots={"r": robot}, roadmap=made)


def with_room(world: World, wanted: list[Point]) -> list[Point]:
    """Those of the points that have room, lie in the region of the first that has, and are apart."""
    found: list[Point] = []
    for point in wanted:
        if all(point.distance(other) >= SPACING for other in found):
            try:
                survey(world, task(*found, point))
                found.append(point)
            except SiteError:
                continue
    return found


@settings(max_examples=20)
@given(boxes, points)
def test_what_is_made_has_room_and_reaches_every_place_and_nothing_else_is_made(
    shapes: list[Shape], wanted: list[Point]
) -> None:
    world = hall(shapes)
    places = with_room(world, wanted)
    assume(len(places) > 1)
    try:
        made = make(world, task(*places))
    except SiteError as error:
        assert "no lane to the place" in str(error)
        return
    obstacles = footprints(world)
    for lane in made.lanes:
        gap, _ = clearance(obstacles, made.nodes[lane.start], made.nodes[lane.end])
        assert gap >= RADIUS + CLEARANCE - 1e-9
        assert lane.width is None or 2.0 * (RADIUS + CLEARANCE) <= lane.width <= 2.0 * gap + 1e-6
    whole = site(made, task(*places).places)
    assert [*tight_spots(whole), *narrow_lanes(whole), *cut_off(whole), *misfits(whole, world)] == []


@settings(max_examples=10)
@given(posts, points)
def test_where_passages_are_wide_every_place_with_room_is_reached(shapes: list[Shape], wanted: list[Point]) -> None:
    world = hall(shapes)
    places = with_room(world, wanted)
    assume(len(places) > 1)
    made = make(world, task(*places))
    assert list(cut_off(site(made, task(*places).places))) == []


@settings(max_examples=3)
@given(boxes, points)
def test_the_same_world_gives_the_same_roadmap(shapes: list[Shape], wanted: list[Point]) -> None:
    world = hall(shapes)
    places = with_room(world, wanted)
    assume(len(places) > 1)
    try:
        assert make(world, task(*places)) == make(world, task(*places))
    except SiteError:
        assume(False)


@settings(max_examples=50)
@given(boxes, points, points)
def test_distances_to_many_obstacles_at_once_are_those_to_each(
    shapes: list[Shape], starts: list[Point], ends: list[Point]
) -> None:
    obstacles = footprints(hall(shapes))
    pairs = list(zip(starts, ends, strict=False))
    a, b = (np.array([(pair[k].x, pair[k].y) for pair in pairs]) for k in (0, 1))
    gaps, which = Outlines(obstacles).gaps(a, b, 3.0)
    for (start, end), gap, number in zip(pairs, gaps, which, strict=True):
        expected, _ = clearance(obstacles, start, end)
        assert gap == min(expected, 3.0) or abs(gap - expected) < 1e-9
        assert (number == -1) == (expected >= 3.0)


def test_places_that_are_apart_are_all_nodes() -> None:
    places = [Point(1.0, 1.0), Point(7.0, 5.0), Point(4.0, 3.0)]
    made = make(hall([]), task(*places))
    assert [made.nodes[f"p{k}"] for k in range(3)] == places
    assert all(p.distance(q) >= 2.0 * RADIUS for p, q in combinations(made.nodes.values(), 2))
