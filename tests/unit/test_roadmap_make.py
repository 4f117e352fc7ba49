"""Roadmaps made from worlds: one lane where one robot has room, two where two have, and plain words where none has."""

from __future__ import annotations

from pathlib import Path

import pytest

from caravan.adapters.fields import SiteError
from caravan.adapters.site_file import read_site
from caravan.adapters.survey.make import Task, make
from caravan.adapters.survey.write import with_roadmap
from caravan.model.geometry import Point
from caravan.model.site import Lane, Roadmap, Site
from caravan.sim.sdf import read_world
from caravan.sim.world import Model, Shape, World

WAREHOUSE = Path(__file__).parents[2] / "config" / "warehouse.yaml"


def rack(x: float, y: float, width: float, depth: float) -> Shape:
    return Shape(name="rack", kind="box", size=(width, depth, 2.0), position=(x, y, 1.0))


def hall(width: float, depth: float, *racks: Shape) -> World:
    walls = (
        rack(width / 2, -0.1, width + 0.4, 0.2),
        rack(width / 2, depth + 0.1, width + 0.4, 0.2),
        rack(-0.1, depth / 2, 0.2, depth),
        rack(width + 0.1, depth / 2, 0.2, depth),
    )
    file = Path("w.sdf")
    return World(name="w", file=file, models={"m": Model(name="m", file=file, obstacles=(*walls, *racks))})


def lanes_across(made: Roadmap, y: float) -> list[float]:
    """Where lanes that lead north cross a line."""
    ends = [(made.nodes[lane.start], made.nodes[lane.end]) for lane in made.lanes]
    return sorted(a.x for a, b in ends if abs(a.x - b.x) < 0.01 and min(a.y, b.y) < y < max(a.y, b.y))


@pytest.mark.parametrize(("width", "count"), [(1.0, 0), (1.3, 1), (2.4, 1), (3.2, 2)])
def test_an_aisle_gets_as_many_lanes_as_it_has_room_for(width: float, count: int) -> None:
    world = hall(16.0, 16.0, rack(6.0 - width / 2, 8.0, 4.0, 8.0), rack(10.0 + width / 2, 8.0, 4.0, 8.0))
    made = make(world, Task(places={}, radius=0.45, spacing=1.8))
    assert len([x for x in lanes_across(made, 8.05) if 8.0 - width / 2 < x < 8.0 + width / 2]) == count


def test_the_lane_of_a_narrow_aisle_keeps_to_its_middle_and_says_how_wide_it_is() -> None:
    world = hall(16.0, 16.0, rack(5.3, 8.0, 4.0, 8.0), rack(10.7, 8.0, 4.0, 8.0))
    made = make(world, Task(places={"aisle": Point(8.0, 8.0)}, radius=0.45, spacing=1.8))
    beside = [lane for lane in made.lanes if "aisle" in (lane.start, lane.end)]
    assert [lane.width for lane in beside] == [1.4, 1.4]


def test_where_aisles_do_not_line_up_all_have_lanes() -> None:
    low = [rack(x, 4.5, 3.0, 5.0) for x in (3.5, 8.0, 12.5)]
    high = [rack(x, 12.5, 3.0, 5.0) for x in (5.0, 9.5, 14.0)]
    places = {"low": Point(5.75, 4.5), "high": Point(7.25, 12.5)}
    made = make(hall(16.0, 17.0, *low, *high), Task(places=places, radius=0.45, spacing=1.8))
    for name in places:
        assert len([lane for lane in made.lanes if name in (lane.start, lane.end)]) == 2


def test_a_place_at_the_end_of_a_bent_way_is_reached_by_points_on_the_way() -> None:
    turned = Shape(
        name="rack", kind="box", size=(6.0, 1.0, 2.0), position=(3.6, 6.0, 1.0), quaternion=(0.924, 0, 0, 0.383)
    )
    world = hall(12.0, 12.0, turned, rack(6.0, 11.0, 3.0, 2.0))
    places = {"here": Point(10.5, 1.5), "there": Point(1.0, 11.0)}
    made = make(world, Task(places=places, radius=0.45, spacing=1.8))
    assert {"here", "there"} <= {end for lane in made.lanes for end in (lane.start, lane.end)}


BAD = {
    "inside": (
        {"a": Point(2.0, 2.0), "b": Point(8.0, 5.0)},
        0.45,
        1.8,
        r"the place 'b' at \[8, 5\] is 0\.00 m from 'rack'",
    ),
    "beside": ({"b": Point(8.0, 7.3)}, 0.45, 1.8, r"the place 'b' .* is 0\.30 m from 'rack', .* needs 0\.55 m; move"),
    "together": (
        {"a": Point(2.0, 2.0), "b": Point(2.5, 2.0)},
        0.45,
        1.8,
        "'a' and 'b' are 0.50 m apart, .* could touch",
    ),
    "cut off": (
        {"a": Point(2.0, 2.0), "b": Point(2.0, 5.0), "c": Point(14.0, 5.0)},
        0.45,
        1.8,
        "place 'c' is cut off: .* to 'a'; widen a passage to 1.10 m",
    ),
    "spacing": ({}, 0.45, 0.8, "a spacing of 0.8 m lets robots of 0.45 m radius touch; make it 1 or more"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_is_refused_with_value_and_remedy(name: str) -> None:
    places, radius, spacing, message = BAD[name]
    world = hall(16.0, 10.0, rack(8.0, 5.0, 4.0, 4.0), rack(11.0, 5.0, 0.2, 10.0))
    with pytest.raises(SiteError, match=message):
        make(world, Task(places=places, radius=radius, spacing=spacing))


def test_an_empty_world_has_nothing_to_make_lanes_from() -> None:
    with pytest.raises(SiteError, match="nothing stands in this world, and there are no places"):
        make(World(name="w", file=Path("w.sdf")), Task(places={}, radius=0.45, spacing=1.8))


def test_places_in_the_open_are_linked_without_walls() -> None:
    places = {"a": Point(0.0, 0.0), "b": Point(9.0, 4.0)}
    made = make(World(name="w", file=Path("w.sdf")), Task(places=places, radius=0.45, spacing=1.8))
    assert all(any(name in (lane.start, lane.end) for lane in made.lanes) for name in places)


def test_what_is_written_into_a_site_file_is_read_again_and_the_rest_stays(tmp_path: Path) -> None:
    old = WAREHOUSE.read_text(encoding="utf-8")
    site = read_site(WAREHOUSE)
    assert site.world is not None
    places = {name: p.position for name, p in site.places.items() if p.position is not None}
    made = make(read_world(site.world), Task(places=places, radius=0.45, spacing=1.8))
    new = with_roadmap(old, site, made, "made for a test")
    file = tmp_path / "site.yaml"
    file.write_text(new.replace("world: warehouse.sdf", f"world: {site.world}"), encoding="utf-8")
    again = read_site(file)
    assert again.roadmap.nodes == made.nodes
    assert {frozenset((e.start, e.end)): e.width for e in again.roadmap.lanes} == {
        frozenset((e.start, e.end)): e.width for e in made.lanes
    }
    assert new.split("\nroadmap:")[0].rstrip() == old.split("\nroadmap:")[0].rstrip()
    assert with_roadmap(new, site, made, "made for a test") == new


def test_rules_of_lanes_and_odd_names_are_written_too(tmp_path: Path) -> None:
    nodes = {"a": Point(0.0, 0.0), "1号": Point(2.0, 0.0), 'say "b"': Point(4.0, 0.0), "c": Point(4.0, 2.0)}
    lanes = (
        Lane(start="a", end="1号", two_way=False, speed=0.5),
        Lane(start="1号", end='say "b"', two_way=False, speed=0.5),
        Lane(start='say "b"', end="c", width=0.9),
    )
    roadmap = Roadmap(nodes=nodes, lanes=lanes)
    file = tmp_path / "site.yaml"
    file.write_text(with_roadmap("", Site(), roadmap, "made for a test"), encoding="utf-8")
    assert read_site(file).roadmap == roadmap
