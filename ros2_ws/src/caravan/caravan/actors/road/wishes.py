"""A wish that is held to: said until it is settled, and again a few times where it was turned down."""

from __future__ import annotations

import math

from caravan.actors.road.outcome import Outcome, Stage, done, failed, running
from caravan.model.platoon import Kind, Place, Step, Wish
from caravan.platoon.manoeuvres.vehicle import Vehicle

TRIES = 3
PAUSE = 5.0
"""Between two tries, s."""


class Wishes:
    """The wishes of `vehicle` for one errand."""

    def __init__(self, vehicle: Vehicle) -> None:
        self._vehicle = vehicle
        self._mine: Wish | None = None
        self._tries = 0
        self._again = -math.inf
        self._note = ""

    @property
    def standing(self) -> bool:
        """Whether something is wished just now."""
        return self._mine is not None

    def hold(
        self,
        kind: Kind,
        now: float,
        *,
        target: str = "",
        place: Place = Place.BACK,
        speed: float | None = None,
        headway: float | None = None,
    ) -> Outcome:
        """How far the wish is, which is taken up where it is not; the same is to be asked until it has ended."""
        if self._mine is not None:
            return self._look(self._mine, now)
        if self._tries >= TRIES:
            return failed(self._note)
        if now < self._again:
            return running(f"{self._note}; tries again")
        refusal = self._vehicle.ask(kind, now, target=target, place=place, speed=speed, headway=headway)
        if refusal is not None:
            return failed(refusal)
        self._mine = self._vehicle.wish
        return running(f"asks to {kind}")

    def drop(self) -> None:
        """Takes the wish back, if it still stands."""
        if self._mine is not None and self._vehicle.wish == self._mine:
            self._vehicle.take_back()
        self._mine = None

    def _look(self, wish: Wish, now: float) -> Outcome:
        if self._vehicle.wish == wish:
            return running(self._step(wish))
        settled, self._mine = self._vehicle.settled, None
        if settled is not None and settled.number == wish.number and settled.step is Step.DONE:
            return done()
        why = settled.note if settled is not None and settled.number == wish.number else "something else was wished"
        self._tries, self._again = self._tries + 1, now + PAUSE
        self._note = f"could not {wish.kind}: {why or 'it was turned down'}"
        return self._ended()

    def _ended(self) -> Outcome:
        return failed(self._note) if self._tries >= TRIES else Outcome(stage=Stage.RUNNING, note=self._note)

    def _step(self, wish: Wish) -> str:
        """How far the leader is with it, as heard."""
        beats = self._vehicle.membership.heard.values()
        led = [self._vehicle.manoeuvre, *(beat.manoeuvre for beat in beats)]
        mine = (m for m in led if m is not None and (m.asker, m.wish) == (self._vehicle.name, wish))
        step = next((str(m.step) for m in mine), "")
        return f"to {wish.kind}: {step}" if step else f"asks to {wish.kind}"
