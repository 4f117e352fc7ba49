"""A fleet of real processes on real DDS, to kill and to watch."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from caravan.adapters.readings import key_of
from caravan.language.prompt import Completion, Prompt
from caravan.model.goal import FINAL_GOAL_STATES, Goal
from caravan.model.goal_json import goal_from_json
from caravan.model.market import Event, RobotState
from caravan_cli.client import FleetClient
from caravan_cli.domain import free_domain
from caravan_cli.fleet_processes import program
from caravan_ros.plan import Process, fleet_plan
from tests.support.readings import SENTENCES, by_heart

SITE = Path(__file__).parents[2] / "config" / "warehouse.yaml"
RATE = 10.0
"""Simulated seconds in a real one: as fast as the robots follow."""
UP_TIME = 40.0
"""How long a fleet may take to be there, s; on an idle machine it takes about 5."""
END_TIME = 60.0
"""How long processes may take to end after a signal, s; on an idle machine it takes about 1."""


class RealFleet:
    """The processes of a plan in a domain of their own, and what was heard of them. Times in real s."""

    def __init__(self, plan: Sequence[Process], folder: Path, domain: int) -> None:
        self.plan = {process.name: process for process in plan}
        self.folder = folder
        self.events: list[Event] = []
        self.states: dict[str, RobotState] = {}
        self._mark = f"caravan-test-{uuid.uuid4()}"
        self._env = {"ROS_DOMAIN_ID": str(domain), "CARAVAN_TEST": self._mark}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.client = FleetClient(domain)
        self.client.on_event(self.events.append)
        self.client.on_state(lambda state: self.states.__setitem__(state.robot, state))

    @property
    def robots(self) -> list[str]:
        """All robots that processes of the plan host."""
        return [robot for process in self.plan.values() for robot in hosted(process)]

    def start(self, name: str) -> None:
        """Starts a process of the plan, again where it is dead."""
        given = program(self.plan[name], self.folder, self._env)
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                list(given.command), env={**os.environ, **given.env}, stdout=log, stderr=subprocess.STDOUT
            )

    def kill(self, name: str) -> None:
        """Kills a process as a power cut would."""
        self._processes[name].send_signal(signal.SIGKILL)
        self._processes[name].wait(10)

    def end(self, name: str) -> None:
        """Ends a process as its user would; it must do so in good order."""
        self._processes[name].terminate()
        code = self._processes[name].wait(END_TIME)
        assert code == 0, f"{name} ended with {code}: {self.log(name)}"

    def bring_up(self, limit: float = UP_TIME) -> None:
        """Starts all and waits until the auction house has found all robots, and their heartbeats are heard here."""
        for name in self.plan:
            self.start(name)
        robots = set(self.robots)
        self.until(lambda: self.client.ready() and self.found() >= robots and self.states.keys() >= robots, limit)

    def found(self) -> set[str]:
        """The robots that the auction house has found."""
        return {event.robot for event in self.events if event.kind == "found"}

    def until(self, done: Callable[[], object], limit: float = 80.0) -> None:
        """Waits until something is so. Fails where it takes too long or a process has ended by itself."""
        end = time.monotonic() + limit
        while not done():
            dead = [name for name, process in self._processes.items() if process.poll() not in (None, -signal.SIGKILL)]
            assert not dead, f"{dead[0]} has ended: {self.log(dead[0])}"
            assert time.monotonic() < end, f"it did not happen in {limit:g} s: {self.story()}"
            self.client.spin(0.02)

    def until_ended(self, goal_id: str, limit: float = 80.0) -> Goal:
        """Waits for the end of a goal and answers with it."""
        self.until(lambda: self.heard(goal_id, "done", "failed", "refused", "asked", "cancelled"), limit)
        return self.goal(goal_id)

    def until_over(self, goal_id: str) -> Goal:
        """The same where the house was killed: asked for, as what the new one says first may be heard by nobody yet."""
        self.until(lambda: self.goal(goal_id).state in FINAL_GOAL_STATES)
        return self.goal(goal_id)

    def recorded(self, goal_id: str, kind: str) -> int:
        """How many events of a kind the auction house has in its record of a goal."""
        return sum(event["kind"] == kind for event in self.client.explain(goal_id)[1]["events"])

    def goal(self, goal_id: str) -> Goal:
        """A goal as the auction house has it now."""
        return goal_from_json(self.client.explain(goal_id)[1]["goal"])

    def heard(self, goal_id: str, *kinds: str) -> list[Event]:
        """The events of a goal that are of one of these kinds."""
        return [e for e in self.events if e.goal == goal_id and e.kind in kinds]

    def owner(self, goal_id: str) -> str:
        """Who was last heard to have taken a task of the goal; empty: nobody."""
        taken = self.heard(goal_id, "taken")
        return taken[-1].robot if taken else ""

    def host(self, robot: str) -> str:
        """The name of the process that a robot lives in."""
        return next(process.name for process in self.plan.values() if robot in hosted(process))

    def running(self) -> dict[int, str]:
        """The command lines of all processes of this fleet and their children that are there, by number."""
        return {pid: _command(pid) for pid in marked(self._mark)}

    def log(self, name: str) -> str:
        """What a process wrote."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def story(self) -> str:
        """All events and logs, for failing tests."""
        lines = [f"{e.stamp:.1f} {e.kind} {e.goal} {e.task} {e.robot} {e.text}" for e in self.events]
        return "\n".join([*lines, *(f"{name}: {self.log(name)}" for name in self._processes)])

    def take_down(self) -> None:
        """Ends all by SIGTERM. Fails where one does not end, fails, or leaves something behind.

        That ROS hung when a node was taken down, and the process ended all the same, is no failure of the process.
        """
        self.client.__exit__(None, None, None)
        living = {name: process for name, process in self._processes.items() if process.poll() is None}
        for process in living.values():
            process.terminate()
        end = time.monotonic() + END_TIME
        try:
            codes = {name: _ended(process, end) for name, process in living.items()}
            codes = {name: code for name, code in codes.items() if code and not hung_in_ros(self.log(name))}
            left = self.running()
        finally:
            for pid in marked(self._mark):
                os.kill(pid, signal.SIGKILL)
        assert not codes, {name: (code, self.log(name)) for name, code in codes.items()}
        assert not left


@contextmanager
def real_fleet(
    folder: Path, models: dict[str, Path] | None = None, *, house: dict[str, object] | None = None, **options: Any
) -> Iterator[RealFleet]:
    """A fleet that is up, with readings learned by heart.

    `models` are those of single robots' processes, `house` the auction node's parameters that are not as planned.
    """
    given = {"robots": 3, "rate": RATE, "model": by_heart_file(folder), "journal": folder / "journal", **options}
    with free_domain() as domain:
        plan = [_with_model(process, models or {}) for process in fleet_plan(SITE, **given)]
        plan = [
            replace(p, parameters={**p.parameters, **(house or {})}) if p.executable == "auction_node" else p
            for p in plan
        ]
        fleet = RealFleet(plan, folder, domain)
        try:
            fleet.bring_up()
            yield fleet
        finally:
            fleet.take_down()


def hung_in_ros(log: str) -> bool:
    """Whether a process had to end (`runtime.taking_down`) where it stood within ROS itself."""
    return bool(re.search(r"^Timeout \(.*\nThread .*\n  File .*/rclpy/(node|context)\.py\"", log, re.MULTILINE))


def _ended(process: subprocess.Popen[bytes], end: float) -> int:
    """The exit code of a process; one that has not ended in time is made to log where each of its threads stands."""
    try:
        return process.wait(max(0.0, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGABRT)
        return process.wait(10)


def by_heart_file(folder: Path) -> Path:
    """Readings of `SENTENCES`, recorded."""
    answers = {key_of("by_heart", p): by_heart(p) for p in (Prompt(text=sentence) for sentence in SENTENCES)}
    return recorded(folder / "by_heart.json", answers)


def recorded(file: Path, answers: dict[str, Any]) -> Path:
    """A file of recorded readings."""
    data = {
        key: {"text": a.text, "probability": a.probability, "seconds": a.seconds}
        for key, a in answers.items()
        if isinstance(a, Completion)
    }
    file.write_text(json.dumps(data), encoding="utf-8")
    return file


def complaint(executable: str, **parameters: object) -> str:
    """What a node says that does not start: one sentence, exit code 2."""
    words = [word for name, value in parameters.items() for word in ("-p", f"{name}:={json.dumps(value)}")]
    command = [sys.executable, "-m", f"caravan_ros.{executable}", "--ros-args", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


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


def hosted(process: Process) -> tuple[str, ...]:
    """The robots that live in a process."""
    return tuple(process.parameters["robots"]) if process.executable == "agent_node" else ()


def _with_model(process: Process, models: dict[str, Path]) -> Process:
    for robot, model in models.items():
        if robot in hosted(process):
            return replace(process, parameters={**process.parameters, "models": (str(model),)})
    return process


def marked(mark: str) -> list[int]:
    """Processes with the mark in their environment: those that were started here, and their descendants."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if mark.encode() in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
