"""Narrow lanes, zones of waypoints, and places that are cut off: what robots may drive where, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from caravan.adapters.fields import SiteError
from caravan.adapters.site_check import check_world, cut_off, dead_ends
from caravan.adapters.site_file import load_site, read_site, robots_of
from caravan.model.ability import closed_to, unable
from caravan.model.goal import Task, TaskKind
from caravan.model.site import Site
from caravan.sim.world import World
from caravan.traffic.roadmap import Graph

RING = """
places: {a: {position: [0, 0]}, b: {position: [8, 0]}}
robots:
  slim: {start: [0, 0, 0], radius: 0.3}
  wide: {start: [8, 0, 0], radius: 0.45}
"""
AISLE = """
roadmap:
  waypoints: {m: [4, 0], n1: [0, 3], n2: [8, 3]}
  lanes: [{nodes: [a, m, b], width: 0.9}, [a, n1, n2, b]]
"""


def site(tmp_path: Path, text: str) -> Site:
    file = tmp_path / "site.yaml"
    file.write_text(text, encoding="utf-8")
    return read_site(file)


def test_a_robot_that_is_too_wide_for_an_aisle_is_kept_out_of_it(tmp_path: Path) -> None:
    found = site(tmp_path, RING + AISLE)
    assert [lane.width for lane in found.roadmap.lanes] == [0.9, 0.9, None, None, None]
    slim, wide = found.robots["slim"], found.robots["wide"]
    assert closed_to(slim, found) == () and closed_to(wide, found) == ("m",)
    graph = Graph(found.roadmap)
    assert graph.travel_time("b", "a", 1.0, closed_to(slim, found)) == pytest.approx(8.0)
    assert graph.travel_time("b", "a", 1.0, closed_to(wide, found)) == pytest.approx(14.0)
    to_aisle = Task(id="t1", kind=TaskKind.GO, to="m")
    assert unable(slim, to_aisle, found) is None
    assert unable(wide, to_aisle, found) == "is too wide for the lanes to m"


def test_copies_of_robots_do_not_start_in_a_narrow_aisle(tmp_path: Path) -> None:
    found = robots_of(site(tmp_path, RING + AISLE), 4)
    assert sorted((r.start.x, r.start.y) for r in found.robots.values() if r.start) == [(0, 0), (0, 3), (8, 0), (8, 3)]


def test_robots_that_keep_out_of_an_aisle_need_no_room_beside_it(tmp_path: Path) -> None:
    beside = AISLE.replace("n1: [0, 3], n2: [8, 3]", "n1: [0, 3], n2: [8, 3], k: [4, 0.85]").replace(
        "b]]", "b], [n1, k, n2]]"
    )
    assert site(tmp_path, RING + beside)
    with pytest.raises(SiteError, match=r"the waypoint 'm' and the waypoint 'k' are 0\.85 m apart"):
        site(tmp_path, RING + beside.replace("width: 0.9", "width: 1.2"))


def test_a_zone_may_name_waypoints_and_slows_and_closes_the_lanes_at_them(tmp_path: Path) -> None:
    zone = "policy: {zones: {z: {places: [m], robots: [slim], max_speed: 0.3}}}\n"
    found = site(tmp_path, RING + AISLE.replace("width: 0.9", "width: 1.9") + zone)
    assert [lane.speed for lane in found.roadmap.lanes[:2]] == [0.3, 0.3]
    assert closed_to(found.robots["wide"], found) == ("m",)


BAD = {
    "width": (AISLE.replace("0.9", "0"), r"roadmap\.lanes\[0\]\.width: 0: this must be more than 0"),
    "narrow and open at both ends": (
        AISLE.replace("[a, m, b]", "[a, b]"),
        "the lane a - b is 0.9 m wide and 'wide', which may drive to both its ends, needs 1.1; put a waypoint into",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_with_widths_is_refused(tmp_path: Path, name: str) -> None:
    text, message = BAD[name]
    with pytest.raises(SiteError, match=message):
        site(tmp_path, RING + text)


def test_a_robot_does_not_start_where_it_is_too_wide(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=r"robots\.wide\.start: the nearest node is 'm', and its lanes are 0\.9 m wide"):
        site(tmp_path, RING.replace("start: [8, 0, 0]", "start: [4, 0, 0]") + AISLE)


def test_a_place_that_is_cut_off_is_named_with_the_robot_and_the_way(tmp_path: Path) -> None:
    one_way = "roadmap: {lanes: [{nodes: [a, b], two_way: false}]}"
    found = site(tmp_path, RING + one_way)
    assert list(cut_off(found)) == [
        "places.b: 'slim', which starts at 'a', has no way back from it by the lanes open to it; lead a lane there, or "
        "close the place to the robot by a zone",
        "places.a: 'wide', which starts at 'b', has no way to it by the lanes open to it; lead a lane there, or close "
        "the place to the robot by a zone",
    ]
    world = World(name="w", file=Path(__file__).parents[2] / "worlds" / "w.sdf")
    with pytest.raises(SiteError, match=r"w\.sdf: places\.b: 'slim', which starts at 'a', has no way back"):
        check_world(found, world)


def test_places_closed_to_a_robot_are_not_cut_off_from_it(tmp_path: Path) -> None:
    zones = "policy: {zones: {z: {places: [c], robots: []}}}"
    far = RING.replace("places: {", "places: {c: {position: [20, 20]}, ")
    assert list(cut_off(site(tmp_path, far + "roadmap: {lanes: [[a, b]]}"))) != []
    assert list(cut_off(site(tmp_path, far + "roadmap: {lanes: [[a, b]]}\n" + zones))) == []


def test_dead_ends_are_the_nodes_with_one_way_out(tmp_path: Path) -> None:
    spur = AISLE.replace("n1: [", "s: [0, 6], n1: [").replace("n2, b]]", "n2, b], [n1, s]]")
    assert dead_ends(site(tmp_path, RING + AISLE)) == []
    assert dead_ends(site(tmp_path, RING + spur)) == ["s"]


def test_a_site_can_be_loaded_whose_robots_have_no_roadmap_yet(tmp_path: Path) -> None:
    file = tmp_path / "site.yaml"
    file.write_text("places: {a: {position: [0, 0]}}\nrobots: {r: {start: [5, 5, 0]}}", encoding="utf-8")
    assert load_site(file).robots["r"].start is not None
    with pytest.raises(SiteError, match="off the roadmap"):
        read_site(file)
