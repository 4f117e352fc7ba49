"""Which platoon a vehicle is in: it takes rosters from those who may write them, and does without who is silent.

One rule each: a member takes a newer roster from its leader; from one before it in line, where all before that are
silent; and from whoever it has asked to be joined to. A member without its leader for a lease, or behind a stranger,
leads those behind it. A leader cuts its platoon where a member is silent, has left or does not take the roster, and
hands those behind it a roster of their own. So every change is a roster with a higher key, and all that a message does
is to tell of one: lost, doubled and late ones do no harm.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from caravan.model.platoon import Beat, Kind, Roster, Wish, epoch_at
from caravan.platoon.manoeuvres.table import Times


class Membership:
    """The roster of the vehicle `name`, and what it has heard from others. Times are the caller's `now` (s)."""

    def __init__(self, name: str, times: Times, *, speed: float, headway: float, now: float) -> None:
        self.name = name
        self._times = times
        self._clock = epoch_at(now)
        self.roster = Roster(epoch=self._clock, writer=name, order=(name,), speed=speed, headway=headway)
        self.changed = now
        """Since when it holds its roster."""
        self.lease = now
        """When its leader last said that it holds the same."""
        self.heard: dict[str, Beat] = {}
        """The newest beat of each vehicle."""
        self._handed: list[tuple[float, Roster]] = []
        self._strange = math.inf
        """Since when there is a stranger where the vehicle before it should be."""

    # -- what the others ask ----------------------------------------------------------------------------------------

    @property
    def leads(self) -> bool:
        """Whether it leads (itself alone, too)."""
        return self.roster.leader == self.name

    @property
    def place(self) -> int:
        """0 for the leader."""
        return self.roster.order.index(self.name)

    def fresh(self, name: str, now: float, within: float) -> Beat | None:
        """The newest beat of a vehicle, where it has been said within so many s."""
        beat = self.heard.get(name)
        return beat if beat is not None and now - beat.stamp <= within else None

    def handed(self, now: float) -> tuple[Roster, ...]:
        """The rosters that it still hands on."""
        self._handed = [(until, roster) for until, roster in self._handed if now < until]
        return tuple(roster for _, roster in self._handed)

    def front(self, ahead: str | None, now: float) -> str | None:
        """Whom it may follow closely: who is before it in the roster and on the road, and knows it.

        Never a vehicle that has not said within `confirm` that it holds this very roster.
        """
        before = self.roster.before(self.name)
        if before is None or before != ahead:
            return None
        beat = self.fresh(before, now, self._times.confirm)
        return before if beat is not None and beat.roster.key == self.roster.key else None

    # -- events -----------------------------------------------------------------------------------------------------

    def hear(self, beat: Beat, wish: Wish | None, now: float) -> None:
        """Takes in a beat that is newer than all before it; `wish` is the vehicle's own."""
        self.heard[beat.name] = beat
        offers = (beat.roster, *beat.handed)
        self._clock = max(self._clock, *(roster.epoch for roster in offers))
        if beat.name == self.roster.leader and beat.roster.key == self.roster.key:
            self.lease = max(self.lease, beat.stamp)
            return
        newer = [r for r in offers if self.name in r.order and r.key > self.roster.key]
        if newer and (self._may_give(beat, now) or any(self._asked_for(r, beat, wish) for r in newer)):
            self._take(max(newer, key=lambda roster: roster.key), now)
        elif beat.name == self.roster.leader and not self.leads and beat.roster.key > self.roster.key:
            self.alone(now)

    def watch(self, ahead: str | None, excused: bool, now: float) -> None:
        """Does without a leader that is silent, and breaks off behind a stranger, unless that is `excused`."""
        if self.leads:
            self._strange = math.inf
            return
        wrong = not excused and ahead != self.roster.before(self.name)
        self._strange = min(self._strange, now) if wrong else math.inf
        patience = self._times.lease + self._times.stagger * (self.place - 1)
        # Who is behind a stranger leaves a platoon that goes on; a silent leader's goes on with the next in line.
        if now - self._strange > self._times.stranger:
            self.write(self.roster.order[self.place :], now, label="")
        elif now - self.lease > patience:
            self.write(self.roster.order[self.place :], now)

    def prune(self, now: float) -> None:
        """As a leader: leaves out the first member that is silent, has left, or has not taken the roster."""
        for member in self.roster.order[1:]:
            beat = self.heard.get(member)
            spoke = beat.stamp if beat is not None else -math.inf
            late = now - self.changed > self._times.take
            silent = now - max(spoke, self.changed) > self._times.silence
            left = beat is not None and beat.roster.key > self.roster.key
            deaf = late and (beat is None or beat.roster.key != self.roster.key)
            if silent or left or deaf:
                self.cut(member, now)
                return

    def cut(self, member: str, now: float) -> None:
        """Goes on without a member; those behind it too, where it may still be in the lane between."""
        order = self.roster.order
        place = order.index(member)
        beat = self.heard.get(member)
        if beat is not None and not beat.in_lane:
            self.write(order[:place] + order[place + 1 :], now)
        else:
            self.write(order[:place], now, rear=order[place + 1 :])

    # -- rosters ----------------------------------------------------------------------------------------------------

    def alone(self, now: float) -> None:
        """Drives alone from now on."""
        self.write((self.name,), now, label="")

    def write(
        self,
        order: Sequence[str],
        now: float,
        *,
        rear: Sequence[str] = (),
        speed: float | None = None,
        headway: float | None = None,
        label: str | None = None,
    ) -> None:
        """Writes a roster, and one for `rear` where that is given. Who has written itself out drives alone.

        What is not given stays. The platoon's name stays with `order`: who drives on without it has none.
        """
        written = self._next(order, now, speed, headway, self.roster.label if label is None else label)
        if rear:
            self._hand(self._next(rear, now, speed, headway, ""), now)
        if self.name in written.order:
            self._take(written, now)
            return
        self._hand(written, now)
        self._take(self._next((self.name,), now, speed, headway, ""), now)

    def _next(self, order: Sequence[str], now: float, speed: float | None, headway: float | None, label: str) -> Roster:
        self._clock = max(self._clock + 1, epoch_at(now))
        return Roster(
            epoch=self._clock,
            writer=self.name,
            order=tuple(order),
            speed=self.roster.speed if speed is None else speed,
            headway=self.roster.headway if headway is None else headway,
            label=label,
        )

    def _hand(self, roster: Roster, now: float) -> None:
        self._handed.append((now + self._times.take, roster))

    def _take(self, roster: Roster, now: float) -> None:
        self.roster, self.changed, self.lease, self._strange = roster, now, now, math.inf

    def _may_give(self, beat: Beat, now: float) -> bool:
        order = self.roster.order
        if beat.name == self.roster.leader:
            return True
        if beat.name not in order or order.index(beat.name) >= self.place:
            return False
        earlier = order[: order.index(beat.name)]
        return all(self.fresh(name, now, self._times.lease / 2.0) is None for name in earlier)

    def _asked_for(self, roster: Roster, beat: Beat, wish: Wish | None) -> bool:
        if wish is None or wish.kind is not Kind.JOIN or not self.leads:
            return False
        return roster.writer == beat.name and wish.target in roster.order
