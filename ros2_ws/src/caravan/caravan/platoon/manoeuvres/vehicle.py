"""One vehicle among others: what it hears and senses goes in, what it says and what it must do comes out. No I/O."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from caravan.model.platoon import Ballot, Beat, Kind, Manoeuvre, Place, Settled, Step, Wish
from caravan.platoon.manoeuvres.conductor import Conductor
from caravan.platoon.manoeuvres.membership import Membership
from caravan.platoon.manoeuvres.table import Times
from caravan.platoon.validity import HEADWAYS, flaw


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What a vehicle can do, and what it would like."""

    brake: float
    """m/s2."""
    top_speed: float
    """m/s; no platoon makes it drive faster."""
    headway: float = 0.5
    """The least that it wants to drive with, s."""
    weakest: float = 3.0
    """It wants nobody in its platoon that brakes less, m/s2."""
    weight: float = 1.0
    """How much its numbers count where the platoon agrees on some: its load, say."""
    largest: int = 10
    """It leads no platoon of more vehicles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What a vehicle must do on the road now: open the gap in front of it, or move to its place."""

    manoeuvre: Manoeuvre

    @property
    def step(self) -> Step:
        """`OPEN` or `MOVE`."""
        return self.manoeuvre.step


class Vehicle:
    """A vehicle that drives alone at first. Times are the caller's `now` (s), of a clock that all vehicles share."""

    def __init__(self, name: str, traits: Traits, times: Times, *, now: float) -> None:
        self.name = name
        self.traits = traits
        self._times = times
        self.membership = Membership(name, times, speed=traits.top_speed, headway=traits.headway, now=now)
        self._conductor = Conductor(self.membership, times, traits.largest, lambda: self._beat(self._now))
        self._now = now
        # Numbers go with the clock: a vehicle that starts again uses none twice, nor does one whose clock is set back.
        self._sequence = self._wishes = int(now * 1000.0)
        self._wish: Wish | None = None
        self._wished = now
        self._wished_in = self.membership.roster
        self._done: tuple[str, int, Step] | None = None
        self._ballot: Ballot | None = None
        self._ahead: str | None = None
        self._in_lane = True
        self._open_until = now
        self.settled: Settled | None = None
        """What became of its latest wish."""

    # -- what the road asks -----------------------------------------------------------------------------------------

    @property
    def wish(self) -> Wish | None:
        """What it still wishes."""
        return self._wish

    @property
    def manoeuvre(self) -> Manoeuvre | None:
        """What it is having done, as a leader."""
        return self._conductor.manoeuvre

    def duty(self, now: float) -> Duty | None:
        """What it must do on the road; nothing as soon as whoever asks for it is silent or has ended it."""
        for manoeuvre in self._manoeuvres(now):
            acts = manoeuvre.step in (Step.OPEN, Step.MOVE) and self.name in manoeuvre.actors
            if acts and manoeuvre.at != self._done:
                return Duty(manoeuvre=manoeuvre)
        return None

    def front(self, now: float) -> str | None:
        """Whom it may follow closely; None while it must keep the distance of a vehicle that drives alone."""
        opening = self._told_to_open() or now < self._open_until
        return None if opening or not self._in_lane else self.membership.front(self._ahead, now)

    @property
    def speed(self) -> float:
        """What it may drive, m/s: what is agreed, and never more than it can."""
        return min(self.membership.roster.speed, self.traits.top_speed)

    # -- events -----------------------------------------------------------------------------------------------------

    def ask(
        self,
        kind: Kind,
        now: float,
        *,
        target: str = "",
        place: Place = Place.BACK,
        speed: float | None = None,
        headway: float | None = None,
    ) -> str | None:
        """Takes up a wish, and says so until it is settled. The answer is why it cannot; None where it is taken up."""
        refusal = self._refusal(kind, target, speed, headway)
        if refusal is None:
            self._wishes = max(self._wishes + 1, int(now * 1000.0))
            wish = Wish(number=self._wishes, kind=kind, target=target, place=place, speed=speed, headway=headway)
            self._wish, self._wished, self._wished_in = wish, now, self.membership.roster
        return refusal

    def call_it(self, label: str, now: float) -> None:
        """Gives the platoon that it leads (itself alone, too) a name; ends what it is having done just then."""
        assert self.membership.leads
        self.membership.write(self.membership.roster.order, now, label=label)

    def take_back(self) -> None:
        """No longer wishes what it wished. What is committed already is not undone by that."""
        if self._wish is not None:
            self._settled_as(Step.ABORTED, "taken back")

    def sense(self, ahead: str | None, in_lane: bool) -> None:
        """Who drives right before it in its lane, if anybody, and whether it is in the platoon's lane itself."""
        self._ahead, self._in_lane = ahead, in_lane

    def finish(self, duty: Duty) -> None:
        """It has done what it had to."""
        self._done = duty.manoeuvre.at

    def hear(self, beat: Beat, now: float) -> str | None:
        """Takes in what another says; what is old, impossible or said in its own name it does not heed.

        The answer is what is wrong with it; None where nothing is.
        """
        self._now = now
        membership, times = self.membership, self._times
        last = membership.heard.get(beat.name)
        wrong = flaw(beat, last, self.name, now, stale=times.stale, ahead=times.ahead)
        if wrong is None:
            self._settle(beat.settled)
            membership.hear(beat, self._wish, now)
            self._give_way(beat)
        return wrong

    def tick(self, now: float) -> Beat:
        """What it says now; to be called each `beat` s."""
        self._now = now
        membership = self.membership
        if self._wish is not None and now - self._wished > self._times.wish:
            self._settled_as(Step.ABORTED, "nobody has answered in time")
        if membership.leads:
            membership.prune(now)
        self._settle_met()
        self._conductor.tick(self._wish, now)
        self._settle(self._conductor.settled)
        leading = self._led_manoeuvre(now)
        membership.watch(self._ahead, leading is not None and leading.step is not Step.VOTE, now)
        if not self._in_lane and len(membership.roster.order) > 1 and leading is None:
            self._step_out(now)
        self._vote(now)
        if self._told_to_open():
            # Whoever moves in goes by what the leader said up to `confirm` ago, which may be more than it says now.
            self._open_until = now + self._times.confirm + self._times.ahead + self._times.beat
        self._sequence = max(self._sequence + 1, int(now * 1000.0))
        return self._beat(now)

    # -- inside -----------------------------------------------------------------------------------------------------

    def _beat(self, now: float) -> Beat:
        return Beat(
            name=self.name,
            sequence=self._sequence,
            stamp=now,
            roster=self.membership.roster,
            handed=self.membership.handed(now),
            wish=self._wish,
            manoeuvre=self._conductor.manoeuvre,
            done=self._done,
            ballot=self._ballot,
            settled=self._conductor.settled,
            in_lane=self._in_lane,
            brake=self.traits.brake,
            top_speed=self.traits.top_speed,
        )

    def _led_manoeuvre(self, now: float) -> Manoeuvre | None:
        """What the platoon's leader is having done."""
        if self.membership.leads:
            return self._conductor.manoeuvre
        beat = self.membership.fresh(self.membership.roster.leader, now, self._times.confirm)
        return beat.manoeuvre if beat is not None else None

    def _told_to_open(self) -> bool:
        """Whether the leader's last word was to keep the gap in front open, however long ago that was."""
        if self.membership.leads:
            return False
        beat = self.membership.heard.get(self.membership.roster.leader)
        return beat is not None and beat.manoeuvre is not None and self.name in beat.manoeuvre.wide

    def _manoeuvres(self, now: float) -> list[Manoeuvre]:
        """Those that it takes part in: its own platoon's, and that of whom it has asked to be joined to."""
        found = [self._led_manoeuvre(now)]
        if self._wish is not None and self._wish.kind is Kind.JOIN:
            asked = (self.name, self._wish)
            fresh = (self.membership.fresh(name, now, self._times.confirm) for name in self.membership.heard)
            found += [
                b.manoeuvre for b in fresh if b and b.manoeuvre and (b.manoeuvre.asker, b.manoeuvre.wish) == asked
            ]
        return [manoeuvre for manoeuvre in found if manoeuvre is not None]

    def _refusal(self, kind: Kind, target: str, speed: float | None, headway: float | None) -> str | None:
        membership = self.membership
        if self._wish is not None:
            return f"{self.name} still wishes to {self._wish.kind}"
        if kind is Kind.JOIN and not membership.leads:
            return f"{self.name} is in the platoon of {membership.roster.leader}; it must leave that first"
        if kind is Kind.JOIN and (not target or target in membership.roster.order):
            return f"{target or 'nobody'} is no vehicle of another platoon"
        if kind is Kind.AGREE and not (speed is not None and 0.0 < speed <= self.traits.top_speed):
            return f"{speed} m/s is not allowed; {self.name} drives up to {self.traits.top_speed:g} m/s"
        low, high = HEADWAYS
        if kind is Kind.AGREE and not (headway is not None and low <= headway <= high):
            return f"{headway} s is no headway; from {low:g} s to {high:g} s is allowed"
        return None

    def _settle(self, known: Iterable[Settled]) -> None:
        """Its wish, where a leader has settled it."""
        for settled in known:
            if self._wish is not None and (settled.asker, settled.number) == (self.name, self._wish.number):
                self._settled_as(settled.step, settled.note)

    def _settle_met(self) -> None:
        """Its wish, where it is as it wishes."""
        wish, roster, leading = self._wish, self.membership.roster, self._conductor.manoeuvre is not None
        if wish is None or leading:
            return
        joined = wish.kind is Kind.JOIN and wish.target in roster.order
        free = wish.kind in (Kind.LEAVE, Kind.DISSOLVE) and len(roster.order) == 1
        # Who was cut off with the wish in hand leads now, and would have to refuse it itself.
        cut = wish.kind is Kind.SPLIT and wish.target in self._wished_in.order and wish.target not in roster.order
        if joined or free or cut or (wish.kind is Kind.LEAD and wish.target == roster.leader):
            self._settled_as(Step.DONE, "")

    def _settled_as(self, step: Step, note: str) -> None:
        assert self._wish is not None
        self.settled = Settled(asker=self.name, number=self._wish.number, step=step, note=note)
        self._wish = None

    def _give_way(self, beat: Beat) -> None:
        """Where two leaders wish to join each other, the one with the lesser name waits to be joined."""
        mine, theirs = self._wish, beat.wish
        if mine is None or theirs is None or mine.kind is not Kind.JOIN or theirs.kind is not Kind.JOIN:
            return
        mutual = mine.target in beat.roster.order and theirs.target in self.membership.roster.order
        if mutual and self.name < beat.name:
            self._settled_as(Step.ABORTED, f"{beat.name} wishes the same of us")

    def _step_out(self, now: float) -> None:
        """It is out of the lane, and nobody leads it back: the platoon goes on without it."""
        if self.membership.leads:
            self.membership.write(self.membership.roster.order[1:], now)
        else:
            self.membership.alone(now)

    def _vote(self, now: float) -> None:
        manoeuvre = self._led_manoeuvre(now)
        if manoeuvre is None or manoeuvre.step is not Step.VOTE or self.name not in manoeuvre.actors:
            return
        self._ballot = ballot(manoeuvre, self.traits, self.membership.heard.get)


def ballot(manoeuvre: Manoeuvre, traits: Traits, heard: Callable[[str], Beat | None]) -> Ballot:
    """What a vehicle thinks of a manoeuvre, honestly: it wants nobody who brakes too little, drives no faster than it
    can, and no closer than it likes."""
    wish = manoeuvre.wish
    beat = heard(manoeuvre.asker) if manoeuvre.kind is Kind.JOIN else None
    return Ballot(
        leader=manoeuvre.leader,
        number=manoeuvre.number,
        approve=beat is None or beat.brake >= traits.weakest,
        speed=min(traits.top_speed, math.inf if wish.speed is None else wish.speed),
        headway=max(traits.headway, 0.0 if wish.headway is None else wish.headway),
        weight=traits.weight,
    )
