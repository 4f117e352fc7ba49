"""Stamps: what a finished step was made from, so that it is done again exactly when that changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(facts: Iterable[str], files: Iterable[Path], names: Iterable[Path] = ()) -> str:
    """A digest of `facts`, of the contents of `files` and of which `names` there are."""
    digest = hashlib.sha256()
    for fact in facts:
        digest.update(f"{fact}\0".encode())
    for path in sorted(files):
        digest.update(f"{path}\0".encode() + path.read_bytes() + b"\0")
    for path in sorted(names):
        digest.update(f"{path}\0".encode())
    return digest.hexdigest()


def fresh(stamp: Path, current: str) -> bool:
    """Whether the step was finished from `current`."""
    return stamp.is_file() and stamp.read_text() == current


def write(stamp: Path, current: str) -> None:
    """Record that the step is finished."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(current)
