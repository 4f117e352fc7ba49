"""Gazebo for real, where there is a `gz`: the world as it is written for a fleet, its robots, and how they drive."""

from __future__ import annotations

import math
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.gazebo import SITE, STEP, deviation, drive_embedded, drive_gazebo
from bench.gazebo_server import Server, plan, running
from caravan.adapters.site_file import read_site, robots_of
from caravan.model.geometry import Twist
from caravan.model.site import Site

if shutil.which("gz") is None:
    pytest.skip("needs Gazebo Harmonic (the command gz), which is not installed", allow_module_level=True)
pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.timeout(240)]

ROOT = Path(__file__).parents[2]
WORLDS = ("warehouse", "highway", "intersection")
FILES = [*(ROOT / f"worlds/{name}.sdf" for name in WORLDS), *sorted((ROOT / "worlds/models").glob("*/model.sdf"))]


@pytest.fixture(scope="module")
def site() -> Site:
    return robots_of(read_site(SITE), 6)


@pytest.fixture(scope="module")
def warehouse(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The warehouse with its six robots, paused."""
    folder = tmp_path_factory.mktemp("gazebo")
    with running(plan(site, folder / "written", 0.0), site.robots, folder, paused=True) as server:
        yield server


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT / "worlds")))
def test_gazebo_finds_nothing_wrong_with_a_world_or_model(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GZ_SIM_RESOURCE_PATH", str(ROOT / "worlds/models"))
    monkeypatch.setenv("SDF_PATH", str(ROOT / "worlds/models"))
    done = subprocess.run(["gz", "sdf", "--check", str(file)], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "Valid.", "")


def test_the_robots_stand_where_they_start_and_drive_in_the_frame_of_the_site(site: Site, warehouse: Server) -> None:
    warehouse.step("carrier_1", 0.5, STEP)
    for name, robot in site.robots.items():
        assert robot.start is not None
        at = warehouse.samples(name)[-1].pose
        assert at.point.distance(robot.start.point) < 0.01 and math.cos(at.yaw - robot.start.yaw) > 0.9999, name
    warehouse.command("carrier_1", Twist(0.5, 0.0))
    warehouse.step("carrier_1", 4.5, STEP)
    start, end = site.robots["carrier_1"].start, warehouse.samples("carrier_1")[-1].pose
    assert start is not None
    # 4.5 s less the time to get up to speed, by the last odometry or the one before.
    assert (end.x, end.y) == pytest.approx((start.x - 2.1, start.y), abs=0.1)
    still = {name: warehouse.samples(name) for name in site.robots if name != "carrier_1"}
    assert all(told[0].pose.point.distance(told[-1].pose.point) < 0.01 for told in still.values())
    assert "[Err]" not in warehouse.said, warehouse.said


def test_a_scripted_drive_is_the_same_here_and_in_the_embedded_simulator(tmp_path: Path) -> None:
    samples = drive_gazebo(tmp_path)
    metres, degrees = deviation(samples, drive_embedded(tmp_path, [sample.stamp for sample in samples]))
    assert metres < 0.15 and degrees < 5.0
