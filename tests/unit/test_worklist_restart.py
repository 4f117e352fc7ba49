"""A robot's worklist and its start log: restarts and full disks."""

from __future__ import annotations

from collections.abc import Iterable

from caravan.actors.robot.worklist import Worklist
from caravan.adapters.start_log import StartLog
from caravan.model.goal import Task, TaskKind
from caravan.model.market import Award, HoldingState, Lease
from caravan.model.start import StartRecord
from tests.support.worklists import award, states, worklist


class FullDisk(StartLog):
    """A log on a disk that can be full."""

    full = False

    def append(self, records: Iterable[StartRecord]) -> str | None:
        return "start log x: database or disk is full" if self.full else super().append(records)


def delivery(work: Worklist) -> None:
    """A delivery of two trips is taken and begun."""
    task = Task(id="t1", kind=TaskKind.DELIVER, item="pallet", quantity=3, from_="2", to="5")
    work.take(Award(task_id="g1/t1", epoch=1, task=task, robot="a", finish_by=99.0), "0", 1.0)
    work.start(2.0)


def kinds(log: StartLog) -> list[str]:
    """What the log has of its awards, in order."""
    return [record.kind.value for record in log.unreleased()]


def test_a_restarted_robot_goes_on_at_the_leg_it_had_reached_and_begins_nothing_twice() -> None:
    log = StartLog(":memory:")
    work = worklist(log)
    delivery(work)
    work.take(award(2, "9"), "0", 3.0)
    work.work(5.0, battery=1.0, now=7.0)
    again = worklist(log)
    entry = again.current
    assert entry is not None
    assert (entry.award.task_id, entry.award.finish_by, entry.errand.index) == ("g1/t1", 99.0, 1)
    assert states(again) == {"g1/t1": "running", "g1/t2": "queued"}
    assert not entry.confirmed
    again.start(9.0)
    assert kinds(log).count("begun") == 1


def test_work_that_may_be_done_again_is_done_again() -> None:
    log = StartLog(":memory:")
    work = worklist(log)
    task = Task(id="t1", kind=TaskKind.INSPECT, places=("3", "4"))
    work.take(Award(task_id="g1/t1", epoch=1, task=task, robot="a"), "0", 0.0)
    work.start(0.0)
    work.work(5.0, battery=1.0, now=1.0)
    work.work(4.0, battery=1.0, now=2.0)
    entry = worklist(log).current
    assert entry is not None
    assert (entry.errand.index, entry.errand.worked) == (1, 0.0)


def test_loading_that_was_interrupted_has_failed() -> None:
    log = StartLog(":memory:")
    work = worklist(log)
    delivery(work)
    work.work(1.0, battery=1.0, now=3.0)
    for again in (worklist(log), worklist(log)):
        assert again.current is None
        (holding,) = again.holdings("0")
        assert (holding.state, holding.note) == (HoldingState.FAILED, "interrupted while loading")


def test_an_end_that_the_house_may_not_know_is_told_after_a_restart_until_a_lease_leaves_it_out() -> None:
    log = StartLog(":memory:")
    work = worklist(log)
    work.take(award(1, "5"), "0", 0.0)
    work.start(0.0)
    work.work(0.1, battery=1.0, now=1.0)
    again = worklist(log)
    assert states(again) == {"g1/t1": "done"}
    again.apply(Lease(robot="a", stamp=2.0), 2.0)
    again.take(award(2, "5"), "0", 3.0)
    assert states(worklist(log)) == {"g1/t2": "queued"}


def test_an_old_award_is_refused_after_a_restart_too() -> None:
    log = StartLog(":memory:")
    work = worklist(log)
    work.take(award(1, "5", epoch=3), "0", 0.0)
    work.apply(Lease(robot="a", stamp=1.0), 1.0)
    work.take(award(2, "5"), "0", 2.0)
    assert "epoch 3 is over" in worklist(log).take(award(1, "5", epoch=3), "0", 3.0).note


def test_a_full_disk_takes_no_award_begins_nothing_and_ends_nothing() -> None:
    log = FullDisk(":memory:")
    work = worklist(log)
    log.full = True
    refusal = work.take(award(1, "5"), "0", 0.0)
    assert (refusal.accepted, refusal.note) == (False, "start log x: database or disk is full")
    log.full = False
    assert work.take(award(1, "5"), "0", 1.0).accepted
    log.full = True
    assert not work.start(2.0)
    assert states(work) == {"g1/t1": "queued"}
    assert "disk is full" in work.flaw
    log.full = False
    assert work.start(3.0)
    assert work.flaw == ""
    log.full = True
    work.work(1.0, battery=1.0, now=4.0)
    assert states(work) == {"g1/t1": "running"}
    log.full = False
    work.work(1.0, battery=1.0, now=5.0)
    assert states(work) == {"g1/t1": "done"}


def test_after_a_restart_the_task_begun_last_is_the_one_at_work() -> None:
    log = StartLog(":memory:")
    work = worklist(log)
    work.take(award(1, "5"), "0", 0.0)
    work.start(0.0)
    work.take(award(2, "9", priority="urgent"), "0", 1.0)
    work.start(1.0)
    again = worklist(log)
    assert [(e.award.task_id, e.state) for e in again.queue] == [
        ("g1/t2", HoldingState.RUNNING),
        ("g1/t1", HoldingState.QUEUED),
    ]
