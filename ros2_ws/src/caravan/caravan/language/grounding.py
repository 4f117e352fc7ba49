"""From a phrase to the id it names.

A name is compared in three steps, the first that finds anything decides: the very name (case and underscores aside);
the same words (articles, plurals, number words and word order of the number aside); a misspelling or a short form.
Numbers, single letters and codes are never approximate: "dock 33" is not `dock_3`, "aisle B" is not `aisle_a`. A
misspelling names a thing only where no other name is as near, or nearly so (`slips`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from itertools import groupby
from typing import Protocol

from rapidfuzz import process
from rapidfuzz.distance import OSA

from caravan.language.numbers import ZH_NUMERALS, fold
from caravan.language.slips import MOST, slipped
from caravan.language.spans import CJK, evened

_PARTS = re.compile(rf"\d+(?:(?![{CJK}\d_])\w){{2,}}|\d+|[{ZH_NUMERALS}]+|[{CJK}]|(?:(?![{CJK}\d_])\w)+")
_DROPPED = frozenset(
    {"the", "an", "our", "my", "your", "this", "that", "these", "those", "number", "no", "nr", "whole", "entire"}
    | {"第", "号", "那", "这", "个", "的"}
)
_LEADS = frozenset({"robot", "unit", "vehicle", "place", "item"})
_TAILS = frozenset({"area", "zone", "room", "spot"})
_MARGIN = 1
"""By how many slips more another name, of which it may be a misspelling too, must be missed."""
_POSSESSIVE = re.compile(r"'s?(?!\w)")


class Nameable(Protocol):
    """Anything of the site that has an id and other names."""

    @property
    def id(self) -> str: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Key:
    """A name taken apart: its words, singular and in lower case, and its numbers and single letters."""

    words: tuple[str, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The ids that a phrase may name: one is an answer, several are ambiguous, none is unknown."""

    ids: tuple[str, ...]

    @property
    def only(self) -> str | None:
        """The id, if there is just one."""
        return self.ids[0] if len(self.ids) == 1 else None


@dataclass(slots=True)
class Names:
    """An index of all names of one kind; made once for a site."""

    _exact: dict[str, set[str]] = field(default_factory=dict)
    _keys: dict[Key, set[str]] = field(default_factory=dict)
    _joined: dict[tuple[str, tuple[str, ...]], set[str]] = field(default_factory=dict)
    """By the words written as one, and the marks."""
    _spelt: dict[tuple[tuple[str, ...], int], dict[str, set[str]]] = field(default_factory=dict)
    """By the marks and the length of the words, then by the words."""
    _by_words: dict[tuple[str, ...], set[str]] = field(default_factory=dict)
    _words: set[str] = field(default_factory=set)

    def add(self, name: str, id_: str) -> None:
        """Lets `name` stand for `id_`."""
        self._exact.setdefault(flat(name), set()).add(id_)
        for key in _keys(name):
            self._keys.setdefault(key, set()).add(id_)
            self._joined.setdefault(("".join(key.words), key.marks), set()).add(id_)
            spelt = " ".join(key.words)
            self._spelt.setdefault((key.marks, len(spelt)), {}).setdefault(spelt, set()).add(id_)
            self._words.update(key.words)
            for short in _short_forms(key):
                self._by_words.setdefault(short, set()).add(id_)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to name."""
        return not self._exact

    def called(self, name: str) -> Set[str]:
        """The ids of what has this `flat` name for its very name."""
        return self._exact.get(name, frozenset())

    def find(self, phrase: str) -> Match:
        """What the phrase may name."""
        keys = _keys(phrase)
        found = (
            self._exact.get(flat(phrase))
            or _all(self._keys.get(key) for key in keys)
            or _all(self._joined.get(("".join(key.words), key.marks)) for key in keys)
            or _all(self._misspelt(key) for key in keys)
            or _all(self._keys.get(trim) for key in keys for trim in _trimmed(key))
            or _all(self._by_words.get(key.words) for key in keys if not key.marks)
        )
        return Match(ids=tuple(sorted(found or ())))

    def find_like(self, phrase: str, earlier: str) -> Match:
        """What a phrase of numbers and letters alone means after another one: " 2" after " docks 1" is dock 2."""
        words = _keys(earlier)[0].words if _keys(earlier) else ()
        alone = [key for key in _keys(phrase) if key.marks and not key.words]
        found = _all(self._keys.get(Key(words, key.marks)) for key in alone) if words else set()
        return Match(ids=tuple(sorted(found)))

    def _misspelt(self, key: Key) -> set[str]:
        """What the key's words may be a misspelling of; several ids where that is not certain.

        A name that is as near, letter by letter, may be what was meant though it is no likely slip.
        """
        said = " ".join(key.words)
        near = [(slips, slipped(said, name, self._words), ids) for name, slips, ids in self._near(said, key.marks)]
        best = min((slips for slips, likely, _ in near if likely), default=-1)
        return _all(ids for slips, likely, ids in near if slips <= best + (_MARGIN if likely else 0))

    def _near(self, said: str, marks: tuple[str, ...]) -> list[tuple[str, int, set[str]]]:
        """The names of these marks that are spelt nearly like the words; in how many letters they differ; the ids."""
        most = MOST + _MARGIN
        out = []
        for length in range(len(said) - most, len(said) + most + 1):
            shelf = self._spelt.get((marks, length), {})
            found = process.extract(said, list(shelf), scorer=OSA.distance, score_cutoff=most, limit=None)
            out += [(name, int(slips), shelf[name]) for name, slips, _ in found]
        return out


def names(things: Mapping[str, Nameable]) -> Names:
    """The index of these things' ids and aliases."""
    index = Names()
    for id_, thing in things.items():
        for name in (id_, *thing.aliases):
            index.add(name, id_)
    return index


def _all(found: Iterable[set[str] | None]) -> set[str]:
    return set().union(*(ids for ids in found if ids))


def _plain(name: str) -> str:
    return evened(name).casefold()


def flat(name: str) -> str:
    """The name as names are compared that must be the very same."""
    return " ".join(_plain(name).replace("_", " ").split())


def _keys(name: str) -> list[Key]:
    """The name taken apart, with and without its articles; a leading "a" may be one, any other A is a letter."""
    tokens = _tokens(name)
    whole = [t for t in tokens if t not in _DROPPED]
    bare = whole[1:] if name.split()[:1] == ["a"] else whole
    return list(dict.fromkeys(_key(each) for each in (whole, bare, tokens) if each))


def _tokens(name: str) -> list[str]:
    """Lower-case words, letters and numbers; number words and Chinese numerals as digits; codes like "4AB" whole."""
    out: list[str] = []
    for code, group in groupby(_PARTS.findall(_POSSESSIVE.sub("", _plain(name))), _is_code):
        parts = list(group)
        folded = parts if code else fold(" ".join(parts), points=frozenset())
        out += [f"{token:.0f}" if isinstance(token, float) else token for token in folded]
    return out


def _is_code(part: str) -> bool:
    return part[0].isdigit() and not part.isdigit()


def _key(tokens: list[str]) -> Key:
    marks = [t for t in tokens if t.isdigit() or (len(t) == 1 and t.isascii())]
    return Key(tuple(_singular(t) for t in tokens if t not in marks), tuple(marks))


def _singular(word: str) -> str:
    """The word without its plural ending; used on both sides, so that it need not be grammar."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _short_forms(key: Key) -> list[tuple[str, ...]]:
    """Ways to name it in short: without its number, by its last words ("the yard"), without "area"."""
    cuts = [key.words] if key.marks else []
    cuts += [key.words[i:] for i in range(1, len(key.words))]
    if not key.marks and key.words and key.words[-1] in _TAILS:
        cuts.append(key.words[:-1])
    return [cut for cut in cuts if cut and (len(cut) > 1 or cut[0].isascii())]


def _trimmed(key: Key) -> list[Key]:
    """The key without a word that only says what kind of thing it is: "robot carrier 2", "staging area"."""
    out = [Key(key.words[1:], key.marks)] if key.words and key.words[0] in _LEADS else []
    if key.words and key.words[-1] in _TAILS:
        out.append(Key(key.words[:-1], key.marks))
    return [each for each in out if each.words or each.marks]
