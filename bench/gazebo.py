"""Gazebo beside the embedded simulator: one scripted drive in both, and how fast Gazebo goes.

    scripts/run python bench/gazebo.py drive [--out tests/data/gz_drive.csv] [--json]
    scripts/run python bench/gazebo.py speed [--robots 6 20] [--seconds 10] [--json]

Both start the server that `caravan_ros.plan` plans, without the bridge: commands go in and odometry comes out with
Gazebo's own command line, `gz topic` and `gz service`. The drive is stepped, so that it does not hang on how busy the
machine is; the speed does.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.gazebo_server import Sample, plan, running
from caravan.adapters.site_file import read_site, robots_of
from caravan.model.geometry import Pose, Twist, wrap
from caravan.model.site import Site
from caravan.sim.engine import Engine
from caravan.sim.sdf import read_world

ROOT = Path(__file__).parents[1]
SITE = ROOT / "config/warehouse.yaml"
ROBOT = "carrier_1"
DRIVE: tuple[tuple[float, Twist], ...] = (
    (6.0, Twist(1.0, 0.0)),
    (6.0, Twist(0.8, 0.4)),
    (2.0, Twist(0.0, 0.0)),
    (4.0, Twist(0.0, -0.8)),
    (2.0, Twist(0.0, 0.0)),
    (6.0, Twist(1.0, 0.0)),
    (4.0, Twist(0.0, 0.0)),
)
"""Straight on, a curve, a turn on the spot, straight on: what is commanded, and for how long, s."""
FLOOR = """<?xml version="1.0"?>
<sdf version="1.10">
  <world name="floor">
    <physics name="wheels" type="ode"><max_step_size>{step}</max_step_size></physics>
    <plugin filename="gz-sim-physics-system" name="gz::sim::systems::Physics"/>
    <plugin filename="gz-sim-user-commands-system" name="gz::sim::systems::UserCommands"/>
    <plugin filename="gz-sim-scene-broadcaster-system" name="gz::sim::systems::SceneBroadcaster"/>
    <gravity>0 0 -9.81</gravity>
    <model name="floor">
      <static>true</static>
      <link name="link">
        <collision name="plane">
          <geometry><plane><normal>0 0 1</normal><size>60 60</size></plane></geometry>
        </collision>
      </link>
    </model>
  </world>
</sdf>
"""
EXACT = 1922
"""A seed of the embedded simulator whose robot's wheels turn as they are told, to a thousandth."""
STEP = 0.005
"""Of the drive's physics, s: as in worlds/warehouse.sdf."""


def floor_site(folder: Path) -> Site:
    """One robot on an empty floor, at the origin."""
    site = read_site(SITE)
    assert site.world is not None
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "models").symlink_to(Path(site.world).parent / "models")
    world = folder / "floor.sdf"
    world.write_text(FLOOR.format(step=STEP), encoding="utf-8")
    robot = replace(site.robots[ROBOT], start=Pose(0.0, 0.0, 0.0))
    return Site(name="floor", world=str(world), robots={ROBOT: robot})


def drive_gazebo(folder: Path) -> list[Sample]:
    """The drive in Gazebo. Raises RuntimeError and PlanError."""
    server = plan(floor_site(folder / "world"), folder / "written", 0.0)
    with running(server, [ROBOT], folder, paused=True) as gazebo:
        for seconds, twist in DRIVE:
            gazebo.command(ROBOT, twist)
            gazebo.step(ROBOT, seconds, STEP)
        return gazebo.samples(ROBOT)


def drive_embedded(folder: Path, stamps: Sequence[float], seed: int = EXACT) -> list[Sample]:
    """The drive in the embedded simulator, where it was at `stamps` (s, rising)."""
    site = floor_site(folder / "embedded")
    assert site.world is not None
    engine = Engine(read_world(site.world), site, seed=seed)
    found = []
    for stamp in stamps:
        while engine.now < stamp - 1e-6:
            engine.command(ROBOT, commanded(engine.now))
            engine.step(min(0.05, stamp - engine.now))
        found.append(Sample(stamp=stamp, pose=engine.pose(ROBOT)))
    return found


def commanded(now: float) -> Twist:
    """What the drive commands at `now`, s from its start."""
    for seconds, twist in DRIVE:
        if now < seconds - 1e-6:
            return twist
        now -= seconds
    return DRIVE[-1][1]


def deviation(one: Sequence[Sample], other: Sequence[Sample]) -> tuple[float, float]:
    """How far two drives are apart at most: m and degrees."""
    pairs = list(zip(one, other, strict=True))
    apart = max(a.pose.point.distance(b.pose.point) for a, b in pairs)
    turned = max(abs(wrap(a.pose.yaw - b.pose.yaw)) for a, b in pairs)
    return apart, math.degrees(turned)


def read_drive(file: Path) -> list[Sample]:
    """A drive that was written by `write_drive`."""
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    rows = csv.DictReader(lines)
    return [
        Sample(stamp=float(row["stamp"]), pose=Pose(float(row["x"]), float(row["y"]), float(row["yaw"])))
        for row in rows
    ]


def write_drive(file: Path, samples: Sequence[Sample], version: str) -> None:
    """Writes stamp (s), x, y (m) and yaw (rad) of each sample under a comment that tells where they are from."""
    head = f"# {ROBOT} of worlds/models/carrier in {version}, physics step {STEP} s: bench/gazebo.py drive\n"
    rows = "".join(f"{s.stamp:.3f},{s.pose.x:.4f},{s.pose.y:.4f},{s.pose.yaw:.5f}\n" for s in samples)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{head}stamp,x,y,yaw\n{rows}", encoding="utf-8")


def speed(robots: int, seconds: float, folder: Path) -> float:
    """Simulated seconds in a real one in the warehouse with so many robots, of which one drives; as fast as it goes."""
    folder.mkdir(parents=True)
    server = plan(robots_of(read_site(SITE), robots), folder / "written", 0.0)
    with running(server, [ROBOT], folder, paused=False) as gazebo:
        gazebo.command(ROBOT, Twist(0.3, 0.0))
        gazebo.until(ROBOT, 1.0)
        begun, start = time.monotonic(), gazebo.samples(ROBOT)[-1].stamp
        time.sleep(seconds)
        return (gazebo.samples(ROBOT)[-1].stamp - start) / (time.monotonic() - begun)


def version() -> str:
    """What `gz sim` calls itself."""
    said = subprocess.run(["gz", "sim", "--version"], capture_output=True, text=True).stdout
    return next((line.strip() for line in said.splitlines() if "version" in line.lower()), "Gazebo Sim")


def main() -> int:
    """Runs one of the two; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("drive", "speed"))
    parser.add_argument("--out", type=Path, help="where the drive in Gazebo is written, as CSV")
    parser.add_argument("--robots", type=int, nargs="+", default=[6, 20])
    parser.add_argument("--seconds", type=float, default=10.0, help="how long a speed is measured, real s")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="caravan-gazebo-") as folder:
        answer = _drive(Path(folder), args.out) if args.what == "drive" else _speeds(Path(folder), args)
    print(json.dumps(answer) if args.json else "\n".join(f"{name}: {value}" for name, value in answer.items()))
    return 0


def _drive(folder: Path, out: Path | None) -> dict[str, Any]:
    samples = drive_gazebo(folder)
    if out is not None:
        write_drive(out, samples, version())
    metres, degrees = deviation(samples, drive_embedded(folder, [sample.stamp for sample in samples]))
    return {"gazebo": version(), "samples": len(samples), "metres": round(metres, 3), "degrees": round(degrees, 2)}


def _speeds(folder: Path, args: argparse.Namespace) -> dict[str, Any]:
    factors = {str(n): round(speed(n, args.seconds, folder / str(n)), 2) for n in args.robots}
    return {"gazebo": version(), "real_time_factor": factors}


if __name__ == "__main__":
    sys.exit(main())
