"""A task as a robot has it in its worklist, and what a lease and other tasks make of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from caravan.execution.errand import Errand
from caravan.model.goal import PRIORITIES
from caravan.model.market import Award, HoldingState, Lease, Lot
from caravan.model.work import Leg


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An awarded task: how far it is, when it was taken (s), and whether a lease has listed it or `asked` what it is.

    The robot's log has it when it is `started`, and when work is done at the current leg that must not be done twice.
    One that is shared has a place where its robots `meet`, and is begun when a lease says so.
    """

    award: Award
    errand: Errand
    taken: float
    confirmed: bool = False
    asked: bool = False
    started: bool = False
    acting: bool = False
    meet: str | None = None
    begun: bool = True
    state: HoldingState = HoldingState.QUEUED
    note: str = ""

    @property
    def leg(self) -> Leg | None:
        """What is to be done now; None where it waits for others, and at the end."""
        if self.begun:
            return self.errand.leg
        return None if self.state is HoldingState.GATHERED else Leg(place=self.meet, work=0.0, verb="gathering")


def key_of(entry: Entry) -> tuple[str, int]:
    """The award that it is: task id and epoch."""
    return entry.award.task_id, entry.award.epoch


def heed(entry: Entry, lease: Lease) -> Entry:
    """The entry after a lease: listed or asked about, and perhaps those who share it may begin.

    Listed by a lease that answers what was said before it was taken is nothing: robot and award may have been late.
    """
    owned = key_of(entry) in lease.owned and entry.taken <= lease.stamp
    asked = key_of(entry) in lease.asked
    confirmed = owned or (entry.confirmed and not asked)
    if (confirmed, asked) != (entry.confirmed, entry.asked):
        entry = replace(entry, confirmed=confirmed, asked=asked)
    if entry.begun or not owned or entry.award.task_id not in lease.begun:
        return entry
    state = HoldingState.RUNNING if entry.state is HoldingState.GATHERED else entry.state
    return replace(entry, begun=True, state=state)


def put_behind(entry: Entry, award: Award) -> Entry:
    """The entry after another task was put in before it; one at work is resumed later, from the leg it was on."""
    if entry.state is HoldingState.QUEUED:
        return entry
    return replace(entry, state=HoldingState.QUEUED, note=f"put back behind {award.task_id}")


def turn_of(offered: Lot | Award) -> tuple[float, ...]:
    """The order among shared tasks: the more pressing first, then by the numbers of goal, task and occurrence."""
    goal, name, *_ = offered.task_id.split("/")
    number, _, occurrence = name[1:].partition(".")
    return -PRIORITIES.index(offered.task.priority), int(goal[1:]), int(number), int(occurrence or 0)
