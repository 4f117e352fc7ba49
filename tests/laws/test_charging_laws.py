"""No robot of a fleet at work runs empty. Robots share chargers by what they tell each other: whatever gets lost and
whoever dies, all others charge.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from caravan.actors.floor.charger_queue import GONE, PATIENCE, SETTLE, ChargerQueue
from caravan.adapters.charge_check import small_batteries
from caravan.adapters.site_file import read_site, robots_of
from caravan.fleet import MORNING, Fleet
from caravan.model.charging import HANDOVER
from caravan.model.claims import Claims
from caravan.model.site import Battery, Site
from caravan.sim.radio import Radio, RadioSettings
from caravan_cli.fleet_bench.deliveries import deliveries
from tests.support.readings import by_heart

QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
"""A failing yard is told as it is: to make a smaller one takes minutes."""
STEP = 0.2
CHARGING = 30.0
"""What it takes to charge, s."""
LIMIT = 1800.0
"""By then all have charged: there is time for GONE, for a vain try at each dead robot, and for turns, s."""


@dataclass(slots=True)
class Body:
    """A robot: its place in the queue and where it is. It needs a charger from `needs` on, and dies at `dies` (s)."""

    queue: ChargerQueue
    battery: float
    needs: float
    dies: float
    ways: dict[str, float]
    towards: str | None = None
    arrives: float = 0.0
    at: str | None = None
    full: float = float("inf")
    charged: bool = False


@dataclass(slots=True)
class Yard:
    """Robots and chargers; as traffic control does, it lets one robot at a time onto a charger."""

    bodies: dict[str, Body]
    radio: Radio[Claims]
    now: float = 0.0
    rivals: dict[str, float] = field(default_factory=dict)
    """Since when several robots drive to each charger, s."""
    longest: float = 0.0

    def step(self) -> None:
        """Everybody hears, moves and speaks."""
        self.now += STEP
        for name, claims in self.radio.due(self.now):
            if self.bodies[name].dies > self.now:
                self.bodies[name].queue.hear(claims, self.now)
        alive = {name: body for name, body in self.bodies.items() if body.dies > self.now}
        for body in alive.values():
            self.move(body)
        self.watch([body.towards for body in alive.values() if body.towards and body.at is None])
        for name, body in alive.items():
            for claims in body.queue.tick(self.now):
                for other in self.bodies:
                    self.radio.send(name, other, claims, self.now)

    def move(self, body: Body) -> None:
        """A robot charges, leaves, drives on or seeks."""
        if body.at is not None and self.now >= body.full:
            body.at, body.towards, body.charged = None, None, True
        if body.at is not None:
            body.queue.stand(body.at, body.full, self.now)
        elif body.charged or self.now < body.needs:
            body.queue.leave(self.now)
        else:
            towards = body.queue.seek(body.ways, body.battery, CHARGING, self.now)
            if towards != body.towards:
                body.towards, body.arrives = towards, self.now + body.ways.get(towards or "", 0.0)
            taken = any(other.at == towards for other in self.bodies.values())
            if towards is not None and self.now >= body.arrives and not taken:
                body.at, body.full = towards, self.now + CHARGING

    def watch(self, aims: list[str]) -> None:
        """Notes for how long two or more have been driving to one charger."""
        contested = {aim for aim in aims if aims.count(aim) > 1}
        self.rivals = {aim: self.rivals.get(aim, self.now) for aim in contested}
        self.longest = max([self.longest, *(self.now - since for since in self.rivals.values())])


def yard(seed: int, robots: int, chargers: int, *, deaths: int = 0, **radio: float) -> Yard:
    """Robots that need chargers within half a minute, some of which die."""
    rng = random.Random(seed)
    bodies = {
        f"r{k}": Body(
            queue=ChargerQueue(f"r{k}"),
            battery=rng.uniform(0.05, 0.5),
            needs=rng.uniform(0.0, 30.0),
            dies=rng.uniform(0.0, 200.0) if k < deaths else float("inf"),
            ways={f"c{c}": rng.uniform(2.0, 40.0) for c in range(chargers)},
        )
        for k in range(robots)
    }
    return Yard(bodies=bodies, radio=Radio(RadioSettings(delay_max=0.2, **radio), rng))


@settings(max_examples=20, phases=QUICK)
@given(
    seed=st.integers(0, 10_000),
    robots=st.integers(2, 10),
    loss=st.floats(0.0, 0.3),
    duplicate=st.floats(0.0, 0.5),
    straggle=st.floats(0.0, 3.0),
)
def test_all_charge_and_no_two_drive_to_one_charger_for_long(
    seed: int, robots: int, loss: float, duplicate: float, straggle: float
) -> None:
    chargers = 1 + seed % 3
    here = yard(seed, robots, chargers, loss=loss, duplicate=duplicate, straggle=straggle)
    bound = 30.0 + (robots / chargers + 1) * (CHARGING + 50.0)
    while here.now < bound and not all(body.charged for body in here.bodies.values()):
        here.step()
    assert all(body.charged for body in here.bodies.values())
    assert here.longest <= 2.0 * PATIENCE


@settings(max_examples=10, phases=QUICK)
@given(seed=st.integers(0, 10_000), deaths=st.integers(1, 2), loss=st.floats(0.0, 0.3))
def test_the_dead_block_no_queue_for_ever(seed: int, deaths: int, loss: float) -> None:
    here = yard(seed, 6, deaths + 1, deaths=deaths, loss=loss)
    alive = [body for name, body in here.bodies.items() if body.dies == float("inf")]
    while here.now < LIMIT and not all(body.charged for body in alive):
        here.step()
    assert all(body.charged for body in alive)


def test_the_emptiest_goes_first_and_who_waits_is_not_overtaken_for_ever() -> None:
    """r0 has the most charge; all others come again and again, and each time they are emptier."""
    here = yard(3, 4, 1)
    for k, body in enumerate(here.bodies.values()):
        body.battery, body.needs, body.ways = (0.5 if k == 0 else 0.1), 0.0, {"c0": 5.0}
    firsts = []
    while here.now < LIMIT and not here.bodies["r0"].charged:
        here.step()
        for name, body in here.bodies.items():
            if body.charged and name != "r0":
                firsts.append(name)
                body.charged = False
    assert here.bodies["r0"].charged
    assert set(firsts[:3]) == {"r1", "r2", "r3"}


def test_a_robot_that_falls_silent_on_a_charger_is_left_alone_while_there_are_others() -> None:
    queue = ChargerQueue("r1")
    there = ChargerQueue("r0")
    there.stand("near", 20.0, 0.0)
    for claims in there.tick(0.0):
        queue.hear(claims, 0.0)
    ways = {"near": 5.0, "far": 15.0}
    assert (queue.seek(ways, 0.4, 30.0, 1.0), queue.seek(ways, 0.4, 30.0, 3.0)) == (None, "far")
    queue.leave(4.0)
    assert (queue.seek({"near": 5.0}, 0.4, 30.0, 10.0), queue.seek({"near": 5.0}, 0.4, 30.0, 20.0)) == (None, "near")
    queue.leave(21.0)
    queue.seek(ways, 0.4, 30.0, GONE + 1.0)
    assert queue.seek(ways, 0.4, 30.0, GONE + 5.0) == "near"


def test_what_robots_say_is_what_the_message_may_hold() -> None:
    """Bids over DDS are from 0 on; a robot that has waited for a day still bids less than one that stands there."""
    queue = ChargerQueue("r1")
    queue.seek({"c0": 5.0}, 0.1, 30.0, 0.0)
    first = queue.tick(0.0)
    queue.seek({}, 0.1, 30.0, 1.0)
    queue.seek({"c0": 5.0}, 0.1, 30.0, 86400.0)
    late = queue.tick(86400.0)
    queue.stand("c0", 86400.0, 86500.0)
    there = queue.tick(86500.0)
    bids = [claims.beliefs["c0"].bid for claims in (*first, *late, *there)]
    assert bids == [pytest.approx(1.0), pytest.approx(73.0), pytest.approx(1001.0)]


def test_a_robot_that_drives_longer_than_others_charge_comes_after_them() -> None:
    """It is on its way meanwhile; one that is nearer waits until the charger is its own."""
    first, far, near = ChargerQueue("r0"), ChargerQueue("r1"), ChargerQueue("r2")
    first.seek({"c0": 40.0}, 0.1, 20.0, 0.0)
    for claims in first.tick(0.0):
        far.hear(claims, 0.0)
        near.hear(claims, 0.0)
    for queue, way, gets in ((far, 20.0 + HANDOVER, "c0"), (near, 19.0 + HANDOVER, None)):
        queue.seek({"c0": way}, 0.2, 20.0, 0.0)
        assert queue.seek({"c0": way}, 0.2, 20.0, SETTLE) == gets
    assert far.seek({"c0": 5.0}, 0.2, 20.0, 4.0) == "c0", "it does not turn round when it is near"


WAREHOUSE = Path(__file__).parents[2] / "config" / "warehouse.yaml"
CAPACITY = 2.4
"""No robot of the warehouse could work everywhere with less, Wh."""


def floor(robots: int, chargers: int, battery: Battery) -> Site:
    """The warehouse with such batteries, and some of its chargers."""
    site = robots_of(read_site(WAREHOUSE), robots)
    kept = [place.id for place in site.places.values() if place.charger][:chargers]
    return replace(
        site,
        robots={name: replace(robot, battery=battery) for name, robot in site.robots.items()},
        places={name: replace(place, charger=name in kept) for name, place in site.places.items()},
    )


def least(robots: int, chargers: int, battery: Battery) -> Battery:
    """The smallest of such batteries that the site can be worked with."""
    while any(small_batteries(floor(robots, chargers, battery))):
        battery = replace(battery, capacity=1.05 * battery.capacity)
    return battery


@settings(max_examples=2, phases=QUICK)
@given(seed=st.integers(0, 10_000), chargers=st.integers(1, 2), power=st.sampled_from([300.0, 1200.0]))
def test_no_robot_of_a_fleet_at_work_is_stranded(seed: int, chargers: int, power: float) -> None:
    robots, span = 4, 270.0
    small = Battery(capacity=CAPACITY, idle_power=20.0, charge_power=power)
    site = floor(robots, chargers, least(robots, chargers, small))
    charged = set[str]()
    with Fleet(site, reader=by_heart, seed=seed) as fleet:
        for draft in islice(deliveries(site, random.Random(seed)), 30):
            fleet.submit(draft)
        while fleet.now < MORNING + span:
            for _ in range(10):
                fleet.step()
            for state in map(fleet.state, site.robots):
                assert state.battery > 0.0, f"{state.robot} is stranded at {state.pose}: {state.activity}"
                charged |= {state.robot} if state.activity == "charging" else set()
    assert len(charged) >= 2, "batteries last too long for this law to say anything"
