"""A lane with vehicles in virtual time: many rows (seeds, delays, losses) at once, a column for each vehicle.

Column 0 leads. Every vehicle says ten times a second where it is and what it asks its drive for; each that listens
hears it `delay` later, or not. The radar has noise, cut off at three deviations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from caravan.platoon import follower
from caravan.platoon.plant import Ability, Floats, Motion, limited, move
from caravan.platoon.sensing import Front
from caravan.platoon.spacing import Heard, Law, Situation
from caravan.platoon.supervisor import Mode

STEP = 0.01
"""Of time, s."""
FREE = 1e3
"""The radar sees nobody farther away, m."""
KEPT = 10
"""Every so many steps the motion is kept for the figures."""

Drive = Callable[[float, Motion], Floats]
"""What a vehicle with a will of its own asks for (m/s2), by the time (s) and the motion of all vehicles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """Standard deviations of the radar's gap (m) and rate (m/s)."""

    gap: float = 0.1
    rate: float = 0.1


SILENT = Noise(gap=0.0, rate=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Radio:
    """By row: delay (s) and the share of messages that are lost. From `dead_from` (s) on all are."""

    delay: Floats
    loss: Floats
    beacon: float = 0.1
    """s between two messages of a vehicle."""
    dead_from: float = np.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What happens on the road."""

    drives: dict[int, Drive]
    """Those who do not follow: the leader (column 0), and strangers (the last columns)."""
    seconds: float
    ability: Ability
    """By row and column."""
    start: Motion
    radio: Radio
    headway: Floats
    """As the platoon has agreed on, by row and follower, s."""
    fronts: Callable[[float], npt.NDArray[np.int64]]
    """By the time (s): the column of the vehicle that each column has in front; its own where there is none."""
    silent: tuple[int, ...] = ()
    """Columns that say nothing: strangers."""
    noise: Noise = field(default_factory=Noise)
    mode: Mode = Mode.COOPERATE
    """Of the followers at the beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What has happened: by kept time, row and column, but for the smallest gaps (by row and column, m)."""

    time: Floats
    x: Floats
    speed: Floats
    acceleration: Floats
    gap: Floats
    mode: npt.NDArray[np.int64]
    smallest: Floats

    @property
    def collisions(self) -> int:
        """In how many rows a vehicle touched another."""
        return int((self.smallest <= 0.0).any(axis=1).sum())


def in_file(vehicles: int) -> Callable[[float], npt.NDArray[np.int64]]:
    """Everyone behind the one before it, from beginning to end."""
    fronts = np.maximum(0, np.arange(vehicles) - 1)
    return lambda time: fronts


def lined_up(ability: Ability, speed: float, gaps: Floats) -> Motion:
    """Vehicles at one speed (m/s) with these gaps (m) in front, by row and column; that of the leader is nothing."""
    apart = gaps[:, 1:] + ability.length[:, :-1]
    x = np.concatenate([np.zeros((len(gaps), 1)), -np.cumsum(apart, axis=1)], axis=1)
    return Motion(x=x, speed=np.full(gaps.shape, speed), acceleration=np.zeros(gaps.shape))


class _Air:
    """What each column has last heard of the one in front and of the leader."""

    def __init__(self, scene: Scene, rng: np.random.Generator) -> None:
        self._scene, self._rng = scene, rng
        shape = scene.start.x.shape
        self._sent: dict[int, tuple[Floats, ...]] = {}
        self._period = max(1, round(scene.radio.beacon / STEP))
        delays = np.round(scene.radio.delay / STEP).astype(int)
        self._groups = [(int(late), delays == late) for late in np.unique(delays)]
        start = scene.start
        first = (start.x, start.speed, start.acceleration, np.zeros(shape), np.zeros(shape))
        self._talks = ~np.isin(np.arange(shape[1]), scene.silent)
        fronts = scene.fronts(0.0)
        self._of_front = [part[:, fronts].copy() for part in first]
        self._of_leader = [np.repeat(part[:, :1], shape[1], axis=1) for part in first]
        if scene.mode is Mode.ALONE:
            self._of_front[4][:] = -np.inf

    def carry(self, tick: int, motion: Motion, wanted: Floats, fronts: npt.NDArray[np.int64]) -> None:
        """Takes what is said now, and delivers what is due."""
        time = tick * STEP
        if tick % self._period == 0:
            stamp = np.full(wanted.shape, time)
            self._sent[tick] = (motion.x, motion.speed, motion.acceleration, wanted, stamp)
            for old in [sent for sent in self._sent if sent < tick - 100]:
                del self._sent[old]
        for late, rows in self._groups:
            said = self._sent.get(tick - late)
            if said is not None:
                self._deliver(said, rows, time, fronts)

    def _deliver(
        self, said: tuple[Floats, ...], rows: npt.NDArray[np.bool_], time: float, fronts: npt.NDArray[np.int64]
    ) -> None:
        radio, shape = self._scene.radio, said[0].shape
        loss = 1.0 if time >= radio.dead_from else radio.loss[:, None]
        front_heard = rows[:, None] & self._talks[fronts] & (self._rng.random(shape) >= loss)
        leader_heard = rows[:, None] & (self._rng.random(shape) >= loss)
        for held, part in zip(self._of_front, said, strict=True):
            np.copyto(held, part[:, fronts], where=front_heard)
        for held, part in zip(self._of_leader, said, strict=True):
            np.copyto(held, part[:, :1], where=leader_heard)

    def of_front(self, time: float) -> Heard:
        """Of the one in front."""
        x, speed, acceleration, wanted, stamp = self._of_front
        return Heard(x=x, speed=speed, acceleration=acceleration, wanted=wanted, age=time - stamp)

    def of_leader(self, time: float) -> Heard:
        """Of the leader."""
        x, speed, acceleration, wanted, stamp = self._of_leader
        return Heard(x=x, speed=speed, acceleration=acceleration, wanted=wanted, age=time - stamp)

    def forget(self, changed: npt.NDArray[np.bool_]) -> None:
        """Another vehicle has come in front of these columns: what the last one said is no longer of use."""
        self._of_front[4][:, changed] = -np.inf


class _Pilot:
    """The followers with a law of the yardstick, or (law None) as they really drive."""

    def __init__(self, scene: Scene, law: Law | None) -> None:
        self._scene, self._law = scene, law
        self._now: follower.Follower | None = None

    def wish(self, situation: Situation, fronts: npt.NDArray[np.int64]) -> Floats:
        """What they ask for."""
        if self._law is not None:
            return limited(self._law(situation, STEP), self._scene.ability)
        terms = self._terms(fronts)
        if self._now is None:
            self._now = follower.begin(situation, terms, self._scene.mode)
        self._now, wanted = follower.follow(self._now, situation, terms, STEP)
        return wanted

    def see(self, changed: npt.NDArray[np.bool_], situation: Situation) -> None:
        """Another vehicle has come in front of these columns."""
        if self._now is not None:
            fresh = follower.begin(situation, self._terms(self._scene.fronts(0.0)), Mode.ALONE).front
            front = Front(
                gap=np.where(changed, fresh.gap, self._now.front.gap),
                speed=np.where(changed, fresh.speed, self._now.front.speed),
                acceleration=np.where(changed, 0.0, self._now.front.acceleration),
            )
            self._now = follower.Follower(front=front, relies=self._now.relies)

    @property
    def modes(self) -> npt.NDArray[np.int64]:
        """What each relies on."""
        shape = self._scene.start.x.shape
        return np.zeros(shape, dtype=np.int64) if self._now is None else self._now.relies.mode

    def _terms(self, fronts: npt.NDArray[np.int64]) -> follower.Terms:
        own = self._scene.ability
        return follower.Terms(
            own=own, front_brake=own.brake[:, fronts], front_lag=own.lag[:, fronts], headway=self._scene.headway
        )


def drive(scene: Scene, law: Law | None, rng: np.random.Generator) -> Trace:
    """Lets the vehicles drive; `law` None is the whole follower with its supervisor and brake."""
    motion, wanted = scene.start, np.zeros(scene.start.x.shape)
    air, pilot, fronts = _Air(scene, rng), _Pilot(scene, law), scene.fronts(0.0)
    smallest = np.full(motion.x.shape, np.inf)
    kept: list[tuple[float, Motion, Floats, npt.NDArray[np.int64]]] = []
    for tick in range(round(scene.seconds / STEP)):
        time = tick * STEP
        before, fronts = fronts, scene.fronts(time)
        changed = fronts != before
        if changed.any():
            air.forget(changed)
        air.carry(tick, motion, wanted, fronts)
        gap = _gaps(scene, motion, fronts)
        situation = _situation(scene, motion, wanted, gap, fronts, air, time, rng)
        if changed.any():
            pilot.see(changed, situation)
        wanted = pilot.wish(situation, fronts)
        for column, will in scene.drives.items():
            wanted[:, column] = will(time, motion)
        smallest = np.minimum(smallest, gap)
        if tick % KEPT == 0:
            kept.append((time, motion, gap, pilot.modes))
        motion = move(motion, wanted, scene.ability, STEP)
    return _trace(kept, smallest)


def _gaps(scene: Scene, motion: Motion, fronts: npt.NDArray[np.int64]) -> Floats:
    """True gaps, m; infinite for those with nobody in front."""
    gap = (motion.x - scene.ability.length)[:, fronts] - motion.x
    gap[:, fronts == np.arange(len(fronts))] = np.inf
    return gap


def _situation(
    scene: Scene,
    motion: Motion,
    wanted: Floats,
    gap: Floats,
    fronts: npt.NDArray[np.int64],
    air: _Air,
    time: float,
    rng: np.random.Generator,
) -> Situation:
    shape = gap.shape
    noisy = scene.noise.gap > 0.0 or scene.noise.rate > 0.0
    blur = np.clip(rng.standard_normal((2, *shape)), -3.0, 3.0) if noisy else np.zeros((2, *shape))
    lengths, lag = scene.ability.length, scene.ability.lag
    return Situation(
        x=motion.x,
        speed=motion.speed,
        acceleration=motion.acceleration,
        wanted=wanted,
        lag=lag,
        gap=np.minimum(gap, FREE) + scene.noise.gap * blur[0],
        rate=motion.speed[:, fronts] - motion.speed + scene.noise.rate * blur[1],
        front=air.of_front(time),
        front_lag=lag[:, fronts],
        leader=air.of_leader(time),
        place=np.arange(shape[1], dtype=np.float64),
        lengths=np.cumsum(lengths, axis=1) - lengths,
    )


def _trace(kept: list[tuple[float, Motion, Floats, npt.NDArray[np.int64]]], smallest: Floats) -> Trace:
    return Trace(
        time=np.array([time for time, *_ in kept]),
        x=np.array([motion.x for _, motion, *_ in kept]),
        speed=np.array([motion.speed for _, motion, *_ in kept]),
        acceleration=np.array([motion.acceleration for _, motion, *_ in kept]),
        gap=np.array([gap for *_, gap, _ in kept]),
        mode=np.array([mode for *_, mode in kept]),
        smallest=smallest,
    )
