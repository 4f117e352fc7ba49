"""Numbers that a sentence says and its Reading does not: perhaps how many of a thing are to be brought.

Of all that a reading may leave out, the quantity costs most: five are asked for and one comes. So where a delivery has
none, a number of the sentence that stands in nothing that was read is a reason to ask.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from caravan.language.grounding import Names
from caravan.language.numbers import Token, fold
from caravan.language.reading import Sketch
from caravan.language.shape import Sort
from caravan.language.spans import spots, units
from caravan.language.unused import named

_NO_COUNT = frozenset({"am", "pm", "a", "p", "o", "percent", "th", "things", "jobs", "tasks"} | set("点时分秒年月号"))
"""What makes a time or another kind of number of one that stands before it, or counts the tasks themselves."""
_NUMBERED = frozenset({"第", "no", "number", "at", "by", "since", "until", "till"})
"""What makes a name, a place in a row or a time of a number that stands behind it."""
_MANY = frozenset({"couple", "dozen", "hundred", "thousand"})
_IDIOMS = frozenset({"千万"})
"""Numerals that are none: 千万别去 (by no means go)."""
_ALL_OF_THEM = frozenset("都事")
"""What stands behind a number and a measure word that mean what was said before: 两个都, 三件事."""


def uncounted(rough: Sketch, sentence: str, vocabulary: Mapping[Sort, Names]) -> tuple[str, ...]:
    """The numbers above one in the tidy sentence that neither the Sketch nor a name has, if a delivery lacks one."""
    if all(task.words["kind"] != "deliver" or "quantity" in task.spans for task in rough.tasks):
        return ()
    parts = units(sentence)
    told = set(named(parts, vocabulary))
    for piece in rough.pieces():
        told |= _place(parts, piece, told)
    return tuple(parts[at].strip() for at in range(len(parts)) if at not in told and _counts(parts, at))


def _place(parts: tuple[str, ...], piece: str, told: Set[int]) -> set[int]:
    """Where the piece's units stand in the sentence: once, and where nothing else does if there is such a place."""
    places = [set(range(*spot)) for spot in spots(piece, parts)]
    return next((place for place in places if not told & place), places[0] if places else set())


def _counts(parts: tuple[str, ...], at: int) -> bool:
    """Whether the unit is a number that may count things."""
    if parts[at] in _IDIOMS or not (parts[at].strip().lower() in _MANY or _above_one(fold(parts[at]))):
        return False
    before, after, next_ = (parts[n].strip().lower() if 0 <= n < len(parts) else "" for n in (at - 1, at + 1, at + 2))
    return after.isalpha() and after not in _NO_COUNT and next_ not in _ALL_OF_THEM and before not in _NUMBERED


def _above_one(tokens: Sequence[Token]) -> bool:
    return len(tokens) == 1 and isinstance(tokens[0], float) and tokens[0] > 1.0
