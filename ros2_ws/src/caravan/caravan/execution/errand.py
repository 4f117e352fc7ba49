"""An errand: one robot's way through the legs of a task, as a state machine without I/O."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from caravan.model.work import Leg

FULL = 0.95
"""Charge (0..1) at which charging ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """Where a robot is in a task: `index` is the leg it is on, `worked` how long (s) it has worked on it."""

    legs: tuple[Leg, ...]
    index: int = 0
    worked: float = 0.0

    @property
    def leg(self) -> Leg | None:
        """The current leg; None at the end."""
        return self.legs[self.index] if self.index < len(self.legs) else None

    @property
    def done(self) -> bool:
        """Whether all legs are behind."""
        return self.leg is None

    @property
    def interruptible(self) -> bool:
        """Whether the robot may turn to something else: it has no load on board, takes none up and is not charging."""
        leg = self.leg
        if leg is None or leg.laden:
            return False
        loads = any(following.laden for following in self.legs[self.index + 1 : self.index + 2])
        return self.worked == 0.0 or not (loads or leg.work is None)

    @property
    def progress(self) -> float:
        """Part of the legs that is done, 0..1."""
        return min(1.0, self.index / len(self.legs)) if self.legs else 1.0


def work(errand: Errand, elapsed: float, battery: float) -> Errand:
    """The errand after `elapsed` s of work at the place of its current leg, with `battery` charge in 0..1."""
    leg = errand.leg
    if leg is None:
        return errand
    worked = errand.worked + elapsed
    ended = not leg.open and (battery >= FULL if leg.work is None else worked >= leg.work)
    return replace(errand, index=errand.index + 1, worked=0.0) if ended else replace(errand, worked=worked)


def remaining(
    errand: Errand, here: str, travel: Callable[[str, str], float | None], charge_time: float
) -> float | None:
    """Time to the end of the errand from node `here`, s; None where a place of it cannot be reached.

    `travel(a, b)` is the driving time between nodes, s. `charge_time` stands for work that lasts until full.
    """
    total = -errand.worked
    for leg in errand.legs[errand.index :]:
        there = leg.place or here
        drive = travel(here, there)
        if drive is None:
            return None
        total += drive + (charge_time if leg.work is None else leg.work)
        here = there
    return max(total, 0.0)
