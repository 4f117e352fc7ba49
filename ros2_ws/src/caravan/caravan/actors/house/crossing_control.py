"""Who crosses next: the role of the auction house that leads, at a site whose roads meet. No I/O.

It sells turns to the vehicles that say that they come (`platoon.intersection.market`), and lists all slots ten times a
second. A slot that is not taken up is taken back, and stays in the way of others until its vehicle has said, after the
last moment at which it could have gone, that it has not; who is silent has gone if it can have.

Houses that stand by listen too. Whoever comes to lead knows nothing of slots: it waits until those of the one before
have run out, and takes every vehicle that it has heard for one whose slot was taken back just then.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from caravan.model.crossing import LEASE, Approach, Slot, Slots
from caravan.model.road import number_of
from caravan.model.site import Robot, Site
from caravan.platoon.intersection import book
from caravan.platoon.intersection.book import GRACE, Book, Party
from caravan.platoon.intersection.driving import LENGTH, WITHIN
from caravan.platoon.intersection.foresight import Foresight, Seen, foresee
from caravan.platoon.intersection.geometry import APPROACH
from caravan.platoon.intersection.market import Market
from caravan.platoon.intersection.run import ASK, BARRED
from caravan.platoon.intersection.ways import Ways
from caravan.platoon.validity import approach_flaw

SAY, DECIDE = 0.1, 0.5
"""Between two lists of slots, and between two looks at who gets one, s."""
SKEW = 0.3
"""Clocks agree to less than this, s."""
LISTEN = LEASE + 2.0 * SKEW
"""Whoever comes to lead hears in this time who there is, and all slots of the one before have run out, s."""
SILENT = 1.5
"""A vehicle that was not heard for so long may be dead, s."""
TOGETHER = 40.0
"""Vehicles of a platoon that are no further apart than this cross as one party, m."""
HEADWAY = 2.0
"""Between vehicles that are no platoon, s."""
STOPPING = 10.0
"""More than the way that its brake needs a vehicle may have gone when it goes, m."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """The slot of vehicles that have not come out yet."""

    members: tuple[int, ...]
    way: int
    since: float
    """When they asked first, s."""
    due: float
    """When they were to be out, s."""
    back: float | None = None
    """When it was taken back, s."""


class CrossingControl:
    """The slots of the intersection `ways` of `site`, as the auction node `node` gives them. Times are `now` (s)."""

    def __init__(self, node: str, site: Site, ways: Ways) -> None:
        self._node, self._ways = node, ways
        self._robots: tuple[Robot, ...] = tuple(site.robots.values())
        self._number = {robot.id: number for number, robot in enumerate(self._robots)}
        self._road = [number_of(site.roads, robot.start) for robot in self._robots]
        self._heard: dict[int, Approach] = {}
        self._term: int | None = None
        self._leads_from = self._decided = self._said = -math.inf
        self._begin(-math.inf)

    def _begin(self, now: float) -> None:
        """Knows of no slot; each vehicle that it has heard may have had one."""
        self._market = Market(lambda vehicle, now: self._heard[vehicle].bid, crossing=self._ways.crossing)
        there = [number for number in self._heard if not self._is_out(number)]
        self._slots = [_Held(members=(k,), way=self._way(k), since=now, due=now, back=now) for k in there]
        self._barred: dict[int, float] = {}
        self._asked: dict[int, float] = {}

    # -- what is heard and said -------------------------------------------------------------------------------------

    def hear(self, said: Approach, now: float) -> str | None:
        """Takes in what a vehicle says; what cannot be believed is as good as lost, and the answer is why."""
        number = self._number.get(said.name)
        last = None if number is None else self._heard.get(number)
        wrong = approach_flaw(said, last, "", now)
        wrong = wrong or self._ways.flaw(None if number is None else self._road[number], said)
        if wrong is None and number is not None:
            self._heard[number] = said
        return wrong

    def tick(self, now: float, term: int | None) -> Slots | None:
        """What it says to all vehicles, if anything is due. `term`: in which it leads; None while it stands by."""
        if term != self._term:
            self._term, self._leads_from = term, now
            self._begin(now)
        if term is None or now < self._leads_from + LISTEN or now < self._said + SAY - 1e-6:
            return None
        if now >= self._decided + DECIDE - 1e-6:
            self._decided = now
            self._decide(now)
        self._said = now
        return Slots(node=self._node, term=term, stamp=now, slots=tuple(map(self._told, self._slots)))

    def _told(self, held: _Held) -> Slot:
        names = tuple(self._robots[number].id for number in held.members)
        return Slot(vehicles=names, exit=self._ways.all[held.way].exit, valid=held.back is None)

    # -- slots ------------------------------------------------------------------------------------------------------

    def _decide(self, now: float) -> None:
        """Takes back what was not taken up, and lets the market give new slots."""
        self._slots = [*self._strangers(now), *(kept for held in self._slots for kept in self._renewed(held, now))]
        self._ahead, self._places = self._foresee(now)
        for party in self._market.decide(now, self._asking(now), self._book(now)):
            self._slots.append(_Held(members=party.members, way=party.lane, since=party.since, due=party.clears))

    def _strangers(self, now: float) -> Iterator[_Held]:
        """Those who have gone, and whose slot it does not know."""
        known = {number for held in self._slots for number in held.members}
        for number, said in self._heard.items():
            if said.inside and number not in known and not self._is_out(number):
                yield _Held(members=(number,), way=self._way(number), since=now, due=now)

    def _renewed(self, held: _Held, now: float) -> Iterator[_Held]:
        """What is left of a slot: without those who are out, and in two parts where some have lost it."""
        left = [number for number in held.members if not self._is_out(number)]
        if held.back is not None:
            left = [number for number in left if self._may_have_gone(number, held.back, now)]
            if left:
                yield replace(held, members=tuple(left))
            return
        late = now > held.due + GRACE
        lost = [k for k in left if not self._heard[k].inside and (late or self._has_changed(k, held.way, now))]
        kept = tuple(number for number in left if number not in lost)
        if kept:
            yield replace(held, members=kept)
        if lost:
            self._barred |= dict.fromkeys(lost, now + BARRED) if late else {}
            yield replace(held, members=tuple(lost), back=now)

    def _has_changed(self, number: int, way: int, now: float) -> bool:
        """Whether a vehicle is silent, or means to go another way."""
        return self._is_silent(number, now) or self._way(number) != way

    def _may_have_gone(self, number: int, back: float, now: float) -> bool:
        """Whether a vehicle whose slot was taken back at `back` may have taken it up all the same."""
        said, end = self._heard[number], back + LEASE + SKEW
        if now <= end or said.inside:
            return True
        if said.stamp > end:
            return False
        robot, time = self._robots[number], end - said.stamp
        speed = min(robot.speed, said.speed + robot.acceleration * time)
        return said.along + speed * time + 0.5 * speed**2 / robot.brake + speed * robot.lag + STOPPING >= 0.0

    def _book(self, now: float) -> Book:
        """The slots as the market knows them; those that were taken back, or are overdue, are in the way for ever."""
        slots = [
            book.Slot(
                party=self._party(held.members, held.way, held.since),
                due=held.due if held.back is None else -math.inf,
            )
            for held in self._slots
        ]
        return Book(slots=tuple(slots)).foreseen({k: slot.party for k, slot in enumerate(slots)}, now)

    # -- who asks ---------------------------------------------------------------------------------------------------

    def _asking(self, now: float) -> Mapping[int, list[Party]]:
        """By way, the parties that want a slot: of each road those in front that go one way, from front to back."""
        holders = {number: held.back is None for held in self._slots for number in held.members}
        asking: dict[int, list[Party]] = {}
        for road in range(len(self._ways.roads)):
            way: int | None = None
            for members in self._parties(road, holders, now):
                if way is not None and self._way(members[0]) != way:
                    break
                way = self._way(members[0])
                since = self._asked.setdefault(members[0], now)
                asking.setdefault(way, []).append(self._party(members, way, since))
        return asking

    def _parties(self, road: int, holders: Mapping[int, bool], now: float) -> Iterator[tuple[int, ...]]:
        """Those on a road that come to the line without a slot, until one stands before it that cannot have one."""
        members: list[int] = []
        for number in self._queue(road):
            said = self._heard[number]
            if holders.get(number) is True:
                continue
            dead = self._is_silent(number, now) or number in holders or self._barred.get(number, now) > now
            if dead or said.along < -ASK:
                break
            if members and not self._go_together(members, number):
                yield tuple(members)
                members = []
            members.append(number)
        if members:
            yield tuple(members)

    def _go_together(self, members: list[int], number: int) -> bool:
        first, last, own = (self._heard[k] for k in (members[0], members[-1], number))
        together = first.platoon[: len(members) + 1] == (*(self._robots[k].id for k in members), own.name)
        return together and last.exit == own.exit and last.along - last.length - own.along <= TOGETHER

    def _queue(self, road: int) -> list[int]:
        """The vehicles of a road that are before its line and have not gone, from front to back."""
        waiting = (k for k, said in self._heard.items() if said.along < 0.0 and not said.inside)
        return sorted((k for k in waiting if self._road[k] == road), key=lambda k: -self._heard[k].along)

    # -- what is foreseen -------------------------------------------------------------------------------------------

    def _foresee(self, now: float) -> tuple[Foresight, dict[int, int]]:
        """When all who are not out would be where, and the places of the vehicles in that."""
        here = [k for k in self._heard if not self._is_out(k)]
        here.sort(key=lambda k: (self._road[k], -self._heard[k].along))
        places = {number: place for place, number in enumerate(here)}
        fronts = [k - 1 if k and self._road[here[k - 1]] == self._road[here[k]] else None for k in range(len(here))]
        seen = [self._seen(number, front, here) for number, front in zip(here, fronts, strict=True)]
        return foresee(now, seen), places

    def _seen(self, number: int, front: int | None, here: list[int]) -> Seen:
        said, slow = self._heard[number], min(APPROACH, self._ways.all[self._way(number)].speed)
        follows = front is not None and self._heard[here[front]].name in said.platoon
        # The foresight has vehicles of the bench's length.
        longer = (said.length - LENGTH) / slow
        headway = (WITHIN if follows else HEADWAY) + longer
        return Seen(along=said.along, speed=said.speed, turn_speed=slow, headway=headway, front=front)

    def _party(self, members: tuple[int, ...], way: int, since: float) -> Party:
        first, last = self._places[members[0]], self._places[members[-1]]
        length, crossing = self._heard[members[-1]].length, self._ways.crossing[way]
        return Party(
            lane=way,
            members=members,
            since=since,
            commits=self._ahead.commits[first],
            leaves={o: self._ahead.reaches(last, self._ways.zones[way, o].leave + length) for o in crossing},
            clears=self._ahead.reaches(last, self._ways.all[way].length + length),
        )

    # -- what a vehicle says ----------------------------------------------------------------------------------------

    def _way(self, number: int) -> int:
        return self._ways.number(self._road[number], self._heard[number].exit)

    def _is_out(self, number: int) -> bool:
        said = self._heard[number]
        return said.along - said.length >= self._ways.all[self._way(number)].length

    def _is_silent(self, number: int, now: float) -> bool:
        return now - self._heard[number].stamp > SILENT
