"""The journal: what was written is there again, in whatever state the file was left."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from caravan.adapters.journal import Journal, JournalError
from caravan.model.goal import Goal, GoalState
from caravan.model.market import Event

GOAL = Goal(id="g1", text="go to dock 1", requester="ann", stamp=1.5)


def test_the_latest_version_of_each_goal_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "journal.db"
    journal = Journal(path)
    second = replace(GOAL, id="g10")
    journal.append([GOAL, second], [Event(stamp=1.5, kind="accepted", goal="g1", data={"requester": "ann"})])
    done = replace(GOAL, state=GoalState.DONE, message="done", finished=9.0)
    journal.append([done], [])
    journal.close()
    again = Journal(path)
    assert again.goals() == [done, second]
    assert [e.kind for e in again.events()] == ["accepted"]


def test_what_was_committed_outlives_a_writer_that_never_closed(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    writer = Journal(path)
    writer.append([GOAL], [])
    assert Journal(path).goals() == [GOAL]


def test_a_file_that_is_no_journal_is_named(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"this is no database, and long enough to be noticed" * 40)
    with pytest.raises(JournalError, match=r"journal\.db.*move the file away"):
        Journal(path)


def test_a_goal_that_is_damaged_is_not_taken_for_another(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    Journal(path).close()
    with sqlite3.connect(path) as db:
        db.execute("INSERT INTO goals (id, body) VALUES ('g1', '{\"id\": \"g1\"}')")
    with pytest.raises(JournalError, match="move the file away"):
        Journal(path).goals()


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    journal._db.execute("PRAGMA max_page_count=4")
    with pytest.raises(JournalError, match="free some disk space"):
        journal.append([replace(GOAL, text="x" * 1_000_000)], [])
    assert journal.goals() == []
