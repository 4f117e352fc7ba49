"""A robot's start log: what was written is there again, in whatever state the file was left."""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import signal
import sqlite3
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from caravan.adapters.start_log import StartLog, StartLogError, starts
from caravan.model.goal import Task, TaskKind
from caravan.model.market import HoldingState
from caravan.model.start import StandingOrder, StartKind, StartRecord

TASK = Task(id="t1", kind=TaskKind.GO, to="dock_1", within=60.0, avoid=("aisle_b",))


def taken(number: int, epoch: int = 1, note: str = "") -> StartRecord:
    """An award that is taken."""
    key = {"task_id": f"g{number}/t1", "epoch": epoch}
    return StartRecord(stamp=1.5, kind=StartKind.TAKEN, task=TASK, finish_by=61.5, note=note, **key)  # type: ignore[arg-type]


def later(number: int, kind: StartKind, epoch: int = 1, **more: object) -> StartRecord:
    """A later step of it."""
    return StartRecord(stamp=2.0, kind=kind, task_id=f"g{number}/t1", epoch=epoch, **more)  # type: ignore[arg-type]


STEPS = [
    taken(1),
    later(1, StartKind.BEGUN),
    later(1, StartKind.LEG, leg=1),
    later(1, StartKind.ENDED, state=HoldingState.DONE, note="done"),
]


def test_what_was_written_is_read_whether_the_writer_lives_or_not(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "carrier_1.starts"
    log = StartLog(path)
    assert [log.append([record]) for record in STEPS] == [None] * 4
    assert starts(path) == STEPS
    log.close()
    assert starts(path) == STEPS
    assert StartLog(path).unreleased() == STEPS


def test_what_a_lease_left_out_is_over_but_its_epoch_is_seen(tmp_path: Path) -> None:
    log = StartLog(tmp_path / "starts")
    log.append([*STEPS, taken(2, epoch=3), later(1, StartKind.RELEASED)])
    assert [r.task_id for r in log.unreleased()] == ["g2/t1"]
    assert log.seen() == {"g1/t1": 1, "g2/t1": 3}


def test_an_award_taken_after_a_newer_one_does_not_lower_the_fence(tmp_path: Path) -> None:
    log = StartLog(tmp_path / "starts")
    log.append([taken(1, epoch=5)])
    log.append([taken(1, epoch=2)])
    assert log.seen() == {"g1/t1": 5}


def test_it_does_not_grow_without_end_and_forgets_no_epoch_and_nothing_unreleased(fast: Path) -> None:
    log = StartLog(fast / "starts", keep=20)
    log.append([taken(1000)])
    for number in range(200):
        log.append([taken(number), later(number, StartKind.RELEASED)])
    assert len(starts(fast / "starts")) <= 22
    assert log.unreleased() == [taken(1000)]
    assert len(log.seen()) == 201


def test_a_record_cut_short_is_as_if_never_written(fast: Path) -> None:
    source = fast / "starts"
    log = StartLog(source)
    for number in range(3):
        log.append([taken(number)])
    wal = Path(f"{source}-wal").read_bytes()
    lengths = set()
    for size in (*range(0, len(wal), 397), len(wal)):
        copy = fast / "copy"
        shutil.copy(source, copy)
        Path(f"{copy}-wal").write_bytes(wal[:size])
        Path(f"{copy}-shm").unlink(missing_ok=True)
        again = StartLog(copy)
        found = again.unreleased()
        again.close()
        assert found == [taken(number) for number in range(len(found))]
        lengths.add(len(found))
    assert lengths == {0, 1, 2, 3}


def test_the_order_that_was_written_last_stands(tmp_path: Path) -> None:
    log = StartLog(tmp_path / "starts")
    assert log.standing() is None
    assert log.stand(StandingOrder(term=1, number=32_400_000, halt=True)) is None
    assert log.stand(StandingOrder(term=2, number=7)) is None
    assert StartLog(tmp_path / "starts").standing() == StandingOrder(term=2, number=7, halt=False)


def test_a_log_of_a_time_before_it_kept_orders_is_read(tmp_path: Path) -> None:
    log = StartLog(tmp_path / "starts")
    log.append(STEPS)
    with sqlite3.connect(tmp_path / "starts") as db:
        db.execute("DROP TABLE standing")
    again = StartLog(tmp_path / "starts")
    assert again.standing() is None and again.unreleased() == STEPS


def test_a_file_that_is_no_start_log_is_named(tmp_path: Path) -> None:
    path = tmp_path / "carrier_1.starts"
    path.write_bytes(b"this is no database, and long enough to be noticed" * 40)
    with pytest.raises(StartLogError, match=r"carrier_1\.starts.*move the file away"):
        StartLog(path)
    with pytest.raises(StartLogError, match="nowhere"):
        starts(tmp_path / "nowhere")


def fill(path: Path, found: Connection) -> None:
    """Writes until the file may grow no more, in a process of its own; then tells the flaw and what is there."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    log = StartLog(path)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    for number in range(1000):
        flaw = log.append([taken(number, note="x" * 2000)])
        if flaw is not None:
            found.send((flaw, number, len(log.unreleased())))
            break
    os._exit(0)


def test_a_disk_that_takes_no_more_is_said_and_nothing_half_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "starts"
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("fork").Process(target=fill, args=(path, theirs))
    child.start()
    child.join(30)
    flaw, written, held = ours.recv()
    assert "free some disk space" in flaw
    assert written == held > 0
    assert len(starts(path)) == written
