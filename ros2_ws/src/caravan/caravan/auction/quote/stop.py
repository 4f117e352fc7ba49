"""A stop of a robot's queue, the robot's battery, and what the stop takes wherever it stands in the queue."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from caravan.model.site import Battery
from caravan.model.work import Leg

JAM = 1.5
"""The worst drive to a charger takes so many times the charge that drives of that length have lately taken."""

Travel = Callable[[str, str], float | None]
"""Driving time between two nodes, s; None where there is no way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A piece of a robot's queue: its legs, its deadline (s) if it has one, and what a second of lateness counts."""

    legs: tuple[Leg, ...]
    deadline: float | None = None
    urgency: float = 1.0
    pressing: bool = False
    """Whether it may interrupt what is at work."""
    turn: tuple[float, ...] | None = None
    """Its place in the one order of all tasks that robots share and that have not begun; None for any other."""
    at_work: bool = False
    firm: bool = False
    """Whether it is at work and cannot be interrupted."""
    travel: Travel
    """Its own, since each task avoids other places."""
    burdens: Mapping[str, float] = field(default_factory=dict)
    """What else it costs this robot, by name, s: a place in a platoon that does not suit it, say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """A robot's battery: s from empty to full, W while it drives and while it works, and Wh when full."""

    charge_time: float
    drive_power: float = 0.0
    work_power: float = 0.0
    capacity: float = math.inf
    full: float = 1.0
    """Charge (0..1) at which charging ends."""
    floor: float = 0.0
    """Charge (0..1) that must be left when the nearest charger is reached after a stop."""
    least: float = 0.0
    """So much of it must be left even where drives take longer than thought: robots may have to wait for a charger."""
    charger: Callable[[str], tuple[str, float] | None] = lambda here: None
    """The nearest charger from a node, and the driving time, s."""

    @classmethod
    def of(
        cls, battery: Battery, *, wait: float, full: float, charger: Callable[[str], tuple[str, float] | None]
    ) -> Means:
        """Those of a robot that may have to `wait` for a charger, s: that takes nothing of its reserve, of which half
        is for drives that take longer than thought."""
        least = battery.reserve / 2.0 + battery.draw(0.0) * wait / 3600.0 / battery.capacity
        return cls(
            charge_time=battery.charge_time,
            drive_power=battery.draw(1.0),
            work_power=battery.draw(0.0),
            capacity=battery.capacity,
            full=full,
            floor=least + battery.reserve / 2.0,
            least=least,
            charger=charger,
        )

    def need(self, drive: float, work: float) -> float:
        """The part of a full battery that it takes to drive and to work for so long (s)."""
        return (self.drive_power * drive + self.work_power * work) / 3600.0 / self.capacity

    def home(self, here: str) -> float:
        """Charge (0..1) that may be needed from a node to the nearest charger; 0 where none can be reached."""
        charger = self.charger(here)
        return 0.0 if charger is None else JAM * self.need(charger[1], 0.0)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stop as it is wherever it stands in the queue: `head` is where it begins and `tail` where it ends (None: where
    it is), `drive` and `work` what it takes between them, s."""

    stop: Stop
    head: str | None
    tail: str | None
    drive: float
    work: float
    fills: bool
    """Whether the battery is full afterwards."""
    home: float
    """Charge (0..1) that may be needed from its tail to the nearest charger."""


def gives_way(current: Stop, other: Stop) -> bool:
    """Whether what is at work may be interrupted: by what is more pressing, or by what it would have to wait for."""
    if current.turn is not None and other.turn is not None and other.turn < current.turn:
        return True
    return other.pressing and not current.pressing and not current.firm


def lateness(stop: Stop, finish: float) -> float:
    """How late a stop is that is finished at `finish` (s), times what a second of lateness counts."""
    return 0.0 if stop.deadline is None else stop.urgency * max(0.0, finish - stop.deadline)


def drive_to(piece: Piece, here: str) -> float | None:
    """Driving time from a node to where a stop begins, s; None where there is no way."""
    return 0.0 if piece.head is None else piece.stop.travel(here, piece.head)


def piece_of(stop: Stop, means: Means) -> Piece | None:
    """What a stop takes; None where one of its places cannot be reached from the one before."""
    head: str | None = None
    here: str | None = None
    drive = work = 0.0
    fills = False
    for leg in stop.legs:
        if leg.place is not None and here is not None:
            way = stop.travel(here, leg.place)
            if way is None:
                return None
            drive += way
        head, here = head or leg.place, leg.place or here
        work += means.charge_time if leg.work is None else leg.work
        fills = leg.work is None
    return Piece(stop, head, here, drive, work, fills, 0.0 if here is None else means.home(here))


def charge_before(piece: Piece, level: float, here: str, approach: float, means: Means) -> tuple[float, float] | None:
    """The time (s) that it takes to charge before a stop, and the charge (0..1) at its end; (0, ...) where the charge
    lasts for it and for the way to a charger, None where it would not last with a full battery either or no charger
    can be reached."""
    if piece.fills:
        return 0.0, means.full
    home = piece.home if piece.tail is not None else means.home(here)
    left = level - means.need(approach + piece.drive, piece.work)
    if left - home >= means.floor:
        return 0.0, left
    charger = means.charger(here)
    if charger is None:
        return None
    node, way = charger
    onward = drive_to(piece, node)
    if onward is None or level < means.need(way, 0.0):
        return None
    left = means.full - means.need(onward + piece.drive, piece.work)
    if left - home < means.floor:
        return None
    missing = max(0.0, means.full - level + means.need(way, 0.0))
    return max(0.0, way + missing * means.charge_time + onward - approach), left
