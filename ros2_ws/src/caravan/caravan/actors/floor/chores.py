"""What a robot does besides its tasks: it charges when it must, and comes home when it is told to."""

from __future__ import annotations

from caravan.actors.floor.charger_queue import ChargerQueue
from caravan.actors.floor.ways import Ways
from caravan.actors.robot.worklist import Worklist
from caravan.execution.errand import FULL, Errand, work
from caravan.execution.legs import legs
from caravan.model.goal import Task, TaskKind
from caravan.model.market import HoldingState
from caravan.model.site import Robot
from caravan.model.work import Leg

_WORTH = 0.1
"""Charge (0..1) that must be missing before a robot charges for the sake of a task."""


class Chores:
    """Chores go before tasks, and charging before the others. Charges are in 0..1, times the caller's `now` (s).

    Which charger is this robot's, `queue` says.
    """

    def __init__(self, robot: Robot, ways: Ways, worklist: Worklist, top_up: float, queue: ChargerQueue) -> None:
        self._robot = robot
        self._ways = ways
        self._worklist = worklist
        self._top_up = top_up
        self._queue = queue
        self._charge_time = robot.battery.charge_time
        self._home: Errand | None = None
        self._charge: Errand | None = None
        """Only where it has a charger."""
        self._must = False
        """Whether it does nothing else before it has charged."""
        self._wants = False
        self.note = ""
        """What it puts off for charging, in words; empty where nothing."""

    @property
    def leg(self) -> Leg | None:
        """What is to be done now for the chore; None without one, and while it waits for a charger."""
        errand = self._charge if self._charge is not None or self._must else self._home
        return None if errand is None else errand.leg

    @property
    def charging(self) -> bool:
        """Whether it charges, or will before it does anything else."""
        return self._must

    @property
    def waits(self) -> bool:
        """Whether it needs a charger and has none yet."""
        return self._wants and self._charge is None

    @property
    def busy(self) -> bool:
        """Whether tasks have to wait."""
        return self._must or self.leg is not None

    def mind_battery(self, battery: float, occupied: str, now: float) -> None:
        """Goes charging where the battery is too low for what comes next, once it has a charger.

        The robot stays at the charger `occupied`, for whatever reason; at none where it is empty.
        """
        must = self._must or self._lacks(battery)
        chargers = self._ways.to_chargers() if must or self._tops_up(battery) else {}
        self._must, self._wants = must and bool(chargers), bool(chargers)
        if occupied:
            self._queue.stand(occupied, now + self._charge_time * max(0.0, FULL - battery), now)
        elif self._wants:
            spare = self._worklist.spare(self._ways.here(), battery)
            near = self._worklist.within(chargers, battery)
            self._go_to(self._queue.seek(near, spare, self._charge_time * max(0.0, FULL - spare), now))
        else:
            self._queue.leave(now)
            self._charge, self.note = None, ""

    def _go_to(self, charger: str | None) -> None:
        place = None if self._charge is None or self._charge.leg is None else self._charge.leg.place
        if charger is None:
            self._charge = None
        elif charger != place:
            self._charge = Errand(legs=legs(Task(id="t0", kind=TaskKind.CHARGE), 1, (charger,)))

    def _tops_up(self, battery: float) -> bool:
        """Whether it has nothing to do, and may as well charge; on its way home only where it might not get there."""
        limit = self._top_up if self._home is None else self._robot.battery.reserve
        return self._worklist.current is None and battery < limit

    def _lacks(self, battery: float) -> bool:
        """Whether the charge does not last for the task that is at work or next, and charging before helps; or it will
        soon not get to a charger any more."""
        entry, here = self._worklist.current, self._ways.here()
        if battery > FULL - _WORTH:
            return False
        if entry is not None and entry.state is HoldingState.RUNNING:
            lacks = not self._worklist.lasts(here, battery)
        else:
            lacks = self._worklist.low(here, battery) or self._worklist.charges_first(here, battery)
        what = "longer" if entry is None else f"for {entry.award.task_id}"
        self.note = f"the charge does not last {what}" if lacks else ""
        return lacks

    def work(self, elapsed: float, battery: float) -> None:
        """Works for so long (s) where the chore is done."""
        if self._charge is not None:
            errand = work(self._charge, elapsed, battery)
            self._charge, self._must = (None, False) if errand.done else (errand, True)
        elif self._home is not None:
            errand = work(self._home, elapsed, battery)
            self._home = None if errand.done else errand

    def may_leave(self, task: Task, battery: float) -> bool:
        """Whether it has charge enough to leave the charger for something urgent."""
        return task.priority == "urgent" and battery >= self._top_up

    def give_way(self, task: Task, battery: float) -> None:
        """Leaves the charger for a task, where it may."""
        if self.charging and self.may_leave(task, battery):
            self._charge, self._must = None, False

    def go(self, place: str) -> None:
        """Comes home, to this node."""
        self._home = Errand(legs=(Leg(place=place, work=0.0, verb="coming home"),))
