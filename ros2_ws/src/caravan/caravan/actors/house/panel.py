"""Who reads goals: which robot has which language model, and which robots are asked to read one goal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence


def deal(robots: Sequence[str], models: Sequence[str]) -> dict[str, str]:
    """A model for each robot, in turn, so that each has about as many robots as the others."""
    return {robot: models[k % len(models)] for k, robot in enumerate(robots)} if models else {}


def panel(live: Sequence[str], model: Callable[[str], str], count: int, turn: int) -> dict[str, str]:
    """Up to `count` of the `live` robots, with their models: as many different models as there are, in equal parts.

    `turn` is where in the row it begins, so that not always the same robots read.
    """
    start = turn % len(live) if live else 0
    waiting = [*live[start:], *live[:start]]
    chosen: dict[str, str] = {}
    while waiting and len(chosen) < count:
        used = Counter(chosen.values())
        robot = min(waiting, key=lambda name: used[model(name)])
        waiting.remove(robot)
        chosen[robot] = model(robot)
    return chosen
