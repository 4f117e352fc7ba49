"""Which fault happens when, from a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

PAUSE = (1.0, 3.0)
"""Between the beginnings of two faults, s."""
LASTS = (0.5, 6.0)
"""How long a fault lasts, s: long enough at times to be noticed, and at times too short for that."""
HEAL = 3.0
"""How long the auction nodes are left alone after a fault of one, s."""


class Kind(StrEnum):
    """What goes wrong. A process that is killed is started again when the fault is over."""

    KILL_AGENT = "kill_agent"
    STOP_AGENT = "stop_agent"
    KILL_HOUSE = "kill_house"
    STOP_HOUSE = "stop_house"
    CUT_HOUSE = "cut_house"
    """The link between the auction node and all others is down."""
    LOSS = "loss"
    """Three packets in ten to the auction node get lost."""


AGENT = frozenset({Kind.KILL_AGENT, Kind.STOP_AGENT})
ALWAYS = (Kind.KILL_AGENT, Kind.STOP_AGENT, Kind.KILL_HOUSE, Kind.STOP_HOUSE)
NETWORK = (Kind.CUT_HOUSE, Kind.LOSS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault: it begins `at` s after the first could, lasts for `lasts` s, and hits a process of agents.

    `target` is empty where it hits the auction node that leads then.
    """

    kind: Kind
    target: str
    at: float
    lasts: float


def plan_faults(
    count: int, agents: Sequence[str], kinds: Sequence[Kind], rng: random.Random, apart: float | None = None
) -> list[Fault]:
    """`count` faults, in order: never two of one process at once, never more than half of the agents, one house.

    With `apart` (s), each begins at least so long after the one before is over.
    """
    busy: dict[str, float] = {}
    faults: list[Fault] = []
    at = 0.0
    while len(faults) < count:
        at += rng.uniform(*PAUSE)
        if apart is not None and faults:
            at = max(at, faults[-1].at + faults[-1].lasts + apart)
        kind, lasts = rng.choice(kinds), rng.uniform(*LASTS)
        free = [a for a in agents if busy.get(a, 0.0) < at]
        if kind not in AGENT:
            targets = [""] if busy.get("", 0.0) < at else []
        else:
            targets = free if len(free) > len(agents) / 2 else []
        if targets:
            target = rng.choice(targets)
            busy[target] = at + lasts + (0.0 if target else HEAL)
            faults.append(Fault(kind=kind, target=target, at=at, lasts=lasts))
    return faults
