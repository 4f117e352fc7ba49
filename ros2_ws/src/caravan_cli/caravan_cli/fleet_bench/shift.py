"""A shift: goals are kept coming until it is over, and then those under way are finished."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from caravan.model.goal import FINAL_GOAL_STATES, Draft
from caravan.model.market import Event

ENDS = frozenset(state.value for state in FINAL_GOAL_STATES)
LOAD = 1.5
"""So many goals for each robot are open at a time."""
FINISH = 1800.0
"""How long the fleet may take for what is open at the end of the shift, s."""


@dataclass(slots=True)
class Shift:
    """Of `robots` robots, until `end` (s of the fleet's clock); `give` hands a goal to the fleet."""

    robots: int
    end: float
    work: Iterator[Draft]
    give: Callable[[Draft], None]
    given: int = 0
    ends: dict[str, tuple[str, float]] = field(default_factory=dict)
    """How and when each goal ended."""

    def hear(self, event: Event) -> None:
        """Takes in an event of the record."""
        if event.kind in ENDS and event.goal:
            self.ends[event.goal] = (event.kind, event.stamp)

    def go_on(self, now: float) -> bool:
        """Gives the fleet what it can take; False once the shift is over and everything at its end."""
        while now < self.end and self.given - len(self.ends) < LOAD * self.robots:
            self.given += 1
            self.give(next(self.work))
        return now < self.end or (len(self.ends) < self.given and now < self.end + FINISH)

    def figures(self, hours: float) -> dict[str, Any]:
        """How many goals came to which end, and how many an hour while it lasted."""
        states = Counter(state for state, _ in self.ends.values())
        in_time = sum(state == "done" and stamp <= self.end for state, stamp in self.ends.values())
        return {
            "goals": self.given,
            "done": states["done"],
            "failed": sum(states.values()) - states["done"],
            "lost": self.given - len(self.ends),
            "tasks_per_hour": round(in_time / hours, 1),
        }
