"""The answer to a question about a goal completes its sentence, or chooses between readings that the jury has made.

Nothing here understands language: an answer is the name of something, a value, one of what was put forward, yes or no,
or else a sentence in place of the old one. A completed sentence is read by the jury as any other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from caravan.language import replies
from caravan.language.clock import clock
from caravan.language.grounding import flat
from caravan.language.measures import duration, speed
from caravan.language.numbers import count, fold
from caravan.language.shape import Sort
from caravan.language.spans import CJK, BadText, tidy, units
from caravan.language.vocabulary import candidates, names_of, vocabulary
from caravan.language.words import draft_words
from caravan.model.goal import Draft, draft_to_json
from caravan.model.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """What the robots are to read now."""

    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The person chose this of the Drafts that were put forward."""

    draft: Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """The answer does not settle the question; `note` says what would."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """The person gives the goal up."""


Settled = Completed | Chosen | Unanswered | GivenUp


def settle(sentence: str, asked: Draft, options: Sequence[Draft], answer: str, site: Site) -> Settled:
    """What a tidy answer makes of a tidy sentence about which a question was asked.

    `asked` is what was asked about and `options` the Drafts that were put forward, as in the jury's `Question`.
    """
    if replies.gives_up(answer):
        return GivenUp()
    if options:
        return _tidied(_choose(sentence, options, answer, site))
    phrase = next((p for p in asked.phrases if _find(sentence, p) is not None), None)
    if phrase is None:
        return _tidied(_reword(answer, "say what the fleet shall do", site))
    return _tidied(_fill(sentence, phrase, answer, site))


def _tidied(settled: Settled) -> Settled:
    """A completed sentence must be one: it may have become too long."""
    if not isinstance(settled, Completed):
        return settled
    whole = tidy(settled.sentence)
    return Unanswered(note=whole.note) if isinstance(whole, BadText) else Completed(sentence=whole)


def _choose(sentence: str, options: Sequence[Draft], answer: str, site: Site) -> Settled:
    plain = replies.plain(answer)
    if replies.agrees(plain) and len(options) == 1:
        return Chosen(draft=options[0])
    if replies.wants_other(plain) and len(options) == 2:
        return Chosen(draft=options[1])
    place = replies.place_in_row(plain, len(options))
    if place is not None and len(options) > 1:
        return Chosen(draft=options[place])
    ways = f"the number, 1 to {len(options)}" if len(options) > 1 else "yes"
    remedy = f"say {ways}, or say the whole sentence in other words"
    if _turned_down(answer, site):
        return _reword(answer, remedy, site)
    name = _named(answer, "", site)
    if len(options) > 1:
        fitting = [o for o in options if _fits(draft_words(draft_to_json(o)), plain, name)]
        if len(fitting) == 1:
            return Chosen(draft=fitting[0])
    if name is not None:
        spot = _only_spot(sentence, name.sort, site)
        return Completed(sentence=_put(sentence, spot, name.said)) if spot is not None else Unanswered(note=remedy)
    return _reword(answer, remedy, site)


def _fits(words: str, answer: str, name: _Name | None) -> bool:
    """Whether an option in words has all that the answer says, or the thing that it names."""
    said = replies.words(words)
    wanted = replies.words(name.id) if name is not None else replies.content(answer)
    return bool(wanted) and wanted <= said


def _fill(sentence: str, phrase: str, answer: str, site: Site) -> Settled:
    """The sentence with the answer in the place of the phrase that was in doubt."""
    spot = _find(sentence, phrase)
    assert spot is not None, "the phrase is of the sentence"
    plain, ids = replies.plain(answer), candidates(phrase, site)
    remedy = f"name what '{phrase}' is, or say the whole sentence in other words"
    if len(ids) > 1:
        remedy = f"say which of {', '.join(ids)}, or say the whole sentence in other words"
        chosen = _candidate(plain, ids, site)
        if chosen is not None:
            return Completed(sentence=_put(sentence, spot, chosen.replace("_", " ")))
    if _turned_down(answer, site):
        return _reword(answer, remedy, site)
    name = _named(answer, phrase, site)
    if len(ids) == 1:
        # The phrase itself is known; something else is missing or contradicts it.
        if name is not None and name.sort is Sort.PLACE and ids[0] not in site.places:
            return Completed(sentence=_append(sentence, name.said))
        anew = "say the whole sentence in other words"
        return _reword(answer, anew, site) if name is None else Unanswered(note=remedy)
    if name is not None:
        return Completed(sentence=_put(sentence, _with_noun(sentence, spot, name, site), name.said))
    value = next((core for core in reversed(replies.cores(answer)) if _is_value(core)), None)
    if value is not None:
        return Completed(sentence=_put(sentence, spot, value))
    return _reword(answer, remedy, site)


def _candidate(answer: str, ids: Sequence[str], site: Site) -> str | None:
    """The one of the ids that a plain answer means: by a word of its names, or by its place in the row."""
    wanted = replies.content(answer)
    fitting = [i for i in ids if wanted and any(wanted <= replies.words(name) for name in names_of(i, site))]
    if len(fitting) == 1:
        return fitting[0]
    place = replies.place_in_row(answer, len(ids))
    return ids[place] if place is not None else None


def _reword(answer: str, remedy: str, site: Site) -> Settled:
    """The answer as a sentence of its own, where it may be one."""
    plain = replies.plain(answer)
    kinds = (replies.agrees, replies.denies, replies.wants_other, replies.points)
    if any(is_one(plain) for is_one in kinds) or _turned_down(answer, site):
        return Unanswered(note=f"'{answer}' does not settle it: {remedy}")
    return Completed(sentence=answer)


def _turned_down(answer: str, site: Site) -> bool:
    """Whether the answer says what is not meant, and is no name that only begins or ends like that."""
    cores = replies.cores(answer)
    is_name = any(names.called(flat(core)) for core in cores for names in vocabulary(site).values())
    return not is_name and any(map(replies.negates, cores))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Name:
    """A thing of the site and how it was said."""

    id: str
    sort: Sort
    said: str


def _named(answer: str, phrase: str, site: Site) -> _Name | None:
    """What the answer names, if it says no more than that; a number alone is one after the phrase's noun."""
    for core in replies.cores(answer):
        for sort, names in vocabulary(site).items():
            match = names.find(core)
            if match.only is not None:
                return _Name(id=match.only, sort=sort, said=core)
            like = names.find_like(core, phrase).only if not match.ids and _is_number(core) else None
            if like is not None:
                return _Name(id=like, sort=sort, said=like.replace("_", " "))
        item = _counted(core, site)
        if item is not None:
            return _Name(id=item, sort=Sort.ITEM, said=core)
    return None


def _counted(core: str, site: Site) -> str | None:
    """The item in "two pallets"."""
    parts = units(core)
    for cut in range(1, min(4, len(parts))):
        number, thing = "".join(parts[:cut]), "".join(parts[cut:])
        found = vocabulary(site)[Sort.ITEM].find(thing).only
        if found is not None and count(number) is not None:
            return found
    return None


def _is_value(core: str) -> bool:
    """Whether it is a number, a time of day, a duration or a speed, and no more."""
    if len(units(core)) > _LONGEST or replies.points(core.casefold()):
        return False
    return _is_number(core) or any(read(core) is not None for read in (clock, duration, speed))


def _is_number(core: str) -> bool:
    """Whether it is a number alone: "4", "the 4", "four", but not "the one"."""
    tokens = [token for token in fold(core) if token not in ("the", "number")]
    return len(tokens) == 1 and isinstance(tokens[0], float) and not core.casefold().endswith(" one")


_LONGEST = 5
"""The most units of a value, and of a name that is looked for in a sentence."""
Spot = tuple[int, int]
"""Where a phrase is in a sentence: its first unit and the one after its last."""


def _find(sentence: str, phrase: str) -> Spot | None:
    """Where the sentence first has the phrase, as whole units."""
    have, wanted = [u.strip() for u in units(sentence)], [u.strip() for u in units(phrase)]
    starts = range(len(have) - len(wanted) + 1)
    return next(((i, i + len(wanted)) for i in starts if wanted and have[i : i + len(wanted)] == wanted), None)


def _put(sentence: str, spot: Spot, words: str) -> str:
    """The sentence with these words in the place of a spot."""
    parts = units(sentence)
    blank = " " if parts[spot[0]].startswith(" ") else ""
    first, _, rest = words.partition(" ")
    if spot[0] and rest and parts[spot[0] - 1].strip().casefold() == first.casefold():
        words = rest  # "at soon" and "at 5 pm" make "at 5 pm".
    return ("".join(parts[: spot[0]]) + blank + words + "".join(parts[spot[1] :])).strip()


def _with_noun(sentence: str, spot: Spot, name: _Name, site: Site) -> Spot:
    """The spot with the noun behind it, where that is the item that takes its place: "a few" of "a few pallets"."""
    first, parts, items = spot[1], units(sentence), vocabulary(site)[Sort.ITEM]
    ends = range(min(first + _LONGEST, len(parts)), first, -1) if name.sort is Sort.ITEM else ()
    return next(((spot[0], end) for end in ends if items.find("".join(parts[first:end])).only == name.id), spot)


def _append(sentence: str, place: str) -> str:
    """The sentence with a place to go to at its end."""
    bare = sentence.rstrip(" .,!?;。，！？；")
    return f"{bare}到{place}" if re.search(f"[{CJK}]", bare) else f"{bare} to {place}"


def _only_spot(sentence: str, sort: Sort, site: Site) -> Spot | None:
    """Where the sentence names a thing of this sort, if it names just one."""
    names, parts = vocabulary(site)[sort], units(sentence)
    spots: dict[str, Spot] = {}
    for first in range(len(parts)):
        for end in range(first + 1, min(first + _LONGEST, len(parts)) + 1):
            wordy = parts[first].strip().isalnum() and parts[end - 1].strip().isalnum()
            found = names.find("".join(parts[first:end])).only if wordy else None
            if found is not None and (found not in spots or end - first > spots[found][1] - spots[found][0]):
                spots[found] = (first, end)
    return next(iter(spots.values())) if len(spots) == 1 else None
