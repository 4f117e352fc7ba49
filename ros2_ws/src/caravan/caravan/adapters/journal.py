"""The journal: goals and events on disk before anybody hears of them. SQLite, write-ahead log, fsync at each commit."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from caravan.model.goal import Goal
from caravan.model.goal_json import goal_from_json, goal_to_json
from caravan.model.market import Event

SCHEMA = """
CREATE TABLE IF NOT EXISTS goals (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY, goal TEXT NOT NULL, body TEXT NOT NULL);
"""


class JournalError(Exception):
    """The journal cannot be read or written; the message names the file and the remedy."""


class Journal:
    """An append-only journal in the SQLite file at `path` (":memory:" keeps it in memory).

    Raises JournalError where the file cannot be opened or is not a journal.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = path
        try:
            if path != ":memory:":
                Path(path).parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=5.0, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.executescript(SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise JournalError(f"journal {path}: {error}; move the file away or give another path") from error

    def append(self, goals: Iterable[Goal], events: Iterable[Event]) -> None:
        """Writes all of it or nothing; on return it is on disk. Raises JournalError (full disk, say)."""
        try:
            with self._db:
                self._db.executemany(
                    "INSERT INTO goals (id, body) VALUES (?, ?)", [(g.id, _dump(goal_to_json(g))) for g in goals]
                )
                self._db.executemany(
                    "INSERT INTO events (goal, body) VALUES (?, ?)", [(e.goal, _dump(asdict(e))) for e in events]
                )
        except sqlite3.Error as error:
            raise JournalError(f"journal {self._path}: {error}; free some disk space") from error

    def goals(self) -> list[Goal]:
        """The latest version of each goal, oldest goal first. Raises JournalError for what is not a goal."""
        latest = "SELECT seq, body FROM goals WHERE seq IN (SELECT MAX(seq) FROM goals GROUP BY id)"
        try:
            rows = self._db.execute(latest).fetchall()
            goals = [goal_from_json(json.loads(body)) for _, body in rows]
        except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
            raise JournalError(f"journal {self._path}: {error}; move the file away or give another path") from error
        return sorted(goals, key=lambda g: int(g.id[1:]))

    def events(self) -> list[Event]:
        """All events, oldest first. Raises JournalError for what is not an event."""
        try:
            rows = self._db.execute("SELECT body FROM events ORDER BY seq").fetchall()
            return [Event(**json.loads(body)) for (body,) in rows]
        except (sqlite3.Error, ValueError, TypeError) as error:
            raise JournalError(f"journal {self._path}: {error}; move the file away or give another path") from error

    def close(self) -> None:
        """Closes the file."""
        self._db.close()


def _dump(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
