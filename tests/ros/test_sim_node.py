"""The simulator's node alone: robots on their wheels, their laser scans, and the film of them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from caravan.model.geometry import Pose, Twist
from caravan_cli.client import FleetClient
from caravan_cli.domain import free_domain
from caravan_ros import convert, wiring
from tests.ros.support import END_TIME, SITE, UP_TIME
from tests.support.cli import command, environment

pytestmark = pytest.mark.processes
BEAMS = 90


def test_a_robot_on_wheels_drives_and_its_scan_goes_with_it() -> None:
    given = {"site": SITE, "robots": 2, "physics": "wheels", "lidar": BEAMS, "rate": 4.0}
    words = [word for name, value in given.items() for word in ("-p", f"{name}:={value}")]
    with free_domain() as domain, FleetClient(domain) as client:
        starting = [sys.executable, "-m", "caravan_ros.sim_node", "--ros-args", *words]
        node = subprocess.Popen(starting, env=environment(ROS_DOMAIN_ID=str(domain)))
        try:
            scans, poses = drive(client)
        finally:
            node.terminate()
            assert node.wait(END_TIME) == 0
    assert {len(scan.ranges) for scan in scans} == {BEAMS}
    assert scans[-1].header.frame_id == "carrier_1/base_link"
    # It starts with its back to the east wall, and drives away from it.
    driven, behind = poses[0].x - poses[-1].x, BEAMS // 2
    assert driven > 0.5
    assert scans[0].ranges[behind] < 2.0
    assert scans[-1].ranges[behind] == pytest.approx(scans[0].ranges[behind] + driven, abs=0.2)


def drive(client: FleetClient) -> tuple[list[Any], list[Pose]]:
    """What is heard of a robot that is told to drive ahead until it is a metre from its start."""
    scans: list[Any] = []
    poses: list[Pose] = []
    wiring.scan("carrier_1").subscribe(client._node, scans.append)
    client.on_odom("carrier_1", poses.append)
    wheels = wiring.cmd_vel("carrier_1").publisher(client._node)
    end = time.monotonic() + UP_TIME
    while not (scans and poses and poses[0].point.distance(poses[-1]) > 1.0):
        assert time.monotonic() < end, f"{len(scans)} scans, {len(poses)} odometries"
        wheels.publish(convert.twist_to_msg(Twist(0.8)))
        client.spin(0.05)
    return scans, poses


def test_the_simulator_alone_is_filmed_until_it_is_told_to_end(tmp_path: Path) -> None:
    film = tmp_path / "film"
    words = ["--rate", "4", "--robots", "2", "--lidar", "30", "--physics", "wheels", "--logs", str(tmp_path / "logs")]
    with free_domain() as domain:
        starting = command("sim", *words, "--video", str(film))
        cli = subprocess.Popen(starting, env=environment(ROS_DOMAIN_ID=str(domain)), stdout=subprocess.DEVNULL)
        end = time.monotonic() + UP_TIME
        while not (film.is_dir() and len(list(film.iterdir())) > 10) and time.monotonic() < end:
            time.sleep(0.2)
        cli.send_signal(signal.SIGINT)
        assert cli.wait(END_TIME) == 0
    assert len(list(film.iterdir())) > 10
