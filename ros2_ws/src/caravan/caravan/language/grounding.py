"""From a phrase to the id it names.

A name is compared in three steps, the first that finds anything decides: the very name (case and underscores aside);
the same words (articles, plurals, number words and word order of the number aside); a misspelling or a short form.
Numbers and single letters are never approximate: "dock 33" is not `dock_3`, "aisle B" is not `aisle_a`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from rapidfuzz.distance import OSA, Levenshtein

from caravan.language.numbers import fold
from caravan.language.spans import CJK

_PARTS = re.compile(rf"\d+|[{CJK}]|(?:(?![{CJK}\d_])\w)+")
_DROPPED = frozenset(
    {"the", "an", "our", "my", "your", "this", "that", "these", "those", "number", "no", "nr"}
    | {"第", "号", "那", "这", "个", "的"}
)
_LEADS = frozenset({"robot", "unit", "vehicle", "place", "item"})
_TAILS = frozenset({"area", "zone", "room", "spot"})
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
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
    _by_marks: dict[tuple[str, ...], dict[str, set[str]]] = field(default_factory=dict)
    _by_words: dict[tuple[str, ...], set[str]] = field(default_factory=dict)

    def add(self, name: str, id_: str) -> None:
        """Lets `name` stand for `id_`."""
        self._exact.setdefault(_flat(name), set()).add(id_)
        for key in _keys(name):
            self._keys.setdefault(key, set()).add(id_)
            self._by_marks.setdefault(key.marks, {}).setdefault("".join(key.words), set()).add(id_)
            for short in _short_forms(key):
                self._by_words.setdefault(short, set()).add(id_)

    def find(self, phrase: str) -> Match:
        """What the phrase may name."""
        keys = _keys(phrase)
        found = (
            self._exact.get(_flat(phrase))
            or _all(self._keys.get(key) for key in keys)
            or _all(self._by_marks.get(key.marks, {}).get("".join(key.words)) for key in keys)
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
        """The ids of the names nearest to the key's words, where they are near enough."""
        wanted = "".join(key.words)
        near: dict[int, set[str]] = {}
        for name, ids in self._by_marks.get(key.marks, {}).items():
            slips = _slips(wanted, name)
            if slips is not None:
                near.setdefault(slips, set()).update(ids)
        if not near:
            return set()
        best = min(near)
        return near[best] | near.get(best + 1, set()) if best else near[best]


def names(things: Mapping[str, Nameable]) -> Names:
    """The index of these things' ids and aliases."""
    index = Names()
    for id_, thing in things.items():
        for name in (id_, *thing.aliases):
            index.add(name, id_)
    return index


def _all(found: Iterable[set[str] | None]) -> set[str]:
    return set().union(*(ids for ids in found if ids))


def _flat(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").split())


def _keys(name: str) -> list[Key]:
    """The name taken apart, with and without its articles; a leading "a" may be one, any other A is a letter."""
    tokens = _tokens(name)
    whole = [t for t in tokens if t not in _DROPPED]
    bare = whole[1:] if name.split()[:1] == ["a"] else whole
    return list(dict.fromkeys(_key(each) for each in (whole, bare, tokens) if each))


def _tokens(name: str) -> list[str]:
    """Lower-case words, letters and numbers; number words and Chinese numerals as digits."""
    apart = " ".join(_PARTS.findall(_POSSESSIVE.sub("", name.casefold())))
    return [f"{token:.0f}" if isinstance(token, float) else token for token in fold(apart)]


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
    return [each for each in out if each.words]


def _slips(wanted: str, name: str) -> int | None:
    """How many slips of the pen lie between two names; None where they are too many, or make another word.

    Letters left out, doubled or swapped are slips; a wrong letter is one only beside the right one on the keyboard
    and in a long name: "parking" is not "packing".
    """
    longest = max(len(wanted), len(name))
    if longest < 4 or not wanted.isascii() or wanted[:1] != name[:1]:
        return None
    most = 1 if longest < 9 else 2
    slips = int(OSA.distance(wanted, name, score_cutoff=most))
    return slips if slips <= most and all(longest > 5 and n in _beside(w) for w, n in _wrong(wanted, name)) else None


def _wrong(wanted: str, name: str) -> list[tuple[str, str]]:
    """The letters that stand for another one, those of a swapped pair aside."""
    places = [(op.src_pos, op.dest_pos) for op in Levenshtein.editops(wanted, name) if op.tag == "replace"]
    pairs = [(wanted[i], name[j]) for i, j in places]
    swapped = len(pairs) == 2 and pairs[0] == pairs[1][::-1] and places[1][0] == places[0][0] + 1
    return [] if swapped else pairs


def _beside(letter: str) -> str:
    """The letters around one on the keyboard."""
    for row, keys in enumerate(_KEYBOARD):
        at = keys.find(letter)
        if at >= 0:
            near = [(row - 1, at), (row - 1, at + 1), (row, at - 1), (row, at + 1), (row + 1, at - 1), (row + 1, at)]
            return "".join(_KEYBOARD[r][c] for r, c in near if 0 <= r < 3 and 0 <= c < len(_KEYBOARD[r]))
    return ""
