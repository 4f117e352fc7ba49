"""The section `road` of a site file, vehicles on it, and what is wrong with them."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from caravan.adapters.more_robots import APART
from caravan.adapters.site_check import misfits
from caravan.adapters.site_file import SiteError, read_site, robots_of
from caravan.model.geometry import Point
from caravan.model.road import number_of
from caravan.model.site import Site
from caravan.sim.sdf import read_world
from caravan.sim.world import Model, Shape, World

ROOT = Path(__file__).parents[2]
ROAD = "road: {start: [0, 0, 0], segments: [{straight: 100}, {arc: 50, degrees: 180}], lane_width: 4}\n"
RING = "road: {start: [0, 0, 0], segments: [{arc: 50, degrees: 180}, {arc: 50, degrees: 180}], closed: true}\n"
MEET = (
    "road: {start: [-50, 0, 0], segments: [{straight: 100}], lanes: 1, line: 40, to: east}\n"
    "crossroads: [{start: [0, -50, 1.5707963], segments: [{straight: 100}], lanes: 1, line: 20, "
    "ramps: {east: {at: 40, segments: [{arc: 10, degrees: -90}, {straight: 40}]}}}]\n"
    "places: {east: {position: [50, 0]}}\n"
)


def site(tmp_path: Path, text: str) -> Site:
    file = tmp_path / "site.yaml"
    file.write_text(text, encoding="utf-8")
    return read_site(file)


def test_a_road_is_read_as_it_is_written(tmp_path: Path) -> None:
    found = site(
        tmp_path,
        """
        road:
          start: [10, 0, 1.5707963]
          segments: [{straight: 100}, {arc: 50, degrees: -90}]
          lanes: 3
          speed: 20
          ramps: {out: {at: 20, segments: [{arc: 30, degrees: 90}]}}
        places: {out: {position: [-20, 50]}}
        """,
    ).road
    assert found is not None
    assert (found.lanes, found.lane_width, found.speed, found.closed) == (3, 3.5, 20.0, False)
    assert found.length == pytest.approx(100.0 + 25.0 * math.pi)
    assert found.end.point.distance(Point(60.0, 150.0)) < 1e-4
    assert found.ramps["out"].at == 20.0
    assert found.ramps["out"].end.point.distance(Point(-20.0, 50.0)) < 1e-4


def test_a_truck_starts_on_the_road_in_the_middle_of_its_lane(tmp_path: Path) -> None:
    found = site(tmp_path, ROAD + "robots: {t: {length: 10, width: 2.5, brake: 6, lag: 0.4, start: {s: 30, lane: 1}}}")
    truck = found.robots["t"]
    assert truck.start is not None and (truck.start.x, truck.start.y, truck.start.yaw) == (30.0, 4.0, 0.0)
    assert (truck.length, truck.width, truck.brake, truck.lag) == (10.0, 2.5, 6.0, 0.4)
    assert truck.radius == pytest.approx(math.hypot(5.0, 1.25))


def test_roads_that_meet_have_a_line_each_and_a_truck_is_on_that_on_which_it_starts(tmp_path: Path) -> None:
    starts = ([-40.0, 0.5, 0.1], [0.5, -40.0, 1.5], [0.0, -1.0, 0.0])
    trucks = "".join(f"  t{k}: {{length: 4, width: 2, start: {start}}}\n" for k, start in enumerate(starts))
    found = site(tmp_path, f"{MEET}robots:\n{trucks}")
    assert [road.line for road in found.roads] == [40.0, 20.0]
    assert (found.roads[0].to, found.exits) == ("east", frozenset({"east"}))
    assert [number_of(found.roads, robot.start) for robot in found.robots.values()] == [0, 1, 0]


def test_trucks_need_no_roadmap_and_may_stand_side_by_side(tmp_path: Path) -> None:
    start = "{length: 10, width: 2.5, start: {s: %d, lane: %d}}"
    three = f"robots: {{a: {start % (30, 0)}, b: {start % (30, 1)}, c: {start % (41, 0)}}}\n"
    assert len(site(tmp_path, f"{ROAD}{three}places: {{p: {{position: [0, 9]}}}}").robots) == 3
    with pytest.raises(SiteError, match=r"robots\.b\.start: 'a' stands there already"):
        site(tmp_path, ROAD + f"robots: {{a: {start % (30, 0)}, b: {start % (39, 0)}}}")


BAD = {
    "no segments": ("road: {start: [0, 0, 0]}", "road: .*a road needs segments"),
    "empty": ("road: {start: [0, 0, 0], segments: []}", "road.segments: .*needs a stretch or more"),
    "no length": ("road: {start: [0, 0, 0], segments: [{straight: 0}]}", "segments\\[0\\].straight: 0: .*more than 0"),
    "half an arc": ("road: {start: [0, 0, 0], segments: [{arc: 50}]}", "a stretch is {straight: length} or {arc:"),
    "tight": ("road: {start: [0, 0, 0], segments: [{arc: 5, degrees: 90}]}", "arc: 5: the road is 7 m wide"),
    "no bend": ("road: {start: [0, 0, 0], segments: [{arc: 50, degrees: 0}]}", "degrees: 0: .*not 0"),
    "not closed": (ROAD.replace("lane_width: 4", "closed: true"), r"to be closed and ends at \(100.00, 100.00\)"),
    "no end": (
        ROAD.replace("lane_width: 4", "to: x"),
        r"road.to: 'x': the road ends at \[100.00, 100.00\]; name a place",
    ),
    "no line": (
        MEET.replace("line: 40, ", ""),
        "where roads meet, the site's road needs one lane, open ends and a line",
    ),
    "no line there": (
        MEET.replace("line: 20, ", ""),
        r"crossroads\[0\]: .*where roads meet, a road here needs one lane",
    ),
    "a line beyond": (MEET.replace("line: 20", "line: 200"), r"crossroads\[0\].line: 200: the road is 100.0 m long"),
    "no road to meet": (
        MEET.partition("crossroads")[2].join(("crossroads", "")),
        "crossroads: .*it has none; give it one",
    ),
    "no place": (RING[:-2] + ", ramps: {x: {at: 3, segments: [{straight: 9}]}}}", "name of the place that it leads to"),
    "no at": (RING[:-2] + ", ramps: {x: {segments: []}}}\nplaces: {x: {}}", "road.ramps.x: .*a ramp needs at"),
    "elsewhere": (
        RING[:-2] + ", ramps: {x: {at: 0, segments: [{straight: 9}]}}}\nplaces: {x: {position: [0, 0]}}",
        r"the ramp ends at \[9.00, 0.00\]; give the place 'x' that position",
    ),
    "beyond": (
        ROAD + "robots: {t: {length: 9, width: 2, start: {s: 999}}}",
        "t.start.s: 999: the road is 257.1 m long",
    ),
    "lane": (ROAD + "robots: {t: {length: 9, width: 2, start: {s: 9, lane: 2}}}", r"lanes 0 \(the right one\) to 1"),
    "no s": (ROAD + "robots: {t: {start: {lane: 1}}}", "robots.t.start: .*needs s"),
    "no road": ("robots: {t: {start: {s: 9}}}", r"this site has no road; write start: \[x, y, yaw\]"),
    "half a box": ("robots: {t: {length: 9}}", "robots.t: .*a box needs both"),
    "box and circle": ("robots: {t: {length: 9, width: 2, radius: 3}}", "t.radius: 3: .*leave the radius out"),
    "destination": (ROAD + "robots: {t: {destination: x}}", "t.destination: 'x': no ramp of the road leads there"),
    "brake": ("robots: {t: {brake: 0}}", "t.brake: 0: this must be more than 0"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_told_with_field_and_remedy(tmp_path: Path, name: str) -> None:
    text, message = BAD[name]
    with pytest.raises(SiteError, match=message) as error:
        site(tmp_path, text)
    assert re.match(re.escape(str(tmp_path / "site.yaml")), str(error.value))


def test_more_trucks_line_up_behind_the_others_as_long_as_there_is_room() -> None:
    found = read_site(ROOT / "config" / "highway.yaml")
    assert [*robots_of(found, 3).robots] == ["truck_1", "truck_2", "truck_3"]
    many = robots_of(found, 50)
    assert many.road is not None
    feet = [many.road.project(robot.start) for robot in many.robots.values() if robot.start is not None]
    assert len(feet) == 50 and max(abs(offset) for _, offset in feet) < 1e-6
    places = sorted(s for s, _ in feet)
    assert min(b - a for a, b in zip(places, [*places[1:], places[0] + many.road.length], strict=True)) > 0.9 * APART
    assert math.remainder(feet[8][0], many.road.length) == pytest.approx(0.0, abs=1e-6)
    with pytest.raises(SiteError, match="90 robots: the site 'highway' has models and nodes to start at for"):
        robots_of(found, 90)


def test_what_stands_in_a_lane_or_on_a_ramp_is_told() -> None:
    found = read_site(ROOT / "config" / "highway.yaml")
    assert found.world is not None and found.road is not None
    world = read_world(found.world)
    assert list(misfits(found, world)) == []
    for spot, told in (
        (found.road.pose(1000.0, 3.75), "lane 1 of the road at s = 1004 lies inside"),
        (found.road.ramps["exit_2"].pose(200.0), "the ramp to 'exit_2' at s = 20"),
    ):
        post = Shape(name="post", kind="cylinder", size=(0.2, 2.0), position=(spot.x, spot.y, 1.0))
        blocked = World(name="w", file=world.file, models={"m": Model(name="m", file=world.file, obstacles=(post,))})
        faults = list(misfits(found, blocked))
        assert any(told in fault and "the obstacle 'post'" in fault for fault in faults), faults
