"""A Gazebo server that runs, spoken to with Gazebo's own command line: `gz topic` and `gz service`.

It is the server that `caravan_ros.plan` plans, without the bridge to ROS.
"""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from caravan.model.geometry import Pose, Twist, wrap
from caravan.model.site import Site
from caravan_ros.gazebo import ODOM_RATE, gazebo_processes, odometry
from caravan_ros.process import Process, prepare

PATIENCE = 60.0
"""How long Gazebo may take over one step of a drive, or to start, real s."""
SPACING = 1.0 / ODOM_RATE
"""Between two odometries, s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Where the robot was at `stamp`, s from the start."""

    stamp: float
    pose: Pose


class Server:
    """A server that runs, and what it says of robots."""

    def __init__(self, world: str, environment: dict[str, str], logs: dict[str, Path], said: Path) -> None:
        self._world, self._environment, self._logs, self._said = world, environment, logs, said

    @property
    def said(self) -> str:
        """All that it wrote."""
        return self._said.read_text(encoding="utf-8", errors="replace")

    def call(self, *words: str) -> str:
        """What `gz` answers. Raises RuntimeError where it fails."""
        done = subprocess.run(["gz", *words], env=self._environment, capture_output=True, text=True, timeout=PATIENCE)
        if done.returncode:
            raise RuntimeError(f"gz {' '.join(words)}: {done.stdout}{done.stderr}")
        return done.stdout

    def command(self, robot: str, twist: Twist) -> None:
        """The robot drives so until it hears otherwise."""
        text = f"linear: {{x: {twist.linear}}}, angular: {{z: {twist.angular}}}"
        # `gz topic` does not wait until it has found who listens, and may speak to nobody.
        for _ in range(3):
            self.call("topic", "-t", f"/model/{robot}/cmd_vel", "-m", "gz.msgs.Twist", "-p", text)

    def step(self, robot: str, seconds: float, size: float) -> None:
        """Lets the paused world move on, and waits until the robot's odometry has. Raises RuntimeError."""
        before = self.samples(robot)
        target = (before[-1].stamp if before else 0.0) + seconds
        request = f"pause: true, multi_step: {round(seconds / size)}"
        types = ("--reqtype", "gz.msgs.WorldControl", "--reptype", "gz.msgs.Boolean", "--timeout", "5000")
        self.call("service", "-s", f"/world/{self._world}/control", *types, "--req", request)
        self.until(robot, target - SPACING - 2 * size)

    def until(self, robot: str, stamp: float) -> None:
        """Waits until the robot's odometry is of `stamp` or later. Raises RuntimeError."""
        end = time.monotonic() + PATIENCE
        while not (told := self.samples(robot)) or told[-1].stamp < stamp:
            if time.monotonic() > end:
                raise RuntimeError(f"Gazebo does not move on to {stamp:g} s: {self.said}")
            time.sleep(0.05)

    def samples(self, robot: str) -> list[Sample]:
        """The odometry of a robot so far."""
        lines = self._logs[robot].read_text(encoding="utf-8").splitlines(keepends=True)
        return [_sample(json.loads(line)) for line in lines if line.endswith("\n") and line.startswith("{")]


def _sample(message: dict[str, Any]) -> Sample:
    stamp, pose = message["header"]["stamp"], message["pose"]
    at, turn = pose.get("position", {}), pose.get("orientation", {})
    seconds = float(stamp.get("sec", 0)) + float(stamp.get("nsec", 0)) * 1e-9
    yaw = 2.0 * math.atan2(float(turn.get("z", 0.0)), float(turn.get("w", 0.0)))
    return Sample(stamp=seconds, pose=Pose(float(at.get("x", 0.0)), float(at.get("y", 0.0)), wrap(yaw)))


def plan(site: Site, folder: Path, rate: float) -> Process:
    """The server as it is planned for a fleet, in a part of Gazebo's network of its own; its files are written.

    Raises PlanError where Gazebo is not installed.
    """
    domain = f"bench-{uuid.uuid4()}"
    server, _ = gazebo_processes(
        site, folder, rate=rate, start=0.0, headless=True, stamped_cmd_vel=False, domain=domain
    )
    prepare([server])
    return server


@contextmanager
def running(server: Process, robots: Iterable[str], folder: Path, *, paused: bool) -> Iterator[Server]:
    """The server under way, with the odometry of robots kept; it is gone afterwards. Raises RuntimeError."""
    environment = {**os.environ, **server.environment}
    words = [word for word in server.arguments if not (paused and word == "-r")]
    logs, said = {robot: folder / f"{robot}.json" for robot in robots}, folder / "server.log"
    with ExitStack() as started:
        process = started.enter_context(_started(["gz", *words], environment, said))
        world = _world_name(process, environment, said)
        for robot, log in logs.items():
            command = ["gz", "topic", "-e", "-t", odometry(robot), "--json-output"]
            started.enter_context(_started(command, environment, log))
        time.sleep(2.0)  # They say nothing when they have found the publisher.
        yield Server(world, environment, logs, said)


@contextmanager
def _started(command: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _world_name(process: subprocess.Popen[bytes], environment: dict[str, str], said: Path) -> str:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        listed = subprocess.run(["gz", "service", "-l"], env=environment, capture_output=True, text=True).stdout
        found = re.search(r"^/world/(\w+)/control$", listed, re.MULTILINE)
        if found:
            return found[1]
    raise RuntimeError(f"Gazebo did not start: {said.read_text(errors='replace')}")
