"""A site in Gazebo Harmonic: its world with all robots in it, and the bridge of their topics to ROS.

The server starts with the robots in place: they stand in the world that is written for it, so that nothing has to be
spawned, late or twice. Frames: `map`, which is Gazebo's world and the site's, and `<robot>/base_link`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import yaml
from lxml import etree

from caravan.model.site import Robot, Site
from caravan.sim.source import open_source, parse_root
from caravan_ros.process import PlanError, Process

RAW_CLOCK = "/gazebo/clock"
"""Gazebo's clock in ROS, told at each of its steps; gz_node passes on to /clock what nodes can bear."""
ODOM_RATE, ROAD_ODOM_RATE = 10.0, 20.0
"""How often a robot's odometry is published, in Hz of simulated time, and on a road: as by the embedded simulator."""


def gazebo_processes(
    site: Site, folder: Path, *, rate: float, start: float, headless: bool, stamped_cmd_vel: bool, domain: str
) -> tuple[Process, Process]:
    """The server (with its window where it is not headless) and the bridge; their files are written in `folder`.

    `rate` is the real-time factor to keep to, `start` the time on the clock at which the simulation begins, s.
    Raises SdfError for a world that is no XML, PlanError where there is none or a robot has no start.
    """
    if site.world is None:
        raise PlanError("sim: 'gz' needs a world; give the file's name in the site file: world: warehouse.sdf")
    world, config = folder / Path(site.world).name, folder / "bridge.yaml"
    transport = {"GZ_PARTITION": partition(domain), "GZ_IP": "127.0.0.1"}
    server = Process(
        package="",
        executable="gz",
        name="gazebo",
        arguments=("sim", *(("-s",) if headless else ()), "-r", "--initial-sim-time", f"{start:.1f}", str(world)),
        environment=transport | {"GZ_SIM_RESOURCE_PATH": _resources(Path(site.world))},
        files={str(world): fleet_world(site, rate)},
        vital=True,
    )
    bridge = Process(
        package="ros_gz_bridge",
        executable="parameter_bridge",
        name="bridge",
        parameters={"config_file": str(config)},
        environment=transport,
        files={str(config): yaml.safe_dump(list(bridged(site, stamped_cmd_vel)), sort_keys=False)},
    )
    return server, bridge


def partition(domain: str) -> str:
    """The part of Gazebo's network that belongs to a ROS domain, so that two fleets do not hear each other."""
    return f"caravan-{domain or os.environ.get('ROS_DOMAIN_ID') or 0}"


def fleet_world(site: Site, rate: float) -> str:
    """The SDF of the site's world with its robots at their start poses, at the real-time factor `rate`."""
    assert site.world is not None
    root = parse_root(open_source(Path(site.world), ()))
    world = root.find("world")
    if world is None:
        raise PlanError(f"{site.world}: no <world> in this file; it must be <sdf><world name=...>...</world></sdf>")
    for physics in world.findall("physics") or [etree.SubElement(world, "physics", name="physics", type="ode")]:
        factor = physics.find("real_time_factor")
        _set(etree.SubElement(physics, "real_time_factor") if factor is None else factor, f"{rate:g}")
    for robot in site.robots.values():
        world.append(_included(robot, ODOM_RATE if site.road is None else ROAD_ODOM_RATE))
    etree.indent(root)
    text: str = etree.tostring(root, encoding="unicode")
    return f"{text}\n"


def bridged(site: Site, stamped_cmd_vel: bool) -> Iterator[dict[str, str]]:
    """The entries of the configuration of ros_gz_bridge."""
    twist = "geometry_msgs/msg/TwistStamped" if stamped_cmd_vel else "geometry_msgs/msg/Twist"
    yield _entry(RAW_CLOCK, "rosgraph_msgs/msg/Clock", "/clock", "gz.msgs.Clock", "GZ_TO_ROS")
    for robot in site.robots:
        yield _entry(f"/{robot}/cmd_vel", twist, f"/model/{robot}/cmd_vel", "gz.msgs.Twist", "ROS_TO_GZ")
        yield _entry(f"/{robot}/odom", "nav_msgs/msg/Odometry", odometry(robot), "gz.msgs.Odometry", "GZ_TO_ROS")


def odometry(robot: str) -> str:
    """Gazebo's topic of where a robot really is; what its wheels make of it, which drifts, is on its neighbour's."""
    return f"/model/{robot}/true_odometry"


def _entry(ros: str, ros_type: str, gz: str, gz_type: str, direction: str) -> dict[str, str]:
    return {
        "ros_topic_name": ros,
        "ros_type_name": ros_type,
        "gz_topic_name": gz,
        "gz_type_name": gz_type,
        "direction": direction,
    }


def _included(robot: Robot, rate: float) -> etree._Element:
    """The robot's model at its start. Its odometry is the model's pose in the world, which is the site's frame."""
    pose = robot.start
    if pose is None:
        raise PlanError(f"robot {robot.id!r} has no start; give it one in the site file: start: [x, y, yaw]")
    include = etree.Element("include")
    _set(etree.SubElement(include, "uri"), f"model://{robot.model}")
    _set(etree.SubElement(include, "name"), robot.id)
    _set(etree.SubElement(include, "pose"), f"{pose.x} {pose.y} 0 0 0 {pose.yaw}")
    plugin = etree.SubElement(
        include,
        "plugin",
        filename="gz-sim-odometry-publisher-system",
        name="gz::sim::systems::OdometryPublisher",
    )
    for tag, text in (
        ("odom_frame", "map"),
        ("robot_base_frame", f"{robot.id}/base_link"),
        ("odom_topic", odometry(robot.id)),
        ("odom_publish_frequency", f"{rate:g}"),
        ("dimensions", "2"),
    ):
        _set(etree.SubElement(plugin, tag), text)
    return include


def _set(element: etree._Element, text: str) -> None:
    element.text = text


def _resources(world: Path) -> str:
    """Where Gazebo looks for what a world includes: the folders in which `caravan.sim.sdf` looks, then the caller's."""
    known = os.environ.get("GZ_SIM_RESOURCE_PATH")
    folders = (world.parent / "models", world.parent, world.parent.parent)
    return os.pathsep.join([*map(str, folders), *([known] if known else [])])
