"""What drives a robot where traffic control lets it: a navigator, whichever it is. docs/navigation.md has the contract.

`Driver` is the one that comes with Caravan; `GoalNavigator` hands the driving to one elsewhere, such as Nav2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from caravan.model.geometry import Point, Pose, Twist

IN_THE_WAY = "something stands in its way"
"""The note of a navigator that sees why it cannot go on."""


class Navigator(Protocol):
    """Drives one robot along what it is granted. Asked at each odometry; all times are the caller's `now` (s)."""

    start: float
    """How long it may take to set off, s."""

    @property
    def note(self) -> str:
        """Why it does not drive where it may, for people; empty: nothing keeps it."""

    def drive(
        self,
        pose: Pose,
        velocity: Twist,
        points: Sequence[Point],
        lease: float,
        now: float,
        allowed: float = math.inf,
    ) -> Twist | None:
        """The velocity to command; None: the base is left to somebody else, who keeps to the same grant.

        The robot is at `pose` and moves with `velocity`, both taken at `now`. `points` are the granted points that it
        has not reached, in driving order: it stops at the last, and goes on when there are more. A point may be left
        out a little before the robot is there. Past `lease` it stops at once: a lease of -inf is an order to stop.
        It drives at most `allowed` (m/s) fast.
        """

    def forget(self) -> None:
        """The robot turns back: no point that it was granted so far is to be driven to any more."""
