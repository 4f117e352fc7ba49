"""A robot's start log on disk: what it took on, began and ended, so that it knows it again after a restart.

One file for each robot, written by its agent alone. Table `starts` has a row for each StartRecord, oldest first;
table `seen` the highest epoch of each task that the robot ever took, which outlives the rows; table `standing` one row,
the order that it stands under, if it was ever given one; table `era` one row, how many eras of its clock have begun.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from caravan.adapters.database import REMEDY, dump, open_database
from caravan.model.goal import task_from_json, task_to_json
from caravan.model.market import HoldingState
from caravan.model.start import StandingOrder, StartKind, StartRecord

SCHEMA = """
CREATE TABLE IF NOT EXISTS starts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, stamp REAL NOT NULL, kind TEXT NOT NULL, task_id TEXT NOT NULL,
    epoch INTEGER NOT NULL, leg INTEGER NOT NULL, state TEXT, note TEXT NOT NULL, task TEXT, finish_by REAL
);
CREATE INDEX IF NOT EXISTS starts_of_award ON starts (task_id, epoch);
CREATE INDEX IF NOT EXISTS starts_released ON starts (seq) WHERE kind = 'released';
CREATE TABLE IF NOT EXISTS seen (task_id TEXT PRIMARY KEY, epoch INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS standing (
    one INTEGER PRIMARY KEY CHECK (one = 1), term INTEGER NOT NULL, number INTEGER NOT NULL, halt INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS era (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL);
"""
COLUMNS = "stamp, kind, task_id, epoch, leg, state, note, task, finish_by"
KEEP = 10_000
"""Rows younger than this many are kept; of older awards that were released, the rows go."""
_PIECE = 10
"""How many released awards are removed at a time."""


class StartLogError(Exception):
    """The start log cannot be read; the message names the file and the remedy."""


class StartLog:
    """The start log at `path` (":memory:" keeps it in memory). Raises StartLogError where it cannot be opened."""

    def __init__(self, path: Path | str, keep: int = KEEP) -> None:
        self._path = path
        self._keep = keep
        try:
            self._db = open_database(path, SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise _unreadable(path, error) from error

    def append(self, records: Iterable[StartRecord]) -> str | None:
        """Writes records; on None all are on disk, else none is, and the answer says why."""
        rows = list(records)
        taken = [record.key for record in rows if record.kind is StartKind.TAKEN]
        try:
            with self._db:
                self._db.executemany(
                    f"INSERT INTO starts ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", map(_row, rows)
                )
                self._db.executemany(
                    "INSERT INTO seen VALUES (?, ?) ON CONFLICT DO UPDATE SET epoch = MAX(epoch, excluded.epoch)", taken
                )
                if any(record.kind is StartKind.RELEASED for record in rows):
                    self._trim()
        except sqlite3.Error as error:
            return self._flaw(error)
        return None

    def stand(self, order: StandingOrder) -> str | None:
        """Puts an order in the place of the one before; on None it is on disk, else the answer says why it is not."""
        try:
            with self._db:
                row = (order.term, order.number, order.halt)
                self._db.execute("INSERT OR REPLACE INTO standing VALUES (1, ?, ?, ?)", row)
        except sqlite3.Error as error:
            return self._flaw(error)
        return None

    def standing(self) -> StandingOrder | None:
        """The order that the robot stands under; None where it never had one. Raises StartLogError."""
        try:
            row = self._db.execute("SELECT term, number, halt FROM standing").fetchone()
        except sqlite3.Error as error:
            raise _unreadable(self._path, error) from error
        return None if row is None else StandingOrder(term=row[0], number=row[1], halt=bool(row[2]))

    def era(self) -> int:
        """How many eras of the robot's clock have begun, by the log. Raises StartLogError."""
        try:
            row = self._db.execute("SELECT number FROM era").fetchone()
        except sqlite3.Error as error:
            raise _unreadable(self._path, error) from error
        return 0 if row is None else int(row[0])

    def begin_era(self, number: int) -> str | None:
        """Notes that an era begins; on None it is on disk, else the answer says why it is not."""
        try:
            with self._db:
                self._db.execute("INSERT OR REPLACE INTO era VALUES (1, ?)", (number,))
        except sqlite3.Error as error:
            return self._flaw(error)
        return None

    def unreleased(self) -> list[StartRecord]:
        """The records of all awards that no lease has left out yet, oldest first. Raises StartLogError."""
        released = "SELECT task_id, epoch FROM starts WHERE kind = 'released'"
        return _records(self._path, self._db, f"WHERE (task_id, epoch) NOT IN ({released})")

    def seen(self) -> dict[str, int]:
        """The highest epoch of each task that was ever taken. Raises StartLogError."""
        try:
            return dict(self._db.execute("SELECT task_id, epoch FROM seen").fetchall())
        except sqlite3.Error as error:
            raise _unreadable(self._path, error) from error

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    def _flaw(self, error: sqlite3.Error) -> str:
        return f"start log {self._path}: {error}; free some disk space"

    def _trim(self) -> None:
        """Removes the rows of a few awards that were released long ago."""
        (newest,) = self._db.execute("SELECT MAX(seq) FROM starts").fetchone()
        old = "SELECT task_id, epoch FROM starts WHERE kind = 'released' AND seq <= ? ORDER BY seq LIMIT ?"
        keys = self._db.execute(old, (newest - self._keep, _PIECE)).fetchall()
        self._db.executemany("DELETE FROM starts WHERE task_id = ? AND epoch = ?", keys)


def starts(path: Path | str) -> list[StartRecord]:
    """All records of the start log at `path`, oldest first, whether its robot runs, has ended or was killed.

    Raises StartLogError where there is no such file, or it is no start log.
    """
    try:
        db = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=rw", uri=True, timeout=5.0)
    except sqlite3.Error as error:
        raise _unreadable(path, error) from error
    try:
        return _records(path, db, "")
    finally:
        db.close()


def _records(path: Path | str, db: sqlite3.Connection, where: str) -> list[StartRecord]:
    try:
        rows = db.execute(f"SELECT {COLUMNS} FROM starts {where} ORDER BY seq").fetchall()
        return [_record(row) for row in rows]
    except (sqlite3.Error, ValueError, TypeError) as error:
        raise _unreadable(path, error) from error


def _row(record: StartRecord) -> tuple[Any, ...]:
    task = None if record.task is None else dump(task_to_json(record.task))
    state = None if record.state is None else record.state.value
    key = (record.stamp, record.kind.value, record.task_id, record.epoch)
    return (*key, record.leg, state, record.note, task, record.finish_by)


def _record(row: tuple[Any, ...]) -> StartRecord:
    stamp, kind, task_id, epoch, leg, state, note, task, finish_by = row
    return StartRecord(
        stamp=stamp,
        kind=StartKind(kind),
        task_id=task_id,
        epoch=epoch,
        leg=leg,
        state=None if state is None else HoldingState(state),
        note=note,
        task=None if task is None else task_from_json(json.loads(task)),
        finish_by=finish_by,
    )


def _unreadable(path: Path | str, error: Exception) -> StartLogError:
    return StartLogError(f"start log {path}: {error}; {REMEDY}")
