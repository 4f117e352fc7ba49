"""A lane of vehicles that wish for manoeuvres at random while messages are lost and vehicles die, in virtual time.

What a vehicle must do on the road takes it a few seconds. The laws that must hold at all times are checked all the
while, and whether the end is legal when all wishes are settled.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

from caravan.model.platoon import Beat, Kind, Place, Roster, Step
from caravan.platoon.manoeuvres.table import Times
from caravan.platoon.manoeuvres.vehicle import Duty, Traits, Vehicle
from caravan.sim.radio import Radio, RadioSettings

STEP = 0.05
"""Of time, s."""
CALM = 3.0
"""A state is legal when it has been so for so long, s: longer than any message is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What happens. Times in s."""

    vehicles: int = 6
    seconds: float = 30.0
    """For so long vehicles wish and die; then they have as long again and more to settle."""
    pause: float = 2.0
    """Between two wishes, on the average."""
    deaths: int = 2
    """At most."""
    radio: RadioSettings = field(
        default_factory=lambda: RadioSettings(delay_min=0.01, delay_max=0.2, loss=0.3, duplicate=0.2, straggle=3.0)
    )
    times: Times = field(default_factory=lambda: Times(wish=20.0))
    settle: float = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a trial ended."""

    seed: int
    legal: bool
    faults: tuple[str, ...]
    """What was not legal at the end, and which laws were broken on the way."""
    seconds: float
    settled: Counter[tuple[str, str]]
    """How many wishes of each kind ended how."""


class Trial:
    """One lane, one seed."""

    def __init__(self, seed: int, trouble: Trouble) -> None:
        self._trouble = trouble
        self._rng = random.Random(seed)
        self.seed = seed
        self.now = 0.0
        names = [f"v{i}" for i in range(trouble.vehicles)]
        self.vehicles = {name: self._vehicle(name) for name in names}
        self.lane = list(names)
        self.alive = set(names)
        self.radio: Radio[Beat] = Radio(trouble.radio, random.Random(self._rng.random()))
        self.broken: list[str] = []
        self.settled: Counter[tuple[str, str]] = Counter()
        self._ticks = {name: self._rng.uniform(0.0, trouble.times.beat) for name in names}
        self._busy: dict[str, tuple[tuple[str, int, Step], float]] = {}
        self._rosters: dict[tuple[int, str], Roster] = {}
        self._held: dict[str, list[tuple[float, Roster]]] = {name: [] for name in names}
        self._wished: dict[str, Kind] = {}

    def _vehicle(self, name: str) -> Vehicle:
        rng = self._rng
        traits = Traits(brake=rng.uniform(5.0, 9.0), top_speed=rng.uniform(22.0, 30.0), largest=5)
        return Vehicle(name, traits, self._trouble.times, now=0.0)

    # -- the story --------------------------------------------------------------------------------------------------

    def run(self) -> Ending:
        """Trouble, then time to settle."""
        trouble, rng = self._trouble, self._rng
        deaths = sorted(rng.uniform(5.0, trouble.seconds) for _ in range(rng.randint(0, trouble.deaths)))
        wish_at = 1.0
        while self.now < trouble.seconds:
            if self.now >= wish_at:
                self._wish()
                wish_at = self.now + rng.expovariate(1.0 / trouble.pause)
            if deaths and self.now >= deaths[0]:
                deaths.pop(0)
                self.kill(rng.choice(sorted(self.alive)))
            self.step()
        return self._calm_down()

    def _calm_down(self) -> Ending:
        calm_since, end = self.now, self.now + self._trouble.settle
        while self.now < end and self.now - calm_since < CALM:
            self.step()
            if self.faults() or any(self.vehicles[n].wish or self.vehicles[n].manoeuvre for n in self.alive):
                calm_since = self.now
        faults = (*self.broken, *self.faults())
        return Ending(seed=self.seed, legal=not faults, faults=faults, seconds=self.now, settled=self.settled)

    def _wish(self) -> None:
        """One or two vehicles wish something at once."""
        rng = self._rng
        for name in rng.sample(sorted(self.alive), min(len(self.alive), rng.choice((1, 1, 2)))):
            vehicle = self.vehicles[name]
            others = [n for n in self.vehicles if n != name]
            alone = len(vehicle.membership.roster.order) == 1
            kind = Kind.JOIN if alone or rng.random() < 0.2 else rng.choice(tuple(Kind))
            self.ask(name, kind, target=rng.choice(others), place=rng.choice(tuple(Place)))

    def ask(self, name: str, kind: Kind, *, target: str = "", place: Place = Place.BACK) -> str | None:
        """Has a vehicle wish something."""
        speed, headway = self._rng.uniform(15.0, 22.0), self._rng.uniform(0.5, 1.5)
        asked = self.vehicles[name].ask(kind, self.now, target=target, place=place, speed=speed, headway=headway)
        if asked is None:
            self._wished[name] = kind
        return asked

    def kill(self, name: str) -> None:
        """A vehicle falls silent; it stays in its lane, or rolls out of it."""
        self.alive.discard(name)
        if self._rng.random() < 0.5 and name in self.lane:
            self.lane.remove(name)

    # -- time -------------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One step of time."""
        self.now += STEP
        for target, beat in self.radio.due(self.now):
            if target in self.alive:
                self.vehicles[target].hear(beat, self.now)
        for name in sorted(self.alive):
            if self.now >= self._ticks[name]:
                self._ticks[name] += self._trouble.times.beat
                self._live(name)

    def _live(self, name: str) -> None:
        vehicle = self.vehicles[name]
        vehicle.sense(self.ahead(name), name in self.lane)
        self._work(name, vehicle.duty(self.now))
        vehicle.sense(self.ahead(name), name in self.lane)
        beat = vehicle.tick(self.now)
        for other in self.vehicles:
            if other != name:
                self.radio.send(name, other, beat, self.now)
        self._check(name)
        if vehicle.wish is None and name in self._wished and vehicle.settled is not None:
            self.settled[str(self._wished.pop(name)), str(vehicle.settled.step)] += 1

    def ahead(self, name: str) -> str | None:
        """Who drives right before a vehicle in the lane."""
        place = self.lane.index(name) if name in self.lane else 0
        return self.lane[place - 1] if place else None

    def _work(self, name: str, duty: Duty | None) -> None:
        if duty is None:
            self._busy.pop(name, None)
            return
        at = duty.manoeuvre.at
        if self._busy.get(name, (None, 0.0))[0] != at:
            self._busy[name] = (at, self.now + self._rng.uniform(0.5, 5.0))
        if self.now >= self._busy[name][1]:
            if duty.step is Step.MOVE:
                self._move(name, duty)
            self.vehicles[name].finish(duty)

    def _move(self, name: str, duty: Duty) -> None:
        manoeuvre = duty.manoeuvre
        order = self.vehicles[manoeuvre.leader].membership.roster.order
        block = self._block(name) if manoeuvre.kind is Kind.JOIN else [name]
        rest = [n for n in self.lane if n not in block]
        if manoeuvre.kind is Kind.LEAVE:
            self.lane = rest
            return
        front = manoeuvre.kind is Kind.LEAD or manoeuvre.wish.place is Place.FRONT
        behind = manoeuvre.wish.target if manoeuvre.wish.place is Place.BEHIND else order[-1]
        beside = manoeuvre.leader if front else behind
        if beside not in rest:
            return
        at = rest.index(beside) + (0 if front else 1)
        self._check_room(name, rest, at)
        self.lane = rest[:at] + block + rest[at:]

    def _block(self, name: str) -> list[str]:
        """A vehicle and those of its platoon right behind it."""
        if name not in self.lane:
            return [name]
        at, order = self.lane.index(name), self.vehicles[name].membership.roster.order
        block = [name]
        for following in self.lane[at + 1 :]:
            if following not in order:
                break
            block.append(following)
        return block

    # -- laws -------------------------------------------------------------------------------------------------------

    def _check_room(self, name: str, rest: list[str], at: int) -> None:
        """Nobody moves in between two vehicles of which one follows the other closely."""
        if 0 < at < len(rest) and rest[at] in self.alive:
            follows = self.vehicles[rest[at]].front(self.now)
            if follows == rest[at - 1]:
                self.broken.append(f"{self.now:.1f} s: {name} moves in before {rest[at]}, whose gap is closed")

    def _check(self, name: str) -> None:
        membership = self.vehicles[name].membership
        roster, held = membership.roster, self._held[name]
        if self._rosters.setdefault(roster.key, roster) != roster:
            self.broken.append(f"{self.now:.1f} s: two rosters have the key {roster.key}")
        if name not in roster.order:
            self.broken.append(f"{self.now:.1f} s: {name} is not in its own roster")
        if not held or held[-1][1] != roster:
            if held and held[-1][1].key >= roster.key:
                self.broken.append(f"{self.now:.1f} s: {name} has gone back to an older roster")
            held.append((self.now, roster))
        self._check_followed(name, roster)

    def _check_followed(self, name: str, roster: Roster) -> None:
        """Whoever is followed closely has known it within the time that a word of it may be trusted."""
        front = self.vehicles[name].front(self.now)
        if front is None:
            return
        since = self.now - self._trouble.times.confirm - STEP - self._trouble.times.beat
        held = self._held[front]
        until = [time for time, _ in held[1:]] + [self.now]
        if not any(end >= since and r == roster for (_, r), end in zip(held, until, strict=True)):
            self.broken.append(f"{self.now:.1f} s: {name} follows {front}, which does not know it")

    def faults(self) -> list[str]:
        """What is not legal now."""
        return [fault for name in sorted(self.alive) for fault in self._faults(name)]

    def _faults(self, name: str) -> list[str]:
        roster = self.vehicles[name].membership.roster
        found = [f"{name} is in a platoon with {n}, which is dead" for n in roster.order if n not in self.alive]
        found += [
            f"{name} and {n} do not agree on their platoon"
            for n in roster.order
            if n in self.alive and self.vehicles[n].membership.roster != roster
        ]
        if len(roster.order) > 1 and name not in self.lane:
            found.append(f"{name} is in a platoon, and out of the lane")
        before = roster.before(name)
        if before is not None and self.ahead(name) != before:
            found.append(f"{name} should drive behind {before}, and drives behind {self.ahead(name)}")
        return found


def run_trial(seed: int, trouble: Trouble | None = None) -> Ending:
    """One seed to its end."""
    return Trial(seed, trouble or Trouble()).run()
