"""The stage: a fleet whose stations can die, hang or be cut off, whose disks can be full and whose models can lie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from caravan.actors.house.auction_house import AuctionHouse
from caravan.chaos.fragile import FragileHouses, FragileJournal, FragileRobots, HeardRadio, Witness
from caravan.chaos.speech import reader
from caravan.chaos.story import Story
from caravan.fleet import HOUSE, MORNING, TRAFFIC, Fleet, FleetSettings, Message
from caravan.fleet.houses import Answer, Houses
from caravan.fleet.robots import Robots
from caravan.language.prompt import Complete
from caravan.model.geometry import Twist
from caravan.model.goal import Goal, TaskRecord
from caravan.model.site import Site
from caravan.sim.radio import Radio
from caravan.sim.world import World

T = TypeVar("T")


class Stage(Fleet):
    """The fleet of a story. What breaks is told it from outside; `witness` sees every message.

    `world` is that of the site; None: it is read from its file.
    """

    def __init__(
        self, site: Site, told: Story, settings: FleetSettings, witness: Witness, world: World | None = None
    ) -> None:
        self.start = MORNING
        self._world = world
        self._witness = witness
        self._hung: frozenset[str] = frozenset()
        self._unheard: dict[str, list[Message]] = {}
        """What has reached a station that hangs, and waits until it goes on."""
        self._liar = reader(told.wishes, lies=True)
        honest = reader(told.wishes)
        settings = replace(settings, radio=told.radio)
        super().__init__(site, reader=honest, seed=told.seed, robots=told.robots, houses=told.houses, settings=settings)

    @property
    def open(self) -> bool:
        """Whether an auction house leads."""
        return self.leader is not None

    @property
    def lives(self) -> int:
        """How often an auction house was opened."""
        return self._fragile.lives

    @property
    def births(self) -> Counter[str]:
        """How often each robot's process has started."""
        return self._fragile_robots.births

    @property
    def liars(self) -> frozenset[str]:
        """The robots whose models lie."""
        return self._fragile_robots.liars

    def full(self, station: str) -> bool:
        """Whether the disk of a robot or of an auction house is full."""
        return station in self._fragile_robots.full

    @property
    def settings(self) -> FleetSettings:
        """The fleet's settings."""
        return self._settings

    def up(self, station: str) -> bool:
        """Whether the process of a robot or of an auction house runs."""
        return self._robots.up(station) or self._houses.up(station)

    def granted(self) -> dict[str, tuple[str, ...]]:
        """For each robot the nodes that traffic control has granted it."""
        return self._traffic.held()

    def poses(self) -> list[str]:
        """Where the robots are, to the last digit."""
        return [f"{name} {self._engine.pose(name)!r}" for name in self.site.robots]

    def hangs(self, station: str | None) -> bool:
        """Whether a station stands still."""
        return station in self._hung

    def reaches(self, source: str, target: str) -> bool:
        """Whether what `source` says now may be heard by `target`."""
        return target not in self._air.deaf and not self._air.parted(source, target)

    def velocity(self, robot: str) -> Twist:
        """How fast a robot's body moves."""
        return self._engine.velocity(robot)

    def at_work(self) -> dict[str, tuple[str, int]]:
        """See `Fleet`; a robot that hangs does not work."""
        return {robot: task for robot, task in super().at_work().items() if robot not in self._hung}

    def ask(self, do: Callable[[AuctionHouse], T]) -> Answer[T] | None:
        """See `Fleet`; None too where the house hangs."""
        return None if self.leader is None or self.hangs(self.leader) else super().ask(do)

    def leaders(self) -> dict[str, int]:
        """The houses that lead as far as they know, with their terms."""
        replicas = {name: replica for name in self.houses if (replica := self._houses.replica(name)) is not None}
        return {name: r.term for name, r in replicas.items() if r.house(self.now) is not None}

    @property
    def waits(self) -> bool:
        """Whether the house that leads waits for others to have what it has decided."""
        leader = self._houses.replica(self.leader or "")
        return leader is not None and leader.waits

    def agree(self) -> bool:
        """Whether a house leads and the journals of all others are as its own."""
        leader = self.leader
        if leader is None or self.waits:
            return False
        first = self._disks[leader]
        rest = [disk for name, disk in self._disks.items() if name != leader]
        return all(disk.mark() == first.mark() and disk.goals() == first.goals() for disk in rest)

    def done_on_disk(self) -> Counter[str]:
        """How often each task was done, by the record of the house that leads."""
        events = self._disks[self.leader].events() if self.leader is not None else []
        return Counter(event.task for event in events if event.kind == "task_done")

    def on_disk(self, task_id: str, house: str | None) -> TaskRecord | None:
        """A task as the journal of a house has it."""
        goals = self._disks[house].goals() if house is not None else []
        tasks = (task for goal in goals for task in goal.tasks)
        return next((task for task in tasks if task.id == task_id), None)

    def goals_on_disk(self) -> set[str]:
        """The ids of the goals that the journal of the house that leads has."""
        return {goal.id for goal in self._on_disk()}

    def crash_at(self, step: int, house: str = HOUSE) -> None:
        """The house dies before its `step`-th next write or message, or between that write and its end."""
        self._fragile.fuses[house] = step

    def armed(self, house: str) -> bool:
        """Whether a house is still to crash."""
        return house in self._fragile.fuses

    def fill_disks(self, full: Iterable[str]) -> None:
        """The disks of these houses and robots are full, those of the others are not."""
        self._fragile_robots.full = frozenset(full)
        for name, journal in self._disks.items():
            journal.full = name in self._fragile_robots.full

    def lie(self, robots: Iterable[str]) -> None:
        """The models of these robots, and no others, lie from now on."""
        self._fragile_robots.liars = frozenset(robots)

    def deafen(self, stations: Collection[str]) -> None:
        """These stations, and no others, hear nothing from now on."""
        self._air.deaf = frozenset(stations)

    def hang(self, stations: Collection[str]) -> None:
        """These stations, and no others, stand still; one that did goes on with all that it has not heard."""
        woken, self._hung = self._hung - frozenset(stations), frozenset(stations)
        self._fragile.hung = self._fragile_robots.hung = self._hung
        for station in sorted(woken):
            for message in self._unheard.pop(station, []):
                self._deliver(station, message)

    def kill(self, robot: str) -> None:
        """See `Fleet`; what had not been heard is gone."""
        self._unheard.pop(robot, None)
        super().kill(robot)

    def kill_house(self, name: str = HOUSE) -> None:
        """See `Fleet`; what had not been heard is gone."""
        self._unheard.pop(name, None)
        super().kill_house(name)

    # -- inside -------------------------------------------------------------------------------------------------

    def _on_disk(self) -> list[Goal]:
        leader = self.leader
        return self._disks[leader].goals() if leader is not None else []

    def _read_world(self) -> World:
        return self._world or super()._read_world()

    def _new_radio(self) -> Radio[Message]:
        self._air = HeardRadio(self._settings.radio, self._rng, self._witness)
        return self._air

    def _new_houses(self, journals: Mapping[str, str | Path]) -> Houses:
        def disk(name: str) -> FragileJournal:
            return FragileJournal(lambda: self._fragile.burn(name), lambda: self._fragile.written(name))

        self._disks = {name: disk(name) for name in journals}
        given = (self.site, self._graph.reachable, self._settings, self._disks, self._put_on_air, self.now)
        self._fragile = FragileHouses(self._witness, *given)
        return self._fragile

    def _new_robots(self, models: Mapping[str, Complete]) -> Robots:
        given = (self.site, self._graph, self._settings, models, self._engine, self._air, self.houses, self.now)
        self._fragile_robots = FragileRobots(self._witness, self._liar, *given)
        return self._fragile_robots

    def _tick_traffic(self) -> None:
        if TRAFFIC not in self._hung:
            super()._tick_traffic()

    def _deliver(self, target: str, message: Message) -> None:
        if target in self._hung:
            self._unheard.setdefault(target, []).append(message)
            return
        if target not in self.houses or self.up(target):
            self._witness.arrived(target, message)
        super()._deliver(target, message)
