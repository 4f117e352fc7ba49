"""Times of day as people say them, brought to "HH:MM"."""

from __future__ import annotations

import re
from enum import Enum, auto
from itertools import pairwise

from caravan.language.numbers import NUMBER_WORDS, Token, fold, numbers_in

_AM_PM = re.compile(r"\b([ap])\.?\s?m\b\.?|(?<=\d)([ap])\.?m\b\.?")
_DIGITS = re.compile(
    r"(?<!\d)(\d{1,2})\s?[:\uff1a.h]\s?(\d{2})(?::\d{2})?(?!\d)|(?<![\d.:])(\d{2})(\d{2})(?:\s?h\b)?(?![\d:.])"
)
_OTHER_DAY = re.compile(
    r"tomorrow|yesterday|next|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    r"|明天|明日|明早|明晨|明晚|次日|翌日|后天|昨天|昨日|前天|周|星期|礼拜"
)
_AT_LATEST = re.compile("最晚|不?晚于")
"""Where 晚 is "late" and no part of the day."""
_KNOWN = frozenset(
    {
        "a",
        "an",
        "the",
        "at",
        "by",
        "before",
        "until",
        "till",
        "after",
        "past",
        "to",
        "from",
        "in",
        "on",
        "of",
        "it",
        "is",
    }
    | {"o", "oh", "clock", "h", "hour", "hours", "hrs", "sharp", "dot", "exactly", "precisely", "latest"}
    | {"minute", "minutes", "min", "mins", "half", "quarter", "hundred", "and", "ish", "about", "around", "local"}
    | {"am", "pm", "morning", "noon", "midday", "afternoon", "evening", "night", "tonight", "midnight", "high"}
    | {"today", "this", "s", "time", "then", "no", "later", "than", "not", "start", "starting", "once"}
)
"""What else a time of day may be made of; with any other word it may say something else, and is asked."""
_SPANS = frozenset({"minute", "minutes", "min", "mins", "分钟", "小时", "钟头", "秒", "hour"})
"""Words of durations."""
_MINUTES_TO = frozenset({5.0, 10.0, 15.0, 20.0, 25.0})
"""The bare numbers that are minutes before "to"."""
_FROM_HOUR = frozenset({"from", "am", "pm", "clock"})
"""What makes an hour, from which on it lasts, of a number before "to"."""


class _Half(Enum):
    """The part of the day that a phrase names."""

    UNSAID = auto()
    MORNING = auto()
    NOON = auto()
    AFTERNOON = auto()
    NIGHT = auto()


_HALVES = {
    _Half.MORNING: ("am", "morning", "凌晨"),
    _Half.AFTERNOON: ("pm", "afternoon", "evening", "下午", "午后", "傍晚"),
    _Half.NIGHT: ("night", "tonight", "晚上", "今晚", "夜", "晚"),
    _Half.NOON: ("noon", "midday", "中午", "正午"),
}
_MIDNIGHT = ("midnight", "午夜", "半夜")
_ZH_HOUR = ("点", "點", "时")


def clock(text: str) -> str | None:
    """The time of day as "HH:MM": " 5 pm" -> "17:00"; None where it says none, two, or one of another day.

    Without "am", "pm" or a part of the day, the hour is taken as it stands: "5 o'clock" -> "05:00".
    """
    plain = _AM_PM.sub(lambda m: f" {m[1] or m[2]}m ", text.lower())
    if _OTHER_DAY.search(plain) or not set(re.findall(r"[a-z]+", plain)) - NUMBER_WORDS <= _KNOWN:
        return None
    half, midnight = _half(_AT_LATEST.sub("", plain)), any(w in plain for w in _MIDNIGHT)
    at = _digits(plain) if _DIGITS.search(plain) else _words(fold(plain))
    if at is None:
        named = "00:00" if midnight else "12:00" if half is _Half.NOON else None
        return None if numbers_in(fold(plain)) or "half" in plain or "quarter" in plain else named
    hour, minute = at
    if not (0 <= hour <= 24 and -60 < minute < 60) or (hour == 24 and minute > 0):
        return None
    if half is _Half.MORNING and hour > 12:
        return None
    # A quarter to one is past noon, and a quarter to twelve in the morning is not in the night.
    noon = minute < 0 and ((half is _Half.UNSAID and hour == 1) or ("morning" in plain and hour == 12))
    of_day = (_of_day(hour, half, midnight) + 12 * noon) * 60 + minute
    return f"{of_day // 60 % 24:02d}:{of_day % 60:02d}"


def _half(plain: str) -> _Half:
    english = set(re.findall(r"[a-z]+", plain))
    for half, names in _HALVES.items():
        if any(name in english if name.isascii() else name in plain for name in names):
            return half
    return _Half.UNSAID


def _of_day(hour: int, half: _Half, midnight: bool) -> int:
    """The hour of the 24 h day."""
    if midnight or half is _Half.NIGHT:
        # Eleven at night is before midnight, one at night is after it.
        return 0 if hour == 12 else hour + 12 if 5 <= hour < 12 else hour
    if half is _Half.MORNING:
        return 0 if hour == 12 else hour
    afternoon = half is _Half.AFTERNOON or (half is _Half.NOON and hour < 6)
    return hour + 12 if afternoon and hour < 12 else hour


def _digits(plain: str) -> tuple[int, int] | None:
    """What digits alone say ("16:30", "1630"); None where there are more numbers."""
    found = _DIGITS.search(plain)
    if found is None or numbers_in(fold(plain[: found.start()] + " " + plain[found.end() :])):
        return None
    return int(found[1] or found[3]), int(found[2] or found[4])


def _words(tokens: list[Token]) -> tuple[int, int] | None:
    """The hour that words name, and the minutes past it; before it they are negative."""
    signs = [at for at, token in enumerate(tokens) if at and token in ("past", "after", "to", "till")]
    if signs:
        return _past_or_to(tokens[: signs[0]], tokens[signs[0]], tokens[signs[0] + 1 :])
    if _SPANS & set(tokens) and "差" not in tokens:
        return _chinese(tokens) if any(sign in tokens for sign in _ZH_HOUR) else None
    if any(sign in tokens for sign in _ZH_HOUR):
        return _chinese(tokens)
    found = [(at, token) for at, token in enumerate(tokens) if isinstance(token, float) and token.is_integer()]
    if len(found) != len(numbers_in(tokens)) or "quarter" in tokens:
        return None
    return _said([(at, int(number)) for at, number in found], tokens)


def _said(numbers: list[tuple[int, int]], tokens: list[Token]) -> tuple[int, int] | None:
    """What one to three numbers next to each other say: "five", "half five", "four thirty", "nineteen hundred"."""
    if any(set(tokens[a + 1 : b]) - {"oh", "o"} for (a, _), (b, _) in pairwise(numbers)):
        return None
    values = [value for _, value in numbers]
    if len(values) > 1 and values[0] == 0 and (len(values) == 3 or values[1] >= 100):
        values = values[1:]  # "zero nine thirty", "zero nine hundred"
    if len(values) == 1 and "half" in tokens:
        return (values[0], 30) if values[0] <= 12 else None
    if len(values) == 1 and values[0] >= 100:
        return divmod(values[0], 100)
    return (values[0], (values[1:] or [0])[0]) if 1 <= len(values) <= 2 else None


def _past_or_to(before: list[Token], sign: Token, after: list[Token]) -> tuple[int, int] | None:
    """ "quarter to five", "ten past midnight"."""
    minute, hours = _minutes(before), numbers_in(after)
    past = sign in ("past", "after")
    if not hours and {"noon", "midday"} & set(after):
        hours = [12.0]
    elif not hours and "midnight" in after:
        hours = [0.0 if past else 24.0]
    if minute is None or len(hours) != 1 or not hours[0].is_integer() or (not past and _is_range(before, after)):
        return None
    return int(hours[0]), minute if past else -minute


def _is_range(before: list[Token], after: list[Token]) -> bool:
    """Whether "to" may stand between two hours: "9 till 5", "10 am to 6 pm", "10 to 17"."""
    if _FROM_HOUR & set(before):
        return True
    if _SPANS & set(before) or not numbers_in(before):
        return False
    return not _MINUTES_TO.issuperset(numbers_in(before)) or any(hour > 12 for hour in numbers_in(after))


def _chinese(tokens: list[Token]) -> tuple[int, int] | None:
    """ "三点一刻", "差五分八点", "八点差五分"."""
    signs = [at for at, token in enumerate(tokens) if token in _ZH_HOUR]
    if len(signs) != 1:
        return None
    (cut,) = signs
    if "差" in tokens[:cut]:
        return _short_of(tokens[tokens.index("差") : cut])
    hours, rest = numbers_in(tokens[:cut]), tokens[cut + 1 :]
    minute = _minutes(rest) if numbers_in(rest) or {"半", "刻"} & set(rest) else 0
    if len(hours) != 1 or minute is None or (minute == 0 and "差" in rest):
        return None
    return int(hours[0]), -minute if "差" in rest else minute


def _short_of(tokens: list[Token]) -> tuple[int, int] | None:
    """ "差五分八" (of "差五分八点")."""
    ends = [at for at, token in enumerate(tokens) if token in ("分", "分钟", "刻")]
    if len(ends) != 1:
        return None
    minutes, hours = _minutes(tokens[: ends[0] + 1]), numbers_in(tokens[ends[0] :])
    return (int(hours[0]), -minutes) if minutes is not None and len(hours) == 1 else None


def _minutes(tokens: list[Token]) -> int | None:
    numbers = numbers_in(tokens)
    if "half" in tokens or "半" in tokens:
        return 30
    if "quarter" in tokens or "刻" in tokens:
        return 15 * (int(numbers[0]) if numbers else 1)
    return int(numbers[0]) if len(numbers) == 1 and 0 <= numbers[0] < 60 else None
