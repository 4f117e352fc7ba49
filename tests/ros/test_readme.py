"""The README's commands, in its order, against a fleet that its own command brought up."""

from __future__ import annotations

import importlib
import shlex
import signal
import subprocess
from collections.abc import Iterator

import pytest
import rclpy
import yaml
from rclpy.executors import SingleThreadedExecutor

from tests.support.documents import FLEET_COMMANDS, ROOT, commands

UP, CALL = FLEET_COMMANDS[:2]
MOON = '.venv/bin/caravan say --wait "bring a pallet from dock 2 to the moon bay"'
ALLOWED = {f"{FLEET_COMMANDS[-1]} g1": "is done already", MOON: "asks back: I know no place called 'moon bay'"}
"""What may be said against a command when those before it have run."""


@pytest.fixture(scope="module")
def fleet(domain: int) -> Iterator[subprocess.Popen[str]]:
    """The fleet of the README, up until the last test is over; then it must end by itself."""
    (up,) = [c for c in commands("README.md") if c.startswith(UP)]
    process = subprocess.Popen(shlex.split(up), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if "robots are up" in line:
            break
    else:
        pytest.fail(f"{up} ended with {process.wait()}")
    yield process
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)


SPOKEN = [c for c in commands("README.md") if c.startswith(FLEET_COMMANDS[2:])]


@pytest.mark.parametrize("command", SPOKEN)
def test_a_command_of_the_readme(fleet: subprocess.Popen[str], command: str) -> None:
    result = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    said = result.stdout + result.stderr
    assert result.returncode == 0 or ALLOWED.get(command, "\0") in said, f"{command}\n{said}"


def test_the_service_call_of_the_readme(fleet: subprocess.Popen[str], ros: None) -> None:
    (call,) = [c for c in commands("README.md") if c.startswith(CALL)]
    name, kind, request = shlex.split(call)[3:]
    package, _, service = kind.split("/")
    srv = getattr(importlib.import_module(f"{package}.srv"), service)
    node = rclpy.create_node("reader_of_the_readme")
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    client = node.create_client(srv, name)
    assert client.wait_for_service(10.0)
    future = client.call_async(srv.Request(**yaml.safe_load(request)))
    executor.spin_until_future_complete(future, 10.0)
    answer = future.result()
    node.destroy_node()
    assert answer is not None
    assert answer.accepted, answer.message
    assert answer.goal_id
