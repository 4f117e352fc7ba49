"""Where in a platoon a truck comes in, who is in its way there, and where one is cut."""

from __future__ import annotations

from caravan.actors.road.company import Company
from caravan.actors.road.lane import Lane
from caravan.actors.road.sights import Sights
from caravan.model.goal import Task
from caravan.model.platoon import Place, Roster
from caravan.platoon.manoeuvres.vehicle import Vehicle


class Places:
    """The places for the truck that `vehicle` speaks for, and for those whom it leads."""

    def __init__(self, vehicle: Vehicle, lane: Lane, sights: Sights, company: Company) -> None:
        self._vehicle = vehicle
        self._lane = lane
        self._sights = sights
        self._company = company

    def where(self, roster: Roster) -> tuple[str, Place]:
        """Where it joins: at the back; alone beside the platoon, so that who brakes harder stays behind it."""
        first, last = roster.leader, roster.order[-1]
        ahead = self._sights.others.get(first)
        alone = len(self._vehicle.membership.roster.order) == 1
        if not alone and ahead is not None and self._sights.apart(self._lane.x, ahead.x) < 0.0:
            return first, Place.FRONT
        if not alone or self._lane.in_lane:
            return last, Place.BACK
        mine = self._vehicle.traits.brake
        weaker = [n for n in roster.order if self._company.brake(n) <= mine]
        behind = weaker[-1] if weaker else first
        return (last, Place.BACK) if behind == last else (behind, Place.BEHIND)

    def cut(self, task: Task, order: tuple[str, ...]) -> str | None:
        """Behind whom the platoon is cut."""
        if task.at is not None:
            return task.at if task.at in order else None
        first = order.index(task.members[0]) if task.members and task.members[0] in order else 0
        return order[first - 1] if first > 0 else None

    def barrier(self, roster: Roster, place: Place) -> str | None:
        """Who drives between its own platoon and the other; who is alone overtakes."""
        own, others = self._vehicle.membership.roster.order, self._sights.others
        if len(own) == 1:
            return None
        ends = (roster.leader, own[-1]) if place is Place.FRONT else (own[0], roster.order[-1])
        rear, front = (self._lane.x if name == own[0] else others[name].x if name in others else None for name in ends)
        if rear is None or front is None:
            return None
        return next((n for n in self._sights.between(rear, front) if n not in (*own, *roster.order)), None)
