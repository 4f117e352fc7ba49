"""Processes that are started together: watched, told about when they die, and never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from caravan_cli.processes import ProcessDied, Processes, Program

WAIT = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
DEAF = f"import signal; [signal.signal(n, signal.SIG_IGN) for n in (2, 15)]; {WAIT}"
PARENT = (
    "import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print(p.pid, flush=True); time.sleep(60)"
)


def python(name: str, code: str, **env: str) -> Program:
    return Program(name=name, command=(sys.executable, "-c", code), env=env)


def wait_for_line(log: Path) -> str:
    end = time.monotonic() + 20.0
    while time.monotonic() < end:
        if log.exists() and "\n" in (text := log.read_text()):
            return text.splitlines()[0]
        time.sleep(0.01)
    raise AssertionError(f"{log} stays empty")


def gone(pid: int) -> bool:
    """Whether no such process is left; a dead one that nobody has waited for counts as gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def wait_until_gone(pid: int) -> None:
    end = time.monotonic() + 10.0
    while not gone(pid):
        assert time.monotonic() < end, f"{pid} is still there"
        time.sleep(0.01)


def test_output_goes_to_the_log_and_the_environment_arrives(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        processes.start(python("a", f"import os; print(os.environ['WHO'], flush=True); {WAIT}", WHO="carrier"))
        assert wait_for_line(tmp_path / "a.log") == "carrier"
        processes.check()


def test_one_that_dies_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    code = "[print('line', i) for i in range(100)]; raise SystemExit(3)"
    with Processes(tmp_path) as processes, pytest.raises(ProcessDied) as died:
        processes.start(python("sim", code))
        while True:
            processes.check()
    assert "sim ended early with exit code 3" in str(died.value)
    assert "line 99" in str(died.value)
    assert "line 10\n" not in str(died.value)


def test_one_that_is_killed_is_told_with_the_signal(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes, pytest.raises(ProcessDied, match="was killed by SIGKILL"):
        processes.start(python("sim", "import os; os.kill(os.getpid(), 9)"))
        while True:
            processes.check()


def test_nothing_is_left_behind_after_an_exception(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), Processes(tmp_path) as processes:
        processes.start(python("a", WAIT))
        pid = int(wait_for_line(tmp_path / "a.log"))
        raise RuntimeError
    assert gone(pid)


def test_one_that_is_deaf_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("caravan_cli.processes.GRACE", 0.2)
    with Processes(tmp_path) as processes:
        processes.start(python("a", DEAF))
        pid = int(wait_for_line(tmp_path / "a.log"))
    assert gone(pid)


def test_children_of_a_process_go_with_it(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        processes.start(python("a", PARENT))
        child = int(wait_for_line(tmp_path / "a.log"))
        assert not gone(child)
    wait_until_gone(child)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_processes_do_not_outlive_whoever_started_them(tmp_path: Path, number: int) -> None:
    """Even kill -9 of the starter ends them."""
    code = f"""
import time
from pathlib import Path
from caravan_cli.processes import Processes, Program
with Processes(Path({str(tmp_path)!r})) as processes:
    processes.start(Program(name="a", command=({sys.executable!r}, "-c", {WAIT!r}), env={{}}))
    time.sleep(60)
"""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    starter = subprocess.Popen([sys.executable, "-c", code], env=env)
    pid = int(wait_for_line(tmp_path / "a.log"))
    starter.send_signal(number)
    starter.wait(10.0)
    wait_until_gone(pid)
