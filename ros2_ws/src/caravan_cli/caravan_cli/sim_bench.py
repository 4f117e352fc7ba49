"""How fast the embedded simulator is: robots that drive at random among 48 shelves, with both physics and a lidar."""

from __future__ import annotations

import math
import os
import platform
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from caravan.model.geometry import Pose, Twist
from caravan.model.site import Robot, Site
from caravan.sim.engine import Engine, Physics
from caravan.sim.world import Model, Shape, World

COLUMNS, ROWS = 12, 4
"""Shelves from west to east, and from south to north."""
SHELF = (1.6, 6.6, 2.6)
"""m."""
AISLE = (2.4, 2.4)
"""Free width between shelves, east-west and north-south, m."""
PERIOD = 0.1
"""Between two scans, s."""
TURN = 10
"""Periods between two commands of a robot."""
WARM_UP = 1.0
"""Simulated time that is not measured, s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """How fast one kind of simulation went."""

    robots: int
    physics: Physics
    beams: int
    """Of each robot's lidar, ten times a second; 0: none."""
    real_time_factor: float
    """Simulated seconds in a real one."""
    cpu_factor: float
    """Simulated seconds in a second of one core, which other work on the machine does not change so much."""
    contacts: int


def hall(models: Path) -> World:
    """A world of `COLUMNS` x `ROWS` shelves with walls around; the models of robots are in `models`."""
    pitch = tuple(size + free for size, free in zip(SHELF, AISLE, strict=False))
    width, depth = COLUMNS * pitch[0] + AISLE[0], ROWS * pitch[1] + AISLE[1]
    found = []
    for column in range(COLUMNS):
        for row in range(ROWS):
            x, y = ((k + 0.5) * p + AISLE[0] / 2.0 for k, p in zip((column, row), pitch, strict=True))
            found.append(Shape(name=f"shelf_{column}_{row}", kind="box", size=SHELF, position=(x, y, SHELF[2] / 2.0)))
    for name, x, y, size in (
        ("south", width / 2.0, 0.0, (width, 0.2, 3.0)),
        ("north", width / 2.0, depth, (width, 0.2, 3.0)),
        ("west", 0.0, depth / 2.0, (0.2, depth, 3.0)),
        ("east", width, depth / 2.0, (0.2, depth, 3.0)),
    ):
        found.append(Shape(name=name, kind="box", size=size, position=(x, y, 1.5)))
    file = models / "hall.sdf"
    return World(name="hall", file=file, models={"hall": Model(name="hall", file=file, obstacles=tuple(found))})


def fleet(count: int) -> Site:
    """So many robots in the aisles of the hall, of three kinds."""
    pitch_x, pitch_y = SHELF[0] + AISLE[0], SHELF[1] + AISLE[1]
    down = 18
    robots = {}
    for k in range(count):
        column, place = divmod(k, down)
        x = AISLE[0] / 2.0 + column * pitch_x
        y = 1.5 + place * (ROWS * pitch_y - 1.0) / down
        name = f"r{k}"
        model = ("carrier", "lifter", "tug")[k % 3]
        robots[name] = Robot(id=name, model=model, start=Pose(x, y, math.pi / 2.0), radius=0.4)
    return Site(robots=robots)


def measure(world: World, robots: int, physics: Physics, beams: int, seconds: float, seed: int) -> Speed:
    """Lets `robots` drive for so many simulated `seconds`."""
    engine, rng = Engine(world, fleet(robots), seed=seed, physics=physics), random.Random(seed)
    names = [f"r{k}" for k in range(robots)]
    twists = dict.fromkeys(names, Twist())
    wall = cpu = 0.0
    for period in range(round((WARM_UP + seconds) / PERIOD)):
        if period == round(WARM_UP / PERIOD):
            wall, cpu = time.perf_counter(), time.process_time()
        for number, name in enumerate(names):
            if (period + number) % TURN == 0:
                twists[name] = Twist(rng.uniform(-0.3, 1.0), rng.uniform(-1.0, 1.0))
            engine.command(name, twists[name])
        engine.step(PERIOD)
        if beams:
            engine.scans(beams)
    real, busy = time.perf_counter() - wall, time.process_time() - cpu
    return Speed(
        robots=robots,
        physics=physics,
        beams=beams,
        real_time_factor=round(seconds / real, 2),
        cpu_factor=round(seconds / busy, 2),
        contacts=engine.contacts,
    )


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "load": [round(load, 2) for load in os.getloadavg()],
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def _cpu() -> str:
    """The name of the processor; how Linux tells it, else Python."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    return next((_value(line) for line in lines if line.startswith("model name")), platform.processor() or "unknown")


def _value(line: str) -> str:
    return line.partition(":")[2].strip()


def cases(robots: tuple[int, ...], beams: int) -> Iterator[tuple[int, Physics, int]]:
    """What is measured: each number of robots with both physics, without and with the lidar."""
    for count in robots:
        for physics in ("planar", "wheels"):
            for rays in (0, beams) if beams else (0,):
                yield count, physics, rays
