"""What a robot may do for its tasks now: by its leases, by the orders it stands under, and by its log."""

from __future__ import annotations

from caravan.actors.robot.entry import Entry
from caravan.actors.robot.obedience import Obedience
from caravan.actors.robot.worklist import Worklist
from caravan.model.market import HoldingState

_GAP = 2.0
"""A gap between two leases is short until the last is so many times as old as a lease may be."""


class Mandate:
    """It works on a task until `lease` (s) after the last answered heartbeat. Times are the caller's `now` (s)."""

    def __init__(self, worklist: Worklist, obedience: Obedience, lease: float) -> None:
        self.worklist = worklist
        self.obedience = obedience
        self._lease = lease
        self.leased = float("-inf")
        """The stamp of the last heartbeat that was answered."""

    @property
    def halted(self) -> bool:
        """Whether it stands under an order to halt."""
        return self.obedience.halted

    def renew(self, stamp: float) -> None:
        """A lease has come that answers the heartbeat of `stamp`."""
        self.leased = stamp

    def lapse(self) -> None:
        """The clock was set back: a new lease must come."""
        self.leased = float("-inf")

    def job(self, now: float) -> Entry | None:
        """The task that is at work from now on; its leg is what to do. None where there is none, or it may not."""
        entry = self.worklist.current
        if self.halted or entry is None or not entry.confirmed or self.lapsed(now):
            return None
        if not self.worklist.start(now):
            return None
        return None if entry.leg is None else entry

    def interrupted(self, now: float) -> Entry | None:
        """The task that a short gap in its lease keeps it from; the house may have asked about it meanwhile."""
        entry = self.worklist.current
        if self.halted or entry is None or entry.state is not HoldingState.RUNNING:
            return None
        return entry if now - self.leased <= _GAP * self._lease else None

    def lapsed(self, now: float) -> bool:
        """Whether no lease lets it work."""
        return now - self.leased > self._lease

    def idle(self) -> str:
        """What a robot without a job is at, in words."""
        entry = self.worklist.current
        gathered = entry is not None and entry.state is HoldingState.GATHERED
        return "idle" if entry is None else f"waits for the {'others' if gathered else 'auction house'}"
