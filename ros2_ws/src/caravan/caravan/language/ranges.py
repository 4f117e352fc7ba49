"""Ranges of numbered names: "trucks 1 to 4" is four trucks, "一到四号卡车" too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from caravan.language.numbers import NUMBER_WORDS, ZH_NUMERALS, fold, numbers_in
from caravan.language.spans import CJK

MOST = 50
"""A range has at most so many names."""
_NUMBER = rf"(?:\d{{1,4}}|[{ZH_NUMERALS}]{{1,5}}|(?:{'|'.join(sorted(NUMBER_WORDS, key=len, reverse=True))})\b)"
_RANGE = re.compile(
    rf"(?<![0-9A-Za-z.{ZH_NUMERALS}]){_NUMBER}(?: ?号)?(?:[{CJK}]{{1,4}}(?=[到至]))?"
    rf" ?(?:-|\u2013|~|to|thru|through|up to|till|until|到|至) ?(?:[a-z]+[ _])?{_NUMBER}(?![\w.]*[\d.])",
    re.IGNORECASE,
)
_HEAD = re.compile(rf"(?:[^\W\d_{CJK}]+[ _]){{1,3}}$|[{CJK}]{{1,6}}$")
_TAIL = re.compile(rf"[{CJK}]{{1,8}}")


def spread(span: str, sentence: str, known: Callable[[str], bool]) -> list[str]:
    """The names that a range stands for of which the span is a part, each `known`; else the span alone."""
    for found in _RANGE.finditer(sentence):
        numbers = numbers_in(fold(found[0]))
        if len(numbers) != 2 or not 0 < numbers[1] - numbers[0] < MOST:
            continue
        for head, tail in _nouns(sentence[: found.start()], sentence[found.end() :]):
            whole = f"{head}{found[0]}{tail}"
            names = [f" {head}{number}{tail}" for number in range(int(numbers[0]), int(numbers[1]) + 1)]
            if span.strip() in whole and all(map(known, names)):
                return names
    return [span]


def _nouns(before: str, behind: str) -> Iterator[tuple[str, str]]:
    """What may stand before and behind the numbers of a range as parts of their names, the longest first."""
    head, tail = _HEAD.search(before), _TAIL.match(behind)
    words = re.findall(r"[^ _]+[ _]|[^ _]", head[0]) if head is not None else []
    yield from (("".join(words[at:]), "") for at in range(len(words)))
    letters = tail[0] if tail is not None else ""
    yield from (("", letters[:size]) for size in range(len(letters), 0, -1))
