"""Processes that are started together, watched, and never left behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

GRACE = 5.0
"""How long a process may take to end after it is asked to, s."""
TAIL = 12
"""Lines of its log that are shown when a process dies."""
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)
_TICKS = os.sysconf("SC_CLK_TCK")


class ProcessDied(Exception):
    """A process ended by itself; the message has the last lines of its log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to start: a name for its log, the command, and what its environment has beyond ours."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]


@dataclass(slots=True)
class _Running:
    program: Program
    process: subprocess.Popen[bytes]
    log: Path


def _die_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Processes:
    """A group of processes, each with its output in `logs`/<name>.log; leaving the `with` block ends them all.

    They are started from the main thread, which they do not outlive, however it ends.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: list[_Running] = []
        self._logged: set[str] = set()

    def start(self, program: Program) -> None:
        """Starts a program in a session of its own, so that Ctrl-C reaches it through us alone.

        One that was started before and killed writes on in its log.
        """
        self._logs.mkdir(parents=True, exist_ok=True)
        log = self._logs / f"{program.name}.log"
        again = program.name in self._logged
        self._logged.add(program.name)
        with log.open("ab" if again else "wb") as out:
            process = subprocess.Popen(
                list(program.command),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, **program.env},
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        self._running.append(_Running(program, process, log))

    def kill(self, name: str) -> None:
        """Kills a process and its children as a power cut would; it is watched no more. Raises KeyError."""
        each = self._named(name)
        self._running.remove(each)
        os.killpg(each.process.pid, signal.SIGKILL)
        each.process.wait()

    def freeze(self, name: str, *, thaw: bool = False) -> None:
        """Makes a process and its children hang, or go on. Raises KeyError."""
        os.killpg(self._named(name).process.pid, signal.SIGCONT if thaw else signal.SIGSTOP)

    def _named(self, name: str) -> _Running:
        for each in self._running:
            if each.program.name == name:
                return each
        raise KeyError(name)

    def cpu(self) -> dict[str, float]:
        """The time of a core that each process has had so far, s, by name; those that have ended are left out."""
        used = {}
        for each in self._running:
            with suppress(FileNotFoundError):
                ticks = Path(f"/proc/{each.process.pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
                used[each.program.name] = sum(map(int, ticks)) / _TICKS
        return used

    def check(self) -> None:
        """Raises ProcessDied where one has ended."""
        for each in self._running:
            code = each.process.poll()
            if code is not None:
                raise ProcessDied(f"{each.program.name} {_how(code)}; the end of {each.log}:\n{tail(each.log)}")

    def stop(self) -> None:
        """Asks all to end, and kills what does not; returns when none is left."""
        self._signal(signal.SIGCONT)
        for number in (signal.SIGINT, signal.SIGTERM):
            self._signal(number)
            if self._wait(GRACE):
                break
        self._signal(signal.SIGKILL)
        for each in self._running:
            each.process.wait()
        self._running.clear()

    def _signal(self, number: int) -> None:
        for each in self._running:
            if number == signal.SIGKILL or each.process.poll() is None:
                try:
                    # A process may leave children (its language model); the whole session has to go.
                    os.killpg(each.process.pid, number)
                except ProcessLookupError:
                    continue

    def _wait(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if all(each.process.poll() is not None for each in self._running):
                return True
            time.sleep(0.02)
        return False

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        while self._running:
            try:
                self.stop()
            except KeyboardInterrupt:
                continue


def _how(code: int) -> str:
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended early with exit code {code}"


def tail(log: Path) -> str:
    """The last lines of a log."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL:]
    return "\n".join(f"    {line}" for line in lines) or "    (it is empty)"
