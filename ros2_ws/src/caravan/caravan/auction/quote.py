"""What a task costs a robot: cheapest insertion into its queue (Rosenkrantz, Stearns & Lewis 1977), at the weights of
`objective`.

A queue is priced once, as a `Line`; each place for another stop then costs two look-ups of driving times, since all
that follows is late by the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from caravan.model.work import Leg

Travel = Callable[[str, str], float | None]
"""Driving time between two nodes, s; None where there is no way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A piece of a robot's queue: its legs, its deadline (s) if it has one, and what a second of lateness counts."""

    legs: tuple[Leg, ...]
    deadline: float | None = None
    urgency: float = 1.0
    travel: Travel
    """Its own, since each task avoids other places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What the robot needs for what: s until its battery is full, and W while it drives and while it works."""

    charge_time: float
    drive_power: float = 0.0
    work_power: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The best insertion: before queue index `position`, finished at `finish` (s), for `cost` (s), sum of `parts`."""

    position: int
    cost: float
    finish: float
    parts: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stop as it is wherever it stands in the queue: `head` is where it begins and `tail` where it ends (None: where
    it is), `drive` and `work` what it takes between them, s."""

    stop: Stop
    head: str | None
    tail: str | None
    drive: float
    work: float


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place in the queue: begun at `begin` (s) from node `here`; `moving` is the next stop that goes anywhere."""

    index: int
    begin: float
    here: str
    moving: int


@dataclass(frozen=True, slots=True)
class _Trial:
    """An insertion: the way to the stop, when it is finished, and how late what follows is before and from the moving
    stop on; `detour` is the driving that it adds. All in s."""

    slot: _Slot
    piece: _Piece
    approach: float
    finish: float
    before: float
    after: float
    detour: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A queue with its times: stop k begins at `begins[k]` (s) at node `nodes[k]`; the last entry is the end."""

    pieces: tuple[_Piece, ...]
    begins: tuple[float, ...]
    nodes: tuple[str, ...]
    approaches: tuple[float, ...]
    means: Means
    first: int = 0
    """The first place where something may be put in."""

    @classmethod
    def of(cls, queue: Sequence[Stop], *, here: str, now: float, means: Means, first: int = 0) -> Line:
        """The queue of a robot at node `here`. A stop that cannot be reached takes no time: it is given up soon."""
        pieces = tuple(p for stop in queue if (p := _piece(stop, means)) is not None)
        return _timed(pieces, here, now, means, min(first, len(pieces)))

    @property
    def finishes(self) -> tuple[float, ...]:
        """When each stop is finished, s."""
        return self.begins[1:]

    def quote(self, stop: Stop, weights: Mapping[str, float]) -> Quote | str:
        """The cheapest place for `stop`, or why there is none, in words.

        Without a weight for tardiness it keeps its deadline, and so do the stops that kept theirs before.
        """
        piece = _piece(stop, self.means)
        trials = [t for slot in self._slots() if (t := self._try(piece, slot)) is not None] if piece else []
        if not trials:
            return "no way there"
        if not weights.get("tardiness"):
            trials = [t for t in trials if not self._breaks(t)]
        quotes = [self._price(t, weights) for t in trials]
        return min(quotes, key=lambda quote: quote.cost, default="cannot keep the deadline")

    def inserted(self, stop: Stop, position: int) -> Line:
        """The queue with `stop` at index `position`."""
        piece = _piece(stop, self.means)
        assert piece is not None, "a stop that was quoted can be reached"
        pieces = (*self.pieces[:position], piece, *self.pieces[position:])
        return _timed(pieces, self.nodes[0], self.begins[0], self.means, self.first)

    def _slots(self) -> list[_Slot]:
        count = len(self.pieces)
        moving, slots = count, []
        for index in range(count, self.first - 1, -1):
            if index < count and self.pieces[index].head is not None:
                moving = index
            slots.append(_Slot(index, self.begins[index], self.nodes[index], moving))
        return slots[::-1]

    def _try(self, piece: _Piece, slot: _Slot) -> _Trial | None:
        approach = _drive(piece, slot.here)
        if approach is None:
            return None
        own = approach + piece.drive
        detour = own
        if slot.moving < len(self.pieces):
            onward = _drive(self.pieces[slot.moving], piece.tail or slot.here)
            if onward is None:
                return None
            # Where tasks avoid different places a detour may be shorter than none: no cost goes below 0.
            detour = max(0.0, own + onward - self.approaches[slot.moving])
        late = own + piece.work
        return _Trial(slot, piece, approach, slot.begin + late, late, detour + piece.work, detour)

    def _late(self, trial: _Trial, index: int) -> float:
        return trial.before if index < trial.slot.moving else trial.after

    def _breaks(self, trial: _Trial) -> bool:
        deadline = trial.piece.stop.deadline
        if deadline is not None and trial.finish > deadline:
            return True
        for index in range(trial.slot.index, len(self.pieces)):
            deadline, finish = self.pieces[index].stop.deadline, self.begins[index + 1]
            if deadline is not None and finish <= deadline < finish + self._late(trial, index):
                return True
        return False

    def _price(self, trial: _Trial, weights: Mapping[str, float]) -> Quote:
        parts: dict[str, float] = {}
        count, slot, piece = len(self.pieces), trial.slot, trial.piece
        if weight := weights.get("finish"):
            staying = slot.moving - slot.index
            delay = staying * trial.before + (count - slot.moving) * trial.after
            parts |= {"queue": weight * (slot.begin - self.begins[0]), "drive": weight * (trial.approach + piece.drive)}
            parts |= {"work": weight * piece.work, "delay": weight * delay}
        if weight := weights.get("makespan"):
            last = trial.before if slot.moving == count else trial.after
            parts["makespan"] = weight * (self.begins[-1] + last - self.begins[0])
        if weight := weights.get("travel"):
            parts["travel"] = weight * trial.detour
        if weight := weights.get("tardiness"):
            parts["tardiness"] = weight * self._tardiness(trial)
        if weight := weights.get("energy"):
            used = self.means.drive_power * trial.detour + self.means.work_power * piece.work
            parts["energy"] = weight * used / 3600.0
        return Quote(position=slot.index, cost=sum(parts.values()), finish=trial.finish, parts=parts)

    def _tardiness(self, trial: _Trial) -> float:
        total = _lateness(trial.piece.stop, trial.finish)
        for index in range(trial.slot.index, len(self.pieces)):
            stop, finish = self.pieces[index].stop, self.begins[index + 1]
            total += _lateness(stop, finish + self._late(trial, index)) - _lateness(stop, finish)
        return max(0.0, total)


def _lateness(stop: Stop, finish: float) -> float:
    return 0.0 if stop.deadline is None else stop.urgency * max(0.0, finish - stop.deadline)


def _drive(piece: _Piece, here: str) -> float | None:
    return 0.0 if piece.head is None else piece.stop.travel(here, piece.head)


def _piece(stop: Stop, means: Means) -> _Piece | None:
    """None where one of its places cannot be reached from the one before."""
    head: str | None = None
    here: str | None = None
    drive = work = 0.0
    for leg in stop.legs:
        if leg.place is not None and here is not None:
            way = stop.travel(here, leg.place)
            if way is None:
                return None
            drive += way
        head, here = head or leg.place, leg.place or here
        work += means.charge_time if leg.work is None else leg.work
    return _Piece(stop, head, here, drive, work)


def _timed(pieces: tuple[_Piece, ...], here: str, now: float, means: Means, first: int) -> Line:
    nodes = tuple(accumulate((p.tail for p in pieces), lambda node, tail: tail or node, initial=here))
    approaches = tuple(_drive(p, node) or 0.0 for p, node in zip(pieces, nodes, strict=False))
    spans = (way + p.drive + p.work for way, p in zip(approaches, pieces, strict=True))
    begins = tuple(accumulate(spans, initial=now))
    return Line(pieces=pieces, begins=begins, nodes=nodes, approaches=approaches, means=means, first=first)
