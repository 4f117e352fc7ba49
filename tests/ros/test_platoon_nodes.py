"""Trucks in separate processes on real DDS: they form and dissolve, lose a leader, and hear lies. Nobody is hit."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from caravan.adapters.site_file import read_site
from caravan.model.goal import GoalState
from caravan.model.platoon import Beat, Roster
from caravan.platoon.validity import State
from caravan_cli.domain import free_domain
from caravan_ros import convert, wiring
from caravan_ros.mail import Speaker
from caravan_ros.plan import fleet_plan
from tests.ros.support import SITE, RealFleet, by_heart_file

pytestmark = [pytest.mark.processes, pytest.mark.slow]

HIGHWAY = SITE.with_name("highway.yaml")
TRUCKS = ("truck_1", "truck_2", "truck_3")
RATE = 3.0
LIMIT = 25.0
"""Of the road, m/s."""
SLOW = 3.0
"""m/s."""
CLOSE = 1.0
"""No gap is ever smaller, m."""


class Road:
    """The fleet, and what is heard of its trucks."""

    def __init__(self, fleet: RealFleet) -> None:
        self.fleet = fleet
        road = read_site(HIGHWAY).road
        assert road is not None
        self.road = road
        self.beats: dict[str, Beat] = {}
        self.motions: dict[str, State] = {}
        self.smallest = math.inf
        self.node = fleet.client._node
        wiring.V2V_BEAT.subscribe(self.node, self._beat)
        wiring.V2V_STATE.subscribe(self.node, self._motion)
        for truck in TRUCKS:
            wiring.radar(truck).subscribe(self.node, self._radar)

    def _beat(self, message: Any) -> None:
        beat = convert.vehicle_beat_from_msg(message)
        self.beats[beat.name] = beat

    def _motion(self, message: Any) -> None:
        try:
            state = convert.vehicle_state_from_msg(message)
        except ValueError:  # A lie of the tests.
            return
        self.motions[state.name] = state

    def _radar(self, message: Any) -> None:
        self.smallest = min(self.smallest, convert.radar_from_msg(message).gap)

    def orders(self, *trucks: str) -> set[tuple[str, ...]]:
        """The platoons that these trucks say they are in, from the front to the back."""
        return {self.beats[truck].roster.order for truck in trucks if truck in self.beats}

    def found(self, truck: str) -> int:
        """How often the auction house has found a truck."""
        return sum(event.kind == "found" and event.robot == truck for event in self.fleet.events)

    def straight(self, x: float, way: float) -> bool:
        """Whether there is no bend at `x` and so far ahead of it, m."""
        return all(self.road.curvature(x + part * way) == 0.0 for part in (0.0, 0.25, 0.5, 0.75, 1.0))

    def order(self, **task: Any) -> None:
        """Gives an order to a platoon and waits until it is carried out."""
        draft = {"intent": "tasks", "tasks": [{"id": "t1", "kind": "platoon", **task}]}
        goal = self.fleet.until_ended(self.fleet.client.submit(json.dumps(draft), "tester"))
        assert goal.state is GoalState.DONE, (goal.message, self.fleet.story())

    def form(self) -> None:
        """Has all trucks drive as one, and waits until the gaps are closed."""
        self.order(manoeuvre="form", leader=TRUCKS[0], members=list(TRUCKS), headway=0.5)
        self.until(lambda: self.orders(*TRUCKS) == {TRUCKS})

    def until(self, done: Callable[[], object]) -> None:
        """Waits until something is so; nobody comes too close meanwhile."""
        self.fleet.until(done)
        self.check()

    def check(self) -> None:
        """Nobody has come too close to anybody."""
        assert self.smallest > CLOSE
        assert " touches " not in self.fleet.log("sim")


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    folder = tmp_path_factory.mktemp("road")
    model, journal = by_heart_file(folder), folder / "journal"
    plan = fleet_plan(HIGHWAY, robots=len(TRUCKS), rate=RATE, model=model, journal=journal)
    with free_domain() as domain:
        fleet = RealFleet(plan, folder, domain)
        try:
            fleet.bring_up()
            yield Road(fleet)
        finally:
            fleet.take_down()


def test_trucks_in_processes_of_their_own_form_a_platoon_and_dissolve_it(road: Road) -> None:
    road.form()
    road.order(manoeuvre="dissolve", leader=TRUCKS[0])
    road.until(lambda: road.orders(*TRUCKS) == {(truck,) for truck in TRUCKS})


def test_a_leader_whose_process_is_killed_is_done_without_and_not_hit(road: Road) -> None:
    road.form()
    # In a bend it would slide off the road (tests/scenario/test_platoon.py), and nobody would need to stop behind it.
    # Nor just behind a bend: its wheels would stay turned.
    road.until(lambda: road.straight(road.motions[TRUCKS[0]].x - 80.0, 230.0))
    road.fleet.kill(f"agent_{TRUCKS[0]}")
    # On a busy machine the others may have lost each other, too.
    road.until(lambda: all(TRUCKS[0] not in order for order in road.orders(*TRUCKS[1:])))
    # Its base stops where nobody commands it, and nobody drives into it.
    road.until(lambda: road.motions[TRUCKS[1]].speed < SLOW)
    heard = road.found(TRUCKS[0])
    road.fleet.start(f"agent_{TRUCKS[0]}")
    road.until(lambda: road.found(TRUCKS[0]) > heard)
    if road.orders(*TRUCKS[1:]) == {TRUCKS[1:]}:
        road.order(manoeuvre="dissolve", leader=TRUCKS[1])
    road.until(lambda: road.orders(*TRUCKS) == {(truck,) for truck in TRUCKS})


def test_liars_move_nobody_out_of_a_safe_state(road: Road) -> None:
    road.form()
    speaker, raw = Speaker(road.node, Beat, State), wiring.V2V_STATE.publisher(road.node)
    state, beat = road.motions[TRUCKS[0]], road.beats[TRUCKS[0]]
    taken = Roster(
        epoch=beat.roster.epoch + 1000, writer="truck_9", order=("truck_9", *TRUCKS), speed=60.0, headway=0.3
    )
    begun = time.monotonic()

    def claim_to_lead() -> bool:
        """A second leader, a stamp of tomorrow, a number that is none, a sequence that jumps back."""
        now, late = road.beats[TRUCKS[1]].stamp, time.monotonic() - begun
        speaker.say(replace(beat, name="truck_9", stamp=now, sequence=int(late * 1e6), roster=taken))
        speaker.say(replace(state, name="truck_9", stamp=now + 86_400.0, x=state.x + 1.0))
        speaker.say(replace(beat, stamp=now, sequence=1, roster=taken))
        bad = convert.vehicle_state_to_msg(replace(state, stamp=now))
        bad.speed = math.nan
        raw.publish(bad)
        return late > 3.0

    road.until(claim_to_lead)
    assert road.orders(*TRUCKS[1:]) == {TRUCKS}

    def speak_as_the_leader() -> bool:
        """Nobody can tell it from the leader by its words; the radars tell what it really does."""
        now, late = road.beats[TRUCKS[1]].stamp, time.monotonic() - begun
        mark = 2**40 + int(late * 1e6)
        speaker.say(replace(beat, stamp=now, sequence=mark, roster=replace(taken, writer=beat.name)))
        speaker.say(replace(state, stamp=now, sequence=mark, speed=60.0, wanted=6.0))
        return late > 6.0

    road.until(speak_as_the_leader)
    assert all(road.motions[truck].speed <= LIMIT + 0.5 for truck in TRUCKS[1:])
    for truck in TRUCKS:
        log = road.fleet.log(f"agent_{truck}")
        assert "[ERROR]" not in log
        assert "/caravan/v2v/state: " in log, "what is not believed is told, if not each time"
        assert "/caravan/v2v/beat: " in log
        assert len(log.splitlines()) < 50, "a flood of lies is no flood in the log"
