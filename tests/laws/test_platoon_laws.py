"""Platoons: nobody is hit whatever is said, limits are kept, transfers are smooth, nothing grows from front to back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caravan.model.platoon import Beat, Kind, Roster, epoch_at
from caravan.platoon import follower, safety, votes
from caravan.platoon.gain import SHARES, gains
from caravan.platoon.manoeuvres.table import Times
from caravan.platoon.manoeuvres.vehicle import Traits, Vehicle
from caravan.platoon.plant import Ability, Floats, Motion, move, stopping
from caravan.platoon.road import SILENT, STEP, drive
from caravan.platoon.sensing import first_sight
from caravan.platoon.spacing import STANDSTILL, Heard, Situation
from caravan.platoon.supervisor import NEXT, STEADY, Link, Mode, mixture, supervise
from caravan_cli.platoon_bench.scenes import WHOLE, Setting, scene, steady
from caravan_cli.platoon_bench.trial import run_trial

ROWS = 64
HERTZ = np.geomspace(0.01, 2.0, 120)
seeds = st.integers(0, 2**32 - 1)


def ability(rng: np.random.Generator, rows: int = ROWS) -> Ability:
    """Vehicles of all sorts."""
    return Ability(
        brake=rng.uniform(4.0, 10.0, rows),
        accelerate=rng.uniform(1.0, 3.0, rows),
        lag=rng.uniform(0.2, 0.6, rows),
        length=np.full(rows, 4.0),
        top_speed=rng.uniform(25.0, 40.0, rows),
    )


# -- never hit anyone -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Pair:
    """A follower behind a vehicle that does whatever it can and says whatever it likes, in many rows."""

    rng: np.random.Generator
    own: Ability
    front: Ability
    motion: Motion
    ahead: Motion
    terms: follower.Terms
    smallest: Floats

    def gap(self) -> Floats:
        """True gaps, m."""
        return self.ahead.x - self.front.length - self.motion.x

    def situation(self, wanted: Floats, lie: Heard) -> Situation:
        """What the follower knows, with noise on the radar."""
        blur = np.clip(self.rng.standard_normal((2, ROWS)), -3.0, 3.0)
        return Situation(
            x=self.motion.x,
            speed=self.motion.speed,
            acceleration=self.motion.acceleration,
            wanted=wanted,
            lag=self.own.lag,
            gap=self.gap() + 0.1 * blur[0],
            rate=self.ahead.speed - self.motion.speed + 0.1 * blur[1],
            front=lie,
            front_lag=self.front.lag,
            leader=lie,
            place=np.ones(ROWS),
            lengths=self.front.length,
        )


def pair(rng: np.random.Generator) -> Pair:
    """A safe state: any speeds, any accelerations, and a gap that is just enough, or more."""
    own, front = ability(rng), ability(rng)
    speed, front_speed = rng.uniform(0.0, 1.0, ROWS) * own.top_speed, rng.uniform(0.0, 1.0, ROWS) * front.top_speed
    acceleration = rng.uniform(-1.0, 1.0, ROWS)
    seen = first_sight(np.zeros(ROWS), front_speed)
    least = safety.needed(speed, acceleration, own, seen, front.brake, front.lag)
    gap = np.maximum(least, STANDSTILL) + rng.choice([0.0, 0.0, 3.0, 20.0], ROWS) * rng.uniform(0.0, 1.0, ROWS)
    zeros = np.zeros(ROWS)
    return Pair(
        rng=rng,
        own=own,
        front=front,
        motion=Motion(x=zeros, speed=speed, acceleration=acceleration),
        ahead=Motion(x=gap + front.length, speed=front_speed, acceleration=zeros),
        terms=follower.Terms(
            own=own, front_brake=front.brake, front_lag=front.lag, headway=np.full(ROWS, rng.uniform(0.3, 1.5))
        ),
        smallest=gap,
    )


def lie(rng: np.random.Generator) -> Heard:
    """Anything at all, as old as it likes."""
    said = rng.uniform(-1.0, 1.0, (4, ROWS)) * np.array([[1e4], [100.0], [30.0], [30.0]])
    age = rng.choice([0.0, 0.1, 0.5, 3.0, np.inf], ROWS)
    return Heard(x=said[0], speed=said[1], acceleration=said[2], wanted=said[3], age=age)


@settings(max_examples=6)
@given(seed=seeds)
def test_nobody_is_hit_whatever_is_said_and_limits_are_kept(seed: int) -> None:
    rng = np.random.default_rng(seed)
    road, wanted = pair(rng), np.zeros(ROWS)
    said, will = lie(rng), np.zeros(ROWS)
    state = follower.begin(road.situation(wanted, said), road.terms, Mode.COOPERATE)
    for tick in range(800):
        if tick % 25 == 0:
            said = lie(rng)
            hard = rng.random(ROWS) < 0.3
            will = np.where(hard, -road.front.brake, rng.uniform(-3.0, 2.0, ROWS))
        state, wanted = follower.follow(state, road.situation(wanted, said), road.terms, STEP)
        assert (wanted >= -road.own.brake).all() and (wanted <= road.own.accelerate).all()
        road.ahead = move(road.ahead, will, road.front, STEP)
        road.motion = move(road.motion, wanted, road.own, STEP)
        assert (road.motion.speed <= road.own.top_speed + 0.5).all()
        road.smallest = np.minimum(road.smallest, road.gap())
    assert road.smallest.min() > 0.0


@given(seed=seeds)
@settings(max_examples=20)
def test_the_way_to_a_stop_is_that_of_the_plant(seed: int) -> None:
    rng = np.random.default_rng(seed)
    own = ability(rng)
    motion = Motion(x=np.zeros(ROWS), speed=rng.uniform(0.0, 40.0, ROWS), acceleration=rng.uniform(-4.0, 2.0, ROWS))
    foretold = stopping(motion.speed, motion.acceleration, own.brake, own.lag)
    while motion.speed.any():
        motion = move(motion, -own.brake, own, 0.02)
    assert np.allclose(motion.x, foretold, atol=0.02)


@given(seed=seeds)
def test_the_headway_for_the_brakes_is_enough_at_every_speed(seed: int) -> None:
    rng = np.random.default_rng(seed)
    own, front = ability(rng), ability(rng)
    headway = safety.headway(own, front.brake, front.lag, own.top_speed, np.full(ROWS, 0.5))
    for part in (0.1, 0.3, 0.6, 1.0):
        speed = part * own.top_speed
        seen = first_sight(speed, speed)
        least = safety.needed(speed, np.zeros(ROWS), own, seen, front.brake, front.lag)
        assert (STANDSTILL + headway * speed >= least).all()


@given(brakes=st.dictionaries(st.sampled_from("abcdefgh"), st.floats(4.0, 10.0), min_size=2))
def test_with_the_strongest_brakes_at_the_back_nobody_needs_a_wider_gap(brakes: dict[str, float]) -> None:
    order = safety.order(brakes)
    braked = np.array([brakes[name] for name in order])
    ones = np.ones(len(order))
    own = Ability(brake=braked, accelerate=2.5 * ones, lag=0.5 * ones, length=4.0 * ones, top_speed=30.0 * ones)
    front = np.concatenate([braked[:1], braked[:-1]])
    assert (safety.headway(own, front, 0.5 * ones, 30.0 * ones, 0.5 * ones) == 0.5).all()


# -- the supervisor -------------------------------------------------------------------------------------------------


@settings(max_examples=30)
@given(ages=st.lists(st.tuples(st.floats(0.0, 4.0), st.integers(1, 80)), max_size=20))
def test_modes_go_down_at_once_and_up_one_at_a_time_after_a_while(ages: list[tuple[float, int]]) -> None:
    now = mixture(Mode.COOPERATE, np.array(0.5))
    bad = 0.0
    for age, ticks in ages:
        for _ in range(ticks):
            before, now = now, supervise(now, np.array(age), np.array(0.5), 0.1)
            bad = 0.0 if age > 0.4 else bad + 0.1
            if age > 2.0:
                assert now.mode == Mode.ALONE
            if now.mode < before.mode and before.mode >= Mode.DEGRADE:
                assert before.mode - now.mode <= 2 and bad >= STEADY - 0.11
            assert abs(now.headway - before.headway) <= 0.1 * 0.05 + 1e-12
            assert 0.0 <= now.trust <= 1.0 and 0.0 <= now.lonely <= 1.0


def test_the_table_has_every_mode_and_every_link() -> None:
    assert set(NEXT) == {(mode, link) for mode in Mode for link in Link}


@pytest.mark.parametrize("loss", [0.3, 0.6, 0.9, 1.0])
def test_a_radio_that_comes_and_goes_makes_no_jerk(loss: float) -> None:
    rng = np.random.default_rng(int(10 * loss))
    setting = Setting(losses=(loss,), seeds=6, vehicles=4, noise=SILENT)
    trace = drive(scene(setting, WHOLE, steady, 25.0, rng), None, rng)
    jerk = np.abs(np.diff(trace.acceleration, axis=0)) / np.diff(trace.time)[:, None, None]
    assert jerk.max() <= 2.5
    assert trace.collisions == 0


# -- string stability -----------------------------------------------------------------------------------------------


@given(delay=st.floats(0.0, 0.2), lag=st.floats(0.2, 0.8))
def test_our_own_controller_amplifies_nothing(delay: float, lag: float) -> None:
    assert gains("predictive", HERTZ, delay=delay, lag=lag, followers=1).max() <= 1.0


def test_the_yardstick_is_what_the_papers_say() -> None:
    peaks = {law: gains(law, HERTZ, delay=0.1).max() for law in SHARES}
    assert peaks["ploeg"] == pytest.approx(1.018, abs=1e-3)
    assert gains("ploeg", HERTZ, delay=0.05).max() <= 1.0
    assert peaks["acc"] <= 1.0 < peaks["path"]


# -- votes ----------------------------------------------------------------------------------------------------------

names = st.sampled_from([f"v{i}" for i in range(8)])
numbers = st.floats(allow_nan=True, allow_infinity=True)


@given(
    honest=st.dictionaries(names, st.floats(0.0, 50.0), min_size=2),
    vote=numbers,
    weights=st.dictionaries(names, numbers),
    weight=numbers,
)
def test_one_liar_never_moves_a_number_beyond_the_honest_ones(
    honest: dict[str, float], vote: float, weights: dict[str, float], weight: float
) -> None:
    agreed = votes.median({**honest, "liar": vote}, {**weights, "liar": weight})
    assert agreed is not None
    assert min(honest.values()) <= agreed <= max(honest.values())


@given(weights=st.dictionaries(names, st.floats(0.01, 1e6), min_size=3))
def test_nobody_has_more_than_a_third(weights: dict[str, float]) -> None:
    capped = votes.capped(weights)
    assert max(capped.values()) <= sum(capped.values()) * (votes.SHARE + 1e-6)


# -- manoeuvres -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [0, 20, 40, 285, 535])
def test_every_story_of_manoeuvres_ends_legally(first: int) -> None:
    endings = [run_trial(seed) for seed in range(first, first + 20)]
    assert [(e.seed, e.faults) for e in endings if not e.legal] == []
    assert sum(n for e in endings for (_, step), n in e.settled.items() if step == "done") > 20


HIGHEST = tuple(2**bits - 1 for bits in (31, 32, 63, 64))
"""Epochs after which a number of so many bits has no other."""


@settings(max_examples=15)
@given(lies=st.lists(st.sampled_from(HIGHEST) | st.integers(0, 4000), min_size=1, max_size=8), late=st.floats(0.0, 2e9))
def test_no_lie_about_epochs_keeps_vehicles_from_forming_platoons(lies: list[int], late: float) -> None:
    """Numbers count from the clock of the listener; a newcomer, who has heard of nobody, takes what the others hold."""
    road = [Vehicle(name, Traits(brake=7.0, top_speed=25.0), Times(), now=late) for name in ("a", "b")]

    def live(seconds: float, now: float, said: list[int]) -> float:
        for step in range(round(seconds / Times().beat)):
            now += Times().beat
            beats = [vehicle.tick(now) for vehicle in road]
            beats += [_lie(said[step % len(said)], now)] if said else []
            for place, vehicle in enumerate(road):
                vehicle.sense(road[place - 1].name if place else None, True)
                for beat in beats:
                    if beat.name != vehicle.name:
                        vehicle.hear(beat, now)
                duty = vehicle.duty(now)
                if duty is not None:
                    vehicle.finish(duty)
        return now

    def join(vehicle: Vehicle, now: float) -> float:
        assert vehicle.ask(Kind.JOIN, now, target="a") is None
        return live(10.0, now, [])

    now = join(road[1], live(3.0, late, lies))
    road.append(Vehicle("c", Traits(brake=7.0, top_speed=25.0), Times(), now=now))
    now = join(road[2], now)
    assert {vehicle.membership.roster.order for vehicle in road} == {("a", "b", "c")}
    live(3.0, now, lies)
    assert {vehicle.membership.roster.order for vehicle in road} == {("a", "b", "c")}


def _lie(ahead: int, now: float) -> Beat:
    """Of a vehicle alone: one of the highest epochs, or one so far after the clock."""
    epoch = ahead if ahead in HIGHEST else epoch_at(now) + ahead
    roster = Roster(epoch=epoch, writer="x", order=("x",), speed=20.0, headway=0.5)
    return Beat(name="x", sequence=int(now * 1000.0), stamp=now, roster=roster, brake=8.0, top_speed=25.0)
