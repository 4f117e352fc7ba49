"""The journal: goals and events on disk before anybody hears of them. SQLite, write-ahead log, fsync at each commit."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from caravan.model.goal import Goal
from caravan.model.goal_json import goal_from_json, goal_to_json
from caravan.model.leadership import Ballot, InSync, Mark, NotWritten
from caravan.model.market import Event

SCHEMA = """
CREATE TABLE IF NOT EXISTS goals (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY, goal TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS leadership (name TEXT PRIMARY KEY, body TEXT NOT NULL);
"""


class JournalError(NotWritten):
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

    def append(self, goals: Iterable[Goal], events: Iterable[Event], mark: Mark | None = None) -> None:
        """Writes all of it or nothing, and the mark that the journal is at then, if that is given.

        On return it is on disk. Raises JournalError (full disk, say).
        """
        with self._writing() as db:
            _add(db, goals, events)
            if mark is not None:
                _keep(db, "mark", asdict(mark))

    def replace(self, goals: Iterable[Goal], events: Iterable[Event], mark: Mark) -> None:
        """Puts these in the place of all goals and events, or changes nothing. Raises JournalError."""
        with self._writing() as db:
            db.execute("DELETE FROM goals")
            db.execute("DELETE FROM events")
            _add(db, goals, events)
            _keep(db, "mark", asdict(mark))

    def keep(self, ballot: Ballot) -> None:
        """Keeps what this node has voted for. Raises JournalError."""
        with self._writing() as db:
            _keep(db, "ballot", asdict(ballot))

    def mark(self) -> Mark:
        """The latest mark. Raises JournalError."""
        return Mark(**(self._kept("mark") or {}))

    def ballot(self) -> Ballot:
        """The latest ballot. Raises JournalError."""
        return ballot_from_json(self._kept("ballot") or {})

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._db:
                yield self._db
        except sqlite3.Error as error:
            raise JournalError(f"journal {self._path}: {error}; free some disk space") from error

    def _kept(self, name: str) -> dict[str, Any] | None:
        try:
            row = self._db.execute("SELECT body FROM leadership WHERE name = ?", (name,)).fetchone()
            return dict(json.loads(row[0])) if row is not None else None
        except (sqlite3.Error, ValueError, TypeError) as error:
            raise JournalError(f"journal {self._path}: {error}; move the file away or give another path") from error

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


def ballot_from_json(data: Mapping[str, Any]) -> Ballot:
    """A ballot from its fields as JSON values; a missing field has its default. Raises TypeError or KeyError."""
    known = data.get("in_sync")
    in_sync = None if known is None else InSync(**{**known, "nodes": tuple(known["nodes"])})
    return Ballot(**{**data, "in_sync": in_sync})


def _add(db: sqlite3.Connection, goals: Iterable[Goal], events: Iterable[Event]) -> None:
    db.executemany("INSERT INTO goals (id, body) VALUES (?, ?)", [(g.id, _dump(goal_to_json(g))) for g in goals])
    db.executemany("INSERT INTO events (goal, body) VALUES (?, ?)", [(e.goal, _dump(asdict(e))) for e in events])


def _keep(db: sqlite3.Connection, name: str, body: Mapping[str, Any]) -> None:
    db.execute("INSERT OR REPLACE INTO leadership (name, body) VALUES (?, ?)", (name, _dump(body)))


def _dump(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
