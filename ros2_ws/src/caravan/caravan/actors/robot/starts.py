"""What a robot writes down of its work before it goes on, and what it makes of that after a restart.

Nothing that must not happen twice happens before it is on disk. The log is the robot's own (`adapters.start_log`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from caravan.actors.robot.obedience import OrderLog
from caravan.actors.robot.own_clock import EraLog
from caravan.model.market import Award, HoldingState
from caravan.model.start import StartKind, StartRecord


class StartLog(OrderLog, EraLog, Protocol):
    """A log that outlives the process: what the robot took on, the order that it stands under, the era of its clock."""

    def append(self, records: Iterable[StartRecord]) -> str | None:
        """On None all are on disk, else none is, and the answer says why."""

    def unreleased(self) -> list[StartRecord]:
        """The records of all awards that were not released, oldest first."""

    def seen(self) -> dict[str, int]:
        """The highest epoch of each task that was ever taken."""


class Starts:
    """A robot's hand on its log."""

    def __init__(self, log: StartLog) -> None:
        self._log = log
        self._later: list[StartRecord] = []
        self.flaw = ""
        """Why nothing could be written the last time; empty: it could."""

    def write(self, kind: StartKind, award: Award, now: float, **more: Any) -> bool:
        """Whether a step of an award is on disk; only then it may be taken."""
        records = [*self._later, _record(kind, award, now, **more)]
        self.flaw = self._log.append(records) or ""
        if not self.flaw:
            self._later.clear()
        return not self.flaw

    def note(self, kind: StartKind, award: Award, now: float, **more: Any) -> None:
        """Notes a step that is written with the next one: after a crash in between, the house says it again."""
        self._later.append(_record(kind, award, now, **more))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How far the log knows an award to be: `leg` legs are behind; `acting`: at work on the next, with no end of it."""

    award: Award
    taken: float
    latest: float
    """When it was written of last, s."""
    leg: int = 0
    started: bool = False
    acting: bool = False
    state: HoldingState = HoldingState.QUEUED
    note: str = ""


def recall(records: Iterable[StartRecord], robot: str) -> list[Reached]:
    """What the records of a robot's log say of each award, the one at work first, then as they were taken.

    The one at work is the last that was begun: those begun before it were interrupted by it.
    """
    found: dict[tuple[str, int], Reached] = {}
    latest: tuple[str, int] | None = None
    for record in records:
        if record.task is not None:
            award = Award(
                task_id=record.task_id,
                epoch=record.epoch,
                task=record.task,
                robot=robot,
                finish_by=record.finish_by,
            )
            found[record.key] = Reached(award=award, taken=record.stamp, latest=record.stamp)
        elif record.key in found:
            found[record.key] = _after(found[record.key], record)
            latest = record.key if found[record.key].state is HoldingState.RUNNING else latest
    return sorted(
        (_interrupted(reached) if key != latest else reached for key, reached in found.items()),
        key=lambda r: r.state is not HoldingState.RUNNING,
    )


def _interrupted(reached: Reached) -> Reached:
    return replace(reached, state=HoldingState.QUEUED) if reached.state is HoldingState.RUNNING else reached


def _after(reached: Reached, record: StartRecord) -> Reached:
    reached = replace(reached, latest=record.stamp)
    match record.kind:
        case StartKind.BEGUN:
            return replace(reached, started=True, state=HoldingState.RUNNING)
        case StartKind.ACTING:
            return replace(reached, leg=record.leg, acting=True)
        case StartKind.LEG:
            return replace(reached, leg=record.leg, acting=False)
        case StartKind.ENDED if record.state is not None:
            return replace(reached, state=record.state, acting=False, note=record.note)
        case _:
            return reached


def _record(kind: StartKind, award: Award, now: float, **more: Any) -> StartRecord:
    if kind is StartKind.TAKEN:
        more |= {"task": award.task, "finish_by": award.finish_by}
    return StartRecord(stamp=now, kind=kind, task_id=award.task_id, epoch=award.epoch, **more)
