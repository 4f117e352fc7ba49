"""The journal: goals and events on disk before anybody hears of them. SQLite, write-ahead log, fsync at each commit."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from caravan.adapters.database import REMEDY, dump, open_database
from caravan.model.goal import Goal
from caravan.model.goal_json import goal_from_json, goal_to_json
from caravan.model.leadership import Ballot, InSync, Mark, NotWritten
from caravan.model.market import Event

SCHEMA = """
CREATE TABLE IF NOT EXISTS goals (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL,
    number INTEGER, finished REAL, told INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX IF NOT EXISTS goals_told ON goals (finished) WHERE told = 1 AND finished IS NOT NULL;
CREATE INDEX IF NOT EXISTS goals_untold ON goals (number) WHERE told = 0;
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY, goal TEXT NOT NULL, body TEXT NOT NULL, stamp REAL, kind TEXT
);
CREATE INDEX IF NOT EXISTS events_of_goal ON events (goal, stamp);
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, body TEXT NOT NULL);
"""
PIECE = 1000
"""How many rows one piece of compaction removes at most."""


class JournalError(NotWritten):
    """The journal cannot be read or written; the message names the file and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """What compaction leaves. Goals that have not ended, and orders to robots, stay in any case."""

    events: float = 86_400.0
    """Events are kept so long after their goal has ended, s."""
    goals: int = 10_000
    """So many of the goals whose events are gone are kept, the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What a piece of compaction removed: the events of the goals `told`, and `goals`; whether there may be `more`."""

    told: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    more: bool = False


class Journal:
    """A journal in the SQLite file at `path` (":memory:" keeps it in memory): each goal as it is now, and all events.

    Raises JournalError where the file cannot be opened or is not a journal.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = path
        try:
            self._db = open_database(path, SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise JournalError(f"journal {path}: {error}; {REMEDY}") from error

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
        forgotten = self.forgotten()
        with self._writing() as db:
            db.execute("DELETE FROM goals")
            db.execute("DELETE FROM events")
            _add(db, goals, events)
            # The copy begins where the former owner has forgotten what was before.
            (first,) = db.execute("SELECT MIN(number) FROM goals").fetchone()
            _keep(db, "forgotten", {"number": max(forgotten, (first or 1) - 1)})
            _keep(db, "mark", asdict(mark))

    def compact(self, now: float, keep: Keep, piece: int = PIECE) -> Removed:
        """Removes a bounded piece of what is not to be kept, all of it or nothing.

        First go the events of goals that ended long ago, then the oldest of these goals. Raises JournalError.
        """
        with self._writing() as db:
            told, left = _thin(db, now - keep.events, piece)
            goals = _drop_goals(db, keep.goals, left)
            return Removed(told=told, goals=goals, more=left == len(goals))

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

    def forgotten(self) -> int:
        """The highest number of a goal that was removed: it had ended, as had all below it that are not there. 0: none.

        Raises JournalError.
        """
        return int((self._kept("forgotten") or {"number": 0})["number"])

    def goals(self) -> list[Goal]:
        """The latest version of each goal, oldest goal first. Raises JournalError for what is not a goal."""
        with self._reading() as db:
            goals = [goal_from_json(json.loads(body)) for (body,) in db.execute("SELECT body FROM goals")]
            return sorted(goals, key=lambda g: int(g.id[1:]))

    def events(self) -> list[Event]:
        """All events, oldest first. Raises JournalError for what is not an event."""
        with self._reading() as db:
            return [Event(**json.loads(body)) for (body,) in db.execute("SELECT body FROM events ORDER BY seq")]

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._db:
                yield self._db
        except sqlite3.Error as error:
            raise JournalError(f"journal {self._path}: {error}; free some disk space") from error

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            yield self._db
        except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
            raise JournalError(f"journal {self._path}: {error}; {REMEDY}") from error

    def _kept(self, name: str) -> dict[str, Any] | None:
        with self._reading() as db:
            row = db.execute("SELECT body FROM kept WHERE name = ?", (name,)).fetchone()
            return dict(json.loads(row[0])) if row is not None else None


def ballot_from_json(data: Mapping[str, Any]) -> Ballot:
    """A ballot from its fields as JSON values; a missing field has its default. Raises TypeError or KeyError."""
    known = data.get("in_sync")
    in_sync = None if known is None else InSync(**{**known, "nodes": tuple(known["nodes"])})
    return Ballot(**{**data, "in_sync": in_sync})


def _add(db: sqlite3.Connection, goals: Iterable[Goal], events: Iterable[Event]) -> None:
    db.executemany(
        "INSERT OR REPLACE INTO goals (id, body, number, finished) VALUES (?, ?, ?, ?)",
        [(g.id, dump(goal_to_json(g)), int(g.id[1:]), g.finished) for g in goals],
    )
    db.executemany(
        "INSERT INTO events (goal, body, stamp, kind) VALUES (?, ?, ?, ?)",
        [(e.goal, dump(asdict(e)), e.stamp, e.kind) for e in events],
    )


def _keep(db: sqlite3.Connection, name: str, body: Mapping[str, Any]) -> None:
    db.execute("INSERT OR REPLACE INTO kept (name, body) VALUES (?, ?)", (name, dump(body)))


def _thin(db: sqlite3.Connection, before: float, left: int) -> tuple[tuple[str, ...], int]:
    """Removes events of goals that ended before a time (s), `left` rows at most.

    Answers with the goals that have none any more, and how many more rows may go.
    """
    told: list[str] = []
    ended = "SELECT id FROM goals WHERE told = 1 AND finished < ? ORDER BY finished LIMIT ?"
    for (goal,) in db.execute(ended, (before, left)).fetchall():
        own = "DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE goal = ? LIMIT ?)"
        left -= db.execute(own, (goal, left)).rowcount
        if left == 0:
            return tuple(told), 0
        db.execute("UPDATE goals SET told = 0 WHERE id = ?", (goal,))
        told.append(goal)
        left -= 1
    # What concerns no goal goes by its own age. Orders stand until the next.
    others = "SELECT seq FROM events WHERE goal = '' AND stamp < ? AND kind != 'order' LIMIT ?"
    left -= db.execute(f"DELETE FROM events WHERE seq IN ({others})", (before, left)).rowcount
    return tuple(told), left


def _drop_goals(db: sqlite3.Connection, kept: int, left: int) -> tuple[str, ...]:
    """Removes the oldest goals whose events are gone, `left` at most, and answers with them."""
    newest = "SELECT number FROM goals WHERE told = 0 ORDER BY number DESC LIMIT 1 OFFSET ?"
    old = f"SELECT id, number FROM goals WHERE told = 0 AND number <= ({newest}) ORDER BY number LIMIT ?"
    rows = db.execute(old, (kept, left)).fetchall()
    if rows:
        _keep(db, "forgotten", {"number": rows[-1][1]})
        db.executemany("DELETE FROM goals WHERE id = ?", [(goal,) for goal, _ in rows])
    return tuple(goal for goal, _ in rows)
