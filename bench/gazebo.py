"""Gazebo beside the embedded simulator: one scripted drive in both, and how fast Gazebo goes.

    scripts/run python bench/gazebo.py drive [--robot truck_1] [--out tests/data/gz_drive.csv] [--json]
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
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.gazebo_server import Sample, plan, running
from caravan.adapters.site_file import read_site, robots_of
from caravan.model.geometry import Pose, Twist, wrap
from caravan.model.site import Site
from caravan.sim.engine import Engine, Physics
from caravan.sim.sdf import read_world

ROOT = Path(__file__).parents[1]
SITE = ROOT / "config/warehouse.yaml"
ROBOT = "carrier_1"
Script = tuple[tuple[float, Twist], ...]
"""What is commanded, and for how long, s."""
DRIVES: Mapping[str, tuple[Path, Script]] = {
    # Straight on, a curve, a turn on the spot, straight on.
    ROBOT: (
        SITE,
        (
            (6.0, Twist(1.0, 0.0)),
            (6.0, Twist(0.8, 0.4)),
            (2.0, Twist(0.0, 0.0)),
            (4.0, Twist(0.0, -0.8)),
            (2.0, Twist(0.0, 0.0)),
            (6.0, Twist(1.0, 0.0)),
            (4.0, Twist(0.0, 0.0)),
        ),
    ),
    # Straight on, a wide curve, a stop, and a tight curve.
    "truck_1": (
        ROOT / "config/highway.yaml",
        (
            (12.0, Twist(20.0, 0.0)),
            (10.0, Twist(20.0, 0.08)),
            (6.0, Twist(0.0, 0.0)),
            (10.0, Twist(5.0, 0.25)),
            (4.0, Twist(0.0, 0.0)),
        ),
    ),
}
"""For each robot its site, and what it does."""
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
          <geometry><plane><normal>0 0 1</normal><size>900 900</size></plane></geometry>
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


def floor_site(folder: Path, name: str = ROBOT) -> Site:
    """One robot on an empty floor, at the origin."""
    site = read_site(DRIVES[name][0])
    assert site.world is not None
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "models").symlink_to(Path(site.world).parent / "models")
    world = folder / "floor.sdf"
    world.write_text(FLOOR.format(step=STEP), encoding="utf-8")
    # A truck brakes as hard as its model can, which is all that Gazebo knows.
    robot = replace(site.robots[name], start=Pose(0.0, 0.0, 0.0), brake=8.0)
    return Site(name="floor", world=str(world), robots={name: robot})


def drive_gazebo(folder: Path, name: str = ROBOT) -> list[Sample]:
    """The drive in Gazebo. Raises RuntimeError and PlanError."""
    server = plan(floor_site(folder / "world", name), folder / "written", 0.0)
    with running(server, [name], folder, paused=True) as gazebo:
        for seconds, twist in DRIVES[name][1]:
            gazebo.command(name, twist)
            gazebo.step(name, seconds, STEP)
        return gazebo.samples(name)


def drive_embedded(
    folder: Path, stamps: Sequence[float], name: str = ROBOT, physics: Physics = "planar", seed: int = EXACT
) -> list[Sample]:
    """The drive in the embedded simulator, where it was at `stamps` (s, rising)."""
    site = floor_site(folder / "embedded", name)
    assert site.world is not None
    engine = Engine(read_world(site.world), site, seed=seed, physics=physics)
    found = []
    for stamp in stamps:
        while engine.now < stamp - 1e-6:
            engine.command(name, commanded(DRIVES[name][1], engine.now))
            engine.step(min(0.05, stamp - engine.now))
        found.append(Sample(stamp=stamp, pose=engine.pose(name)))
    return found


def commanded(script: Script, now: float) -> Twist:
    """What is commanded at `now`, s from the start."""
    for seconds, twist in script:
        if now < seconds - 1e-6:
            return twist
        now -= seconds
    return script[-1][1]


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


def write_drive(file: Path, samples: Sequence[Sample], version: str, name: str) -> None:
    """Writes stamp (s), x, y (m) and yaw (rad) of each sample under a comment that tells where they are from."""
    head = f"# {name} of worlds/models/{name.rstrip('_1')} in {version}, physics step {STEP} s: bench/gazebo.py drive\n"
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
    parser.add_argument("--robot", choices=DRIVES, default=ROBOT, help=f"which one drives (default: {ROBOT})")
    parser.add_argument("--out", type=Path, help="where the drive in Gazebo is written, as CSV")
    parser.add_argument("--robots", type=int, nargs="+", default=[6, 20])
    parser.add_argument("--seconds", type=float, default=10.0, help="how long a speed is measured, real s")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="caravan-gazebo-") as folder:
        answer = _drive(Path(folder), args.robot, args.out) if args.what == "drive" else _speeds(Path(folder), args)
    print(json.dumps(answer) if args.json else "\n".join(f"{name}: {value}" for name, value in answer.items()))
    return 0


def _drive(folder: Path, name: str, out: Path | None) -> dict[str, Any]:
    samples = drive_gazebo(folder, name)
    if out is not None:
        write_drive(out, samples, version(), name)
    metres, degrees = deviation(samples, drive_embedded(folder, [sample.stamp for sample in samples], name))
    return {"gazebo": version(), "samples": len(samples), "metres": round(metres, 3), "degrees": round(degrees, 2)}


def _speeds(folder: Path, args: argparse.Namespace) -> dict[str, Any]:
    factors = {str(n): round(speed(n, args.seconds, folder / str(n)), 2) for n in args.robots}
    return {"gazebo": version(), "real_time_factor": factors}


if __name__ == "__main__":
    sys.exit(main())
