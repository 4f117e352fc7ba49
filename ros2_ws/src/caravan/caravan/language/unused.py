"""Names that a sentence says and its Draft does not: the surest sign that a reading has left something out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from caravan.language.bounds import named_in
from caravan.language.grounding import Names, flat
from caravan.language.shape import NAMED, Sort
from caravan.language.spans import units
from caravan.model.goal import Draft, Intent

LONGEST = 8
"""A name has at most so many words, or Chinese characters."""


def unused(sentence: str, draft: Draft, vocabulary: Mapping[Sort, Names]) -> tuple[str, ...]:
    """The ids whose very names stand in the tidy sentence and that are no part of the Draft, in the sentence's order.

    None for an `unclear` Draft. A name that stands within a longer one is not said, nor is a single Chinese character.
    What may be a skill is often just a word. A correction ("dock 3, no, dock 4") and a remark name things, too, that
    are rightly left out: it is a reason to ask, and not a fault.
    """
    if draft.intent is Intent.UNCLEAR:
        return ()
    mine = set(_ids(draft))
    found = (ids for ids in said(units(sentence), vocabulary) if ids and not ids & mine)
    return tuple(dict.fromkeys(id_ for ids in found for id_ in sorted(ids)))


def said(parts: tuple[str, ...], names: Mapping[Sort, Names]) -> Iterator[Set[str]]:
    """For each very name in the sentence the ids that it may stand for; none where it may be a skill."""
    yield from (ids for _, _, ids in _walk(parts, names))


def named(parts: tuple[str, ...], names: Mapping[Sort, Names]) -> Iterator[int]:
    """Which of the sentence's units stand in a very name."""
    for at, size, ids in _walk(parts, names):
        yield from range(at, at + size) if ids else ()


def _walk(parts: tuple[str, ...], names: Mapping[Sort, Names]) -> Iterator[tuple[int, int, Set[str]]]:
    """The sentence, name by name or unit by unit: where each begins, how many units it has, and its ids."""
    at = 0
    while at < len(parts):
        size, ids = next(_names_at(parts, at, names), (1, frozenset[str]()))
        yield at, size, ids
        at += size


def _names_at(parts: tuple[str, ...], at: int, names: Mapping[Sort, Names]) -> Iterator[tuple[int, Set[str]]]:
    """The names that begin with this unit, the longest first: how many units each has, and its ids."""
    for end in range(min(len(parts), at + LONGEST), at, -1):
        name = flat("".join(parts[at:end]))
        sorts = {sort: ids for sort in NAMED if (ids := names[sort].called(name))}
        if sorts and not (len(name) == 1 and not name.isascii()):
            yield end - at, frozenset[str]() if Sort.CAPABILITY in sorts else frozenset[str]().union(*sorts.values())


def _ids(draft: Draft) -> Iterator[str]:
    """All ids of the site in a Draft."""
    for task in draft.tasks:
        for names in named_in(task).values():
            yield from names
    if draft.target is not None:
        yield draft.target
