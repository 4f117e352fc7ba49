"""The name inside a piece that is too long: where a model takes a verb for a part of a name, the site knows better.

In Chinese nothing tells where a name begins and ends, so that "停靠七号门" (stop at gate 7) may be read as the name of
a place. Where the site does not know the piece, but knows what is left of it without a character or two at one end,
that is probably meant. It may be another thing of a longer name, too, so it is only ever asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from caravan.language.grounding import Names, flat
from caravan.language.numbers import ZH_NUMERALS
from caravan.language.reading import RoughTask, Sketch
from caravan.language.shape import LISTS, NAMED, SPANS, Sort
from caravan.language.spans import units

MOST = 2
"""So many characters at most are taken off..."""
_NAMING = frozenset(ZH_NUMERALS + "号第新旧老大小前后左右东南西北内外中总主副")
"""...and none of these, which make another thing's name of a name."""


def shortened(rough: Sketch, vocabulary: Mapping[Sort, Names]) -> Sketch:
    """The Sketch, whose tasks' pieces that the site does not know are cut down to the names inside them, if any."""

    def cut(sort: Sort, piece: str) -> str:
        if sort not in NAMED or vocabulary[sort].find(piece).ids:
            return piece
        return inside(piece, vocabulary[sort].called)

    def task(each: RoughTask) -> RoughTask:
        spans = {key: cut(SPANS[key], piece) for key, piece in each.spans.items()}
        lists = {key: tuple(cut(LISTS[key], piece) for piece in pieces) for key, pieces in each.lists.items()}
        return replace(each, spans=spans, lists=lists)

    return replace(rough, tasks=tuple(task(each) for each in rough.tasks))


def inside(piece: str, known: Callable[[str], object]) -> str:
    """The name, `known` in its `flat` form, that is left of the piece without few Chinese characters at one end.

    The piece itself where there is none, or where another is left at the other end.
    """
    parts = units(piece.removeprefix(" "))
    for size in range(1, MOST + 1):
        ends = ((parts[:size], parts[size:]), (parts[-size:], parts[:-size]))
        rests = ["".join(rest) for off, rest in ends if not any(_names(each) for each in off)]
        found = {rest for rest in rests if len(flat(rest)) > 1 and known(flat(rest))}
        if found:
            return found.pop() if len(found) == 1 else piece
    return piece


def _names(unit: str) -> bool:
    return unit.isascii() or bool(_NAMING & set(unit))
