"""Numbers in a row that name things: "trucks 1 to 4" and "trucks 1, 2, 3 and 4" are four trucks, "一到四号卡车" too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from caravan.language.measures import UNITS
from caravan.language.numbers import NUMBER_WORDS, ZH_NUMERALS, fold, numbers_in
from caravan.language.spans import CJK

MOST = 50
"""A range has at most so many names."""
_COUNTED = ("other", "more", "of", "辆", "台", "个", "次")


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))


_NUMBER = rf"(?:\d{{1,4}}(?!\d)|[{ZH_NUMERALS}]{{1,5}}|(?:{_any(NUMBER_WORDS)})(?![a-z]))(?: ?号)?"
_TO = r"(?:(?: ?[-\u2013~到至] ?)|(?: (?:to|thru|through|up to|till|until) ))"
_AND = r"(?:, ?(?:and )?| and | & | ?[、，和与跟] ?)"
_PLURAL = r" [a-z]{2,}[a-rt-z]s\b"
"""A number before things counts them ("3 pallets") and names none."""
_NO_AMOUNT = rf"(?![.:/]?\d)(?!{_TO}{_NUMBER})(?!-?[ ]?(?:{_any((*UNITS, *_COUNTED))})(?![a-z]))(?!{_PLURAL})"
_ROW = re.compile(
    rf"(?<![0-9A-Za-z.{ZH_NUMERALS}]){_NUMBER}(?:(?:{_TO}(?:[a-z]+[ _])?|{_AND}){_NUMBER})+{_NO_AMOUNT}", re.IGNORECASE
)
_STEP = re.compile(rf"({_TO}|{_AND})", re.IGNORECASE)
_HEAD = re.compile(rf"(?:[^\W\d_{CJK}]+[ _]){{1,3}}$|[{CJK}]{{1,6}}$")
_TAIL = re.compile(rf"[{CJK}]{{1,8}}")


def spread(span: str, sentence: str, known: Callable[[str], bool]) -> list[str]:
    """The names that the row stands for of which the span is a part, each `known`; else the span alone.

    Of a row whose last names are unknown it is the longest known beginning.
    """
    for found in _ROW.finditer(sentence):
        for row in _shorter(found[0]):
            before, behind = sentence[: found.start()], sentence[found.start() + len(row) :]
            for head, tail in _nouns(before, behind):
                names = [f" {head}{number}{tail}" for number in _numbers(row)]
                if len(names) > 1 and span.strip() in f"{head}{row}{tail}" and all(map(known, names)):
                    return names
    return [span]


def joined(first: str, last: str, sentence: str) -> bool:
    """Whether the tidy sentence says from the first span to the last."""
    return re.search(f"{re.escape(first)}{_TO}{re.escape(last.strip())}", f" {sentence}", re.IGNORECASE) is not None


def _shorter(row: str) -> Iterator[str]:
    """The row, and the row without its last numbers."""
    parts = _STEP.split(row)
    yield from ("".join(parts[:end]) for end in range(len(parts), 2, -2))


def _numbers(row: str) -> list[int]:
    """All numbers that the row names; none where it is no row."""
    first, *rest = _STEP.split(row)
    out = [int(number) for number in numbers_in(fold(first))]
    for step, text in zip(rest[::2], rest[1::2], strict=True):
        found = [int(number) for number in numbers_in(fold(text))]
        if len(found) != 1 or not out or found[0] in out:
            return []
        if re.fullmatch(_TO, step, re.IGNORECASE):
            if not 0 < found[0] - out[-1] < MOST:
                return []
            out += range(out[-1] + 1, found[0])
        out += found
    return out


def _nouns(before: str, behind: str) -> Iterator[tuple[str, str]]:
    """What may stand before and behind the numbers of a row as parts of their names, the longest first."""
    head, tail = _HEAD.search(before), _TAIL.match(behind)
    words = re.findall(r"[^ _]+[ _]|[^ _]", head[0]) if head is not None else []
    yield from (("".join(words[at:]), "") for at in range(len(words)))
    letters = tail[0] if tail is not None else ""
    yield from (("", letters[:size]) for size in range(len(letters), 0, -1))
