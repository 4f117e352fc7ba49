"""A robot's memory of its vote on disk: one small file for each robot, written by its agent alone."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict
from pathlib import Path

from caravan.adapters.database import REMEDY, dump, open_database
from caravan.adapters.journal import ballot_from_json
from caravan.model.leadership import Ballot, NotWritten

SCHEMA = "CREATE TABLE IF NOT EXISTS ballot (number INTEGER PRIMARY KEY CHECK (number = 1), body TEXT NOT NULL)"


class BallotFile:
    """The ballot at `path`. Raises NotWritten, as its methods do, where the file cannot be opened, read or written."""

    def __init__(self, path: Path | str) -> None:
        self._path = path
        try:
            self._db = open_database(path, SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise NotWritten(f"ballot {path}: {error}; {REMEDY}") from error

    def ballot(self) -> Ballot:
        """The latest ballot that was kept."""
        try:
            row = self._db.execute("SELECT body FROM ballot").fetchone()
            return ballot_from_json(json.loads(row[0])) if row is not None else Ballot()
        except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
            raise NotWritten(f"ballot {self._path}: {error}; {REMEDY}") from error

    def keep(self, ballot: Ballot) -> None:
        """Keeps a ballot; it is on disk when this returns."""
        try:
            with self._db:
                self._db.execute("INSERT OR REPLACE INTO ballot VALUES (1, ?)", (dump(asdict(ballot)),))
        except sqlite3.Error as error:
            raise NotWritten(f"ballot {self._path}: {error}; free some disk space") from error

    def close(self) -> None:
        """Closes the file."""
        self._db.close()
