"""The audit log: who asked for what, what the robots made of it, and whether it was allowed. One JSON object a line.

It is only ever added to, and synced to disk with each call. When the file is full it becomes FILE.1, FILE.1 becomes
FILE.2, and so on; the oldest is dropped. It is a record for people and not a promise: where it cannot be written, the
fleet goes on.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from caravan.model.audit import Audit

MOST_BYTES = 10_000_000
"""A file that has grown to this is put aside."""
KEPT = 5
"""So many files that were put aside are kept."""


class AuditLog:
    """The audit log at `path`. Nothing here raises for what a disk may do."""

    def __init__(self, path: Path, most_bytes: int = MOST_BYTES, kept: int = KEPT) -> None:
        self._path = path
        self._most = most_bytes
        self._kept = kept
        self._lost = 0

    def append(self, audits: Iterable[Audit]) -> str | None:
        """Adds a line for each; on None they are on disk, else the answer says why they are not."""
        lines = [_line(audit) for audit in audits]
        if not lines:
            return None
        try:
            self._write("".join(lines))
        except OSError as error:
            self._lost += len(lines)
            return (
                f"audit log {self._path}: {error.strerror or error}; {self._lost} lines are not in it so far: "
                "free some disk space"
            )
        return None

    def _write(self, text: str) -> None:
        data = text.encode()
        if self._size() + len(data) > self._most and self._size():
            self._rotate()
        with self._path.open("ab") as file:
            if self._torn():
                data = b"\n" + data
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def _size(self) -> int:
        return self._path.stat().st_size if self._path.exists() else 0

    def _torn(self) -> bool:
        """Whether a crash or a full disk has left the beginning of a line at the end."""
        if not self._size():
            return False
        with self._path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read() != b"\n"

    def _rotate(self) -> None:
        for number in range(self._kept, 1, -1):
            older = self._aside(number - 1)
            if older.exists():
                older.replace(self._aside(number))
        if self._kept:
            self._path.replace(self._aside(1))
        else:
            self._path.unlink()

    def _aside(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")


def _line(audit: Audit) -> str:
    """The audit as a line of JSON, in ASCII: whatever was said, it cannot steer the terminal that shows it."""
    fields: dict[str, Any] = {key: value for key, value in asdict(audit).items() if value not in ("", None, ())}
    stamp = datetime.fromtimestamp(fields.pop("stamp"), UTC).isoformat(timespec="milliseconds")
    return json.dumps({"time": stamp, **fields}, separators=(",", ":")) + "\n"
