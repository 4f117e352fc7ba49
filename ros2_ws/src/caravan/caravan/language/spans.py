"""The sentence as the model sees it: checked, tidied and cut into the units that a Reading may copy."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from caravan.language.numbers import ZH_DIGITS, ZH_POWERS

LIMIT = 2000
"""Longest sentence, bytes of UTF-8."""

CJK = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_NUMBER = rf"(?:[{ZH_DIGITS}]?[{ZH_POWERS}]零?)+[{ZH_DIGITS}]?"
_FIGURES = r"\d{1,3}(?:,\d{3})+(?!\d)|\d+\.\d+(?!\d|\.\d)"
_AND_A_HALF = "[秒分时天米]半(?![秒分小个天])"
_BULLETS = "\u2460-\u24ff\u2776-\u2793"
_UNIT = re.compile(rf" ?(?:{_FIGURES}|{_NUMBER}|{_AND_A_HALF}|[{CJK}{_BULLETS}]|(?:(?![{CJK}{_BULLETS}])\w)+|[^ ])")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_WIDE = 0xFEE0
_FOLD: dict[int, int | None] = {
    **{ord(c) + _WIDE: ord(c) for c in "0123456789" + string.ascii_letters},
    ord("\u2018"): ord("'"),
    ord("\u2019"): ord("'"),
    ord('"'): None,
    ord("\\"): None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BadText:
    """A text that is no sentence: `note` says what is wrong with it and what would do."""

    note: str


def tidy(text: str) -> str | BadText:
    """The sentence with plain digits, letters and apostrophes, single spaces, and without `"`, `\\` and invisibles."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        return BadText(note="the text is not valid Unicode (a lone surrogate): send UTF-8")
    if size > LIMIT:
        return BadText(note=f"the text has {size} bytes, the most is {LIMIT}: send one goal in a few sentences")
    char = next((c for c in text if is_control(c) and not c.isspace()), None)
    if char is not None:
        return BadText(note=f"the text has the control character U+{ord(char):04X}: remove it")
    plain = " ".join(evened(text).split())
    return plain or BadText(note="the text is empty: say what the robots should do")


def hushed(sentence: str) -> str:
    """What a model is given of a tidy sentence: one all in capitals in small letters, as models read those far better.

    Letter by letter, so that a span of the one stands in the same place of the other.
    """
    return sentence.lower() if sentence.isascii() and sentence.isupper() else sentence


def is_control(char: str) -> bool:
    """Whether a character steers the output or the order of letters: control characters, line ends, direction marks."""
    return char in _BIDI or unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs")


def has_control(text: str) -> bool:
    """Whether there is such a character in the text."""
    return not text.isprintable() and any(map(is_control, text))


def legible(text: str) -> str:
    """The text on one line, fit to be shown and logged: characters that steer become spaces."""
    return "".join(" " if is_control(char) else char for char in text) if has_control(text) else text


def evened(text: str) -> str:
    """The text with plain digits, letters and apostrophes, and without `"`, `\\` and invisibles."""
    shown = text.translate(_FOLD)
    if not shown.isprintable():
        shown = "".join(c for c in shown if unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFC", shown)


def units(sentence: str) -> tuple[str, ...]:
    """The words, numbers, signs and single CJK characters of a tidy sentence, each with the space before it.

    A number is one unit where signs or powers of ten are in it ("16,000", "2.5", 三千, the half of 一秒半), so that no
    one can copy the three out of three thousand; so is one in a circle (①), which numbers what follows. One space is
    put before the sentence, so that joined they give " " + sentence.
    """
    return tuple(_UNIT.findall(" " + sentence))


def is_span(phrase: str, sentence: str) -> bool:
    """Whether the phrase is one or more whole neighbouring units of the tidy sentence."""
    return "".join(_UNIT.findall(phrase)) == phrase and any(spots(phrase, units(sentence)))


def spots(phrase: str, parts: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Where in the `units` of a sentence those of the phrase stand: the first, and the one behind the last."""
    wanted = tuple(_UNIT.findall(phrase))
    size = len(wanted)
    yield from ((at, at + size) for at in range(len(parts) - size + 1) if size and parts[at : at + size] == wanted)
