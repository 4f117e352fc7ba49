"""Which platoons there are, as far as a vehicle has heard."""

from __future__ import annotations

from collections.abc import Iterable

from caravan.model.platoon import Roster
from caravan.platoon.manoeuvres.vehicle import Vehicle


class Company:
    """The platoons around `vehicle`, its own among them; of whom nothing was heard for `within` s is not there."""

    def __init__(self, vehicle: Vehicle, within: float) -> None:
        self._vehicle = vehicle
        self._within = within

    def rosters(self, now: float) -> list[Roster]:
        """What leaders (vehicles alone, too) say that they lead."""
        membership = self._vehicle.membership
        own = [membership.roster] if membership.leads else []
        fresh = (membership.fresh(name, now, self._within) for name in sorted(membership.heard))
        return own + [beat.roster for beat in fresh if beat is not None and beat.roster.leader == beat.name]

    def called(self, label: str, now: float) -> Roster | None:
        """The platoon of that name; the later one where two have it."""
        named = [roster for roster in self.rosters(now) if roster.label == label]
        return max(named, key=lambda roster: (len(roster.order), roster.key), default=None)

    def meant(self, label: str | None, leader: str | None, now: float) -> Roster | str:
        """The platoon of that name, or else of that vehicle, or else the only one; or why none is meant."""
        rosters = self.rosters(now)
        if label is not None:
            return self.called(label, now) or f"nobody leads a platoon called {label}"
        if leader is not None:
            led = next((roster for roster in rosters if leader in roster.order), None)
            return led or f"{leader} does not answer"
        others = [r for r in rosters if len(r.order) > 1 and self._vehicle.name not in r.order]
        own = self._vehicle.membership.roster
        if not others and len(own.order) > 1:
            return own
        if len(others) == 1:
            return others[0]
        told = ", ".join(f"{roster.label or 'that'} of {roster.leader}" for roster in others)
        return f"which platoon: {told}?" if others else "there is no platoon"

    def coming(self, crew: Iterable[str | None], now: float) -> int:
        """How many of a crew may come: all but those whose names are known, and who are silent."""
        fresh = self._vehicle.membership.fresh
        return sum(n in (None, self._vehicle.name) or fresh(str(n), now, self._within) is not None for n in crew)

    def brake(self, name: str) -> float:
        """What a vehicle says that it can brake, m/s2; 0 of one that was never heard."""
        beat = self._vehicle.membership.heard.get(name)
        return 0.0 if beat is None else beat.brake
