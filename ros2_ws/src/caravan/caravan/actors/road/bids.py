"""What a truck offers for a platoon task: what its seat would cost, or why it is not the one to do it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from caravan.actors.road.company import Company
from caravan.actors.road.errands import LOOK
from caravan.actors.road.lane import Lane
from caravan.actors.road.offers import CLOSING, Situation, place_cost
from caravan.actors.road.sights import Sights
from caravan.model.goal import Task, TaskKind
from caravan.model.platoon import Roster
from caravan.model.road import Road
from caravan.model.site import Robot
from caravan.platoon.manoeuvres.vehicle import Vehicle
from caravan.platoon.validity import HEADWAYS

Offer = Mapping[str, float] | str
"""Parts of a cost (s), or why not."""


class Bids:
    """The offers of one truck."""

    def __init__(self, robot: Robot, road: Road, vehicle: Vehicle, lane: Lane, sights: Sights) -> None:
        self._robot = robot
        self._road = road
        self._vehicle = vehicle
        self._lane = lane
        self._sights = sights
        self._company = Company(vehicle, LOOK)

    def offer(self, task: Task, seat: int, now: float, fuel: float) -> Offer:
        """What it costs (s) to do the seat of the task, or why this truck does not do it."""
        if task.robot is not None and task.robot != self._robot.id:
            return f"is not {task.robot}"
        if self._lane.ramp is not None:
            return f"has left the road by the ramp to {self._lane.ramp}"
        if task.kind is TaskKind.GO:
            return self._to_exit(task)
        if task.kind is not TaskKind.PLATOON:
            return f"is a truck on a road, and does not {task.kind}"
        flaw = self._absurd(task)
        return flaw if flaw is not None else self._plans[task.manoeuvre or "form"](task, seat, now, fuel)

    @property
    def _plans(self) -> Mapping[str, Callable[[Task, int, float, float], Offer]]:
        return {
            "form": self._form,
            "join": self._join,
            "leave": self._leave,
            "split": self._split,
            "merge": self._lead,
            "dissolve": self._lead,
            "set": self._set,
        }

    def _absurd(self, task: Task) -> str | None:
        top, (low, high) = self._vehicle.traits.top_speed, HEADWAYS
        if task.speed is not None and not 0.0 < task.speed <= top:
            return f"drives up to {top:g} m/s here"
        if task.headway is not None and not low <= task.headway <= high:
            return f"keeps a headway from {low:g} s to {high:g} s"
        return None

    @property
    def _roster(self) -> Roster:
        return self._vehicle.membership.roster

    # -- one each ---------------------------------------------------------------------------------------------------

    def _form(self, task: Task, seat: int, now: float, fuel: float) -> Offer:
        if seat <= 1 and task.leader not in (None, self._robot.id):
            return f"is not {task.leader}"
        if seat > 1 and task.leader == self._robot.id:
            return "leads it"
        if not self._vehicle.membership.leads:
            return f"drives in the platoon of {self._roster.leader}"
        if seat > 1 and len(self._roster.order) > 1:
            return "leads a platoon"
        return place_cost(max(seat, 1), self._situation(task.leader, fuel))

    def _situation(self, leader: str | None, fuel: float) -> Situation:
        first = self._sights.others.get(leader or "")
        before = [o for o in self._sights.others.values() if self._sights.apart(self._lane.x, o.x) > 0.0]
        exit_ = self._robot.destination
        return Situation(
            brake=self._robot.brake,
            to_exit=self._lane.to_ramp(exit_) if exit_ in self._road.ramps and exit_ is not None else None,
            fuel=fuel,
            way=0.0 if first is None else self._sights.apart(self._lane.x, first.x),
            rank=len(before),
        )

    def _join(self, task: Task, seat: int, now: float, fuel: float) -> Offer:
        if task.members and self._robot.id not in task.members:
            return f"is not one of {', '.join(task.members)}"
        roster = self._company.meant(task.platoon, task.leader, now)
        if isinstance(roster, str):
            return f"knows no such platoon: {roster}"
        if not self._vehicle.membership.leads and self._robot.id not in roster.order:
            return f"drives in the platoon of {self._roster.leader}"
        last = self._sights.others.get(roster.order[-1])
        return {"drive": 0.0 if last is None else abs(self._sights.apart(self._lane.x, last.x)) / CLOSING}

    def _leave(self, task: Task, seat: int, now: float, fuel: float) -> Offer:
        if task.members and self._robot.id not in task.members:
            return f"is not one of {', '.join(task.members)}"
        if task.to is not None:
            return self._to_exit(task)
        if task.platoon is not None and self._roster.label != task.platoon:
            return f"is not in a platoon called {task.platoon}"
        return {"drive": 0.0} if len(self._roster.order) > 1 else "is in no platoon"

    def _to_exit(self, task: Task) -> Offer:
        place = task.to or ""
        if place not in self._road.exits:
            return f"knows no ramp to {place or 'nowhere'}; ramps lead to {', '.join(sorted(self._road.ramps))}"
        if place == self._road.to:
            return {"drive": 0.0} if not self._lane.past_ramps else f"is already on its way to {place}"
        way = self._lane.to_ramp(place)
        return {"drive": way / self._vehicle.speed} if way >= 0.0 else f"has passed the ramp to {place}"

    def _split(self, task: Task, seat: int, now: float, fuel: float) -> Offer:
        cutter = task.at or (task.members[0] if task.members else None)
        if cutter is not None and cutter != self._robot.id:
            return f"is not {cutter}"
        return {"drive": 0.0} if len(self._roster.order) > 1 else "is in no platoon"

    def _lead(self, task: Task, seat: int, now: float, fuel: float) -> Offer:
        """Of the leader of the platoon that is named, or of the only one."""
        if task.platoon is not None and self._roster.label != task.platoon:
            return f"leads no platoon called {task.platoon}"
        alone = len(self._roster.order) == 1 and not self._roster.label
        return {"drive": 0.0} if self._vehicle.membership.leads and not alone else "leads no platoon"

    def _set(self, task: Task, seat: int, now: float, fuel: float) -> Offer:
        """Without a platoon it is meant for each; else for who leads that."""
        return {"drive": 0.0} if task.platoon is None else self._lead(task, seat, now, fuel)
