"""A truck's body on a virtual road: wheels that do what they are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from caravan.model.geometry import Pose, Twist, driven
from caravan.model.road import Road
from caravan.model.site import Robot
from caravan.sim.watchdog import Watchdog

STEP = 0.05
"""Of time, s: each truck senses once in it."""


@dataclass(slots=True, kw_only=True)
class Body:
    """A truck as it really is."""

    pose: Pose
    s: float
    """Of its middle, m, as the road counts."""
    offset: float
    speed: float
    command: Twist = field(default_factory=Twist)
    acts: Callable[[Body], float] | None = None
    """What drives it instead of its drive: the acceleration, m/s2. It keeps to the road."""
    aside: float = 0.0
    """How fast it then comes over to lane 0, m/s."""

    def move(self, road: Road, robot: Robot) -> None:
        """One step: the wheels reach what they are told within a step, as far as the truck's brake and motor go."""
        if self.acts is not None:
            self._keep_to(road, self.acts(self))
            return
        change = self.command.linear - self.speed
        speed = max(0.0, self.speed + min(2.0 * STEP, max(-robot.brake * STEP * 1.05, change)))
        way, turn = 0.5 * STEP * (self.speed + speed), self.command.angular * STEP
        self.pose = driven(self.pose, way, turn)
        self.s, self.offset = road.project(self.pose, near=self.s)
        self.speed = speed

    def _keep_to(self, road: Road, acceleration: float) -> None:
        speed = max(0.0, self.speed + acceleration * STEP)
        self.s += 0.5 * STEP * (self.speed + speed)
        self.offset = max(0.0, self.offset + self.aside * STEP)
        self.speed, self.pose = speed, road.pose(self.s, self.offset)


def unheard(robot: Robot) -> Callable[[Body], float]:
    """What its base does, from now on, whose last command was just now (`caravan.sim.watchdog`)."""
    watchdog, steps = Watchdog((robot,)), count(1)
    watchdog.hear(0, Twist(), 0.0)

    def acts(body: Body) -> float:
        told = watchdog.twists(lambda base: body.speed, next(steps) * STEP).get(0, Twist(body.speed))
        return (told.linear - body.speed) / STEP

    return acts
