"""What every mechanism refuses: absurd numbers, unknown names and names that come twice."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable


def check_amount(what: str, value: float) -> None:
    """Raises ValueError, naming `what`, unless `value` is a finite number of at least 0."""
    if not (math.isfinite(value) and value >= 0.0):
        raise ValueError(f"{what} is {value}: give a finite number of at least 0")


def check_distinct(what: str, names: Iterable[str]) -> None:
    """Raises ValueError for names that come twice; `what` is one of them, in words."""
    twice = sorted(name for name, count in Counter(iter(names)).items() if count > 1)
    if twice:
        raise ValueError(f"{what} {', '.join(twice)} comes more than once: name each once")


def check_known(what: str, names: Iterable[str], known: Collection[str]) -> None:
    """Raises ValueError for names that are not in `known`; `what` is one of them, in words."""
    strangers = sorted(set(names) - set(known))
    if strangers:
        raise ValueError(f"unknown {what} {', '.join(strangers)}: known are {', '.join(sorted(known)) or 'none'}")
