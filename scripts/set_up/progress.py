"""Shows which step of how many is at work and for how long, runs its commands and keeps their output in a log."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

TAIL = 20
"""Lines of the log that are shown when a command fails."""
WIDTH = 200
"""Characters of each of them."""
PATIENCE = 10.0
"""How long a command may take to end after it is asked to, s."""


class SetupFailed(Exception):
    """A command failed; the message says which, the log says why."""


class Job:
    """A command in a process group of its own, writing to a log, so that it can be ended with all it started."""

    def __init__(self, command: Sequence[str | Path], *, log: Path, cwd: Path, env: Mapping[str, str]) -> None:
        self.words = [str(word) for word in command]
        self.log = log
        with log.open("a") as out:
            out.write(f"\n$ {' '.join(self.words)}\n")
            out.flush()
            # It inherits the lock of the set-up: should that be killed, the next one waits for what still runs.
            self._process = subprocess.Popen(
                self.words, cwd=cwd, env=dict(env), stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                process_group=0, close_fds=False,
            )  # fmt: skip

    def finish(self) -> None:
        """Wait for the end; interrupted, stop it. Raises SetupFailed with the last lines of the log where it failed."""
        try:
            code = self._process.wait()
        except KeyboardInterrupt:
            self.stop()
            raise
        if code:
            lines = self.log.read_text(errors="replace").splitlines()[-TAIL:]
            shown = "\n".join(f"    {line[:WIDTH]}" for line in lines)
            command = " ".join(self.words)[:WIDTH]
            raise SetupFailed(f"{shown}\nsetup: exit code {code} from `{command}`; the whole log is {self.log}")

    def stop(self) -> None:
        """End everything of it that still runs; returns when all is gone."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            end = time.monotonic() + PATIENCE
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)
                while time.monotonic() < end:
                    self._process.poll()
                    os.killpg(self._process.pid, 0)
                    time.sleep(0.02)


class Progress:
    """Counts the steps of one set-up on standard error."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._number = 0

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """One step: its line shows the seconds while it runs on a terminal, and when it is done."""
        self._number += 1
        line = f"[{self._number}/{self._total}] {title}"
        start = time.monotonic()
        done = threading.Event()
        terminal = sys.stderr.isatty()
        clock = threading.Thread(target=_tick, args=(line, start, done), daemon=True)
        if terminal:
            clock.start()
        else:
            print(f"{line} ...", file=sys.stderr, flush=True)
        try:
            yield
        finally:
            done.set()
            if terminal:
                clock.join()
        print(f"{chr(13) if terminal else ''}{line}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)


def _tick(line: str, start: float, done: threading.Event) -> None:
    while not done.wait(1.0):
        print(f"\r{line} ... {time.monotonic() - start:.0f} s", end="", file=sys.stderr, flush=True)
