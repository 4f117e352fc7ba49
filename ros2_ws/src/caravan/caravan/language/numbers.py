"""Numbers as people write them, in digits, English words and Chinese numerals."""

from __future__ import annotations

import re

_SMALL = """
    zero one two three four five six seven eight nine ten
    eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
"""
_ROUND = "twenty thirty forty fifty sixty seventy eighty ninety"
_ONES = {word: value for value, word in enumerate(_SMALL.split())}
_TENS = {word: 20 + 10 * place for place, word in enumerate(_ROUND.split())}
_ZH_DIGITS = dict(zip("零一二三四五六七八九", range(10), strict=True)) | {"\u3007": 0, "两": 2, "俩": 2, "兩": 2}
_ZH_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "萬": 10_000}
_ZH = "".join((*_ZH_DIGITS, *_ZH_POWERS))
_TOKEN = re.compile(
    rf"\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+(?:\.\d+)?|[{_ZH}]+|小时|钟头|分钟|刻钟|秒钟|公里|千米|厘米|[a-z]+|[^\s]"
)
_MOST_DIGITS = 12
_COLLECTIVES = {"dozen": 12.0, "dozens": 12.0, "pair": 2.0, "pairs": 2.0, "couple": 2.0, "score": 20.0}
_COUNT_WORDS = {"both": 2, "once": 1, "twice": 2, "thrice": 3, "single": 1, "双": 2, "仨": 3, "打": 12}

Token = str | float


def fold(text: str, points: frozenset[str] = frozenset({"point"})) -> list[Token]:
    """The phrase in lower case as words, signs and numbers: "Twenty-two m" -> [22.0, "m"].

    Words of `points` between two numbers make a decimal: "two point five" -> [2.5].
    """
    raw = _TOKEN.findall(text.lower())
    out: list[Token] = []
    at = 0
    while at < len(raw):
        value, end = _number(raw, at)
        out.append(raw[at] if value is None else value)
        at = max(end, at + 1)
    return _decimals(out, points)


def numbers_in(tokens: list[Token]) -> list[float]:
    """The numbers among the tokens."""
    return [t for t in tokens if isinstance(t, float)]


def count(text: str) -> int | None:
    """How many: " two" -> 2, " half a dozen" -> 6, "三个" -> 3, " twice" -> 2; None where it says no whole number."""
    tokens = fold(text)
    numbers = numbers_in(tokens)
    sizes = [_COLLECTIVES[t] for t in tokens if isinstance(t, str) and t in _COLLECTIVES]
    words = [_COUNT_WORDS[t] for t in tokens if isinstance(t, str) and t in _COUNT_WORDS]
    if len(numbers) > 1 or len(sizes) > 1 or len(words) > 1:
        return None
    if not (numbers or sizes or words):
        return 1 if {"a", "an"} & set(tokens) else None
    value = numbers[0] if numbers else 0.5 if sizes and "half" in tokens else 1.0
    value *= (sizes or [1.0])[0] * (words or [1])[0]
    return int(value) if value >= 1 and value.is_integer() else None


def _number(raw: list[str], at: int) -> tuple[float | None, int]:
    word = raw[at]
    if word[0].isascii() and word[0].isdigit():
        digits = word.replace(",", "")
        value = float(digits) if len(digits) <= _MOST_DIGITS else None
        if value is not None and at + 1 < len(raw) and raw[at + 1] in ("hundred", "thousand"):
            return value * (100 if raw[at + 1] == "hundred" else 1000), at + 2
        return value, at + 1
    if word[0] in _ZH:
        return _chinese(word), at + 1
    return _english(raw, at)


def _english(raw: list[str], at: int) -> tuple[float | None, int]:
    """The longest number that the words from `at` on spell, and where it ends."""
    thousands, end = _hundreds(raw, at)
    if thousands is None:
        return None, at
    if _word(raw, end) == "thousand":
        rest, after = _hundreds(raw, _past_and(raw, end + 1))
        return thousands * 1000.0 + (rest or 0), end + 1 if rest is None else after
    return float(thousands), end


def _hundreds(raw: list[str], at: int) -> tuple[int | None, int]:
    value, end = _tens(raw, at)
    if _word(raw, at) == "a" and _word(raw, at + 1) in ("hundred", "thousand"):
        value, end = 1, at + 1
    if value is None or _word(raw, end) != "hundred":
        return value, end
    rest, after = _tens(raw, _past_and(raw, end + 1))
    return value * 100 + (rest or 0), end + 1 if rest is None else after


def _tens(raw: list[str], at: int) -> tuple[int | None, int]:
    word = _word(raw, at)
    if word not in _TENS:
        return (_ONES[word], at + 1) if word in _ONES else (None, at)
    ones = at + 2 if _word(raw, at + 1) == "-" else at + 1
    if 0 < _ONES.get(_word(raw, ones), 0) < 10:
        return _TENS[word] + _ONES[raw[ones]], ones + 1
    return _TENS[word], at + 1


def _word(raw: list[str], at: int) -> str:
    return raw[at] if at < len(raw) else ""


def _past_and(raw: list[str], at: int) -> int:
    return at + 1 if _word(raw, at) == "and" else at


def _chinese(numerals: str) -> float | None:
    if len(numerals) > _MOST_DIGITS:
        return None
    if not any(n in _ZH_POWERS for n in numerals):
        return float("".join(str(_ZH_DIGITS[n]) for n in numerals))
    total, section, digit = 0, 0, 0
    for n in numerals:
        if n in _ZH_DIGITS:
            digit = _ZH_DIGITS[n]
        elif _ZH_POWERS[n] == 10_000:
            total, section, digit = (total + section + digit) * 10_000, 0, 0
        else:
            section, digit = section + (digit or 1) * _ZH_POWERS[n], 0
    return float(total + section + digit)


def _decimals(tokens: list[Token], points: frozenset[str]) -> list[Token]:
    out: list[Token] = []
    for token in tokens:
        if len(out) > 1 and out[-1] in points and isinstance(token, float) and isinstance(out[-2], float):
            out[-2:] = [out[-2] + token / 10 ** len(str(int(token)))]
        else:
            out.append(token)
    return out
