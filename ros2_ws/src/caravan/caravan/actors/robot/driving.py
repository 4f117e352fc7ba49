"""What drives a robot, as the market side of its agent sees it: on the floor of a warehouse, or on a road.

It lives by what it senses. While the robot's `Mandate` gives it a job it carries that out, and tells the worklist how
far it is. Without one it does what its own safety and its battery ask for, and is no burden to others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from caravan.model.claims import Claims
from caravan.model.crossing import Approach, Slots
from caravan.model.geometry import Pose, Twist
from caravan.model.goal import Task
from caravan.model.plan import BlockedLanes, Stretch, TrafficReport
from caravan.model.platoon import Beat
from caravan.model.road import Radar
from caravan.platoon.validity import State

Heard = Stretch | BlockedLanes | Claims | Beat | State | Approach | Slots | Radar
"""What others and its own radar tell it; what it has no use for it ignores."""
Said = Claims | Beat | State | Approach
"""What it tells the other robots."""


class Driving(Protocol):
    """Drives one robot. Times are the caller's `now` (s); a charge is in 0..1."""

    @property
    def pose(self) -> Pose:
        """Where the robot believes to be."""

    @property
    def busy(self) -> bool:
        """Whether it does something of its own (it charges, say) before any task."""

    def here(self) -> str:
        """The node that it is nearest to; empty where there are none."""

    def drag(self) -> float:
        """How many times longer than alone its drives have lately taken."""

    def unfit(self, task: Task) -> str | None:
        """Why it takes no such task now, in words; None where it may."""

    def give_way(self, task: Task) -> None:
        """The task was taken: what of its own may wait for it does."""

    def sense(self, pose: Pose, velocity: Twist, battery: float, now: float) -> Twist | None:
        """Takes in odometry and charge, works or drives on, and answers with the velocity to command.

        None: somebody else drives the base.
        """

    def hear(self, message: Heard, now: float) -> str | None:
        """Takes in what somebody tells it, or tells all; answers with why it does not believe it, where it does not."""

    def tick(self, now: float) -> Sequence[Said]:
        """What it is to say to the other robots now."""

    def report(self, now: float) -> TrafficReport | None:
        """What it is to say to traffic control now, if anything."""

    def go_home(self) -> None:
        """It shall come to where it starts from, once it has no task."""

    def activity(self, now: float) -> str:
        """What it does, in words, unless it is halted."""

    def mind(self, now: float) -> None:
        """Takes in the time, which never goes back while `forget` is not called."""

    def forget(self, now: float) -> None:
        """The clock was set back to `now`: no time that was kept means anything."""
