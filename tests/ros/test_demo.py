"""`caravan demo` with real processes on real DDS, in a domain of its own; and what is said where there is no fleet."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import yaml

from caravan_cli.domain import free_domain
from tests.ros.support import SITE, left_behind
from tests.support.cli import assert_complaint, caravan, command, environment
from tests.support.demo_answers import write_answers

pytest.importorskip("rclpy", reason="needs ROS 2")
pytest.importorskip("caravan_msgs", reason="needs the built workspace")
pytestmark = pytest.mark.timeout(240)

real = pytest.mark.processes


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_answers(tmp_path_factory.mktemp("answers")))


@real
@pytest.mark.slow
def test_the_demo_comes_out_as_expected_within_three_minutes(tmp_path: Path, answers: str) -> None:
    begun = time.monotonic()
    done = caravan("demo", "--json", "--rate", "10", "--out", str(tmp_path), "--model", answers, timeout=200.0)
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
    """A demo of two robots that are coming up."""
    words = command("demo", "--plan", str(small_plan(out)), "--out", str(out), "--model", answers)
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


def small_plan(folder: Path) -> Path:
    """The demo's plan with two robots of the six, written into a folder: fewer processes to start and to end."""
    site = yaml.safe_load(SITE.read_text(encoding="utf-8"))
    site["robots"] = dict(islice(site["robots"].items(), 2))
    site["world"] = str(SITE.parents[1] / "worlds" / site["world"])
    (folder / SITE.name).write_text(yaml.safe_dump(site), encoding="utf-8")
    return Path(shutil.copy(SITE.with_name("demo.yaml"), folder))


@real
def test_ctrl_c_leaves_nothing_behind(tmp_path: Path, answers: str) -> None:
    with demo_under_way(tmp_path, answers) as demo:
        assert left_behind(tmp_path) != {}
        demo.send_signal(signal.SIGINT)
        rest, _ = demo.communicate(timeout=30.0)
        assert demo.returncode == 130
    assert "Traceback" not in rest
    assert left_behind(tmp_path) == {}


@real
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


def test_without_a_fleet_the_remedy_is_said() -> None:
    with free_domain() as domain:
        done = caravan("status", ROS_DOMAIN_ID=str(domain))
    assert done.returncode == 2
    assert f"ROS domain {domain}" in done.stderr
    assert "caravan up" in done.stderr
