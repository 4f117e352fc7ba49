"""`caravan demo` and the commands that talk to a fleet: real processes on real DDS, in a domain of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from caravan_cli.domain import free_domain
from tests.support.cli import assert_complaint, caravan, command, environment
from tests.support.demo_answers import write_answers

pytest.importorskip("rclpy", reason="needs ROS 2")
pytest.importorskip("caravan_msgs", reason="needs the built workspace")
pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.timeout(240)]


def left_behind(folder: Path) -> dict[int, str]:
    """Nodes whose parameters lie below `folder`, as process number and command line."""
    found = {}
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if f"{folder}/" in line and "caravan_ros" in line:
            found[int(file.parent.name)] = line
    return found


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_answers(tmp_path_factory.mktemp("answers")))


def test_the_demo_comes_out_as_expected_within_three_minutes(tmp_path: Path, answers: str) -> None:
    begun = time.monotonic()
    done = caravan("demo", "--json", "--rate", "8", "--out", str(tmp_path), "--model", answers, timeout=200.0)
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - begun < 180.0
    figures: dict[str, Any] = json.loads(done.stdout)
    assert figures["ok"] is True
    assert [g["outcome"] for g in figures["goals"]] == ["done"] * 5 + ["asked"]
    assert figures["contacts"] == 0
    assert (tmp_path / "demo.png").read_bytes().startswith(b"\x89PNG")
    assert left_behind(tmp_path) == {}


@contextmanager
def demo_under_way(out: Path, answers: str) -> Iterator[subprocess.Popen[str]]:
    """A demo whose robots are coming up."""
    words = command("demo", "--out", str(out), "--model", answers)
    demo = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment())
    assert demo.stdout is not None
    for line in demo.stdout:
        if "is here" in line:
            break
    try:
        yield demo
    finally:
        demo.kill()
        demo.wait()
        demo.stdout.close()


def test_ctrl_c_leaves_nothing_behind(tmp_path: Path, answers: str) -> None:
    with demo_under_way(tmp_path, answers) as demo:
        assert left_behind(tmp_path) != {}
        demo.send_signal(signal.SIGINT)
        rest, _ = demo.communicate(timeout=30.0)
        assert demo.returncode == 130
    assert "Traceback" not in rest
    assert left_behind(tmp_path) == {}


def test_a_process_that_dies_is_told_and_the_others_are_ended(tmp_path: Path, answers: str) -> None:
    with demo_under_way(tmp_path, answers) as demo:
        simulator = next(pid for pid, line in left_behind(tmp_path).items() if "sim_node" in line)
        os.kill(simulator, signal.SIGKILL)
        rest, _ = demo.communicate(timeout=30.0)
        assert demo.returncode == 1
    assert f"sim was killed by SIGKILL; the end of {tmp_path}/logs/sim.log" in rest
    assert "Traceback" not in rest
    assert left_behind(tmp_path) == {}


@pytest.mark.parametrize("name", ["demo", "up"])
def test_a_model_that_is_missing_is_said_before_anything_starts(tmp_path: Path, name: str) -> None:
    out = {"demo": "--out", "up": "--logs"}[name]
    assert_complaint(caravan(name, out, str(tmp_path), "--model", str(tmp_path / "none.gguf")), "none.gguf")
    assert list(tmp_path.glob("**/*.log")) == []


class Fleet:
    """A fleet of two robots that `caravan up` has brought up, and a user's commands to it."""

    def __init__(self, domain: int, logs: Path, answers: str) -> None:
        self.domain = str(domain)
        shape = ["--robots", "2", "--agents-per-process", "2", "--rate", "8"]
        words = command("up", *shape, "--logs", str(logs), "--model", answers)
        env = environment(ROS_DOMAIN_ID=self.domain)
        self.up = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env)
        self.told: list[str] = []
        assert self.up.stdout is not None
        for line in self.up.stdout:
            self.told.append(line)
            if "robots are up" in line:
                return
        raise AssertionError(f"the fleet did not come up: {self.told}")

    def caravan(self, *words: str) -> subprocess.CompletedProcess[str]:
        return caravan(*words, ROS_DOMAIN_ID=self.domain)

    def stop(self) -> int:
        self.up.send_signal(signal.SIGINT)
        assert self.up.stdout is not None
        self.told += self.up.stdout.readlines()
        return self.up.wait(30.0)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory, answers: str) -> Iterator[Fleet]:
    logs = tmp_path_factory.mktemp("logs")
    with free_domain() as domain:
        fleet = Fleet(domain, logs, answers)
        try:
            yield fleet
        finally:
            code = fleet.stop()
        assert code == 0, fleet.told
        assert left_behind(logs) == {}


def test_a_goal_is_said_followed_and_explained(fleet: Fleet) -> None:
    done = fleet.caravan("say", "Bring two pallets from dock 3 to aisle B.", "--wait", "--json")
    assert done.returncode == 0, done.stderr
    goal = json.loads(done.stdout)
    assert goal["state"] == "done"
    assert "won by carrier_" in done.stderr
    why = fleet.caravan("why", goal["id"])
    assert why.returncode == 0
    assert "won with the lowest bid" in why.stdout
    story = json.loads(fleet.caravan("why", f"{goal['id']}/t1", "--json").stdout)
    assert story["goal"]["id"] == goal["id"]


def test_a_question_that_comes_back_is_exit_code_1(fleet: Fleet) -> None:
    done = fleet.caravan("say", "Bring a pallet to the moon bay.", "--wait")
    assert done.returncode == 1
    assert "asks back: I know no place called 'moon bay'" in done.stdout


def test_status_is_a_table_and_json(fleet: Fleet) -> None:
    table = fleet.caravan("status")
    assert table.returncode == 0
    assert "carrier_1" in table.stdout
    assert set(json.loads(fleet.caravan("status", "--json").stdout)["robots"]) == {"carrier_1", "carrier_2"}


def test_halt_and_resume(fleet: Fleet) -> None:
    assert fleet.caravan("halt", "carrier_1").returncode == 0
    end = time.monotonic() + 10.0
    while "halted" not in fleet.caravan("why", "carrier_1").stdout:
        assert time.monotonic() < end
    assert json.loads(fleet.caravan("halt", "--resume", "--json").stdout)["halted"] is False


def test_a_goal_is_cancelled_once(fleet: Fleet) -> None:
    goal = json.loads(fleet.caravan("say", "Patrol aisle A, aisle B and dock 2 twice.", "--json").stdout)["goal"]
    assert fleet.caravan("cancel", goal).returncode == 0
    again = fleet.caravan("cancel", goal)
    assert again.returncode == 2
    assert "cancelled already" in again.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("say", "hello", "--to", "nobody"), "nobody"),
        (("halt", "nobody"), "nobody"),
        (("why", "g999"), "g999"),
        (("cancel", "g999"), "g999"),
        (("up", "--robots", "1"), "has a fleet already"),
    ],
)
def test_what_is_unknown_is_said_in_one_sentence(fleet: Fleet, words: tuple[str, ...], said: str) -> None:
    done = fleet.caravan(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_without_a_fleet_the_remedy_is_said() -> None:
    with free_domain() as domain:
        done = caravan("status", ROS_DOMAIN_ID=str(domain))
    assert done.returncode == 2
    assert f"ROS domain {domain}" in done.stderr
    assert "caravan up" in done.stderr


def test_the_simulator_alone_tells_its_real_time_factor(tmp_path: Path) -> None:
    with free_domain() as domain:
        words = ("sim", "--rate", "3", "--seconds", "6", "--json", "--logs", str(tmp_path))
        done = caravan(*words, ROS_DOMAIN_ID=str(domain))
    assert done.returncode == 0, done.stderr
    assert 0.0 < json.loads(done.stdout)["real_time_factor"] < 3.5
    assert left_behind(tmp_path) == {}
