"""Corrections: what a speaker says first, takes back, and says anew. Only the last word counts."""

from collections.abc import Callable

from .pen import Mark, Pen
from .words import Words

LISTS = Words("slips")
SORRY = LISTS.list("sorry")
SORRY_ZH = LISTS.list("sorry_zh")
CORRECTED = 0.02


def perhaps(pen: Pen, make: Callable[[Pen], Mark]) -> Mark:
    """What `make` makes; now and then with a first attempt before it, taken back in English."""
    return _taken_back(pen, make, SORRY) if pen.chance(CORRECTED) else make(pen)


def perhaps_zh(pen: Pen, make: Callable[[Pen], Mark]) -> Mark:
    """What `make` makes; now and then with a first attempt before it, taken back in Chinese."""
    return _taken_back(pen, make, SORRY_ZH) if pen.chance(CORRECTED) else make(pen)


def _taken_back(pen: Pen, make: Callable[[Pen], Mark], glue: tuple[str, ...]) -> Mark:
    old, new = make(pen), make(pen)
    return pen.mark(new.text, f"{old.lead}{old.text}{pen.pick(glue)}{new.lead}")
