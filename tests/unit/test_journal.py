"""The journal: what was written is there again, in whatever state the file was left."""

from __future__ import annotations

import multiprocessing
import os
import random
import re
import resource
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from caravan.adapters.journal import Journal, JournalError, Keep, Removed
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


def fill(path: Path, told: Connection) -> None:
    """Writes until the file may grow no more, in a process of its own; tells how often it wrote, and the flaw."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    journal = Journal(path)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
    for number in range(1, 1000):
        try:
            journal.append([goal(number)], [event(number)])
        except JournalError as error:
            told.send((number - 1, str(error), len(journal.goals()), len(journal.events())))
            break
    os._exit(0)


def test_a_file_that_cannot_grow_is_said_and_nothing_is_half_written(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("fork").Process(target=fill, args=(path, theirs))
    child.start()
    child.join(60)
    written, flaw, goals, events = ours.recv()
    assert re.search(r"journal\.db: .*free some disk space", flaw)
    assert goals == events == written > 5
    again = Journal(path)
    assert [g.id for g in again.goals()] == [f"g{k}" for k in range(1, written + 1)]
    again.append([goal(written + 1)], [])


# -- cut short at any byte ----------------------------------------------------------------------------------------

COMMITS = 8


def goal(number: int, **more: object) -> Goal:
    """A goal of some size."""
    return replace(GOAL, id=f"g{number}", text="x" * 700, **more)  # type: ignore[arg-type]


def event(number: int, stamp: float = 1.5, kind: str = "accepted") -> Event:
    """An event of it."""
    return Event(stamp=stamp, kind=kind, goal=f"g{number}" if number else "", data={"y": "y" * 300})


def offsets(size: int, borders: int) -> list[int]:
    """Some hundred places in a file of `size` bytes: all borders of its pages and frames, and some between them."""
    rng = random.Random(size)
    ends = {min(size, max(0, 32 + k * borders + d)) for k in range(size // borders + 1) for d in (-1, 0, 1)}
    return sorted({0, size, *ends, *rng.sample(range(size), min(200, size))})


def copies(source: Path, folder: Path) -> Iterator[Path]:
    """The journal with its write-ahead log cut short at one place after another."""
    wal = Path(f"{source}-wal").read_bytes()
    for size in offsets(len(wal), 24 + 4096):
        copy = folder / "copy.db"
        for end in ("-wal", "-shm"):
            Path(f"{copy}{end}").unlink(missing_ok=True)
        shutil.copy(source, copy)
        Path(f"{copy}-wal").write_bytes(wal[:size])
        yield copy


def test_cut_short_at_any_byte_it_holds_the_first_commits_whole(fast: Path) -> None:
    source = fast / "journal.db"
    writer = Journal(source)
    for number in range(1, COMMITS + 1):
        writer.append([goal(number), replace(GOAL, text=str(number))], [event(number), event(number)])
    seen = set()
    for copy in copies(source, fast):
        journal = Journal(copy)
        goals, events = {g.id: g for g in journal.goals()}, journal.events()
        journal.close()
        count = len(events) // 2
        seen.add(count)
        assert events == [event(k) for k in range(1, count + 1) for _ in range(2)]
        latest = {"g1": replace(GOAL, text=str(count))} if count else {}
        assert goals == {f"g{k}": goal(k) for k in range(1, count + 1)} | latest
    assert seen == set(range(COMMITS + 1))


def test_a_damaged_file_is_whole_empty_or_named(fast: Path) -> None:
    source = fast / "journal.db"
    writer = Journal(source)
    for number in range(1, COMMITS + 1):
        writer.append([goal(number)], [event(number)])
    writer.close()
    whole = source.read_bytes()
    refused = 0
    for size in offsets(len(whole), 4096):
        source.write_bytes(whole[:size])
        refused += not opens(source, size == len(whole), size == 0)
    assert refused > 100
    source.write_bytes(bytes(100) + whole[100:])
    assert not opens(source, False, False)


def opens(path: Path, whole: bool, empty: bool) -> bool:
    """Whether a journal opens, as it must where it is whole or empty and may not otherwise; else the file is named."""
    try:
        journal = Journal(path)
        found = len(journal.goals())
        journal.close()
    except JournalError as error:
        assert not (whole or empty)
        assert re.search(r"journal\.db: .*move the file away", str(error))
        return False
    assert (whole and found == COMMITS) or (empty and found == 0)
    return True


# -- compaction ---------------------------------------------------------------------------------------------------

KEEP = Keep(events=100.0, goals=5)


def long_ago(journal: Journal, count: int) -> None:
    """Goals that ended at their numbers' time, each with events; a robot was found and lost, an order was given."""
    for number in range(1, count + 1):
        journal.append([goal(number)], [event(number, kind="bid") for _ in range(3)])
        ended = goal(number, state=GoalState.DONE, finished=float(number))
        journal.append([ended], [event(number, float(number), "done"), event(0, float(number), "lost")])
    journal.append([goal(count + 1)], [event(count + 1), event(0, 1.0, "order")])


def test_compaction_keeps_what_is_young_or_open_and_never_a_number_twice(fast: Path) -> None:
    journal = Journal(fast / "journal.db")
    long_ago(journal, 30)
    pieces = 0
    told: list[str] = []
    gone: list[str] = []
    while (removed := journal.compact(120.0, KEEP, piece=7)).more:
        pieces += 1
        told += removed.told
        gone += removed.goals
    # 19 goals ended more than 100 s before: 4 events each, and their losses; 5 of the goals are kept.
    assert pieces > 10
    assert [g.id for g in journal.goals()] == [f"g{k}" for k in range(15, 32)]
    assert journal.forgotten() == 14
    left = journal.events()
    assert {e.goal for e in left if e.goal} == {f"g{k}" for k in range(20, 32)}
    assert [e.kind for e in left if not e.goal] == ["lost"] * 11 + ["order"]
    assert journal.compact(120.0, KEEP) == Removed()
    told += removed.told
    gone += removed.goals
    assert (told, gone) == ([f"g{k}" for k in range(1, 20)], [f"g{k}" for k in range(1, 15)])


def test_a_journal_in_use_does_not_grow_without_end(fast: Path) -> None:
    path = fast / "journal.db"
    journal = Journal(path)
    sizes = []
    for number in range(1, 1201):
        now = float(number)
        journal.append([goal(number, state=GoalState.DONE, finished=now)], [event(number, now) for _ in range(5)])
        journal.compact(now, Keep(events=20.0, goals=20))
        if number % 300 == 0:
            sizes.append(path.stat().st_size)
    assert sizes[-1] <= 1.2 * sizes[1]
    assert len(journal.goals()) < 50


def test_a_crash_in_the_middle_of_compaction_loses_nothing(fast: Path) -> None:
    source = fast / "journal.db"
    writer = Journal(source)
    long_ago(writer, 30)
    writer.close()
    writer = Journal(source)
    before, kept = writer.goals(), writer.goals()[19:]
    while writer.compact(120.0, KEEP, piece=40).more:
        pass
    sizes = set()
    for copy in copies(source, fast):
        journal = Journal(copy)
        goals, events, forgotten = journal.goals(), journal.events(), journal.forgotten()
        while journal.compact(120.0, KEEP, piece=40).more:
            pass
        after = journal.goals()
        journal.close()
        assert goals[-len(kept) :] == kept
        assert goals == [g for g in before if int(g.id[1:]) > forgotten]
        assert {e.goal for e in events} >= {g.id for g in before[19:]}
        assert [g.id for g in after] == [f"g{k}" for k in range(15, 32)]
        sizes.add(len(events))
    assert len(sizes) > 3
