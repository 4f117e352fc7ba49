"""The intersection with as many trucks as one likes, in virtual time, and what must hold in each step."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

from caravan.adapters.site_file import read_site
from caravan.fleet import Fleet, FleetSettings
from caravan.fleet.settings import Message
from caravan.model.crossing import LEASE, Approach, Slots
from caravan.model.goal import Draft, Intent, Task, TaskKind
from caravan.model.road import number_of
from caravan.model.site import Site
from caravan.platoon.intersection.ways import Ways, line_of, ways_of
from caravan.sim.radio import Radio, RadioSettings
from tests.support.readings import by_heart

FILE = Path(__file__).parents[2] / "config" / "intersection.yaml"
WEST, SOUTH, EAST, NORTH = range(4)
"""Where the roads of the site come from, by their numbers."""
LINE = 380.0
CLEAR = RadioSettings(delay_min=0.01, delay_max=0.08)
LOSSY = replace(CLEAR, loss=0.3, duplicate=0.2)


def trucks(*starts: tuple[int, float]) -> Site:
    """The site with trucks t1, t2, ... on these roads, their middles so far (m) before the line."""
    site = read_site(FILE)
    model = site.robots["truck_1"]
    places = [(f"t{k + 1}", site.roads[road].pose(LINE - before)) for k, (road, before) in enumerate(starts)]
    return replace(site, robots={name: replace(model, id=name, aliases=(), start=start) for name, start in places})


class Tap(Radio[Message]):
    """A radio that notes what is said at the intersection, whether it arrives or not."""

    def __init__(self, settings: RadioSettings, rng: random.Random) -> None:
        super().__init__(settings, rng)
        self.said: dict[str, Approach] = {}
        self.slots: list[Slots] = []

    def send(self, source: str, target: str, message: Message, now: float) -> None:
        """As it is, and noted."""
        if isinstance(message, Approach):
            self.said[source] = message
        elif isinstance(message, Slots) and self.slots[-1:] != [message]:
            self.slots.append(message)
        super().send(source, target, message, now)


class Junction(Fleet):
    """A fleet at an intersection that breaks off where a law does not hold."""

    def __init__(self, site: Site, *, radio: RadioSettings = CLEAR, seed: int = 1, houses: int = 1) -> None:
        ways = ways_of(site)
        assert ways is not None
        self.ways: Ways = ways
        self._roads = {robot.id: number_of(site.roads, robot.start) for robot in site.robots.values()}
        self.gone: dict[str, int] = {}
        """By which way each has gone, from when it could no longer stop at the line."""
        self.crossed: dict[str, float] = {}
        """When each came over its line, s after the start."""
        super().__init__(site, reader=by_heart, seed=seed, houses=houses, settings=FleetSettings(radio=radio))
        self.began = self.now
        self.until(lambda: self.leader is not None)
        self.passes(1.0)

    def _new_radio(self) -> Tap:
        self.tap = Tap(self._settings.radio, self._rng)
        return self.tap

    # -- what is told and done --------------------------------------------------------------------------------------

    def go(self, robot: str, to: str, priority: str = "normal") -> str:
        """Orders a truck to an exit."""
        task = Task(id="t1", kind=TaskKind.GO, robot=robot, to=to, priority=priority)
        return self.submit(Draft(intent=Intent.TASKS, tasks=(task,)))

    def passes(self, seconds: float) -> None:
        """Time goes by."""
        end = self.now + seconds
        while self.now < end - 1e-6:
            self.step()

    def until(self, holds: Callable[[], bool], limit: float = 90.0) -> None:
        """Time goes by until something holds."""
        end = self.now + limit
        while not holds():
            assert self.now < end, {name: self.activity(name) for name in self.site.robots if self.up(name)}
            self.step()

    def up(self, robot: str) -> bool:
        """Whether the process of a truck runs."""
        return self._robots.up(robot)

    def out(self, *robots: str) -> bool:
        """Whether these trucks, or all, have left the box."""
        names = robots or tuple(self.site.robots)
        return all(name in self.gone and self._tail(name) >= self.ways.all[self.gone[name]].length for name in names)

    # -- what holds -------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One step, and the laws."""
        super().step()
        assert self.contacts == 0, self.touches
        for name, said in self.tap.said.items():
            self._look(name, said)
        for one, other in combinations(self.crossed, 2):
            assert not (self._in_way(one, other) and self._in_way(other, one)), f"{one} and {other} cross each other"

    def along(self, name: str) -> float:
        """How far (m) the front bumper of a truck truly is behind its line, on the way that it has gone by."""
        road, pose = self.site.roads[self._roads[name]], self.robot_poses[name]
        ramp = road.ramps.get(self.ways.all[self.gone[name]].exit) if name in self.gone else None
        s, _ = road.project(pose)
        if ramp is not None and s >= ramp.at - 1.0:
            s = ramp.at + max(0.0, ramp.project(pose)[0])
        return s - line_of(road) + 0.5 * self.ways.length

    def _tail(self, name: str) -> float:
        return self.along(name) - self.ways.length

    def _look(self, name: str, said: Approach) -> None:
        """Notes who goes and who comes over the line: nobody without a slot."""
        if said.along < 0.0 and not said.inside:
            self.gone.pop(name, None)  # It died after it had gone, still before the line, and comes anew.
        if said.inside and said.along < 0.0 and name not in self.gone:
            fresh = (told for told in self.tap.slots[-30:] if told.stamp >= said.stamp - LEASE - 0.1)
            assert any(name in slot.vehicles and slot.valid for told in fresh for slot in told.slots), (
                f"{name}: no slot"
            )
        if said.inside:
            self.gone[name] = self.ways.number(self._roads[name], said.exit)
        if name not in self.crossed and self.along(name) > 0.0:
            assert name in self.gone, f"{name} is over the line and has not gone"
            self.crossed[name] = self.now - self.began

    def _in_way(self, one: str, other: str) -> bool:
        """Whether a truck is where the way of another crosses its own."""
        zone = self.ways.zones.get((self.gone[one], self.gone[other]))
        return zone is not None and zone.enter <= self.along(one) and self._tail(one) <= zone.leave
