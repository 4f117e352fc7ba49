"""Messages between traffic control and the robots: who wants to go where, and who may drive how far.

A robot's *route* is a growing sequence of roadmap nodes, numbered from 0 within one `session` of traffic control.
Both messages carry absolute numbers, so a lost, doubled or late one does no harm.
"""

from __future__ import annotations

from dataclasses import dataclass

from caravan.model.geometry import Pose


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficReport:
    """A robot tells where it is and where it wants to be."""

    robot: str
    stamp: float
    pose: Pose
    destination: str | None
    """A roadmap node, or None: it may be moved aside to any node."""
    avoid: tuple[str, ...] = ()
    """Places it must not enter."""
    urgent: bool = False
    fixed: bool = False
    """It works where it stands and must not be moved aside."""
    session: int = 0
    """The session its numbers belong to; 0 before it has heard of traffic control."""
    reached: int = -1
    """Number of the last route node it has arrived at."""
    cleared: int = -1
    """Number of the last route node that its body has wholly left."""
    held: tuple[str, ...] = ()
    """Nodes it stands on or was granted and has not left, in driving order."""
    turn: int = 0
    """How often it has given up what lay ahead in this session; its route is another one since."""
    blocked: tuple[str, ...] = ()
    """The lane (two nodes) that it gave up last, because something is in the way; empty: none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Traffic control lets a robot drive as far as the last of `nodes`, until `lease` (s) runs out."""

    robot: str
    session: int
    first: int
    """Route number of `nodes[0]`."""
    nodes: tuple[str, ...]
    lease: float
    turn: int = 0
    """The turn of the robot that the numbers belong to."""
    note: str = ""
    """Why it goes no further, in words: "waits for carrier_2 at a_3"; empty where nothing is in the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedLane:
    """A lane that is taken to be blocked, in both directions, until `until` (s): then somebody may try it again."""

    start: str
    end: str
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedLanes:
    """All lanes that a `session` of traffic control takes to be blocked at `stamp` (s)."""

    session: int
    stamp: float
    lanes: tuple[BlockedLane, ...] = ()
