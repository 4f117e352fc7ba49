"""The figures of the bench, part by part; each part is a list of jobs, so that a bar can count them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from caravan.actors.road.manners import road_of
from caravan.adapters.site_file import read_site
from caravan.model.road import Road
from caravan.platoon.gain import SHARES, gains
from caravan.platoon.road import Drive, Trace, drive
from caravan_cli.platoon_bench.gains import FOLLOWERS, simulate
from caravan_cli.platoon_bench.orders import run_story
from caravan_cli.platoon_bench.scenes import (
    LAWS,
    WHOLE,
    Setting,
    accelerating,
    braking,
    cut_in,
    scene,
    sinusoidal,
)
from caravan_cli.platoon_bench.trial import Trouble, run_trial
from caravan_cli.resources import resource

PARTS = ("gain", "scenarios", "crashes", "manoeuvres", "orders")
DELAYS = (0.02, 0.05, 0.1, 0.2)
LOSSES = (0.0, 0.3, 0.6, 0.9, 1.0)
FINE = np.geomspace(0.01, 2.0, 400)
"""Hz."""
WILLS: dict[str, Drive] = {"sinusoidal": sinusoidal, "braking": braking, "accelerating": accelerating}
SECONDS = 60.0
"""Of a scenario, as in Plexe."""
BRAKING = 20.0
"""Until all stand, s."""
BATCH = 20
"""Manoeuvre seeds a job."""
LEAST = 1.0
"""No gap of ours may be smaller, m."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is measured. `seed` is of all chance."""

    parts: tuple[str, ...] = PARTS
    seeds: int = 1000
    """Of manoeuvres."""
    crash_seeds: int = 20
    """At each delay and loss."""
    order_seeds: int = 100
    """Of orders and mishaps."""
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A piece of work, and the list of figures that its rows go to."""

    part: str
    work: Callable[[], list[Row]]


def jobs(wishes: Wishes) -> list[Job]:
    """All the work, part by part."""
    found: list[Job] = []
    if "gain" in wishes.parts:
        found += [Job(part="gain_computed", work=_computed)]
        plain = [(law, 0.01) for law in SHARES]
        found += [_gain_job(law, beacon) for law, beacon in (*plain, ("ploeg", 0.1), (WHOLE, 0.1))]
    if "scenarios" in wishes.parts:
        found += [_scenario_job(name, law, 8, wishes.seed) for name in (*WILLS, "cut_in") for law in LAWS]
        found += [_scenario_job(name, WHOLE, 50, wishes.seed) for name in (*WILLS, "cut_in")]
    if "crashes" in wishes.parts:
        found += [_crash_job(name, setting, wishes.seed) for name, setting in _crashes(wishes.crash_seeds)]
    if "manoeuvres" in wishes.parts:
        firsts = range(wishes.seed, wishes.seed + wishes.seeds, BATCH)
        found += [_trial_job(first, min(BATCH, wishes.seed + wishes.seeds - first)) for first in firsts]
    if "orders" in wishes.parts:
        site = read_site(resource("config/highway.yaml"))
        road = road_of(site, next(iter(site.robots.values())))
        found += [_story_job(seed, road) for seed in range(wishes.seed, wishes.seed + wishes.order_seeds)]
    return found


# -- gain -----------------------------------------------------------------------------------------------------------


def _computed() -> list[Row]:
    rows = []
    for law in SHARES:
        for delay in DELAYS:
            values = gains(law, FINE, delay=delay).max(axis=0)
            peak = {"peak": float(values.max()), "at_hz": float(FINE[values.argmax()])}
            rows.append({"law": law, "delay": delay, **peak})
    return rows


def _gain_job(law: str, beacon: float) -> Job:
    def work() -> list[Row]:
        found = simulate(law, 0.1, beacon)
        peak = {"peak": found.peak, "at_hz": found.at, "followers": FOLLOWERS}
        return [{"law": law, "delay": 0.1, "beacon": beacon, **peak, "values": found.values.max(axis=0).tolist()}]

    return Job(part="gain_simulated", work=work)


# -- scenarios ------------------------------------------------------------------------------------------------------


def run_scenario(name: str, law: str, setting: Setting, seed: int) -> Trace:
    """One of the scenarios, all rows of the setting at once."""
    rng = np.random.default_rng(seed)
    if name == "cut_in":
        return drive(cut_in(setting, law, rng, SECONDS), LAWS[law], rng)
    return drive(scene(setting, law, WILLS[name], SECONDS, rng), LAWS[law], rng)


def swing(trace: Trace, members: int, hertz: float = 0.2) -> float:
    """How much more the last vehicle's speed swings than the leader's, over the last 30 s."""
    late = trace.time >= trace.time[-1] - 30.0 + 1e-6
    wave = np.exp(-2j * np.pi * hertz * trace.time[late])
    sizes = np.abs(np.einsum("t,trc->rc", wave, trace.speed[late, :, :members]))
    return float((sizes[:, -1] / sizes[:, 0]).max())


def _scenario_job(name: str, law: str, vehicles: int, seed: int) -> Job:
    def work() -> list[Row]:
        trace = run_scenario(name, law, Setting(vehicles=vehicles), seed)
        row: Row = {"scenario": name, "law": law, "vehicles": vehicles, **_outcome(trace)}
        if name == "sinusoidal":
            row["swing"] = swing(trace, vehicles)
        return [row]

    return Job(part="scenarios", work=work)


def _outcome(trace: Trace, rows: Sequence[int] | slice = slice(None)) -> Row:
    smallest = trace.smallest[rows]
    return {"collisions": int((smallest <= 0.0).any(axis=1).sum()), "smallest_gap": float(smallest.min())}


# -- crashes --------------------------------------------------------------------------------------------------------


def _crashes(seeds: int) -> Iterator[tuple[str, Setting]]:
    yield "same", Setting(delays=DELAYS, losses=LOSSES, seeds=seeds)
    yield "same, radio dies as it brakes", Setting(seeds=seeds, dead_from=5.0)
    yield "mixed", Setting(delays=DELAYS, losses=LOSSES, seeds=seeds, mixed=True)
    yield "mixed, radio dies as it brakes", Setting(seeds=seeds, mixed=True, dead_from=5.0)
    yield "mixed, strongest at the back", Setting(losses=LOSSES, seeds=seeds, mixed=True, ordered=True)
    yield "same, 50 vehicles", Setting(vehicles=50, losses=LOSSES, seeds=seeds)
    yield "mixed, 50 vehicles", Setting(vehicles=50, losses=LOSSES, seeds=seeds, mixed=True)


def _crash_job(name: str, setting: Setting, seed: int) -> Job:
    def work() -> list[Row]:
        rng = np.random.default_rng(seed)
        road = scene(setting, WHOLE, braking, BRAKING, rng)
        trace = drive(road, None, rng)
        rows = []
        for delay, loss in sorted(set(setting.rows)):
            chosen = [row for row, pair in enumerate(setting.rows) if pair == (delay, loss)]
            headway = float(road.headway[chosen, 1:].mean())
            said = {"brakes": name, "delay": delay, "loss": loss, "vehicles": setting.vehicles, "headway": headway}
            rows.append({**said, "seeds": len(chosen), **_outcome(trace, chosen)})
        return rows

    return Job(part="crashes", work=work)


# -- manoeuvres -----------------------------------------------------------------------------------------------------


def _trial_job(first: int, count: int) -> Job:
    def work() -> list[Row]:
        endings = [run_trial(seed) for seed in range(first, first + count)]
        return [
            {"seed": e.seed, "legal": e.legal, "faults": list(e.faults), "seconds": e.seconds, "settled": e.settled}
            for e in endings
        ]

    return Job(part="manoeuvres", work=work)


def summary(trials: list[Row]) -> Row:
    """What became of all manoeuvre seeds."""
    settled: Counter[tuple[str, str]] = sum((t["settled"] for t in trials), Counter())
    kinds = sorted({kind for kind, _ in settled})
    radio = Trouble().radio
    return {
        "seeds": len(trials),
        "legal": sum(t["legal"] for t in trials),
        "illegal": [{"seed": t["seed"], "faults": t["faults"]} for t in trials if not t["legal"]],
        "loss": radio.loss,
        "duplicate": radio.duplicate,
        "wishes": {k: {"done": settled[k, "done"], "aborted": settled[k, "aborted"]} for k in kinds},
        "virtual_seconds": round(sum(t["seconds"] for t in trials)),
    }


# -- orders ---------------------------------------------------------------------------------------------------------


def _story_job(seed: int, road: Road) -> Job:
    def work() -> list[Row]:
        told = run_story(seed, road)
        return [{field.name: getattr(told, field.name) for field in fields(told)}]

    return Job(part="orders", work=work)


def orders_summary(stories: list[Row]) -> Row:
    """What became of all orders and mishaps; of stories in which a law broke, what happened in them."""
    ended: Counter[tuple[str, str]] = sum((s["ended"] for s in stories), Counter())
    kinds, how = sorted({kind for kind, _ in ended}), sorted({end for _, end in ended})
    return {
        "seeds": len(stories),
        "broken": [{"seed": s["seed"], "faults": s["faults"], "log": s["log"]} for s in stories if s["faults"]],
        "orders": {kind: {end: ended[kind, end] for end in how} for kind in kinds},
        "mishaps": sum(s["mishaps"] for s in stories),
        "smallest_gap": min(s["smallest"] for s in stories),
        "hardest_braking": max(s["hardest"] for s in stories),
        "longest_order": max(s["longest"] for s in stories),
        "virtual_seconds": round(sum(s["seconds"] for s in stories)),
    }


def sound(figures: dict[str, Any]) -> bool:
    """Whether Caravan's own vehicles come near nobody, do not amplify, end manoeuvres legally and keep the laws."""
    own = [r for r in figures.get("scenarios", ()) if r["law"] == WHOLE]
    near = any(row["smallest_gap"] < LEAST for row in (*own, *figures.get("crashes", ())))
    gain = [r for key in ("gain_computed", "gain_simulated") for r in figures.get(key, ())]
    loud = any(r["peak"] > 1.0 for r in gain if r["law"] in (WHOLE, "predictive"))
    illegal = "manoeuvres" in figures and bool(figures["manoeuvres"]["illegal"])
    broken = "orders" in figures and bool(figures["orders"]["broken"])
    return not (near or loud or illegal or broken)
