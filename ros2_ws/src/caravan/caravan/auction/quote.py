"""What a task costs a robot: cheapest insertion into its queue.

The cost (s) is when the task would be finished, plus how much later the tasks that it overtakes are finished (the
MiniAve team objective of Tovey et al. 2005), plus a part of the time that it adds to the robot's schedule, so that of
two robots as fast the one with less to drive wins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from caravan.model.work import Leg

Travel = Callable[[str, str], float | None]
"""Driving time between two nodes, s; None where there is no way."""


EFFORT = 0.25
"""How much a second of added schedule weighs against a second of waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A piece of a robot's queue: its legs and, if it has one, its deadline (s)."""

    legs: tuple[Leg, ...]
    deadline: float | None = None
    travel: Travel
    """Its own, since each task avoids other places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The best insertion: before queue index `position`, finished at `finish` (s), for `cost` (s)."""

    position: int
    cost: float
    finish: float
    parts: Mapping[str, float]


def leg_times(stop: Stop, here: str, charge_time: float) -> tuple[float, float, str] | None:
    """Driving time and working time (s) of a stop from node `here`, and where it ends; None if there is no way."""
    driving = working = 0.0
    for leg in stop.legs:
        there = leg.place or here
        drive = stop.travel(here, there)
        if drive is None:
            return None
        driving += drive
        working += charge_time if leg.work is None else leg.work
        here = there
    return driving, working, here


def schedule(queue: Sequence[Stop], here: str, start: float, charge_time: float) -> list[float] | None:
    """When each stop of `queue` is finished (s), starting at node `here` at `start`; None if one has no way."""
    finishes = []
    for stop in queue:
        times = leg_times(stop, here, charge_time)
        if times is None:
            return None
        driving, working, here = times
        start += driving + working
        finishes.append(start)
    return finishes


def insert(
    queue: Sequence[Stop], stop: Stop, *, here: str, now: float, charge_time: float, first: int = 0
) -> Quote | str:
    """The cheapest place for `stop` in `queue` at index `first` or later, or why there is none, in words.

    The robot is at node `here`. No deadline that the queue kept before may be broken by the insertion.
    `charge_time` (s) stands for work that lasts until the battery is full.
    """
    if leg_times(stop, here, charge_time) is None:
        return "no way there"
    before = schedule(queue, here, now, charge_time) or []
    best: Quote | None = None
    for position in range(min(first, len(queue)), len(queue) + 1):
        trial = [*queue[:position], stop, *queue[position:]]
        finishes = schedule(trial, here, now, charge_time)
        if finishes is None or _breaks(trial, finishes, before, position):
            continue
        quote = _quote(position, finishes, before, now)
        best = quote if best is None or quote.cost < best.cost else best
    return best or "cannot keep the deadline"


def _breaks(trial: Sequence[Stop], finishes: Sequence[float], before: Sequence[float], position: int) -> bool:
    for index, (stop, finish) in enumerate(zip(trial, finishes, strict=True)):
        if stop.deadline is None or finish <= stop.deadline:
            continue
        if index == position or before[index - (index > position)] <= stop.deadline:
            return True
    return False


def _quote(position: int, finishes: Sequence[float], before: Sequence[float], now: float) -> Quote:
    later = zip(finishes[position + 1 :], before[position:], strict=True)
    parts = {
        "added": finishes[-1] - (before[-1] if before else now),
        "finish": finishes[position] - now,
        "delay": sum(after - earlier for after, earlier in later),
    }
    cost = parts["finish"] + parts["delay"] + EFFORT * parts["added"]
    return Quote(position=position, cost=cost, finish=finishes[position], parts=parts)
