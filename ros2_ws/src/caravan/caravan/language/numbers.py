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
NUMBER_WORDS = frozenset({*_ONES, *_TENS, "hundred", "thousand"})
"""All words of English numbers."""
_ZH_DIGITS = dict(zip("零一二三四五六七八九", range(10), strict=True)) | {"\u3007": 0, "两": 2, "俩": 2, "兩": 2}
_ZH_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "萬": 10_000}
ZH_DIGITS, ZH_POWERS = "".join(_ZH_DIGITS), "".join(_ZH_POWERS)
ZH_NUMERALS = ZH_DIGITS + ZH_POWERS
"""All characters of Chinese numerals."""
_TOKEN = re.compile(
    rf"\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+(?:\.\d+)?|(?<!\S)\.\d+|(?<=\d)千米|[{ZH_NUMERALS}]+"
    rf"|小时|钟头|分钟|刻钟|秒钟|毫秒|公里|千米|厘米|公分|毫米|英里|英尺|英寸|[a-z]+|[^\s]"
)
_UNITS = frozenset({"千米"})
"""Units that are written with a numeral."""
_MOST_DIGITS = 12
_COLLECTIVES = {"dozen": 12.0, "dozens": 12.0, "pair": 2.0, "pairs": 2.0, "couple": 2.0, "score": 20.0, "打": 12.0}
_COUNT_WORDS = {"both": 2, "once": 1, "twice": 2, "thrice": 3, "single": 1, "双": 2, "仨": 3}
_VAGUE = frozenset({"few", "several", "some", "many", "or", "between", "minus", *"几多来余或之"})
_MANY = frozenset({"dozens", "pairs"})
"""Collectives that alone leave open how many."""
_NOT_COUNTED = frozenset(
    {"k", "million", "millions", "billion", "亿", "億", "percent", "%", "st", "nd", "rd", "th"}
    | {"third", "thirds", "quarter", "quarters", "fourth", "fourths", "fifth", "fifths", "tenth", "tenths"}
)
"""What makes something else of a number that stands before it."""

Token = str | float


def fold(text: str, points: frozenset[str] = frozenset({"point"})) -> list[Token]:
    """The phrase in lower case as words, signs and numbers: "Twenty-two m" -> [22.0, "m"].

    Words of `points` between two numbers make a decimal, whose digits may be said one by one: "two point five" and
    "two point five zero" -> [2.5].
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


def vague(tokens: list[Token]) -> bool:
    """Whether the tokens leave open which number is meant ("a few", "两三个", "2 or 3"), or name a negative one."""
    words = [t for t in tokens if isinstance(t, str)]
    numerals = any(word[0] in ZH_NUMERALS for word in words if word not in _UNITS)
    return numerals or bool(_VAGUE & set(words)) or bool(tokens and tokens[0] in ("-", "\u2212"))


def count(text: str) -> int | None:
    """How many: " two" -> 2, " half a dozen" -> 6, "三个" -> 3, " twice" -> 2; None where it says no whole number."""
    tokens = fold(text)
    numbers = numbers_in(tokens)
    sizes = [_COLLECTIVES[t] for t in tokens if isinstance(t, str) and t in _COLLECTIVES]
    words = [_COUNT_WORDS[t] for t in tokens if isinstance(t, str) and t in _COUNT_WORDS]
    if len(numbers) > 1 or len(sizes) > 1 or len(words) > 1 or vague(tokens) or _NOT_COUNTED & set(tokens):
        return None
    half = "half" in tokens or "半" in tokens
    if (half and (numbers or not sizes or "and" in tokens)) or (not numbers and _MANY & set(tokens)):
        return None
    if not (numbers or sizes or words):
        return 1 if {"a", "an"} & set(tokens) else None
    value = numbers[0] if numbers else 0.5 if half else 1.0
    value *= (sizes or [1.0])[0] * (words or [1])[0]
    return int(value) if value >= 1 and value.is_integer() else None


def _number(raw: list[str], at: int) -> tuple[float | None, int]:
    word = raw[at]
    if word.isascii() and word[-1].isdigit():
        digits = word.replace(",", "")
        value = float(digits) if len(digits) <= _MOST_DIGITS else None
        if value is not None and at + 1 < len(raw) and raw[at + 1] in ("hundred", "thousand"):
            return value * (100 if raw[at + 1] == "hundred" else 1000), at + 2
        return value, at + 1
    if word[0] in ZH_NUMERALS and word not in _UNITS:
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
    """The number that numerals say: "一百二" is 120; None for "两三" (two or three) and for what is no number."""
    if len(numerals) > _MOST_DIGITS:
        return None
    if not any(n in _ZH_POWERS for n in numerals):
        digits = [_ZH_DIGITS[n] for n in numerals]
        return None if len(digits) == 2 and 0 not in digits else float("".join(map(str, digits)))
    total, section, digit, last = 0, 0, 0, 0
    for n in numerals:
        if n in _ZH_DIGITS:
            if digit:
                return None
            digit, last = _ZH_DIGITS[n], last if _ZH_DIGITS[n] else 0
        elif _ZH_POWERS[n] == 10_000:
            total, section, digit, last = (total + section + digit) * 10_000, 0, 0, 10_000
        elif section and section % (_ZH_POWERS[n] * 10):
            return None
        else:
            section, digit, last = section + (digit or 1) * _ZH_POWERS[n], 0, _ZH_POWERS[n]
    return float(total + section + digit * (last // 10 if last > 10 else 1))


def _decimals(tokens: list[Token], points: frozenset[str]) -> list[Token]:
    out: list[Token] = []
    said = ""
    """The digits of the decimal that `out` ends with, as long as it may go on."""
    for token in tokens:
        digits, last = _digits(token), out[-1] if out else ""
        if said and len(digits) == 1:
            said += digits
            out[-1] = float(said)
        elif digits and len(out) > 1 and last in points and isinstance(out[-2], float) and out[-2].is_integer():
            said = f"{out[-2]:.0f}.{digits}"
            out[-2:] = [float(said)]
            said = said if len(digits) == 1 or isinstance(token, str) else ""
        else:
            said = ""
            out.append(token)
    return out


def _digits(token: Token) -> str:
    """What a token adds behind a point: the digits of a whole number or of Chinese numerals, or nothing."""
    if isinstance(token, float):
        return f"{token:.0f}" if token.is_integer() else ""
    return "".join(str(_ZH_DIGITS[n]) for n in token) if all(n in _ZH_DIGITS for n in token) else ""
