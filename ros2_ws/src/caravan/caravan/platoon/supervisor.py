"""What a follower relies on while the radio fails: a table of modes, and a mixture that slides from one to the next.

COOPERATE uses what the vehicle in front says, PREDICT what it must be doing by what it said last, DEGRADE what the
radar makes of its acceleration (dCACC: Ploeg et al. 2015) between the messages that still come, at a wider gap, and
ALONE the radar without that, at a gap opened wide. The mode only sets where the mixture slides to, at bounded rates:
nothing that the controller reads ever jumps with the mode, so a transfer either way has no jerk of its own. The brake
of `safety` is below all modes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from caravan.platoon.plant import Floats


class Mode(IntEnum):
    """What a follower relies on."""

    COOPERATE = 0
    PREDICT = 1
    DEGRADE = 2
    ALONE = 3


class Link(IntEnum):
    """How good the radio link to the vehicle in front is."""

    STEADY = 0
    FRESH = 1
    LATE = 2
    STALE = 3
    LOST = 4


NEXT: dict[tuple[Mode, Link], Mode] = {
    (Mode.COOPERATE, Link.STEADY): Mode.COOPERATE,
    (Mode.COOPERATE, Link.FRESH): Mode.COOPERATE,
    (Mode.COOPERATE, Link.LATE): Mode.PREDICT,
    (Mode.COOPERATE, Link.STALE): Mode.DEGRADE,
    (Mode.COOPERATE, Link.LOST): Mode.ALONE,
    (Mode.PREDICT, Link.STEADY): Mode.COOPERATE,
    (Mode.PREDICT, Link.FRESH): Mode.COOPERATE,
    (Mode.PREDICT, Link.LATE): Mode.PREDICT,
    (Mode.PREDICT, Link.STALE): Mode.DEGRADE,
    (Mode.PREDICT, Link.LOST): Mode.ALONE,
    (Mode.DEGRADE, Link.STEADY): Mode.COOPERATE,
    (Mode.DEGRADE, Link.FRESH): Mode.DEGRADE,
    (Mode.DEGRADE, Link.LATE): Mode.DEGRADE,
    (Mode.DEGRADE, Link.STALE): Mode.DEGRADE,
    (Mode.DEGRADE, Link.LOST): Mode.ALONE,
    (Mode.ALONE, Link.STEADY): Mode.DEGRADE,
    (Mode.ALONE, Link.FRESH): Mode.ALONE,
    (Mode.ALONE, Link.LATE): Mode.ALONE,
    (Mode.ALONE, Link.STALE): Mode.ALONE,
    (Mode.ALONE, Link.LOST): Mode.ALONE,
}
"""Down at once, as far as the link is bad; up one mode at a time, and only when it has been good for a while."""

AGES = (0.4, 0.8, 2.0)
"""A message is fresh, late, stale up to these ages (s), lost above."""
STEADY = 5.0
"""A link that has been fresh for so long is steady, s."""
HEADWAYS = (0.0, 0.0, 0.9, 1.2)
"""The least headway in each mode, s, where the platoon's own is not wider."""

TRUST_RISE = 1.0
"""How fast trust in what is said comes back, 1/s."""
TRUST_FALL = 1.0 / (AGES[1] - AGES[0])
"""How fast it goes, 1/s: there is none left when a late message turns stale."""
LONELY_RATE = 0.5
"""How fast the radar's own law comes in and goes, 1/s."""
OPENING, OPENING_RATE = 0.05, 0.05
"""How fast a headway grows or shrinks (s/s), and how fast that changes (s/s2)."""

Modes = npt.NDArray[np.int64]
_TABLE: Modes = np.array([[NEXT[mode, link] for link in Link] for mode in Mode], dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """What a follower relies on now."""

    mode: Modes
    good: Floats
    """For how long the link has been fresh, s."""
    trust: Floats
    """Weight of what is said, against what the radar makes of it."""
    lonely: Floats
    """Weight of the law that needs neither."""
    headway: Floats
    """s."""
    opening: Floats
    """How fast the headway grows now, s/s."""


def mixture(mode: Mode, headway: Floats) -> Mixture:
    """A follower that has long been in a mode, with this headway (s)."""
    ones = np.ones_like(headway)
    return Mixture(
        mode=np.full(headway.shape, int(mode), dtype=np.int64),
        good=(STEADY if mode is Mode.COOPERATE else 0.0) * ones,
        trust=(1.0 if mode < Mode.DEGRADE else 0.0) * ones,
        lonely=(1.0 if mode is Mode.ALONE else 0.0) * ones,
        headway=np.maximum(headway, HEADWAYS[mode]),
        opening=0.0 * ones,
    )


def supervise(now: Mixture, age: Floats, headway: Floats, step: float) -> Mixture:
    """The mixture `step` s later.

    `age`: of the latest message of the very vehicle that the radar sees in front, s; infinite where there is none, or
    where the vehicle in front is a stranger. `headway`: what the platoon drives and the brakes allow, s.
    """
    fresh = age <= AGES[0]
    good = np.where(fresh, now.good + step, 0.0)
    link = np.where(good >= STEADY, Link.STEADY, 1 + np.searchsorted(AGES, np.atleast_1d(age)).reshape(age.shape))
    mode = _TABLE[now.mode, link]
    climbed = (mode < now.mode) & (now.mode >= Mode.DEGRADE)
    wide = np.maximum(headway, np.take(HEADWAYS, mode))
    opening = _slide(now.opening, np.clip(wide - now.headway, -OPENING, OPENING), OPENING_RATE, OPENING_RATE, step)
    return Mixture(
        mode=mode,
        good=np.where(climbed, 0.0, good),
        trust=_slide(now.trust, np.where(fresh, 1.0, 0.0), TRUST_RISE, TRUST_FALL, step),
        lonely=_slide(now.lonely, np.where(mode == Mode.ALONE, 1.0, 0.0), LONELY_RATE, LONELY_RATE, step),
        headway=now.headway + step * opening,
        opening=opening,
    )


def _slide(value: Floats, target: Floats, rise: float, fall: float, step: float) -> Floats:
    return np.clip(target, value - fall * step, value + rise * step)
