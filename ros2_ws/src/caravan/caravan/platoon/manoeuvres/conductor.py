"""What a leader has done, one manoeuvre at a time: it hears wishes, leads through the steps of the table, and settles.

It asks nobody twice, since its beat says the step for as long as that lasts; it counts what the others' beats say. Each
step has an end, and each end is in the table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from caravan.model.platoon import Ballot, Beat, Kind, Manoeuvre, Place, Settled, Step, Wish
from caravan.platoon import votes
from caravan.platoon.manoeuvres.membership import Membership
from caravan.platoon.manoeuvres.table import ENDS, FIRST, NEXT, Outcome, Times


class Conductor:
    """The manoeuvres of the platoon that `membership` leads. `own` gives the vehicle's own beat as it is now."""

    def __init__(self, membership: Membership, times: Times, largest: int, own: Callable[[], Beat]) -> None:
        self._membership = membership
        self._times = times
        self._largest = largest
        self._own = own
        self.manoeuvre: Manoeuvre | None = None
        self._number = 0
        self._since = 0.0
        self._key = membership.roster.key
        self._first_heard: dict[tuple[str, int], float] = {}
        self._settled: dict[str, Settled] = {}

    @property
    def settled(self) -> tuple[Settled, ...]:
        """What became of the latest wish of each that had one."""
        return tuple(self._settled.values())

    def tick(self, wish: Wish | None, now: float) -> None:
        """Goes on with the manoeuvre, or begins one; `wish` is the vehicle's own."""
        if self.manoeuvre is not None:
            self._go_on(self.manoeuvre, now)
        elif self._membership.leads and (wish is None or wish.kind is not Kind.JOIN):
            self._begin(now)

    # -- beginning --------------------------------------------------------------------------------------------------

    def _begin(self, now: float) -> None:
        """Takes the wish that has stood longest."""
        standing = {(b.name, b.wish.number): (b, b.wish) for b in self._voices(now) if b.wish and self._for_us(b)}
        self._first_heard = {key: self._first_heard.get(key, now) for key in standing}
        if not standing:
            return
        beat, wish = standing[min(standing, key=lambda key: (self._first_heard[key], key))]
        refusal = self._refusal(beat, wish)
        if refusal is not None:
            self._settled[beat.name] = Settled(asker=beat.name, number=wish.number, step=Step.ABORTED, note=refusal)
            return
        self._number += 1
        manoeuvre = Manoeuvre(
            leader=self._membership.name,
            number=self._number,
            kind=wish.kind,
            step=FIRST[wish.kind],
            asker=beat.name,
            wish=wish,
        )
        self._key = self._membership.roster.key
        self._enter(manoeuvre, now)

    def _voices(self, now: float) -> list[Beat]:
        heard = [b for b in self._membership.heard.values() if now - b.stamp <= self._times.confirm]
        return [self._own(), *heard]

    def _for_us(self, beat: Beat) -> bool:
        wish, order = beat.wish, self._membership.roster.order
        before = self._settled.get(beat.name)
        if wish is None or (before is not None and before.number >= wish.number):
            return False
        if wish.kind is Kind.JOIN:
            return wish.target in order and beat.name not in order and beat.roster.leader == beat.name
        return beat.name in order and beat.roster.key == self._membership.roster.key

    def _refusal(self, beat: Beat, wish: Wish) -> str | None:
        """Why this cannot be; None where it can."""
        order = self._membership.roster.order
        if wish.kind is Kind.JOIN and len(order) + len(beat.roster.order) > self._largest:
            return f"a platoon has up to {self._largest} vehicles"
        if wish.kind is Kind.JOIN and set(order) & set(beat.roster.order):
            return "some of its vehicles are in this platoon already"
        if wish.kind in (Kind.SPLIT, Kind.LEAD) and wish.target not in order:
            return f"{wish.target or 'nobody'} is not in this platoon"
        if wish.kind is Kind.SPLIT and wish.target == order[-1]:
            return f"nobody drives behind {wish.target}"
        if wish.kind is Kind.JOIN and not self._own().in_lane:
            return f"{order[0]} is out of the lane"
        return None

    # -- steps ------------------------------------------------------------------------------------------------------

    def _enter(self, manoeuvre: Manoeuvre, now: float) -> None:
        actors = self._actors(manoeuvre)
        drives = manoeuvre.step in (Step.OPEN, Step.MOVE)
        wide = (*manoeuvre.wide, *actors) if drives else manoeuvre.wide
        manoeuvre = replace(manoeuvre, actors=actors, wide=wide)
        self.manoeuvre, self._since = manoeuvre, now
        if manoeuvre.step is Step.COMMIT:
            self._commit(manoeuvre, now)
            self._key = self._membership.roster.key

    def _actors(self, manoeuvre: Manoeuvre) -> tuple[str, ...]:
        order, wish = self._membership.roster.order, manoeuvre.wish
        if manoeuvre.step is Step.VOTE:
            return order
        if manoeuvre.step is Step.MOVE:
            return (wish.target,) if manoeuvre.kind is Kind.LEAD else (manoeuvre.asker,)
        if manoeuvre.step is not Step.OPEN:
            return ()
        match manoeuvre.kind:
            case Kind.JOIN:
                return _behind(order, wish.target) if wish.place is Place.BEHIND else ()
            case Kind.LEAVE:
                return _at_and_behind(order, manoeuvre.asker)
            case Kind.LEAD:
                return _at_and_behind(order, wish.target)
            case Kind.SPLIT:
                return _behind(order, wish.target)
            case _:
                return order[1:]

    def _go_on(self, manoeuvre: Manoeuvre, now: float) -> None:
        outcome = self._outcome(manoeuvre, now)
        if outcome is None:
            return
        step = NEXT[manoeuvre.kind, manoeuvre.step, outcome]
        if step in ENDS:
            self._end(manoeuvre, step, "" if step is Step.DONE else f"at {manoeuvre.step}")
        else:
            self._enter(replace(manoeuvre, step=step), now)

    def _outcome(self, manoeuvre: Manoeuvre, now: float) -> Outcome | None:
        """How the step has ended; None while it lasts."""
        late = now - self._since > (self._times.vote if manoeuvre.step is Step.VOTE else self._times.step)
        changed = self._membership.roster.key != self._key
        if manoeuvre.step is Step.COMMIT:
            return Outcome.DONE if changed or self._all_have_it() or now - self._since > self._times.take else None
        if changed or not self._asker_stands_by(manoeuvre, now):
            return Outcome.FAILED
        if manoeuvre.step is Step.VOTE:
            return self._vote(manoeuvre, late)
        if all(self._beat(name).done == manoeuvre.at for name in manoeuvre.actors if self._known(name)):
            return Outcome.DONE
        return Outcome.FAILED if late else None

    def _asker_stands_by(self, manoeuvre: Manoeuvre, now: float) -> bool:
        if manoeuvre.asker == self._membership.name:
            return self._own().wish == manoeuvre.wish
        beat = self._membership.fresh(manoeuvre.asker, now, self._times.silence)
        return beat is not None and beat.wish == manoeuvre.wish

    def _all_have_it(self) -> bool:
        key = self._membership.roster.key
        return all(self._known(name) and self._beat(name).roster.key == key for name in self._membership.roster.order)

    def _known(self, name: str) -> bool:
        return name == self._membership.name or name in self._membership.heard

    def _beat(self, name: str) -> Beat:
        return self._own() if name == self._membership.name else self._membership.heard[name]

    # -- votes ------------------------------------------------------------------------------------------------------

    def _ballots(self, manoeuvre: Manoeuvre) -> dict[str, Ballot]:
        said = {name: self._beat(name).ballot for name in self._membership.roster.order if self._known(name)}
        asked = (manoeuvre.leader, manoeuvre.number)
        return {name: b for name, b in said.items() if b is not None and (b.leader, b.number) == asked}

    def _vote(self, manoeuvre: Manoeuvre, late: bool) -> Outcome | None:
        """When all have voted, or the time is over: more than half of all members must be for it."""
        ballots, electorate = self._ballots(manoeuvre), len(manoeuvre.actors)
        if len(ballots) < electorate and not late:
            return None
        return Outcome.DONE if votes.approved([b.approve for b in ballots.values()], electorate) else Outcome.FAILED

    # -- ends -------------------------------------------------------------------------------------------------------

    def _commit(self, manoeuvre: Manoeuvre, now: float) -> None:
        membership, order, wish = self._membership, self._membership.roster.order, manoeuvre.wish
        match manoeuvre.kind:
            case Kind.JOIN:
                joining = membership.heard[manoeuvre.asker].roster.order
                at = {Place.FRONT: 0, Place.BACK: len(order)}.get(wish.place)
                at = order.index(wish.target) + 1 if at is None else at
                membership.write(order[:at] + joining + order[at:], now)
            case Kind.LEAVE:
                membership.write(tuple(n for n in order if n != manoeuvre.asker), now)
            case Kind.SPLIT:
                at = order.index(wish.target) + 1
                membership.write(order[:at], now, rear=order[at:])
            case Kind.DISSOLVE:
                membership.alone(now)
            case Kind.LEAD:
                membership.write((wish.target, *(n for n in order if n != wish.target)), now)
            case Kind.AGREE:
                ballots = self._ballots(manoeuvre)
                weights = {n: b.weight for n, b in ballots.items()}
                speed = votes.median({n: b.speed for n, b in ballots.items()}, weights)
                headway = votes.median({n: b.headway for n, b in ballots.items()}, weights)
                membership.write(order, now, speed=speed, headway=headway)

    def _end(self, manoeuvre: Manoeuvre, step: Step, note: str) -> None:
        self._settled[manoeuvre.asker] = Settled(
            asker=manoeuvre.asker, number=manoeuvre.wish.number, step=step, note=note
        )
        self.manoeuvre = None


def _behind(order: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Who drives right behind a vehicle, if anybody does."""
    at = order.index(name) + 1
    return order[at : at + 1]


def _at_and_behind(order: tuple[str, ...], name: str) -> tuple[str, ...]:
    """A vehicle that has somebody in front, and who drives right behind it."""
    at = order.index(name)
    return order[max(at, 1) : at + 2]
