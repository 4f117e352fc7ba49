"""Durations, lengths and speeds in words, brought to s, m and m/s."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from caravan.language.numbers import Token, fold, vague

_POINTS = frozenset({"point", "点"})


def _table(text: str) -> dict[str, float]:
    """From "name name 60; name 1" -> each name with the number that ends its group."""
    groups = [group.split() for group in text.split(";")]
    return {name: float(group[-1]) for group in groups for name in group[:-1]}


_DURATIONS = _table(
    "s sec secs second seconds 秒 秒钟 1; m min mins minute minutes 分 分钟 60; 刻 刻钟 900; "
    "h hr hrs hour hours hourly 小时 钟头 时 3600; day days daily 天 日 86400; ms millisecond milliseconds 毫秒 0.001"
)
_LENGTHS = _table(
    "m metre metres meter meters 米 1; cm centimetre centimetres centimeter centimeters 厘米 公分 0.01; "
    "km kilometre kilometres kilometer kilometers 公里 千米 1000; mile miles 英里 1609.344; "
    "yd yard yards 0.9144; ft foot feet 英尺 0.3048; inch inches 英寸 0.0254; "
    "mm millimetre millimetres millimeter millimeters 毫米 0.001"
)
_TIMES = {name: value for name, value in _DURATIONS.items() if name not in ("m", "分", "刻", "日")}
_HEADWAYS = {name: value for name, value in _DURATIONS.items() if name != "m"}
_SPEEDS = _table("kmh kph kmph 3.6; mph 2.2369362920544; mps 1; knot knots 1.9438444924406")
"""How many of the unit make 1 m/s."""
UNITS = frozenset({*_DURATIONS, *_LENGTHS, *_SPEEDS})
"""All words of units."""
_LONG = 1000.0
"""Of lengths from here on (m) nobody means so many a second."""
_HALF, _QUARTER = 0.5, 0.25
_FRACTIONS = (_QUARTER, _HALF, 3 * _QUARTER)
_NEXT = {3600.0: 60.0, 60.0: 1.0}
"""The unit of a last number without one: "1 h 30"."""
_FACTORS = _table("dozen 12; couple pair other 2; quarter quarters 0.25; tenth tenths 0.1")
_REPEATS = frozenset({"twice", "thrice", "times"})
_ZH_REPEATS = frozenset("次趟回遍圈轮")
_NTHS = _table("second 2; third 3; fourth 4; fifth 5; sixth 6; seventh 7; eighth 8; ninth 9; tenth 10")
_PARTS = frozenset({f"{nth}{end}" for nth in _NTHS if nth not in ("second", "tenth") for end in ("", "s")})
"""Ordinals that are a part of something where no unit follows them."""
_FILLERS = frozenset({"a", "an", "of", "and", "the", "or", "so", "apart", "each", "please", *"左右吧"})
"""What may stand behind a bare number, which counts nothing then."""
_WITHIN = frozenset({"in", "within", "every"})
"""What stands between a way and the time that it takes."""
_DOTTED = re.compile(r"(?<![a-z])([mk])\.\s?p\.\s?h\b\.?")


def duration(text: str) -> float | None:
    """Seconds: " half an hour" -> 1800, " second hour" -> 7200; None for a bare number and for "每小时两次"."""
    tokens = _with_nths(_folded(text))
    once = [at for at, (n, sign) in enumerate(pairwise(tokens)) if isinstance(n, float) and sign in _ZH_REPEATS]
    if _PARTS & set(tokens) or any(tokens[at] != 1.0 for at in once):
        return None
    return _sum([token for at, token in enumerate(tokens) if at not in once], _DURATIONS, None)


def length(text: str) -> float | None:
    """Metres, rounded to 2 decimals: " ten metres" -> 10; a bare number is metres; None where it says no length."""
    return _rounded(_amount(_folded(text), _LENGTHS))


def headway(text: str) -> float | None:
    """A time gap in seconds, rounded to 2 decimals; a bare number is seconds, "m" no minutes."""
    return _rounded(_amount(_folded(text), _HEADWAYS))


def speed(text: str) -> float | None:
    """Metres a second, rounded to 2 decimals: " 70 km/h" -> 19.44; None without a unit.

    Kilometres and miles alone are those of an hour: "时速降到36公里", "slow down to 20 miles".
    """
    tokens = ["小时" if t == "时" else t for t in _folded(_DOTTED.sub(r"\1ph", text.lower()))]
    for at, token in enumerate(tokens):
        if isinstance(token, str) and token in _SPEEDS:
            value = _sum([*tokens[:at], *tokens[at + 1 :]], {}, 1.0)
            return None if value is None else _rounded(value / _SPEEDS[token])
    clocks = [at for at, t in enumerate(tokens) if isinstance(t, str) and t in _TIMES]
    if not clocks and any(isinstance(t, str) and _LENGTHS.get(t, 0.0) >= _LONG for t in tokens):
        metres = _sum(tokens, _LENGTHS, None)
        return None if metres is None else _rounded(metres / 3600.0)
    return _way_by_time(tokens, clocks[0]) if len(clocks) == 1 else None


def _way_by_time(tokens: list[Token], at: int) -> float | None:
    """Metres a second of a phrase with its unit of time at `at`: "5 m/s", "10 metres in 2 seconds"."""
    ways = _LENGTHS.keys()
    begin = max((n for n in range(at) if tokens[n] in _WITHIN and not ways & set(tokens[n:at])), default=at)
    if begin == at > 0 and isinstance(tokens[at - 1], float):
        return None
    metres = _sum(tokens[:begin] + tokens[at + 1 :], _LENGTHS, None)
    seconds = _sum(tokens[begin : at + 1], _TIMES, None)
    return _rounded(metres / seconds) if metres is not None and seconds else None


def _amount(tokens: list[Token], units: Mapping[str, float]) -> float | None:
    """The sum, in which a number alone counts ones; None where the tokens have other units or count something else."""
    if (UNITS - units.keys()) & set(tokens):
        return None
    last = max((at for at, token in enumerate(tokens) if _part(token, None, added=False) is not None), default=-1)
    bare = _FILLERS.issuperset(t for t in tokens[last + 1 :] if isinstance(t, str) and t.isalpha())
    return _sum(tokens, units, 1.0 if bare else None)


def _with_nths(tokens: list[Token]) -> list[Token]:
    """With a number for an ordinal before a unit: "every second hour" is every 2 hours."""
    out = list(tokens)
    for at, (before, token, after) in enumerate(zip(["every", *tokens], tokens, tokens[1:], strict=False)):
        if token in _NTHS and after in _DURATIONS and before in ("every", "each", "the"):
            out[at] = _NTHS[token]
    return out


def _folded(text: str) -> list[Token]:
    """The words and numbers of the phrase, in which a point may come first: "point eight seconds"."""
    tokens = fold(text, _POINTS)
    first = next((at for at, token in enumerate(tokens) if isinstance(token, float)), 0)
    return (
        fold(f"0 {text[text.lower().index('point') :]}", _POINTS) if first and tokens[first - 1] == "point" else tokens
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _sum(tokens: list[Token], units: Mapping[str, float], default: float | None) -> float | None:
    """The sum of all "number unit" pairs; a unit alone counts once, other words do not count.

    None where there is nothing to add, two numbers share a unit, or a last number has none and no default.
    """
    tokens = _without_or_so(tokens)
    if vague(tokens) or _REPEATS & set(tokens):
        return None
    total, pending, last = 0.0, None, None
    for at, token in enumerate(tokens):
        if isinstance(token, str) and token in units:
            total += units[token] * (1.0 if pending is None else pending)
            pending, last = None, units[token]
            continue
        value = _part(token, pending, added="and" in tokens[max(0, at - 2) : at])
        if value is None:
            continue
        if pending is not None and isinstance(token, float):
            return None
        pending = value
    if pending is None:
        return total if last is not None else None
    if last is None:
        return None if default is None else pending * default
    return _with_rest(total, pending, last)


def _without_or_so(tokens: list[Token]) -> list[Token]:
    """Without "or so", which leaves nothing open that matters."""
    at = next((i for i, pair in enumerate(pairwise(tokens)) if pair == ("or", "so")), None)
    return tokens if at is None else [*tokens[:at], *tokens[at + 2 :]]


def _with_rest(total: float, rest: float, unit: float) -> float | None:
    """The total with a last number without a unit, after one of `unit`: "1 h 30", "2 m 50", "三米五"."""
    if rest in _FRACTIONS:
        return total + unit * rest
    if unit == 1.0:
        return total + rest * (0.1 if rest < 10.0 else 0.01)
    smaller = _NEXT.get(unit)
    return None if smaller is None else total + rest * smaller


def _part(token: Token, pending: float | None, *, added: bool) -> float | None:
    """The number before a unit once this token is read; None where the token says no number.

    A quarter is `added` to what stands before it ("two and a quarter"), or is what is counted ("three quarters").
    """
    if isinstance(token, float):
        return token
    if token in ("half", "半"):
        return _HALF + (pending or 0.0)
    if token == "quarter" and added and pending is not None:
        return pending + _QUARTER
    factor = _FACTORS.get(token)
    return None if factor is None else factor * (1.0 if pending is None else pending)
