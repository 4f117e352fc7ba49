"""Which charger is whose: robots that need one claim it, and tell each other (decision 0020).

At a charger one robot charges, and one more claims to be the next. A robot claims the charger where it can begin
soonest of those that no other robot claims with a higher bid, and drives there once nobody has said otherwise for a
while. Bids grow while their robots wait, so that nobody waits for ever. What a robot says is its whole state, and is
said again and again: what is lost is made up for, and who is silent is forgotten.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from caravan.model.charging import HANDOVER
from caravan.model.claims import CHARGERS, Belief, Claims

PERIOD = 1.0
"""Pause between two times that a robot says the same again, s."""
SETTLE = 1.5
"""A charger is had when it was claimed so long ago (s) without a higher bid: every claim is said once by then."""
PATIENCE = 5.0
"""A robot that was not heard for so long (s) claims nothing any more; where it charged, it may charge for ever."""
GONE = 120.0
"""After so long (s) somebody goes and sees whether it still stands there."""
ADIEU = 10.0
"""A robot that claims nothing any more says so for so long, s."""
SHUN = 300.0
"""A charger that was not reached in time is not tried again for so long, s."""
_SLOW, _SLOWER = 4.0, 60.0
"""In time is: so many times as long as was thought, and so many s more."""
_AGEING = 1.0 / 1200.0
"""A bid grows by the whole of a battery in 20 minutes, 1/s."""
_HAD = 0.1
"""What is claimed already is worth so much more to its robot: small differences turn nobody round on the way."""
_STAY = 20.0
"""And no other charger is claimed instead for so many s or less."""

_THERE = 1000.0
"""From here on a bid is none: its robot stands at the charger, for so many more s as it is above this."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What another robot last said: the number of its message, when that came (s), and what it claims."""

    number: int
    at: float
    beliefs: Mapping[str, Belief]


class ChargerQueue:
    """One robot's part in it. All times are the caller's `now` (s)."""

    def __init__(self, robot: str) -> None:
        self._robot = robot
        self._others: dict[str, _Said] = {}
        self._shunned: dict[str, float] = {}
        """Until when each charger is not tried again, s."""
        self._number = 0
        self._spoken = self._left = float("-inf")
        self._since: float | None = None
        """Since when it needs a charger, s."""
        self._claim: str | None = None
        self._bid = 0.0
        """For what it claims, as it was when it was claimed: were it to grow, each of two could seem the higher."""
        self._behind = 0
        """How many others may be before it where it claims."""
        self._claimed = self._due = 0.0
        """When the charger was claimed, and when it shall be reached, s."""
        self._ends: float | None = None
        """When it will leave the charger where it stands, s; None where it is on its way."""

    def hear(self, claims: Claims, now: float) -> None:
        """Takes in what another robot claims; what is older than what it said before is ignored."""
        number, known = claims.stamps.get(claims.sender, 0), self._others.get(claims.sender)
        if claims.sender == self._robot or (known and number <= known.number and now - known.at < PATIENCE):
            return
        self._others[claims.sender] = _Said(number, now, claims.beliefs)

    def seek(self, ways: Mapping[str, float], spare: float, takes: float, now: float) -> str | None:
        """The charger that is this robot's to drive to; None while it must wait.

        `ways` are the chargers that it can reach, with the driving times (s); `spare` is the charge (0..1) that it will
        have left at the nearest, and `takes` how long it is going to charge (s).
        """
        self._since = now if self._since is None else self._since
        self._ends = None
        if self._claim is not None and now > self._due:
            self._shunned[self._claim] = now + SHUN
        bid = 1.0 - spare + _AGEING * (now - self._since)
        turn = takes + HANDOVER
        rooms = {charger: self._room(charger, way, turn, now) for charger, way in ways.items()}
        begins = {charger: max(way, self._frees(charger, now)) for charger, way in ways.items()}
        choice = self._choose(begins, rooms, bid, now)
        if choice != self._claim:
            self._claim, self._bid, self._claimed, self._spoken = choice, bid + _HAD, now, float("-inf")
            self._behind = rooms.get(choice or "", 0)
            expected = begins.get(choice or "", 0.0)
            self._due = now + SETTLE + _SLOWER + _SLOW * (expected if expected < math.inf else 0.0)
        return choice if now - self._claimed >= SETTLE else None

    def stand(self, charger: str, ends: float, now: float) -> None:
        """The robot stands at a charger, and stays there until about `ends` (s)."""
        if self._ends is None or charger != self._claim:
            self._spoken = float("-inf")
        self._since, self._claim, self._claimed, self._ends = now, charger, now, ends

    def leave(self, now: float) -> None:
        """The robot needs no charger."""
        if self._claim is not None:
            self._left, self._spoken = now, float("-inf")
        self._since, self._claim, self._ends = None, None, None

    def taken(self, charger: str | None, now: float) -> bool:
        """Whether another robot stands at a charger, as far as it was heard."""
        return charger is not None and self._frees(charger, now) > 0.0

    def tick(self, now: float) -> list[Claims]:
        """What is to be said now."""
        claims = self._claim is not None or now - self._left < ADIEU
        if not claims or now - self._spoken < PERIOD:
            return []
        self._spoken, self._number = now, self._number + 1
        mine = {} if self._claim is None else {self._claim: Belief(bid=self._says(now), winner=self._robot)}
        return [Claims(sender=self._robot, beliefs=mine, stamps={self._robot: self._number}, auction=CHARGERS)]

    def forget(self) -> None:
        """Drops all that was heard and claimed: the clock was set back, and no time that was kept means anything."""
        self._others.clear()
        self._shunned.clear()
        self._spoken = self._left = float("-inf")
        self._since = self._claim = self._ends = None

    def _room(self, charger: str, way: float, turn: float, now: float) -> int:
        """How many others may be next before it: they have charged by the time that it is there."""
        if charger == self._claim:
            return self._behind
        return int(max(0.0, way - self._frees(charger, now)) / turn) if way < math.inf else 0

    def _choose(self, begins: Mapping[str, float], rooms: Mapping[str, int], bid: float, now: float) -> str | None:
        """Where it begins soonest; a charger that it shuns only where it shuns all."""
        good = [c for c in begins if self._shunned.get(c, now) <= now] or list(begins)
        order = sorted(good, key=lambda charger: (begins[charger] - _STAY * (charger == self._claim), charger))
        return next((charger for charger in order if self._before(charger, bid, now) <= rooms[charger]), None)

    def _before(self, charger: str, bid: float, now: float) -> int:
        """How many others are to charge there next with a higher bid."""
        own = Belief(bid=self._bid if charger == self._claim else bid, winner=self._robot)
        bids = [s.beliefs[charger] for s in self._others.values() if charger in s.beliefs and now - s.at < PATIENCE]
        return sum(belief.outbids(own) for belief in bids if belief.bid < _THERE)

    def _frees(self, charger: str, now: float) -> float:
        """In how long the robot that charges there will leave, s; infinite where it has fallen silent."""
        there = [(s.at, s.beliefs[charger].bid - _THERE) for s in self._others.values() if charger in s.beliefs]
        lefts = [left if now - at < PATIENCE else math.inf for at, left in there if left > 0.0 and now - at < GONE]
        return max(lefts, default=0.0)

    def _says(self, now: float) -> float:
        """Its bid, or for how long it still stands there."""
        return min(self._bid, _THERE) if self._ends is None else _THERE + max(1.0, self._ends - now)
