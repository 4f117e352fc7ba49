"""Reads single fields of messages, strictly, and makes text fit to be sent."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

from caravan.language.spans import has_control, legible

NAME = 128
"""Longest name of a goal, task, robot or place, characters."""
LINE = 4_000
"""Longest text for people, and longest sentence."""
JSON = 100_000
"""Longest JSON text."""
MANY = 10_000
"""Most entries of a list."""

_E = TypeVar("_E", bound=StrEnum)
_T = TypeVar("_T")


def refuse(msg: Any, field: str, value: object, why: str) -> NoReturn:
    """Raise the ValueError for a field of a message."""
    shown = repr(value)
    shown = shown if len(shown) <= 80 else f"{shown[:60]}..., of {len(str(value))} characters"
    raise ValueError(f"{type(msg).__name__}.{field} is {shown}: {why}")


def _text(msg: Any, field: str, value: str, longest: int) -> str:
    if len(value) > longest:
        refuse(msg, field, value, f"at most {longest} characters are allowed")
    if "\0" in value:
        refuse(msg, field, value, "a NUL character is not allowed")
    return value


def _name(msg: Any, field: str, value: str) -> str:
    _text(msg, field, value, NAME)
    return refuse(msg, field, value, "control characters are not allowed") if has_control(value) else value


def line(msg: Any, field: str) -> str:
    """A sentence, or the house's own text for people; may be empty."""
    return _text(msg, field, getattr(msg, field), LINE)


def report(msg: Any, field: str) -> str:
    """What a robot says in words, fit to be shown and logged; may be empty."""
    return legible(line(msg, field))


def maybe_name(msg: Any, field: str) -> str:
    """A name, or empty where none is given."""
    return _name(msg, field, getattr(msg, field))


def name(msg: Any, field: str) -> str:
    """A name that must be given."""
    return maybe_name(msg, field) or refuse(msg, field, "", "a name is needed")


def names(msg: Any, field: str) -> tuple[str, ...]:
    """A list of names, none of them empty."""
    values = entries(msg, field)
    for value in values:
        _name(msg, field, value)
        if not value:
            refuse(msg, field, values, "one of the names is empty")
    return tuple(values)


def entries(msg: Any, field: str) -> list[Any]:
    """A list that is not absurdly long."""
    values = list(getattr(msg, field))
    if len(values) > MANY:
        refuse(msg, field, len(values), f"a list has at most {MANY} entries")
    return values


def number(msg: Any, field: str, low: float = -math.inf, high: float = math.inf) -> float:
    """A finite number within [low, high]."""
    value = float(getattr(msg, field))
    if not math.isfinite(value):
        refuse(msg, field, value, "a finite number is needed")
    if not low <= value <= high:
        refuse(msg, field, value, f"it must be within {low:g} and {high:g}")
    return value


def maybe_number(msg: Any, field: str, low: float = -math.inf) -> float | None:
    """A finite number of at least `low`, or None where it is NaN: not given."""
    return None if math.isnan(getattr(msg, field)) else number(msg, field, low)


def whole(msg: Any, field: str, low: int) -> int:
    """A whole number of at least `low`."""
    value = int(getattr(msg, field))
    return value if value >= low else refuse(msg, field, value, f"it must be {low} or more")


def choice(msg: Any, field: str, kinds: type[_E]) -> _E:
    """One of the values of an enumeration."""
    value = getattr(msg, field)
    try:
        return kinds(value)
    except ValueError:
        refuse(msg, field, value, f"it must be one of {', '.join(kinds)}")


def json_object(msg: Any, field: str, decode: Callable[[dict[str, Any]], _T]) -> _T:
    """A JSON object, as `decode` makes a value of it."""
    return json_text(msg, field, lambda text: decode(loads(text)))


def json_text(msg: Any, field: str, decode: Callable[[str], _T]) -> _T:
    """The text of a JSON object, as `decode` makes a value of it."""
    value = _text(msg, field, getattr(msg, field), JSON)
    try:
        return decode(value)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        refuse(msg, field, value, str(error))


def loads(text: str) -> dict[str, Any]:
    """The JSON object in `text`. Raises ValueError for anything else, NaN and infinity included."""
    try:
        data = json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None
    if not isinstance(data, dict):
        raise ValueError("a JSON object is needed")
    return data


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON number")


def dumps(data: object) -> str:
    """JSON without needless spaces. Raises ValueError for NaN and infinity."""
    return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def clean(text: str, longest: int = LINE) -> str:
    """`text` as it can be sent: NUL and lone surrogates, which DDS cuts or refuses, are replaced; cut to `longest`."""
    return text.encode(errors="replace").decode().replace("\0", "?")[:longest]


def or_nan(value: float | None) -> float:
    """A number, or NaN where it is not given."""
    return math.nan if value is None else float(value)
