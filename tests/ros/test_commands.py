"""The commands that talk to a fleet: those of the README in its order, with the fleet that it brings up, and others."""

from __future__ import annotations

import importlib
import json
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from caravan_cli.client import FleetClient
from caravan_cli.domain import free_domain
from tests.ros.support import END_TIME, RATE, left_behind
from tests.support.cli import caravan, environment
from tests.support.documents import FLEET_COMMANDS, ROOT, commands

pytestmark = [pytest.mark.processes, pytest.mark.timeout(240)]

UP, CALL = FLEET_COMMANDS[:2]
SPOKEN = [c for c in commands("README.md") if c.startswith(FLEET_COMMANDS[2:])]
MOON = '.venv/bin/caravan say --wait "bring a pallet from dock 2 to the moon bay"'
ENDS = {
    MOON: (1, "asks back: I know no place called 'moon bay'"),
    ".venv/bin/caravan status": (0, "carrier_1"),
    ".venv/bin/caravan why g1": (0, "won with the lowest bid"),
    ".venv/bin/caravan cancel g1": (2, "is done already"),
}
"""The exit codes of commands, and what they say; of the others: 0, and anything."""


class Fleet:
    """The README's fleet, three robots of it and faster than there, and a user's commands to it."""

    def __init__(self, domain: int, logs: Path) -> None:
        self.domain = domain
        self._env = environment(ROS_DOMAIN_ID=str(domain))
        (up,) = [c for c in commands("README.md") if c.startswith(UP)]
        faster = re.sub(r"--rate \S+", f"--rate {RATE:g}", up)
        words = [*shlex.split(faster), "--robots", "3", "--logs", str(logs)]
        self._up = subprocess.Popen(
            words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=self._env
        )
        self.told: list[str] = []
        assert self._up.stdout is not None
        for line in self._up.stdout:
            self.told.append(line)
            if "robots are up" in line:
                return
        raise AssertionError(f"the fleet did not come up: {self.told}")

    def line(self, command: str) -> subprocess.CompletedProcess[str]:
        """Runs a line as one types it."""
        return subprocess.run(
            command, shell=True, cwd=ROOT, capture_output=True, text=True, timeout=100, env=self._env, check=False
        )

    def caravan(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs `caravan` with these words."""
        return caravan(*words, ROS_DOMAIN_ID=str(self.domain))

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        self._up.send_signal(signal.SIGINT)
        rest, _ = self._up.communicate(timeout=END_TIME)
        self.told.append(rest)
        return self._up.returncode


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """Up until the last test is over; then it must end by itself."""
    logs = tmp_path_factory.mktemp("logs")
    with free_domain() as domain:
        fleet = Fleet(domain, logs)
        try:
            yield fleet
        finally:
            code = fleet.stop()
        assert code == 0, fleet.told
        assert left_behind(logs) == {}


def test_what_is_said_of_commands_is_of_commands_of_the_readme() -> None:
    assert set(ENDS) <= set(SPOKEN)


@pytest.mark.parametrize("command", SPOKEN)
def test_a_command_of_the_readme(fleet: Fleet, command: str) -> None:
    result = fleet.line(command)
    said = result.stdout + result.stderr
    code, words = ENDS.get(command, (0, ""))
    assert result.returncode == code and words in said, f"{command}\n{said}"


def test_a_goal_is_cancelled_once(fleet: Fleet) -> None:
    """The README has halted all, so that none is done before it is cancelled."""
    goal = json.loads(fleet.caravan("say", "Patrol aisle A, aisle B and dock 2 twice.", "--json").stdout)["goal"]
    assert fleet.caravan("cancel", goal).returncode == 0
    again = fleet.caravan("cancel", goal)
    assert again.returncode == 2
    assert "cancelled already" in again.stderr


def test_a_halt_is_told_and_lasts_until_it_is_over(fleet: Fleet) -> None:
    until_why(fleet, halted=True)  # By the README's command.
    assert json.loads(fleet.caravan("halt", "--resume", "--json").stdout)["halted"] is False
    until_why(fleet, halted=False)


def until_why(fleet: Fleet, *, halted: bool) -> None:
    """Waits until it is answered that carrier_1 is halted, or not."""
    end = time.monotonic() + END_TIME
    while ("halted" in fleet.caravan("why", "carrier_1").stdout) != halted:
        assert time.monotonic() < end


def test_the_service_call_of_the_readme(fleet: Fleet) -> None:
    (call,) = [c for c in commands("README.md") if c.startswith(CALL)]
    name, kind, request = shlex.split(call)[3:]
    package, _, service = kind.split("/")
    srv = getattr(importlib.import_module(f"{package}.srv"), service)
    with FleetClient(fleet.domain) as caller:
        client = caller._node.create_client(srv, name)
        assert client.wait_for_service(10.0)
        future = client.call_async(srv.Request(**yaml.safe_load(request)))
        end = time.monotonic() + 10.0
        while not future.done() and time.monotonic() < end:
            caller.spin(0.02)
        answer = future.result()
    assert answer is not None
    assert answer.accepted, answer.message
    assert answer.goal_id


def test_a_goal_is_said_followed_and_explained(fleet: Fleet) -> None:
    done = fleet.caravan("say", "Go to dock 4.", "--wait", "--json")
    assert done.returncode == 0, done.stderr
    goal = json.loads(done.stdout)
    assert goal["state"] == "done"
    assert re.search(r"won by carrier_\d", done.stderr)
    story = json.loads(fleet.caravan("why", f"{goal['id']}/t1", "--json").stdout)
    assert story["goal"]["id"] == goal["id"]


def test_status_is_json_too(fleet: Fleet) -> None:
    robots = json.loads(fleet.caravan("status", "--json").stdout)["robots"]
    assert set(robots) == {"carrier_1", "carrier_2", "carrier_3"}


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
