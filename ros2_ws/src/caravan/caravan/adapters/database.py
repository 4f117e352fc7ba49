"""SQLite files that outlive a power cut: write-ahead log, fsync at each commit, checked when they are opened."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

REMEDY = "move the file away or give another path"
IN_MEMORY = ":memory:"


def open_database(path: Path | str, schema: str) -> sqlite3.Connection:
    """The database at `path` with the tables of `schema`; its folder is made.

    A commit is on disk when it returns. What a crash cut short is as if it had never been written. Raises OSError or
    sqlite3.Error for a file that cannot be opened, is damaged, or is no database.
    """
    if path != IN_MEMORY:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path, timeout=5.0, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise sqlite3.DatabaseError(f"it is damaged ({found.splitlines()[-1]})")
        db.executescript(schema)
    except BaseException:
        db.close()
        raise
    return db


def dump(data: object) -> str:
    """`data` as compact JSON."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
