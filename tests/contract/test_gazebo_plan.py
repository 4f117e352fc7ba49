"""What is made for Gazebo: the world with its robots and the bridge, held against the site and our own topics."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree

from caravan.adapters.site_file import read_site, robots_of
from caravan.model.site import Site
from caravan.sim.sdf import read_world
from caravan_ros import wiring
from caravan_ros.gazebo import RAW_CLOCK, bridged, fleet_world, gazebo_processes
from caravan_ros.plan import PlanError, Process, fleet_plan
from caravan_ros.process import prepare
from tests.support.cli import assert_complaint, caravan

SITE = Path(__file__).parents[2] / "config" / "warehouse.yaml"
KEYS = {"ros_topic_name", "ros_type_name", "gz_topic_name", "gz_type_name", "direction"}
"""Of an entry of ros_gz_bridge's configuration, as its README has them."""
PAIRS = {
    "rosgraph_msgs/msg/Clock": "gz.msgs.Clock",
    "geometry_msgs/msg/Twist": "gz.msgs.Twist",
    "geometry_msgs/msg/TwistStamped": "gz.msgs.Twist",
    "nav_msgs/msg/Odometry": "gz.msgs.Odometry",
}
"""Types that ros_gz_bridge can change into each other, by its README; of other pairs it warns and goes on without."""

FLOOR = 1050.0
"""So far a <plane> reaches from its <pose> in Gazebo, whatever its <size>: DART has a box of 2100 m for it."""
EDGE = 20.0
"""Nobody comes this near to the end of the floor, m: a truck is 10 m long, and a road has a second lane."""
SITES = ("warehouse", "warehouse_large", "highway", "intersection")

PARTS = ("actor", "collision", "frame", "joint", "light", "link", "model", "sensor", "visual")
"""Elements of SDF whose names are of one kind: `gz sdf --check` wants them to differ among the children of one."""


@pytest.fixture(scope="module")
def site() -> Site:
    return robots_of(read_site(SITE), 20)


def planned(**options: Any) -> dict[str, Process]:
    return {process.name: process for process in fleet_plan(SITE, sim="gz", **options)}


def world_of(site: Site, rate: float = 1.0) -> etree._Element:
    world = etree.fromstring(fleet_world(site, rate)).find("world")
    assert world is not None
    return world


def test_the_world_has_each_robot_once_where_it_starts(site: Site) -> None:
    found = {
        include.findtext("name"): (include.findtext("uri"), *map(float, str(include.findtext("pose")).split()))
        for include in world_of(site).findall("include")
        if include.findtext("plugin/odom_frame")
    }
    assert found == {
        name: (f"model://{robot.model}", robot.start.x, robot.start.y, 0.0, 0.0, 0.0, robot.start.yaw)
        for name, robot in site.robots.items()
        if robot.start is not None
    }
    assert len(found) == 20


def test_the_world_is_that_of_the_site_otherwise(site: Site, tmp_path: Path) -> None:
    assert site.world is not None
    file = tmp_path / "warehouse.sdf"
    file.write_text(fleet_world(replace(site, robots={}), 1.0))
    before, after = read_world(site.world), read_world(file, [Path(site.world).parent / "models"])
    assert after.models.keys() == before.models.keys()
    assert after.obstacles == before.obstacles


@pytest.mark.parametrize(("rate", "factor"), [(1.0, "1"), (0.5, "0.5"), (0.0, "10"), (40.0, "10")])
def test_the_world_runs_at_the_rate_of_the_plan(rate: float, factor: str) -> None:
    server = planned(rate=rate)["gazebo"]
    (text,) = server.files.values()
    assert [f.text for f in etree.fromstring(text).iterfind("world/physics/real_time_factor")] == [factor]


def test_frames_and_topics_are_each_robots_own(site: Site) -> None:
    plugins = [p for p in world_of(site).iterfind("include/plugin") if "OdometryPublisher" in p.get("name", "")]
    assert {p.findtext("odom_frame") for p in plugins} == {"map"}
    assert [p.findtext("robot_base_frame") for p in plugins] == [f"{robot}/base_link" for robot in site.robots]
    assert len({p.findtext("odom_topic") for p in plugins}) == len(site.robots)


@pytest.mark.parametrize("stamped", [False, True])
def test_the_bridge_carries_the_topics_of_the_nodes_with_their_types(site: Site, stamped: bool) -> None:
    entries = yaml.safe_load(yaml.safe_dump(list(bridged(site, stamped))))
    assert all(entry.keys() == KEYS for entry in entries)
    assert all(entry["gz_type_name"] == PAIRS[entry["ros_type_name"]] for entry in entries)
    for side in ("ros_topic_name", "gz_topic_name"):
        assert len({entry[side] for entry in entries}) == len(entries) == 2 * len(site.robots) + 1
    found = {entry["ros_topic_name"]: entry for entry in entries}
    assert found.pop(RAW_CLOCK)["gz_topic_name"] == "/clock"
    told = {wiring.cmd_vel(robot, stamped=stamped).name: "ROS_TO_GZ" for robot in site.robots}
    heard = {wiring.odom(robot).name: "GZ_TO_ROS" for robot in site.robots}
    assert {name: entry["direction"] for name, entry in found.items()} == told | heard
    topics = [t for r in site.robots for t in (wiring.cmd_vel(r, stamped=stamped), wiring.odom(r))]
    assert {name: message_type(entry["ros_type_name"]) for name, entry in found.items()} == {
        topic.name: topic.type for topic in topics
    }


def message_type(name: str) -> Any:
    package, _, kind = name.split("/")
    return getattr(importlib.import_module(f"{package}.msg"), kind)


def test_the_bridge_hears_the_odometry_that_the_world_publishes(site: Site) -> None:
    published = {str(p.findtext("odom_topic")) for p in world_of(site).iterfind("include/plugin")}
    heard = {entry["gz_topic_name"] for entry in bridged(site, False) if entry["gz_type_name"] == "gz.msgs.Odometry"}
    assert heard == published


def test_server_and_bridge_read_the_files_that_are_written_for_them() -> None:
    plan = planned(start_clock="07:30")
    server, bridge = plan["gazebo"], plan["bridge"]
    assert server.arguments[-1] in server.files and bridge.parameters["config_file"] in bridge.files
    assert server.arguments[:-1] == ("sim", "-s", "-r", "--initial-sim-time", "27000.0")
    assert "-s" not in planned(headless=False)["gazebo"].arguments
    models = Path(server.environment["GZ_SIM_RESOURCE_PATH"].split(":")[0])
    assert (models / "carrier/model.sdf").is_file()


def test_two_domains_have_two_parts_of_gazebos_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROS_DOMAIN_ID", "5")
    parts = [planned(domain=d)[name].environment["GZ_PARTITION"] for d in ("", "6") for name in ("gazebo", "bridge")]
    assert parts == ["caravan-5", "caravan-5", "caravan-6", "caravan-6"]


def test_the_fleet_ends_with_gazebo_and_with_nothing_else() -> None:
    assert [name for name, process in planned().items() if process.vital] == ["gazebo"]


def test_a_site_without_a_world_or_with_a_robot_that_has_no_start_is_refused(site: Site, tmp_path: Path) -> None:
    given: Any = {"rate": 1.0, "start": 0.0, "headless": True, "stamped_cmd_vel": False, "domain": ""}
    with pytest.raises(PlanError, match="'gz' needs a world; give the file's name"):
        gazebo_processes(replace(site, world=None), tmp_path, **given)
    lost = {name: replace(robot, start=None) for name, robot in site.robots.items()}
    with pytest.raises(PlanError, match="robot 'carrier_1' has no start"):
        gazebo_processes(replace(site, robots=lost), tmp_path, **given)


def test_where_gazebo_is_missing_one_sentence_names_the_package_and_the_other_simulator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path))
    monkeypatch.setenv("ROS_DISTRO", "jazzy")
    plan = [replace(p, files={str(tmp_path / "written"): ""}) for p in planned().values()]
    with pytest.raises(PlanError, match=r"no command 'gz': apt install ros-jazzy-ros-gz, or take 'embedded'"):
        prepare(plan)
    (tmp_path / "gz").touch(0o755)
    with pytest.raises(PlanError, match=r"no package ros_gz_bridge: apt install ros-jazzy-ros-gz, or take 'embedded'"):
        prepare(plan)
    assert not (tmp_path / "written").exists()
    prepare(fleet_plan(SITE))


def test_caravan_up_says_the_same_and_starts_nothing(tmp_path: Path) -> None:
    done = caravan("up", "--sim", "gz", "--logs", str(tmp_path / "logs"), PATH=str(tmp_path))
    assert_complaint(done, "sim: 'gz' needs Gazebo Harmonic and ros_gz, and there is no command 'gz': apt install ros-")
    assert not (tmp_path / "logs").exists()


@pytest.mark.parametrize("name", SITES)
def test_the_floor_of_gazebo_reaches_under_all_that_robots_drive_on(name: str) -> None:
    site = read_site(SITE.with_name(f"{name}.yaml"))
    at = world_of(site).findtext("model/link/collision[@name='plane']/pose", "0 0").split()
    spots = [place.position for place in site.places.values() if place.position is not None]
    spots += [robot.start.point for robot in site.robots.values() if robot.start is not None]
    if site.road is not None:
        spots += site.road.spots()
    assert all(abs(spot.x - float(at[0])) < FLOOR - EDGE for spot in spots)
    assert all(abs(spot.y - float(at[1])) < FLOOR - EDGE for spot in spots)


@pytest.mark.parametrize("robot", ["carrier", "lifter", "tug", "truck"])
def test_a_robot_of_gazebo_has_no_battery_but_that_of_the_site_file(robot: str) -> None:
    # Gazebo turns off all joints of a model whose LinearBatteryPlugin is empty, after 60 s of driving or 120.
    plugins = etree.parse(SITE.parents[1] / f"worlds/models/{robot}/model.sdf").iterfind("model/plugin")
    assert [str(p.get("name")).rpartition("::")[2] for p in plugins] in (["DiffDrive"], ["AckermannSteering"])


@pytest.mark.parametrize("file", sorted((SITE.parents[1] / "worlds").rglob("*.sdf")), ids=lambda file: file.parent.name)
def test_no_two_parts_of_a_link_or_model_share_a_name_which_gazebo_refuses(file: Path) -> None:
    for parent in etree.parse(file).iter("world", "model", "link"):
        names = [str(child.get("name")) for child in parent if child.tag in PARTS]
        assert len(names) == len(set(names)), f"{file}:{parent.sourceline}: {sorted(names)}"
