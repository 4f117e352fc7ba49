"""A queue of stops with its times, and the cheapest place in it for another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from caravan.auction.quote.stop import Means, Piece, Stop, charge_before, drive_to, gives_way, lateness, piece_of

_NO_WAY = "no way there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The best insertion: before queue index `position`, finished at `finish` (s), for `cost` (s), sum of `parts`."""

    position: int
    cost: float
    finish: float
    parts: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place in the queue: begun at `begin` (s) from node `here` with the charge `level`; `moving` is the next stop
    that goes anywhere."""

    index: int
    begin: float
    here: str
    level: float
    moving: int


@dataclass(frozen=True, slots=True)
class _Trial:
    """An insertion: the way to the stop, when it is finished, and how late what follows is before and from the moving
    stop on; `detour` is the driving that it adds, `charging` what it takes to charge before. All in s."""

    slot: _Slot
    piece: Piece
    approach: float
    finish: float
    before: float
    after: float
    detour: float
    charging: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A queue with its times: stop k begins at `begins[k]` (s) at node `nodes[k]` with the charge `levels[k]`, and it
    takes `charges[k]` s to charge first; the last entry is the end."""

    pieces: tuple[Piece, ...]
    begins: tuple[float, ...]
    nodes: tuple[str, ...]
    levels: tuple[float, ...]
    approaches: tuple[float, ...]
    charges: tuple[float, ...]
    means: Means

    @classmethod
    def of(cls, queue: Sequence[Stop], *, here: str, now: float, means: Means, level: float = 1.0) -> Line:
        """The queue of a robot at node `here`, charged to `level` (0..1).

        A stop that cannot be reached takes no time: it is given up soon.
        """
        pieces = tuple(p for stop in queue if (p := piece_of(stop, means)) is not None)
        return _timed(pieces, _Slot(0, now, here, level, 0), means)

    @property
    def finishes(self) -> tuple[float, ...]:
        """When each stop is finished, s."""
        return self.begins[1:]

    def quote(self, stop: Stop, weights: Mapping[str, float]) -> Quote | str:
        """The cheapest place for `stop`, or why there is none, in words.

        Without a weight for tardiness it keeps its deadline, and so do the stops that kept theirs before.
        """
        piece = piece_of(stop, self.means)
        if piece is None:
            return _NO_WAY
        slots, flaws = self._slots(), []
        for span in self._spans(stop):
            tried = [self._try(piece, slot) for slot in slots if slot.index in span]
            trials = [trial for trial in tried if isinstance(trial, _Trial)]
            good = trials if weights.get("tardiness") else [t for t in trials if not self._breaks(t)]
            if good:
                return min((self._price(t, weights) for t in good), key=lambda quote: quote.cost)
            flaws += ["cannot keep the deadline"] if trials else [flaw for flaw in tried if isinstance(flaw, str)]
        return flaws[0]

    def _spans(self, stop: Stop) -> tuple[range, ...]:
        """The places where `stop` may be put in, the best choice first.

        What is at work goes on, but for something pressing where it can be interrupted. Shared tasks that have not
        begun stand in one order in the queues of all robots, or two could wait for each other at two places. A stop
        goes before those of less urgency and behind those of more, or as near to that as deadlines allow.
        """
        queue = [piece.stop for piece in self.pieces]
        own = stop.turn or ()
        shared = [(k, other.turn) for k, other in enumerate(queue) if own and other.turn is not None]
        first = 1 if queue and queue[0].at_work and not gives_way(queue[0], stop) else 0
        first = max([first, *(k + 1 for k, turn in shared if turn < own)])
        last = min([len(queue), *(k for k, turn in shared if turn > own)])
        low = max([first, *(min(last, k + 1) for k, other in enumerate(queue) if other.urgency > stop.urgency)])
        high = min([last, *(k for k, other in enumerate(queue) if other.urgency < stop.urgency and k >= low)])
        later, sooner = range(high + 1, last + 1), range(low - 1, first - 1, -1)
        return (range(low, high + 1), *(range(k, k + 1) for k in (*later, *sooner)))

    def inserted(self, stop: Stop, position: int) -> Line:
        """The queue with `stop` at index `position`."""
        piece = piece_of(stop, self.means)
        assert piece is not None, "a stop that was quoted can be reached"
        pieces = (*self.pieces[:position], piece, *self.pieces[position:])
        return _timed(pieces, _Slot(0, self.begins[0], self.nodes[0], self.levels[0], 0), self.means)

    def _slots(self) -> list[_Slot]:
        count = len(self.pieces)
        moving, slots = count, []
        for index in range(count, -1, -1):
            if index < count and self.pieces[index].head is not None:
                moving = index
            slots.append(_Slot(index, self.begins[index], self.nodes[index], self.levels[index], moving))
        return slots[::-1]

    def _try(self, piece: Piece, slot: _Slot) -> _Trial | str:
        approach = drive_to(piece, slot.here)
        if approach is None:
            return _NO_WAY
        charged = charge_before(piece, slot.level, slot.here, approach, self.means)
        if charged is None:
            return f"battery at {slot.level:.0%} does not last, and charging does not help"
        charging, _ = charged
        own = approach + piece.drive
        detour = own
        if slot.moving < len(self.pieces):
            onward = drive_to(self.pieces[slot.moving], piece.tail or slot.here)
            if onward is None:
                return _NO_WAY
            # Where tasks avoid different places a detour may be shorter than none: no cost goes below 0.
            detour = max(0.0, own + onward - self.approaches[slot.moving])
        stay = piece.work + charging
        return _Trial(slot, piece, approach, slot.begin + own + stay, own + stay, detour + stay, detour, charging)

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
        count, slot, piece = len(self.pieces), trial.slot, trial.piece
        parts: dict[str, float] = dict(piece.stop.burdens)
        if weight := weights.get("finish"):
            staying = slot.moving - slot.index
            delay = staying * trial.before + (count - slot.moving) * trial.after
            parts |= {"queue": weight * (slot.begin - self.begins[0]), "drive": weight * (trial.approach + piece.drive)}
            parts |= {"work": weight * piece.work, "delay": weight * delay}
            if trial.charging:
                parts["charging"] = weight * trial.charging
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
        total = lateness(trial.piece.stop, trial.finish)
        for index in range(trial.slot.index, len(self.pieces)):
            stop, finish = self.pieces[index].stop, self.begins[index + 1]
            total += lateness(stop, finish + self._late(trial, index)) - lateness(stop, finish)
        return max(0.0, total)


def _timed(pieces: tuple[Piece, ...], start: _Slot, means: Means) -> Line:
    nodes, begins, levels = [start.here], [start.begin], [start.level]
    approaches, charges = [], []
    for piece in pieces:
        way = drive_to(piece, nodes[-1]) or 0.0
        # What is at work already is not left for a charger.
        charged = None if piece.stop.at_work else charge_before(piece, levels[-1], nodes[-1], way, means)
        charging, level = charged or (0.0, levels[-1] - means.need(way + piece.drive, piece.work))
        approaches.append(way)
        charges.append(charging)
        begins.append(begins[-1] + charging + way + piece.drive + piece.work)
        nodes.append(piece.tail or nodes[-1])
        levels.append(max(0.0, level))
    return Line(
        pieces=pieces,
        begins=tuple(begins),
        nodes=tuple(nodes),
        levels=tuple(levels),
        approaches=tuple(approaches),
        charges=tuple(charges),
        means=means,
    )
