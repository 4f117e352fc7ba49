"""The embedded simulator: robots driven by velocity commands among obstacles, with real contact (MuJoCo underneath)."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Literal

import mujoco
import numpy as np
from numpy.typing import NDArray

from caravan.model.geometry import Pose, Twist, wrap
from caravan.model.road import Radar
from caravan.model.site import Site
from caravan.sim.bodies import Array, Bodies
from caravan.sim.lidar import Lidar
from caravan.sim.planar import PlanarBodies
from caravan.sim.power import Power
from caravan.sim.radar import Radars
from caravan.sim.watchdog import Watchdog
from caravan.sim.wheels import WheeledBodies
from caravan.sim.world import World

_SLACK = 0.02
"""Wheels turn up to this part slower than commanded; how much is drawn for each robot from the seed."""
_EPISODE = 0.5
"""Two touches of one pair less than this apart are one, s."""
_POWER_STEP = 0.1
"""Batteries are reckoned at this interval, s."""


Physics = Literal["planar", "wheels"]
PHYSICS: tuple[Physics, ...] = ("planar", "wheels")
STEPS: dict[Physics, float] = {"planar": 0.01, "wheels": 0.005}
"""Between two looks at the forces, s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """A robot began to touch another or an obstacle ("rack_2/body") at `stamp`, s."""

    stamp: float
    robot: str
    other: str


class Engine:
    """The robots of `site` in `world`, at `now` = 0 at their start poses with full batteries.

    With planar `physics` a robot is a cylinder or a box that slides; with `wheels` it is what its own SDF model says,
    on wheels.
    Deterministic: the same seed, commands and steps give the same poses bit for bit. Raises ValueError where a robot
    has no start or the step is not positive, SdfError for models that cannot drive. Unknown robots raise KeyError.
    """

    def __init__(
        self, world: World, site: Site, seed: int = 0, step: float | None = None, physics: Physics = "planar"
    ) -> None:
        self._step = STEPS[physics] if step is None else step
        if not (math.isfinite(self._step) and self._step > 0.0):
            raise ValueError(f"step {step!r} must be more than 0 s")
        self._robots = tuple(site.robots.values())
        self._index = {robot.id: k for k, robot in enumerate(self._robots)}
        self._power_steps = max(1, round(_POWER_STEP / self._step))
        make: type[PlanarBodies] | type[WheeledBodies] = PlanarBodies if physics == "planar" else WheeledBodies
        self._bodies: Bodies = make(world, self._robots, self._step)
        self._code = _codes(self._bodies.labels, self._index)
        self._targets = np.zeros((len(self._robots), 2))
        self._steps = 0
        self._asked = 0.0
        self._slack = _slack(len(self._robots), seed)
        self._watchdog = Watchdog(self._robots)
        self._seen: dict[tuple[int, int], float] = {}
        self._touches: list[Touch] = []
        self._power = Power(self._robots, site)
        self._lidar = Lidar(world, [robot.radius for robot in self._robots])
        self._radars = None if site.road is None else Radars(site.roads, self._robots)
        self._echoes: Array | None = None
        self._place()

    def _place(self) -> None:
        for k, robot in enumerate(self._robots):
            if robot.start is None:
                raise ValueError(f"robot {robot.id!r} has no start; give it one in the site file: start: [x, y, yaw]")
            self._bodies.put(k, robot.start)
        mujoco.mj_forward(self._bodies.model, self._bodies.data)
        self._look()

    def _look(self) -> None:
        self._poses: Array = self._bodies.poses()
        self._moves: Array = self._bodies.moves()
        self._echoes = None

    @property
    def now(self) -> float:
        """Simulated time, s."""
        return self._steps * self._step

    @property
    def contacts(self) -> int:
        """How often a robot began to touch another robot or an obstacle so far."""
        return len(self._touches)

    @property
    def touches(self) -> tuple[Touch, ...]:
        """Those contacts, oldest first."""
        return tuple(self._touches)

    def command(self, robot: str, twist: Twist) -> None:
        """Sets the velocity that the base goes for, within the robot's limits, until its watchdog finds it too old.

        By a command that is not finite, and with an empty battery, the base stops as where it hears none.
        """
        k = self._index[robot]
        limits = self._robots[k]
        if not (math.isfinite(twist.linear) and math.isfinite(twist.angular) and self._power.charge[k] > 0.0):
            self._watchdog.stop(k, self._speed_of(k), self.now)
            return
        ahead, turn = self._slack[k]
        linear = ahead * min(limits.speed, max(-limits.speed, twist.linear))
        angular = turn * min(limits.turn_rate, max(-limits.turn_rate, twist.angular))
        self._targets[k] = linear, angular
        self._watchdog.hear(k, Twist(linear, angular), self.now)

    def step(self, seconds: float) -> None:
        """Moves the world on by `seconds`, rounded to whole steps so that no time is lost over many calls."""
        self._asked += seconds
        bodies = self._bodies
        for _ in range(round(self._asked / self._step) - self._steps):
            for k, twist in self._watchdog.twists(self._speed_of, self.now).items():
                self._targets[k] = twist.linear, twist.angular
            if not bodies.still(self._targets):
                bodies.drive(self._targets)
                mujoco.mj_step(bodies.model, bodies.data)
            self._steps += 1
            if bodies.data.ncon:
                self._note_touches()
            if self._steps % self._power_steps == 0:
                self._look()
                self._reckon_power()
        self._look()

    def pose(self, robot: str) -> Pose:
        """Where the robot is, exactly."""
        x, y, yaw = self._poses[self._index[robot]].tolist()
        return Pose(x, y, wrap(yaw))

    def put(self, robot: str, pose: Pose) -> None:
        """Lifts the robot and puts it down at `pose`, where it stands."""
        self._bodies.put(self._index[robot], pose)
        mujoco.mj_forward(self._bodies.model, self._bodies.data)
        self._look()

    def velocity(self, robot: str) -> Twist:
        """How fast the robot moves ahead and turns."""
        linear, angular = self._moves[self._index[robot]].tolist()
        return Twist(linear, angular)

    def battery(self, robot: str) -> float:
        """Charge, 0..1."""
        return self._power.charge[self._index[robot]]

    def scan(self, robot: str, beams: int = 180, reach: float = 10.0) -> tuple[float, ...]:
        """What a flat laser scanner on the robot measures, m: beam k looks 2 pi k / `beams` to the left of ahead.

        Distances are from the robot's centre; `reach` stands for nothing in sight.
        """
        return tuple(self._lidar.cast(self._poses, np.array([self._index[robot]]), beams, reach)[0].tolist())

    def scans(self, beams: int = 180, reach: float = 10.0) -> dict[str, Array]:
        """The `scan` of every robot, in one run."""
        found = self._lidar.cast(self._poses, np.arange(len(self._robots)), beams, reach)
        return {robot.id: row for robot, row in zip(self._robots, found, strict=True)}

    def radar(self, robot: str) -> Radar:
        """What the robot's radar measures. Raises ValueError on a site without a road."""
        if self._radars is None:
            raise ValueError(
                "this site has no road for radars to look along; give it one in the site file: road: {...}"
            )
        if self._echoes is None:
            self._echoes = self._radars.look(self._poses, self._moves)
        gap, rate = self._echoes[self._index[robot]].tolist()
        return Radar(gap=gap, rate=rate)

    def _speed_of(self, k: int) -> float:
        return float(self._bodies.moves()[k, 0])

    def _note_touches(self) -> None:
        pairs = self._code[self._bodies.data.contact.geom]
        pairs = pairs[(pairs.min(axis=1) >= 0) & (pairs[:, 0] != pairs[:, 1])]
        for one, other in sorted(set(map(tuple, np.sort(pairs, axis=1).tolist()))):
            last = self._seen.get((one, other), -math.inf)
            self._seen[one, other] = self.now
            if self.now - last > _EPISODE:
                self._touches.append(self._touch(one, other))

    def _touch(self, robot: int, other: int) -> Touch:
        count = len(self._robots)
        met = self._robots[other].id if other < count else self._bodies.labels[other - count]
        return Touch(stamp=self.now, robot=self._robots[robot].id, other=met)

    def _reckon_power(self) -> None:
        self._power.reckon(self._poses.tolist(), np.abs(self._moves[:, 0]).tolist(), _POWER_STEP)
        for k, charge in enumerate(self._power.charge):
            if charge <= 0.0 and self._targets[k].any():
                self._watchdog.stop(k, self._speed_of(k), self.now)


def _codes(labels: tuple[str, ...], index: dict[str, int]) -> NDArray[np.int_]:
    """For each geom the number of its robot; one beyond all robots for an obstacle; -1 for the floor."""
    codes = [index.get(label, len(index) + geom) if label else -1 for geom, label in enumerate(labels)]
    return np.array(codes, dtype=int)


def _slack(count: int, seed: int) -> list[tuple[float, float]]:
    """For each robot the parts of the commanded speed and turn rate at which its wheels turn."""
    rng = random.Random(seed)
    return [(1.0 - rng.uniform(0.0, _SLACK), 1.0 - rng.uniform(0.0, _SLACK)) for _ in range(count)]
