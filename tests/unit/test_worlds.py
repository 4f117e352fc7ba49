"""The worlds and models that come with Caravan: physically right, whole, and as the script makes them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from lxml import etree
from numpy.typing import NDArray

from caravan.adapters.site_check import check_world, dead_ends
from caravan.adapters.site_file import read_site
from caravan.model.geometry import Point
from caravan.model.site import Site
from caravan.sim.sdf import read_model, read_world
from caravan.sim.world import World
from make_world.__main__ import road_text
from make_world.layout import Layout
from make_world.sdf import world_text
from make_world.site import site_text

ROOT = Path(__file__).parents[2]
MODELS = ROOT / "worlds" / "models"
SITES = ("warehouse", "warehouse_large")
ROADS = ("highway", "intersection")
SOLIDS: Mapping[str, Mapping[str, float]] = {
    "carrier": {"chassis": 40.0},
    "tug": {"chassis": 100.0},
    "lifter": {"chassis": 66.0, "mast_left": 5.0, "mast_right": 5.0, "fork_left": 2.0, "fork_right": 2.0},
    "truck": {"frame": 4000.0, "cab": 2000.0, "cargo": 5000.0},
}
"""What the base of each robot is made of: boxes of its model, and their masses, kg."""
TYRES = tuple(f"{end}_{side}_wheel" for end in ("front", "rear") for side in ("left", "right"))
ROBOTS = tuple(SOLIDS)
ROUND = tuple(name for name in ROBOTS if name != "truck")
"""Those that work in warehouses."""
Array = NDArray[np.float64]


def model(name: str) -> etree._Element:
    found = etree.parse(str(MODELS / name / "model.sdf")).getroot().find("model")
    assert found is not None
    return found


def floats(element: etree._Element, path: str) -> list[float]:
    return [float(word) for word in (element.findtext(path) or "").split()]


def link(name: str, part: str) -> etree._Element:
    return next(e for e in model(name).findall("link") if e.get("name") == part)


def inertia(part: etree._Element) -> Array:
    xx, yy, zz, xy, xz, yz = (floats(part, f"inertial/inertia/i{k}")[0] for k in ("xx", "yy", "zz", "xy", "xz", "yz"))
    return np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])


def boxes(part: etree._Element) -> dict[str, tuple[Array, Array]]:
    """Middle and size of the boxes of a link, by name; a collision counts before a visual of the same name."""
    shapes = [*part.findall("visual"), *part.findall("collision")]
    return {
        str(e.get("name")): (np.array(floats(e, "pose")[:3]), np.array(floats(e, "geometry/box/size")))
        for e in shapes
        if e.find("geometry/box") is not None
    }


@pytest.mark.parametrize("name", ROBOTS)
def test_the_inertia_of_a_base_is_that_of_what_it_is_made_of(name: str) -> None:
    base, masses = link(name, "base_link"), SOLIDS[name]
    solids = boxes(base)
    total = sum(masses.values())
    centre = sum((m * solids[part][0] for part, m in masses.items()), np.zeros(3)) / total
    whole = np.zeros((3, 3))
    for part, mass in masses.items():
        offset, size = solids[part][0] - centre, solids[part][1]
        own = mass / 12.0 * np.diag((size**2).sum() - size**2)
        whole += own + mass * (offset @ offset * np.eye(3) - np.outer(offset, offset))
    assert floats(base, "inertial/mass") == [total]
    assert inertia(base) == pytest.approx(whole, rel=1e-3, abs=1e-3)
    where = np.array(floats(base, "inertial/pose")[:3])
    assert where[:2] == pytest.approx(centre[:2], abs=1e-3)
    # Batteries and motors lie low.
    assert centre[2] - 0.06 <= where[2] <= centre[2] + 1e-3


@pytest.mark.parametrize("name", ROBOTS)
def test_every_moving_part_has_a_mass_and_an_inertia_that_a_body_can_have(name: str) -> None:
    for part in model(name).findall("link"):
        assert floats(part, "inertial/mass")[0] > 0.0
        moments = np.linalg.eigvalsh(inertia(part))
        assert moments[0] > 0.0
        assert moments[2] <= moments[0] + moments[1] + 1e-9, f"{name}/{part.get('name')}: no body is like that"


@pytest.mark.parametrize("name", ROUND)
def test_wheels_are_solid_balls_where_the_drive_says(name: str) -> None:
    drive = read_model(MODELS / name / "model.sdf").drive
    left, right = link(name, "left_wheel"), link(name, "right_wheel")
    assert drive is not None
    assert floats(left, "pose")[1] - floats(right, "pose")[1] == pytest.approx(drive.wheel_separation)
    for wheel in (left, right):
        (radius,) = floats(wheel, "collision/geometry/sphere/radius")
        assert radius == drive.wheel_radius == floats(wheel, "pose")[2]
        (mass,) = floats(wheel, "inertial/mass")
        assert inertia(wheel) == pytest.approx(0.4 * mass * radius**2 * np.eye(3), rel=5e-3)


def test_a_truck_is_as_large_as_its_sites_say_and_stands_and_steers_where_its_drive_says() -> None:
    drive = read_model(MODELS / "truck" / "model.sdf").drive
    assert drive is not None and drive.steering is not None
    middle, size = boxes(link("truck", "base_link"))["body"]
    for site in ROADS:
        assert {(r.length, r.width) for r in whole(site)[0].robots.values()} == {tuple(size[:2])}
    assert middle[0] == middle[1] == 0.0
    places = {name: floats(link("truck", name), "pose") for name in TYRES}
    for name, (x, y, z) in ((name, place[:3]) for name, place in places.items()):
        assert abs(y) == drive.wheel_separation / 2.0 and (y > 0.0) == ("left" in name)
        assert z == drive.wheel_radius
        (radius,) = floats(link("truck", name), "collision/geometry/cylinder/radius")
        (width,) = floats(link("truck", name), "collision/geometry/cylinder/length")
        assert radius == drive.wheel_radius and abs(y) + width / 2.0 <= size[1] / 2.0
        (mass,) = floats(link("truck", name), "inertial/mass")
        across = mass * (3.0 * radius**2 + width**2) / 12.0
        solid = np.diag([across, mass * radius**2 / 2.0, across])
        assert inertia(link("truck", name)) == pytest.approx(solid, rel=1e-3)
        assert abs(x) + radius < size[0] / 2.0
    assert places["front_left_wheel"][0] - places["rear_left_wheel"][0] == pytest.approx(drive.steering.wheel_base)
    assert places["front_left_wheel"] == floats(link("truck", "front_left_knuckle"), "pose")


@pytest.mark.parametrize("name", (*SITES, *ROADS))
def test_robots_fit_in_their_radius(name: str) -> None:
    for robot in whole(name)[0].robots.values():
        found = model(robot.model)
        corners = [
            abs(middle[:2]) + size[:2] / 2.0 for part in found.findall("link") for middle, size in boxes(part).values()
        ]
        assert max(np.hypot(*corner) for corner in corners) <= robot.radius + 0.03


@pytest.mark.parametrize("name", sorted(folder.name for folder in MODELS.iterdir()))
def test_a_model_is_whole_and_of_a_version_that_gazebo_harmonic_reads(name: str) -> None:
    config = etree.parse(str(MODELS / name / "model.config")).getroot()
    assert (config.findtext("name"), config.findtext("sdf")) == (name, "model.sdf")
    assert etree.parse(str(MODELS / name / "model.sdf")).getroot().get("version") == "1.10"
    found = read_model(MODELS / name / "model.sdf")
    assert found.static != (name in ROBOTS)
    assert found.obstacles


@cache
def whole(name: str) -> tuple[Site, World]:
    site = read_site(ROOT / "config" / f"{name}.yaml")
    assert site.world is not None
    return site, read_world(site.world)


@pytest.mark.parametrize("name", SITES)
def test_a_warehouse_has_all_that_a_warehouse_needs_and_fits_its_site(name: str) -> None:
    site, world = whole(name)
    check_world(site, world)
    assert world.notes == () and dead_ends(site) == []
    for kind in ("rack", "dock", "charger", "worker"):
        assert [m for m in world.models if m.startswith(kind)], f"no {kind}"
    for kind in ("dock_", "aisle_", "cold_store", "staging", "packing", "charger_", "park_"):
        assert [p for p in site.places if p.startswith(kind)], f"no place {kind}"
    chargers = {p.id for p in site.places.values() if p.charger}
    assert chargers == {m for m in world.models if m.startswith("charger")}


@pytest.mark.parametrize("name", SITES)
def test_some_aisles_are_wide_enough_for_one_robot_and_some_for_two(name: str) -> None:
    site, world = whole(name)
    widest = max(robot.radius for robot in site.robots.values())
    racks = [m.obstacles[0] for m in world.models.values() if m.name.startswith("rack")]
    row = sorted(r.position[0] for r in racks if r.position[1] == racks[0].position[1])
    aisles = np.diff(row) - racks[0].size[0]
    one, two = 2.0 * widest + 0.2, 4.0 * widest + 0.3
    assert all(aisles >= one - 1e-9)
    assert any(aisles < two) and any(aisles >= two)


def test_the_large_warehouse_is_what_the_script_makes() -> None:
    layout, world = Layout(), ROOT / "worlds" / "warehouse_large.sdf"
    assert world.read_text(encoding="utf-8") == world_text(layout)
    assert (ROOT / "config" / "warehouse_large.yaml").read_text(encoding="utf-8") == site_text(layout, world)


def test_the_large_warehouse_has_hundreds_of_racks_and_twenty_robots_and_more() -> None:
    site, world = whole("warehouse_large")
    assert len([m for m in world.models if m.startswith("rack")]) >= 200
    assert len(site.robots) >= 20
    assert {robot.model for robot in site.robots.values()} == set(ROUND)


@pytest.mark.parametrize("name", ROADS)
def test_a_world_of_roads_is_what_the_script_makes_of_its_site_and_fits_it(name: str) -> None:
    site, world = whole(name)
    assert (ROOT / "worlds" / f"{name}.sdf").read_text(encoding="utf-8") == road_text(site)
    check_world(site, world)
    assert world.notes == () and world.obstacles == ()
    assert len(site.robots) >= 5 and site.road is not None and len(site.road.ramps) >= 2


def test_every_line_on_the_highway_lies_beside_the_road_or_a_ramp_of_its_site() -> None:
    site, world = whole("highway")
    road = site.road
    assert road is not None
    beside = {"road": (-0.5, 0.5, road.lanes - 0.5), "ramp": (-0.5, 0.5)}
    found = set()
    for line in (shape for shape in world.models["roads"].visuals if "/line_" in shape.name):
        here = Point(*line.position[:2])
        feet = [("road", *road.project(here)), *(("ramp", *ramp.project(here)) for ramp in road.ramps.values())]
        marks = [
            (kind, mark)
            for kind, _, offset in feet
            for mark in beside[kind]
            if abs(offset - mark * road.lane_width) < 0.01
        ]
        assert marks, f"{line.name} at {here} is beside nothing"
        found |= set(marks)
    assert len(found) == 5


def test_eight_trucks_stand_in_line_in_lane_0_of_the_highway_and_brake_at_5_to_7() -> None:
    site, _ = whole("highway")
    assert site.road is not None
    feet = [site.road.project(robot.start) for robot in site.robots.values() if robot.start is not None]
    assert [round(s) for s, _ in feet] == [320 - 40 * k for k in range(8)]
    assert max(abs(offset) for _, offset in feet) < 1e-9
    assert {robot.brake for robot in site.robots.values()} == {5.0, 5.5, 6.0, 6.5, 7.0}


def test_other_numbers_make_other_warehouses() -> None:
    small = Layout(rows=2, columns=3, docks=2, chargers=1, parks=2)
    text = world_text(small)
    assert text.count("model://rack") == 6 and text.count("model://dock") == 2
    assert small.size == (round(14.0 + 3 * 1.6 + 1.6 + 3.4, 3), round(14.0 + 2 * 6.6 + 4.0, 3))
