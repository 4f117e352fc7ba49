"""`ros2 launch caravan_bringup ...` for real, where there is a `ros2 launch`."""

from __future__ import annotations

import os
import re
import runpy
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from caravan_cli.client import FleetClient
from caravan_cli.domain import free_domain
from caravan_ros.plan import fleet_plan
from tests.ros.support import RATE, SITE, UP_TIME, RealFleet, by_heart_file, marked

ROOT = Path(__file__).parents[2]
for name in ("launch_ros", "ros2launch"):
    pytest.importorskip(name, reason=f"needs {name}, which comes with a ROS 2 installation and not as a wheel")
pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.timeout(240)]

ROS2 = [str(ROOT / "scripts/run"), sys.executable, "-c", "import sys; from ros2cli.cli import main; sys.exit(main())"]
LAUNCH = [*ROS2, "launch", "caravan_bringup"]
FILES = ("warehouse.launch.py", "robot.launch.py", "platoon.launch.py")
END_TIME = 60.0
"""How long a launched fleet may take to end, s; on an idle machine it takes about 1."""


class Launched:
    """A `ros2 launch` that runs, and what it wrote."""

    def __init__(self, log: Path, mark: str, process: subprocess.Popen[bytes]) -> None:
        self._log, self._mark, self.process = log, mark, process

    @property
    def said(self) -> str:
        """All that it and its processes wrote."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def pids(self, name: str) -> list[int]:
        """The numbers under which a process of the plan was started, the latest last."""
        return [int(pid) for pid in re.findall(rf"\[{name}-\d+\]: process started with pid \[(\d+)\]", self.said)]

    def until(self, done: Callable[[], object], wait: Callable[[float], None] = time.sleep) -> None:
        """Waits until something is so; fails where it takes too long or launch has ended."""
        end = time.monotonic() + UP_TIME
        while not done():
            assert self.process.poll() is None and time.monotonic() < end, self.said
            wait(0.05)

    def ended(self) -> int:
        """Its exit code, once it has ended; fails where it leaves a process behind."""
        code = self.process.wait(END_TIME)
        assert not marked(self._mark), self.said
        return code


@contextmanager
def launched(folder: Path, *words: str, file: str = FILES[0], **environment: str) -> Iterator[Launched]:
    """A launch file under way; whatever is left of it afterwards is killed."""
    mark = f"caravan-launch-{uuid.uuid4()}"
    env = {**os.environ, "CARAVAN_TEST": mark, "ROS_LOG_DIR": str(folder / "ros"), **environment}
    kept = f"journal:={folder / 'journal'}" if file == FILES[0] else f"logs:={folder}"
    given = [f"model:={by_heart_file(folder)}", kept, *words]
    log = folder / "launch.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*LAUNCH, file, *given], env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        yield Launched(log, mark, process)
    finally:
        for pid in marked(mark):
            os.kill(pid, signal.SIGKILL)
        process.wait()


@pytest.mark.parametrize("file", FILES)
def test_its_arguments_are_shown(file: str) -> None:
    done = subprocess.run([*LAUNCH, file, "--show-args"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    declared = runpy.run_path(str(ROOT / "launch" / file))["ARGUMENTS"]
    assert re.findall(r"^    '(\w+)':$", done.stdout, re.MULTILINE) == list(declared)


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("sim:=gazebo", "sim: 'gazebo' is no simulator; take one of embedded, gz, none"),
        ("robots:=1000", "1000 robots: the site 'warehouse' has models and nodes to start at for "),
        ("rate:=fast", "launch argument rate:=fast is no number; write rate:=1.0"),
        ("site:=nowhere.yaml", "nowhere.yaml: cannot be read: No such file or directory"),
        ("model:=nowhere.gguf", "nowhere.gguf: No such file or directory; give the path of a GGUF model"),
    ],
)
def test_bad_arguments_start_nothing_and_are_told_in_one_sentence(tmp_path: Path, word: str, told: str) -> None:
    with launched(tmp_path, word) as fleet:
        assert fleet.ended() == 1
    errors = [line for line in fleet.said.splitlines() if "[ERROR]" in line]
    assert len(errors) == 1 and told in errors[0], fleet.said
    assert "process started" not in fleet.said


def test_without_gazebo_nothing_starts_and_the_package_is_named(tmp_path: Path) -> None:
    bare = os.pathsep.join(("/usr/bin", "/bin"))
    with launched(tmp_path, "sim:=gz", PATH=bare) as fleet:
        assert fleet.ended() == 1
    assert "no command 'gz': apt install ros-" in fleet.said and "or take 'embedded'" in fleet.said
    assert "process started" not in fleet.said


def test_a_robot_that_is_launched_alone_joins_its_fleet_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    plan = fleet_plan(SITE, robots=1, rate=RATE, journal=tmp_path / "journal", model=by_heart_file(tmp_path))
    words = ("robot:=carrier_1", "sim:=embedded", "robots:=1", f"rate:={RATE}")
    with free_domain() as domain:
        rest = RealFleet([p for p in plan if p.executable != "agent_node"], tmp_path, domain)
        try:
            for name in rest.plan:
                rest.start(name)
            with launched(tmp_path, *words, f"domain:={domain}", file=FILES[1]) as robot:
                rest.until(lambda: rest.found() == {"carrier_1"})
                robot.process.send_signal(signal.SIGINT)
                assert robot.ended() == 0
        finally:
            rest.take_down()
    assert robot.said.count("process has finished cleanly") == 1, robot.said


def test_a_fleet_carries_out_a_goal_though_its_robots_died_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    with (
        free_domain() as domain,
        launched(tmp_path, "robots:=3", "agents_per_process:=3", "rate:=8", f"domain:={domain}") as fleet,
        FleetClient(domain) as client,
    ):
        found: list[str] = []
        outcome: list[str] = []
        client.on_event(lambda event: found.append(event.robot) if event.kind == "found" else None)
        client.on_event(lambda event: outcome.append(event.kind) if event.kind in ("done", "failed") else None)
        fleet.until(lambda: client.ready() and len(found) == 3, client.spin)
        os.kill(fleet.pids("agent_carrier_1")[0], signal.SIGKILL)
        # They may be back before the auction house has missed them.
        fleet.until(lambda: len(fleet.pids("agent_carrier_1")) == 2, client.spin)
        client.say("Go to dock 4.", "ann")
        fleet.until(lambda: outcome, client.spin)
        fleet.process.send_signal(signal.SIGINT)
        assert fleet.ended() == 0
    assert outcome[0] == "done"
    assert fleet.said.count("process has finished cleanly") == len(("sim", "traffic", "auction", "agents")), fleet.said


def test_the_end_of_the_simulator_ends_the_fleet_with_exit_code_1(tmp_path: Path) -> None:
    with free_domain() as domain, launched(tmp_path, "robots:=1", f"domain:={domain}") as fleet:
        fleet.until(lambda: fleet.pids("agent_carrier_1"))
        os.kill(fleet.pids("sim")[0], signal.SIGKILL)
        assert fleet.ended() == 1
    assert "sim-1 has ended, and the fleet with it" in fleet.said


def test_a_process_that_refuses_its_files_is_not_started_again(tmp_path: Path) -> None:
    with free_domain() as domain, launched(tmp_path, "robots:=1", "journal:=/proc/none", f"domain:={domain}") as fleet:
        assert fleet.ended() == 1
    assert len(fleet.pids("auction")) == 1
    assert "auction_node: journal /proc/none" in fleet.said
