"""What a robot does besides its tasks: it charges when it must, and comes home when it is told to."""

from __future__ import annotations

from caravan.actors.ways import Ways
from caravan.actors.worklist import Worklist
from caravan.execution.errand import Errand, work
from caravan.execution.legs import legs
from caravan.model.goal import Task, TaskKind
from caravan.model.market import HoldingState
from caravan.model.site import Robot
from caravan.model.work import Leg


class Chores:
    """At most one chore at a time; it goes before the tasks that are not at work. Charges are in 0..1."""

    def __init__(self, robot: Robot, ways: Ways, worklist: Worklist, top_up: float) -> None:
        self._robot = robot
        self._ways = ways
        self._worklist = worklist
        self._top_up = top_up
        self._errand: Errand | None = None

    @property
    def leg(self) -> Leg | None:
        """What is to be done now for the chore; None without one."""
        return None if self._errand is None else self._errand.leg

    @property
    def charging(self) -> bool:
        """Whether it has gone to a charger by itself."""
        return self.leg is not None and self.leg.work is None

    def mind_battery(self, battery: float) -> None:
        """Goes charging where the battery is too low for what comes next."""
        entry = self._worklist.current
        busy = entry is not None and entry.state is HoldingState.RUNNING
        limit = self._top_up if entry is None else self._robot.battery.reserve
        if self._errand is not None or busy:
            return
        here = self._ways.here()
        if battery < limit or self._worklist.charges_first(here, battery):
            chargers = self._ways.chargers(here)
            if chargers:
                self._errand = Errand(legs=legs(Task(id="t0", kind=TaskKind.CHARGE), self._robot.payload, chargers))

    def work(self, elapsed: float, battery: float) -> None:
        """Works for so long (s) where the chore is done."""
        if self._errand is not None:
            errand = work(self._errand, elapsed, battery)
            self._errand = None if errand.done else errand

    def may_leave(self, task: Task, battery: float) -> bool:
        """Whether it has charge enough to leave the charger for something urgent."""
        return task.priority == "urgent" and battery >= self._top_up

    def give_way(self, task: Task, battery: float) -> None:
        """Leaves the charger for a task, where it may."""
        if self.charging and self.may_leave(task, battery):
            self._errand = None

    def go(self, place: str) -> None:
        """Comes home, to this node."""
        self._errand = Errand(legs=(Leg(place=place, work=0.0, verb="coming home"),))
