"""Files that one process writes at a time."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

_locks: list[IO[str]] = []
"""Lock files of this process: the system frees them when it ends, however it ends."""


def lock(path: str | Path, taken: str) -> None:
    """Keeps the file at `path` for this process until it ends. Raises ValueError(`taken`) where another one has it."""
    held = Path(f"{path}.lock").open("w", encoding="utf-8")  # noqa: SIM115  # Held until the process ends.
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        raise ValueError(taken) from None
    _locks.append(held)
