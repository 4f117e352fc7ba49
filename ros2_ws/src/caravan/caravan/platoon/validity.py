"""What a vehicle does not believe: bad numbers, old and future stamps, a sequence that jumps back, names of others.

`flaw` judges what vehicles say about their platoons, `state_flaw` what they say about their motion. Both answer with
what is wrong, in words with the limit; None where the message may be heeded. A message that is not heeded is as one
that was lost, which every state machine and the supervisor survive.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from caravan.model.crossing import Approach
from caravan.model.platoon import Beat, Roster, epoch_at

HEADWAYS = (0.3, 5.0)
"""The least and the widest that may be agreed on, s."""
SPEEDS = (0.0, 60.0)
"""m/s."""
ACCELERATIONS = (-12.0, 6.0)
"""m/s2."""
LEAP = 1.0
"""No roster is of an epoch later than the clock by more, s: who says so would end all others until then."""
MEMBERS = 100
LABEL = 64
"""A platoon's name is no longer, characters."""
ALONG = (-10_000.0, 10_000.0)
"""From an intersection's line, m."""
LENGTHS = (1.0, 40.0)
"""Of a vehicle, m."""
OFFSETS = (-1000.0, 1000.0)
"""m."""
FORGOTTEN = 3.0
"""Who was silent for so long may count from 1 again, s."""
DRIFT = 30.0
"""A vehicle is no farther from where it would be by its last message, m: else it is two with one name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a vehicle says of its motion, 10 to 20 times a second."""

    name: str
    sequence: int
    stamp: float
    """When it was so, s."""
    x: float
    """Of the front bumper along the road, m; it goes on growing from lap to lap."""
    speed: float
    acceleration: float
    wanted: float
    """What it asks its drive for, m/s2."""
    offset: float
    """Left of the middle of the platoons' lane, m."""
    length: float
    """m."""


def state_flaw(
    state: State, last: State | None, listener: str, now: float, *, stale: float = 1.0, ahead: float = 0.1
) -> str | None:
    """What is wrong with a message about a motion; `last` is the newest of the same name that was heeded."""
    return next(_state_flaws(state, last, listener, now, stale, ahead), None)


def _state_flaws(
    state: State, last: State | None, listener: str, now: float, stale: float, ahead: float
) -> Iterator[str]:
    yield from _beyond(state.name, "speed", state.speed, SPEEDS, "m/s")
    yield from _beyond(state.name, "acceleration", state.acceleration, ACCELERATIONS, "m/s2")
    yield from _beyond(state.name, "wanted", state.wanted, ACCELERATIONS, "m/s2")
    yield from _beyond(state.name, "offset", state.offset, OFFSETS, "m")
    yield from _beyond(state.name, "length", state.length, LENGTHS, "m")
    if not math.isfinite(state.x):
        yield f"{state.name}: x is {state.x}, not a place"
    yield from _out_of_line(state.name, state.sequence, state.stamp, last, listener, now, stale, ahead)
    if last is not None:
        yield from _astray(state.name, state.x - last.x, last.speed, state.stamp - last.stamp)


def approach_flaw(
    said: Approach, last: Approach | None, listener: str, now: float, *, stale: float = 1.0, ahead: float = 0.1
) -> str | None:
    """What is wrong with a message about the way to an intersection; `last` is as for `state_flaw`."""
    return next(_approach_flaws(said, last, listener, now, stale, ahead), None)


def _approach_flaws(
    said: Approach, last: Approach | None, listener: str, now: float, stale: float, ahead: float
) -> Iterator[str]:
    yield from _beyond(said.name, "along", said.along, ALONG, "m")
    yield from _beyond(said.name, "speed", said.speed, SPEEDS, "m/s")
    yield from _beyond(said.name, "length", said.length, LENGTHS, "m")
    yield from _out_of_line(said.name, said.sequence, said.stamp, last, listener, now, stale, ahead)
    yield from _outside(said.name, said.platoon)
    if last is not None:
        yield from _astray(said.name, said.along - last.along, last.speed, said.stamp - last.stamp)


def flaw(beat: Beat, last: Beat | None, listener: str, now: float, *, stale: float, ahead: float) -> str | None:
    """What is wrong with a beat; `last` is the newest of the same name that was heeded."""
    return next(_flaws(beat, last, listener, now, stale, ahead), None)


def _flaws(beat: Beat, last: Beat | None, listener: str, now: float, stale: float, ahead: float) -> Iterator[str]:
    yield from _out_of_line(beat.name, beat.sequence, beat.stamp, last, listener, now, stale, ahead)
    yield from _outside(beat.name, beat.roster.order)
    for roster in (beat.roster, *beat.handed):
        if last is None or roster is not last.roster:
            yield from _roster_flaws(beat.name, roster, now + ahead + LEAP)
    if last is not None and beat.roster.key == last.roster.key and beat.roster != last.roster:
        yield f"{beat.name} has changed a roster without a new key"
    if beat.manoeuvre is not None and beat.manoeuvre.leader != beat.name:
        yield f"{beat.name} speaks for {beat.manoeuvre.leader}"
    yield from _beyond(beat.name, "brake", beat.brake, (0.0, -ACCELERATIONS[0]), "m/s2")
    yield from _beyond(beat.name, "top speed", beat.top_speed, SPEEDS, "m/s")


def _astray(name: str, way: float, speed: float, seconds: float) -> Iterator[str]:
    """Whether a vehicle that was heard so many s ago, at this speed, is `way` m further on, which it cannot be."""
    off = abs(way - speed * seconds)
    if seconds < FORGOTTEN and off > DRIFT:
        yield f"{name} is {off:.0f} m from where it was going: two vehicles have this name"


def _outside(name: str, platoon: Sequence[str]) -> Iterator[str]:
    if name not in platoon:
        yield f"{name} says that it is in a platoon that it is not in"


def _roster_flaws(name: str, roster: Roster, latest: float) -> Iterator[str]:
    yield from _beyond(name, "speed", roster.speed, SPEEDS, "m/s")
    yield from _beyond(name, "headway", roster.headway, HEADWAYS, "s")
    if not 0 < roster.epoch <= epoch_at(latest):
        yield f"{name}: {roster.epoch} is no epoch; from 1 to {epoch_at(latest)} is allowed by the clock"
    if not 0 < len(roster.order) <= MEMBERS or len(set(roster.order)) != len(roster.order):
        yield f"{name}: a platoon has 1 to {MEMBERS} vehicles, each once"
    if len(roster.label) > LABEL:
        yield f"{name}: a platoon's name has up to {LABEL} characters"


def _out_of_line(
    name: str,
    sequence: int,
    stamp: float,
    last: Beat | State | Approach | None,
    listener: str,
    now: float,
    stale: float,
    ahead: float,
) -> Iterator[str]:
    if name == listener:
        yield f"somebody else calls itself {name}"
    if not now - stale <= stamp <= now + ahead:
        yield f"{name}: said {now - stamp:.2f} s ago; up to {stale:g} s, and {ahead:g} s in the future, is listened to"
    if last is None or stamp - last.stamp > FORGOTTEN:
        return
    if sequence <= last.sequence or stamp < last.stamp:
        yield f"{name}: number {sequence} after {last.sequence}"


def _beyond(name: str, field: str, value: float, bounds: tuple[float, float], unit: str) -> Iterator[str]:
    low, high = bounds
    if not low <= value <= high:
        yield f"{name}: {field} is {value:g} {unit}; from {low:g} to {high:g} is allowed"
