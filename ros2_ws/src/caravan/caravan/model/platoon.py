"""What vehicles say to each other about who drives with whom. Every message says all that its sender holds.

A *roster* is a platoon: who is in it, in which order, and what is agreed. Each has a *key* that no other has, and a
vehicle only ever changes to one with a higher key. A vehicle that drives alone has a roster of itself. Epochs go with
the clock that all share (hybrid logical clocks: Kulkarni et al., OPODIS 2014): so a vehicle that has heard of nobody
yet can tell an epoch that may be from one that cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A platoon. Speed in m/s, headway in s."""

    epoch: int
    """Later than all that its writer knew of, and no earlier than the clock (`epoch_at`)."""
    writer: str
    """Who has written it; nobody writes two of one epoch."""
    order: tuple[str, ...]
    """From the front to the back; the first leads."""
    speed: float
    headway: float
    label: str = ""
    """The platoon's name, where it has one: a split, a hand-over or a merge leaves it with who is in front."""

    @property
    def key(self) -> tuple[int, str]:
        """Higher for a later one."""
        return self.epoch, self.writer

    @property
    def leader(self) -> str:
        """Who leads."""
        return self.order[0]

    def before(self, name: str) -> str | None:
        """Whom a vehicle follows; None for the leader."""
        place = self.order.index(name)
        return self.order[place - 1] if place else None


def epoch_at(now: float) -> int:
    """The least epoch of a roster that is written at `now` (s); it goes on faster than rosters are ever written."""
    return max(1, int(now * 1000.0))


class Kind(StrEnum):
    """What a vehicle may wish."""

    JOIN = "join"
    """To be one platoon with another. Of a vehicle alone: to form one, or to join; of a leader: to merge."""
    LEAVE = "leave"
    SPLIT = "split"
    """All behind `target` become a platoon of their own."""
    DISSOLVE = "dissolve"
    LEAD = "lead"
    """`target` comes to the front and leads."""
    AGREE = "agree"
    """A speed and a headway for all."""


class Place(StrEnum):
    """Where to join: at the back or the front of the platoon that `target` is in, or right behind `target`."""

    BACK = "back"
    FRONT = "front"
    BEHIND = "behind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a vehicle wishes; it says so until it is settled. No vehicle uses a number twice."""

    number: int
    kind: Kind
    target: str = ""
    place: Place = Place.BACK
    speed: float | None = None
    headway: float | None = None


class Step(StrEnum):
    """How far a manoeuvre is."""

    VOTE = "vote"
    """All members say what they think of it."""
    OPEN = "open"
    """Its actors open the gaps in front of them."""
    MOVE = "move"
    """Its actor changes lanes, or closes up from behind."""
    COMMIT = "commit"
    """The new roster is written, and everyone takes it."""
    DONE = "done"
    ABORTED = "aborted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manoeuvre:
    """What a leader is having done."""

    leader: str
    number: int
    kind: Kind
    step: Step
    asker: str
    wish: Wish
    actors: tuple[str, ...] = ()
    """Who must do something in this step."""
    wide: tuple[str, ...] = ()
    """Who keeps the gap in front of it open until the manoeuvre ends."""

    @property
    def at(self) -> tuple[str, int, Step]:
        """What an actor that is done with this step says."""
        return self.leader, self.number, self.step


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """What a member thinks of a manoeuvre: whether it may be, and the speed and headway that it would agree to."""

    leader: str
    number: int
    approve: bool
    speed: float
    headway: float
    weight: float = 1.0
    """How much its numbers count, as it says itself; see `platoon.votes` for how much that can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of a wish."""

    asker: str
    number: int
    step: Step
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """All that a vehicle holds and is at."""

    name: str
    sequence: int
    stamp: float
    """When it was said, s."""
    roster: Roster
    handed: tuple[Roster, ...] = ()
    """Rosters for vehicles that it has let go."""
    wish: Wish | None = None
    manoeuvre: Manoeuvre | None = None
    done: tuple[str, int, Step] | None = None
    """The last step that it has done as an actor."""
    ballot: Ballot | None = None
    settled: tuple[Settled, ...] = ()
    in_lane: bool = True
    brake: float
    """What it can brake, m/s2."""
    top_speed: float
    """Of its own, m/s."""
