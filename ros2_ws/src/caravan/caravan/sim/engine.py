"""The embedded simulator: robots driven by velocity commands among obstacles, with real contact (MuJoCo underneath)."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

import mujoco
import numpy as np

from caravan.model.geometry import Pose, Twist, wrap
from caravan.model.site import Site
from caravan.sim.body import build
from caravan.sim.power import Power
from caravan.sim.world import World

COMMAND_TIME = 0.5
"""A base stops when its last command is older than this, s."""
SCAN_HEIGHT = 0.3
"""Of a laser scanner above the floor, m."""
_SLACK = 0.02
"""Wheels turn up to this part slower than commanded; how much is drawn for each robot from the seed."""
_EPISODE = 0.5
"""Two touches of one pair less than this apart are one, s."""
_POWER_STEP = 0.1
"""Batteries are reckoned at this interval, s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """A robot began to touch another or an obstacle ("rack_2/body") at `stamp`, s."""

    stamp: float
    robot: str
    other: str


class Engine:
    """The robots of `site` in `world`, at `now` = 0 at their start poses with full batteries.

    Deterministic: the same seed, commands and steps give the same poses bit for bit. Raises ValueError where a robot
    has no start or the step is not positive. Unknown robots raise KeyError.
    """

    def __init__(self, world: World, site: Site, seed: int = 0, step: float = 0.01) -> None:
        if not (math.isfinite(step) and step > 0.0):
            raise ValueError(f"step {step!r} must be more than 0 s")
        self._robots = tuple(site.robots.values())
        self._index = {robot.id: k for k, robot in enumerate(self._robots)}
        self._step = step
        self._power_steps = max(1, round(_POWER_STEP / step))
        self._model = build(world, self._robots, step)
        self._data = mujoco.MjData(self._model)
        # Views of MuJoCo's own memory, by robot: each look at a field of MjData would make a new one.
        self._places, self._moves, self._controls = (
            field.reshape(-1, 3) for field in (self._data.qpos, self._data.qvel, self._data.ctrl)
        )
        self._steps = 0
        self._asked = 0.0
        self._slack = _slack(len(self._robots), seed)
        self._commanded = [-math.inf] * len(self._robots)
        self._next_stale = math.inf
        self._seen: dict[tuple[int, int], float] = {}
        self._touches: list[Touch] = []
        self._power = Power(self._robots, site)
        self._place()

    def _place(self) -> None:
        for k, robot in enumerate(self._robots):
            if robot.start is None:
                raise ValueError(f"robot {robot.id!r} has no start; give it one in the site file: start: [x, y, yaw]")
            self._places[k] = robot.start.x, robot.start.y, robot.start.yaw
        mujoco.mj_forward(self._model, self._data)

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
        """Sets the velocity that the base goes for, within the robot's limits, until `COMMAND_TIME` has passed.

        A command that is not finite stops the robot, as does an empty battery.
        """
        k = self._index[robot]
        limits = self._robots[k]
        finite = math.isfinite(twist.linear) and math.isfinite(twist.angular) and self._power.charge[k] > 0.0
        linear, angular = (twist.linear, twist.angular) if finite else (0.0, 0.0)
        ahead, turn = self._slack[k]
        self._controls[k, 0] = ahead * min(limits.speed, max(-limits.speed, linear))
        self._controls[k, 2] = turn * min(limits.turn_rate, max(-limits.turn_rate, angular))
        self._commanded[k] = self.now
        self._next_stale = min(self._next_stale, self.now + COMMAND_TIME)

    def step(self, seconds: float) -> None:
        """Moves the world on by `seconds`, rounded to whole steps so that no time is lost over many calls."""
        self._asked += seconds
        for _ in range(round(self._asked / self._step) - self._steps):
            if self.now > self._next_stale:
                self._stop_stale()
            mujoco.mj_step(self._model, self._data)
            self._steps += 1
            if self._data.ncon:
                self._note_touches()
            if self._steps % self._power_steps == 0:
                self._reckon_power()

    def pose(self, robot: str) -> Pose:
        """Where the robot is, exactly."""
        x, y, yaw = self._places[self._index[robot]].tolist()
        return Pose(x, y, wrap(yaw))

    def velocity(self, robot: str) -> Twist:
        """How fast the robot moves ahead and turns."""
        k = self._index[robot]
        yaw = float(self._places[k, 2])
        x, y, angular = self._moves[k].tolist()
        return Twist(x * math.cos(yaw) + y * math.sin(yaw), angular)

    def battery(self, robot: str) -> float:
        """Charge, 0..1."""
        return self._power.charge[self._index[robot]]

    def scan(self, robot: str, beams: int = 180, reach: float = 10.0) -> tuple[float, ...]:
        """What a flat laser scanner on the robot measures, m: beam k looks 2 pi k / `beams` to the left of ahead.

        Distances are from the robot's centre; `reach` stands for nothing in sight.
        """
        k = self._index[robot]
        body = self._model.body(robot).id
        angles = float(self._places[k, 2]) + np.arange(beams) * (math.tau / beams)
        rays = np.column_stack((np.cos(angles), np.sin(angles), np.zeros(beams)))
        hit, found = np.full(beams, -1, dtype=np.int32), np.full(beams, -1.0)
        origin = np.array([*self._places[k, :2], SCAN_HEIGHT])
        mujoco.mj_multiRay(
            self._model, self._data, origin, rays.ravel(), None, True, body, hit, found, None, beams, reach
        )
        return tuple(np.where((found < 0.0) | (found > reach), reach, found).tolist())

    def _stop_stale(self) -> None:
        alive = []
        for k, stamp in enumerate(self._commanded):
            if self.now - stamp > COMMAND_TIME:
                self._controls[k] = 0.0
            else:
                alive.append(stamp + COMMAND_TIME)
        self._next_stale = min(alive, default=math.inf)

    def _note_touches(self) -> None:
        for one, other in self._data.contact.geom.tolist():
            last = self._seen.get((one, other), -math.inf)
            self._seen[one, other] = self.now
            if self.now - last > _EPISODE:
                self._touches.append(self._touch(one, other))

    def _touch(self, one: int, other: int) -> Touch:
        first, second = self._model.geom(one).name, self._model.geom(other).name
        if first not in self._index:
            first, second = second, first
        return Touch(stamp=self.now, robot=first, other=second if second in self._index else second.partition(" ")[2])

    def _reckon_power(self) -> None:
        speeds = np.hypot(self._moves[:, 0], self._moves[:, 1])
        self._power.reckon(self._places.tolist(), speeds.tolist(), _POWER_STEP)
        for k, charge in enumerate(self._power.charge):
            if charge <= 0.0:
                self._controls[k] = 0.0


def _slack(count: int, seed: int) -> list[tuple[float, float]]:
    """For each robot the parts of the commanded speed and turn rate at which its wheels turn."""
    rng = random.Random(seed)
    return [(1.0 - rng.uniform(0.0, _SLACK), 1.0 - rng.uniform(0.0, _SLACK)) for _ in range(count)]
