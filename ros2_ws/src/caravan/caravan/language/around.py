"""The whole name around a piece of it: where a model cuts a name short, the sentence still has the rest.

In Chinese nothing tells where a name ends, so that the first half of one is easily taken for it. What stands around the
piece in the sentence, letter by letter, as a name of the site is what was said; nothing is guessed, and a name that
the sentence does not have is never found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from caravan.language.grounding import flat
from caravan.language.spans import spots, units

REACH = 6
"""A name is looked for so many words, or Chinese characters, before and behind the piece of it."""


def whole(piece: str, sentence: str, known: Callable[[str], object]) -> str:
    """The longest name, `known` in its `flat` form, that stands in the tidy sentence around the piece; else the piece.

    Where the piece stands more than once, with other names around it or none, it is the one name that there is, unless
    the piece is known itself.
    """
    parts = units(sentence)
    found = [_longest(parts, begin, end, known) for begin, end in spots(piece, parts)]
    names = {name for name in found if name is not None}
    if len(names) != 1 or (None in found and known(flat(piece))):
        return piece
    return names.pop()


def _longest(parts: Sequence[str], begin: int, end: int, known: Callable[[str], object]) -> str | None:
    """The longest known name that goes beyond `begin` to `end`; of two as long the one that begins nearer to it."""
    windows = (
        (first, last)
        for first in range(begin, max(0, begin - REACH) - 1, -1)
        for last in range(end, min(len(parts), end + REACH) + 1)
        if last - first > end - begin
    )
    for first, last in sorted(windows, key=lambda window: window[0] - window[1]):
        name = "".join(parts[first:last])
        if known(flat(name)):
            return name
    return None
