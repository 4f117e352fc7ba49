"""Pairwise gain over frequency, simulated: many small sines at once, told apart by their frequencies.

All of them are multiples of 0.01 Hz, so 100 s hold each a whole number of times and none leaks into another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from caravan.platoon.plant import Floats, Motion
from caravan.platoon.road import SILENT, STEP, Trace, drive
from caravan_cli.platoon_bench.scenes import LAWS, Setting, scene

HERTZ = np.array([1, 2, 3, 5, 7, 9, 10, 11, 13, 16, 20, 26, 33, 47, 66, 92, 130, 200]) / 100.0
SETTLE, WINDOW = 100.0, 100.0
"""s."""
FOLLOWERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Gains:
    """Gain of each follower (rows) at each of `HERTZ`."""

    law: str
    beacon: float
    """s between two messages."""
    values: Floats

    @property
    def peak(self) -> float:
        """The highest."""
        return float(self.values.max())

    @property
    def at(self) -> float:
        """Its frequency, Hz."""
        return float(HERTZ[self.values.max(axis=0).argmax()])


def simulate(law: str, delay: float, beacon: float) -> Gains:
    """The law on the road, without noise."""
    rng = np.random.default_rng(0)
    setting = Setting(vehicles=FOLLOWERS + 1, delays=(delay,), noise=SILENT)
    swings = np.minimum(0.25 * 2.0 * np.pi * HERTZ, 0.15)
    phases = rng.uniform(0.0, 2.0 * np.pi, len(HERTZ))

    def will(time: float, motion: Motion) -> Floats:
        wave = swings * np.sin(2.0 * np.pi * HERTZ * time + phases)
        return np.full(len(motion.x), wave.sum())

    road = scene(setting, law, will, SETTLE + WINDOW, rng)
    road = replace(road, radio=replace(road.radio, beacon=beacon))
    return Gains(law=law, beacon=beacon, values=_gains(drive(road, LAWS[law], rng)))


def _gains(trace: Trace) -> Floats:
    late = trace.time >= SETTLE - 0.5 * STEP
    time, speed = trace.time[late], trace.speed[late, 0, :]
    waves = np.exp(-2j * np.pi * HERTZ[:, None] * time)
    size = np.abs(waves @ (speed - speed.mean(axis=0)))
    return np.asarray((size[:, 1:] / size[:, :-1]).T, dtype=np.float64)
