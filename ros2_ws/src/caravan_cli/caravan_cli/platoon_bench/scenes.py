"""The roads of the bench: Plexe's sinusoidal and braking scenarios, an accelerating leader, a cut-in.

Cars of 4 m with a lag of 0.5 s, +2.5 m/s2, at 100 km/h (Segata et al., "Plexe: a platooning extension for Veins", VNC
2014). Rows are seeds, delays and losses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from caravan.platoon import safety
from caravan.platoon.plant import Ability, Floats, Motion
from caravan.platoon.road import Drive, Noise, Radio, Scene, in_file, lined_up
from caravan.platoon.spacing import (
    ACC_HEADWAY,
    CONSENSUS,
    PATH,
    STANDSTILL,
    Law,
    acc,
    consensus,
    path,
    ploeg,
    predictive,
)

SPEED = 100.0 / 3.6
LAG, ACCELERATE, LENGTH, TOP_SPEED = 0.5, 2.5, 4.0, 38.0
BRAKE = 8.0
MIXED = (5.0, 9.0)
"""Braking abilities where they differ, m/s2; a leader brakes as hard as it is to, but in a platoon that is ordered."""
HEADWAY = 0.5
WHOLE = "caravan"
"""The name of the follower as it really drives: predictive, with its supervisor and its brake."""
LAWS: Mapping[str, Law | None] = {
    WHOLE: None,
    "predictive": predictive(HEADWAY),
    "ploeg": ploeg(HEADWAY),
    "path": path,
    "consensus": consensus,
    "acc": acc,
}
_RESTS = {"path": (PATH.gap, 0.0), "consensus": (STANDSTILL, CONSENSUS.headway), "acc": (STANDSTILL, ACC_HEADWAY)}
"""Gap at no speed (m) and headway (s) where they are not 2 m and the platoon's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Which vehicles drive, and what the radio does to them."""

    vehicles: int = 8
    delays: tuple[float, ...] = (0.1,)
    losses: tuple[float, ...] = (0.0,)
    seeds: int = 1
    mixed: bool = False
    ordered: bool = False
    """With the strongest brakes at the back."""
    dead_from: float = np.inf
    """All messages are lost from here on, s."""
    noise: Noise = field(default_factory=Noise)

    @property
    def rows(self) -> list[tuple[float, float]]:
        """Delay and loss of each row; the seeds of a pair stand together."""
        return [(d, loss) for d in self.delays for loss in self.losses for _ in range(self.seeds)]


def abilities(setting: Setting, columns: int, rng: np.random.Generator) -> Ability:
    """What the vehicles can do, by row and column."""
    shape = (len(setting.rows), columns)
    brakes = rng.uniform(*MIXED, shape) if setting.mixed else np.full(shape, BRAKE)
    if setting.ordered:
        brakes = np.sort(brakes, axis=1)
    else:
        brakes[:, 0] = np.maximum(brakes[:, 0], BRAKE)
    return Ability(
        brake=brakes,
        accelerate=np.full(shape, ACCELERATE),
        lag=np.full(shape, LAG),
        length=np.full(shape, LENGTH),
        top_speed=np.full(shape, TOP_SPEED),
    )


def scene(setting: Setting, law: str, will: Drive, seconds: float, rng: np.random.Generator) -> Scene:
    """A platoon behind a leader with this will, at rest with itself at 100 km/h."""
    ability = abilities(setting, setting.vehicles, rng)
    fronts = in_file(setting.vehicles)
    headway = np.full(ability.brake.shape, HEADWAY)
    if law == WHOLE:
        column = fronts(0.0)
        top = np.full(headway.shape, TOP_SPEED)
        headway = safety.headway(ability, ability.brake[:, column], ability.lag[:, column], top, headway)
    rest, rest_headway = _RESTS.get(law, (STANDSTILL, headway))
    delays, losses = np.array(setting.rows).T
    return Scene(
        drives={0: will},
        seconds=seconds,
        ability=ability,
        start=lined_up(ability, SPEED, rest + rest_headway * SPEED * np.ones_like(headway)),
        radio=Radio(delay=delays, loss=losses, dead_from=setting.dead_from),
        headway=headway,
        fronts=fronts,
        noise=setting.noise,
    )


# -- what leaders do ------------------------------------------------------------------------------------------------


def cruise(speed: float, motion: Motion) -> Floats:
    """Cruise control of Plexe's leaders: `u = v_wanted - v`."""
    return speed - motion.speed[:, 0]


def sinusoidal(time: float, motion: Motion) -> Floats:
    """100 km/h +- 10 km/h at 0.2 Hz, from 5 s on."""
    swing = 10.0 / 3.6 * np.sin(2.0 * np.pi * 0.2 * (time - 5.0)) if time > 5.0 else 0.0
    return cruise(SPEED + swing, motion)


def braking(time: float, motion: Motion) -> Floats:
    """-8 m/s2 from 5 s on."""
    return np.full(len(motion.x), -8.0) if time >= 5.0 else cruise(SPEED, motion)


def accelerating(time: float, motion: Motion) -> Floats:
    """From 100 km/h to 125 km/h at 1.5 m/s2."""
    return np.minimum(1.5, cruise(125.0 / 3.6 if time >= 5.0 else SPEED, motion))


def steady(time: float, motion: Motion) -> Floats:
    """100 km/h."""
    return cruise(SPEED, motion)


# -- a cut-in -------------------------------------------------------------------------------------------------------

CUT_IN, CUT_OUT = 10.0, 30.0
"""When the stranger comes in and leaves, s."""
VICTIM = 4
"""Before which column."""


def cut_in(setting: Setting, law: str, rng: np.random.Generator, seconds: float = 60.0) -> Scene:
    """A stranger that says nothing squeezes in before vehicle 4 and brakes at -2 m/s2 for 1.5 s; later it leaves."""
    alone = scene(setting, law, steady, seconds, rng)
    stranger = setting.vehicles
    start, ability = alone.start, alone.ability
    middle = 0.5 * (start.x[:, VICTIM - 1] - LENGTH + start.x[:, VICTIM] + LENGTH)
    beside = np.arange(stranger + 1)
    beside[1:stranger] -= 1
    between = beside.copy()
    between[VICTIM] = stranger

    def will(time: float, motion: Motion) -> Floats:
        speed = motion.speed[:, stranger]
        if time < CUT_IN:
            off = 0.5 * (motion.x[:, VICTIM - 1] + motion.x[:, VICTIM]) - motion.x[:, stranger]
            return motion.speed[:, VICTIM] - speed + 0.5 * off
        return np.full(len(speed), -2.0) if time < CUT_IN + 1.5 else 0.3 * (SPEED - speed)

    return replace(
        alone,
        drives={0: steady, stranger: will},
        ability=Ability(
            brake=_with(ability.brake, MIXED[1]),
            accelerate=_with(ability.accelerate, ACCELERATE),
            lag=_with(ability.lag, LAG),
            length=_with(ability.length, LENGTH),
            top_speed=_with(ability.top_speed, TOP_SPEED),
        ),
        start=Motion(
            x=np.column_stack([start.x, middle]),
            speed=_with(start.speed, SPEED),
            acceleration=_with(start.acceleration, 0.0),
        ),
        headway=_with(alone.headway, HEADWAY),
        fronts=lambda time: between if CUT_IN <= time < CUT_OUT else beside,
        silent=(stranger,),
    )


def _with(columns: Floats, value: float) -> Floats:
    return np.column_stack([columns, np.full(len(columns), value)])
