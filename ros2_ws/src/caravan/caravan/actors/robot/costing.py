"""What tasks come to for one robot: the legs of each, and the stop that it makes in a queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from caravan.actors.robot.entry import Entry, turn_of
from caravan.auction.objective import urgency
from caravan.auction.quote import Means, Stop
from caravan.execution.errand import FULL
from caravan.execution.legs import legs
from caravan.model.crew import gathers
from caravan.model.goal import Task, TaskKind, seat_of
from caravan.model.market import Award, HoldingState, Lot
from caravan.model.site import Robot
from caravan.model.work import Leg

Travel = Callable[[str, str, tuple[str, ...]], float | None]
"""Driving time (s) from a node to a node without entering some places; None where there is no way."""
Stand = Callable[[str, int, tuple[str, ...]], str]
"""Where the robot on a seat of a shared task stands at a place, without entering some places."""
Admit = Callable[[Task], int]
"""How many of a task's item the robot carries at once; raises ValueError for a task that it must not do."""
Place = Callable[[Task, int], Mapping[str, float] | str]
"""What the place on a seat of a manoeuvre costs the robot, in parts (s), or why it cannot take it, in words."""


class Costing:
    """What tasks cost one robot. `chargers` are those that it can reach from a node, the nearest first; it may have to
    `wait` for one, s."""

    def __init__(
        self,
        robot: Robot,
        travel: Travel,
        chargers: Callable[[str], tuple[str, ...]],
        stand: Stand,
        admit: Admit,
        place: Place,
        wait: float,
    ) -> None:
        self._travel = travel
        self._chargers = chargers
        self._stand = stand
        self._admit = admit
        self._place = place
        self.means = Means.of(robot.battery, wait=wait, full=FULL, charger=self._charger)

    def stop(self, offered: Lot | Award, here: str) -> Stop | str:
        """What a task comes to for the robot at node `here`, or why it cannot do it."""
        task = offered.task
        try:
            steps = self.legs(offered, here)
        except ValueError as error:
            return str(error)
        burdens = self._place(task, seat_of(offered.task_id)) if task.kind is TaskKind.PLATOON else {}
        if isinstance(burdens, str):
            return burdens
        return Stop(
            legs=steps,
            deadline=offered.finish_by,
            urgency=urgency(task.priority),
            pressing=task.priority == "urgent",
            turn=turn_of(offered) if gathers(task) else None,
            travel=self.by(task),
            burdens=burdens,
        )

    def rest(self, entry: Entry) -> Stop:
        """What is left of a task that the robot has."""
        task = entry.award.task
        return Stop(
            legs=entry.errand.legs[entry.errand.index :],
            deadline=entry.award.finish_by,
            urgency=urgency(task.priority),
            pressing=task.priority == "urgent",
            turn=None if entry.begun else turn_of(entry.award),
            at_work=entry.state is not HoldingState.QUEUED,
            firm=entry.begun and (task.robots > 1 or entry.acting or not entry.errand.interruptible),
            travel=self.by(task),
        )

    def legs(self, offered: Lot | Award, here: str) -> tuple[Leg, ...]:
        """The legs of a task. Raises ValueError where the robot cannot or must not do it."""
        task, seat = offered.task, seat_of(offered.task_id)
        chargers = self._chargers(here) if task.kind is TaskKind.CHARGE else ()
        return legs(task, self._admit(task), chargers, lambda place: self._stand(place, seat, task.avoid))

    def meet(self, award: Award, steps: tuple[Leg, ...]) -> str | None:
        """Where the robot waits for those who share a task of these legs."""
        place = steps[0].place if steps else None
        own = award.task.kind not in (TaskKind.DELIVER, TaskKind.CHARGE)
        return place if place is None or own else self._stand(place, seat_of(award.task_id), award.task.avoid)

    def by(self, task: Task) -> Callable[[str, str], float | None]:
        """Driving times where a task may drive, s."""
        return lambda a, b: self._travel(a, b, task.avoid)

    def _charger(self, here: str) -> tuple[str, float] | None:
        chargers = self._chargers(here)
        way = self._travel(here, chargers[0], ()) if chargers else None
        return (chargers[0], way) if way is not None else None
