"""Times of day as people say them, brought to "HH:MM"."""

from __future__ import annotations

import re
from enum import Enum, auto

from caravan.language.numbers import Token, fold, numbers_in

_AM_PM = re.compile(r"\b([ap])\.?\s?m\b\.?|(?<=\d)([ap])\.?m\b\.?")
_DIGITS = re.compile(r"(?<!\d)(\d{1,2})\s?[:\uff1a.h]\s?(\d{2})(?!\d)|(?<![\d.:])(\d{2})(\d{2})(?![\d:.])")
_OTHER_DAY = re.compile(
    r"tomorrow|yesterday|next|monday|tuesday|wednesday|thursday|friday|saturday|sunday|明天|明早|明晚|后天|昨天|周|星期"
)


class _Half(Enum):
    """The part of the day that a phrase names."""

    UNSAID = auto()
    MORNING = auto()
    NOON = auto()
    AFTERNOON = auto()
    NIGHT = auto()


_HALVES = {
    _Half.MORNING: ("am", "morning", "凌晨"),
    _Half.AFTERNOON: ("pm", "afternoon", "evening", "下午", "傍晚"),
    _Half.NIGHT: ("night", "tonight", "晚上", "今晚", "夜里", "晚"),
    _Half.NOON: ("noon", "midday", "中午", "正午"),
}
_MIDNIGHT = ("midnight", "午夜", "半夜")
_ZH_HOUR = ("点", "點", "时")


def clock(text: str) -> str | None:
    """The time of day as "HH:MM": " 5 pm" -> "17:00"; None where it says none, or one of another day.

    Without "am", "pm" or a part of the day, the hour is taken as it stands: "5 o'clock" -> "05:00".
    """
    plain = _AM_PM.sub(lambda m: f" {m[1] or m[2]}m ", text.lower())
    if _OTHER_DAY.search(plain):
        return None
    at = _digits(plain) or _words(fold(plain))
    half = _half(plain)
    if at is None:
        named = "00:00" if any(w in plain for w in _MIDNIGHT) else "12:00" if half is _Half.NOON else None
        return None if numbers_in(fold(plain)) else named
    hour, minute = _of_day(at[0], half, any(w in plain for w in _MIDNIGHT)), at[1]
    return f"{hour % 24:02d}:{minute:02d}" if 0 <= hour <= 24 and 0 <= minute < 60 else None


def _half(plain: str) -> _Half:
    english = set(re.findall(r"[a-z]+", plain))
    for half, names in _HALVES.items():
        if any(name in english if name.isascii() else name in plain for name in names):
            return half
    return _Half.UNSAID


def _of_day(hour: int, half: _Half, midnight: bool) -> int:
    """The hour of the 24 h day."""
    if midnight or (hour == 12 and half in (_Half.MORNING, _Half.NIGHT)):
        return 0 if hour == 12 else hour
    afternoon = half is _Half.AFTERNOON or (half is _Half.NOON and hour < 6) or (half is _Half.NIGHT and hour >= 5)
    return hour + 12 if afternoon and hour < 12 else hour


def _digits(plain: str) -> tuple[int, int] | None:
    found = _DIGITS.search(plain)
    if found is None:
        return None
    return int(found[1] or found[3]), int(found[2] or found[4])


def _words(tokens: list[Token]) -> tuple[int, int] | None:
    for sign in ("past", "after", "to", "till"):
        if sign in tokens[1:]:
            cut = tokens.index(sign, 1)
            minute, hours = _minutes(tokens[:cut]), numbers_in(tokens[cut:])
            if minute is not None and len(hours) == 1:
                return _moved(int(hours[0]), minute if sign in ("past", "after") else -minute)
    for sign in _ZH_HOUR:
        if sign in tokens[1:]:
            cut = tokens.index(sign, 1)
            hours, minute = numbers_in(tokens[:cut]), _minutes(tokens[cut + 1 :]) or 0
            return (int(hours[-1]), minute) if len(hours) == 1 else None
    found = numbers_in(tokens)
    if not 1 <= len(found) <= 2 or not all(n.is_integer() for n in found):
        return None
    return int(found[0]), int(found[1]) if len(found) == 2 else 0


def _moved(hour: int, minutes: int) -> tuple[int, int]:
    if minutes >= 0:
        return hour, minutes
    return (hour - 1 if hour > 1 else hour + 11), 60 + minutes


def _minutes(tokens: list[Token]) -> int | None:
    numbers = numbers_in(tokens)
    if "half" in tokens or "半" in tokens:
        return 30
    if "quarter" in tokens or "刻" in tokens:
        return 15 * (int(numbers[0]) if numbers else 1)
    return int(numbers[0]) if len(numbers) == 1 and 0 <= numbers[0] < 60 else None
