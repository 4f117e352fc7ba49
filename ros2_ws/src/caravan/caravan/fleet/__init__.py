"""A whole fleet in memory, in virtual time: the same actors as on DDS, with any seed, replayable.

from caravan import Fleet

fleet = Fleet("config/warehouse.yaml", seed=7)
fleet.say("bring two pallets from dock 3 to aisle B")
fleet.run()
print(fleet.goals)
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, replace
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from caravan.actors.house.auction_house import AuctionHouse, Heard
from caravan.actors.traffic.traffic_control import TrafficControl
from caravan.adapters.journal import Journal
from caravan.adapters.llama import LlamaReader
from caravan.adapters.models_file import dealt_models
from caravan.adapters.site_file import read_site, robots_of
from caravan.fleet.houses import Answer, Houses
from caravan.fleet.robots import Robots, Sense
from caravan.fleet.settings import HOUSE, MORNING, ROAD_STEP, TRAFFIC, FleetSettings, Message, Refused, house_names
from caravan.language import guard
from caravan.language.prompt import Complete
from caravan.language.spans import BadText
from caravan.model.crossing import Approach
from caravan.model.geometry import Pose
from caravan.model.goal import FINAL_GOAL_STATES, Draft, Goal
from caravan.model.leadership import Word
from caravan.model.market import Event, Order, RobotState
from caravan.model.plan import BlockedLanes, Stretch, TrafficReport
from caravan.model.site import Site
from caravan.sim.engine import Engine, Touch
from caravan.sim.radio import Radio
from caravan.sim.sdf import read_world
from caravan.sim.world import World
from caravan.traffic.roadmap import Graph

__all__ = ["HOUSE", "MORNING", "TRAFFIC", "Fleet", "FleetSettings", "Message", "Reader", "Refused", "house_names"]

ANSWER_TIME = 10.0
"""How long an answer of the auction house is waited for, while it changes hands, s."""
Reader = Complete | Mapping[str, Complete]
"""One language model for all robots, or several by id."""
_FOR_HOUSES = Heard | Word
NO_HOUSE = "the auction house is down; start it again with restart_house()"

T = TypeVar("T")


class Fleet:
    """A fleet at a site (a Site, or the path of a site file), with the language model `reader`, or several by id.

    Several are dealt out over the robots; by default it is those of config/models.yaml.

    Of several `houses` (auction houses) one leads and the others stand by; the second keeps its journal in the file
    `journal` + ".2", and so on. The same `seed`, calls and readings give the same events to the last digit. Raises
    SiteError, SdfError or JournalError for files that are no good. Use it in a `with` block, or `close` it, if models
    were started.
    """

    def __init__(
        self,
        site: Site | str | Path,
        *,
        reader: Reader | None = None,
        seed: int = 0,
        robots: int = 0,
        houses: int = 1,
        journal: str | Path = ":memory:",
        settings: FleetSettings | None = None,
    ) -> None:
        self.site = robots_of(site if isinstance(site, Site) else read_site(site), robots)
        self._settings = settings or FleetSettings()
        if self.site.road is not None:
            self._settings = replace(self._settings, step=min(ROAD_STEP, self._settings.step))
        self.houses = house_names(houses)
        """The auction houses, which are stations of the radio as the robots are."""
        self.now = MORNING
        """The fleet's clock, s; it starts at `MORNING`."""
        self._steps = 0
        self._own_readers: dict[str, LlamaReader] = {}
        if reader is None:
            reader = self._own_readers = {name: LlamaReader(model) for name, model in dealt_models().items()}
        self._rng = random.Random(seed)
        self._radio = self._new_radio()
        self._graph = Graph(self.site.roadmap)
        self._engine = Engine(self._read_world(), self.site, seed=seed, physics=self._settings.physics)
        self._traffic = self._new_traffic()
        self._houses = self._new_houses({name: _beside(journal, k) for k, name in enumerate(self.houses)})
        self._robots = self._new_robots(reader if isinstance(reader, Mapping) else {"reader": reader})
        written = max(journal.mark().position for journal in self._houses.journals.values())
        self._keys = (f"{written}.{n}" for n in count(1))
        """For requests; none has been used on these journals before."""

    # -- what a user calls --------------------------------------------------------------------------------------

    def say(self, text: str, *, requester: str = "", robot: str = "", answers: str = "") -> str:
        """Tells the fleet (or one robot) a goal, or answers the question about the goal `answers`.

        Answers with the goal's id. Raises Refused where it is not accepted.
        """
        return self._accepted(lambda house, key: house.submit(text, requester, robot, self.now, key, answers))

    def submit(self, draft: Draft, *, requester: str = "", mechanism: str = "") -> str:
        """Gives the fleet tasks that are spelled out; answers with the goal's id. Raises Refused with the reason."""
        return self._accepted(lambda house, key: house.submit_draft(draft, requester, self.now, mechanism, key))

    def ask(self, do: Callable[[AuctionHouse], T]) -> Answer[T] | None:
        """Has the leading auction house do something; None where none leads. Not to be relied on until `settled`."""
        return self._houses.ask(do, self.now)

    def settled(self, answer: Answer[T]) -> bool | None:
        """Whether what was asked for is on the disks of all houses in sync; None: not yet. False: it may be lost."""
        return self._houses.settled(answer)

    def run(self, limit: float = 3600.0) -> bool:
        """Runs until every goal is at its end, `limit` s of virtual time at most; says whether all are."""
        end = self.now + limit
        while self.now < end and not self._all_ended():
            self.step()
        return self._all_ended()

    def step(self) -> None:
        """One step of everybody: messages arrive, robots look and drive, the world moves on."""
        for target, message in self._radio.due(self.now):
            self._deliver(target, message)
        self._houses.tick(self.now)
        self._tick_traffic()
        self._robots.tick(self.now)
        self._engine.step(self._settings.step)
        self._steps += 1
        self.now = MORNING + self._steps * self._settings.step

    @property
    def goals(self) -> list[Goal]:
        """All goals, oldest first; empty while no auction house leads."""
        house = self._houses.house(self.now)
        return house.goals() if house is not None else []

    @property
    def events(self) -> list[Event]:
        """The record, oldest first."""
        return self._houses.events

    @property
    def leader(self) -> str | None:
        """The auction house that leads."""
        return self._houses.leader(self.now)

    @property
    def paths(self) -> dict[str, list[tuple[float, float, float]]]:
        """Time and place (s, m, m) of each robot at each step."""
        return self._robots.paths

    @property
    def robot_poses(self) -> dict[str, Pose]:
        """Where each robot is."""
        return {robot: self._engine.pose(robot) for robot in self.site.robots}

    @property
    def contacts(self) -> int:
        """How often a robot touched another or a shelf so far."""
        return self._engine.contacts

    @property
    def touches(self) -> tuple[Touch, ...]:
        """Those contacts, oldest first; their times are s since the fleet's start."""
        return self._engine.touches

    def at_work(self) -> dict[str, tuple[str, int]]:
        """Robots that drive or work for a task (id and epoch) now."""
        return self._robots.at_work(self.now)

    def activity(self, robot: str) -> str:
        """What a robot whose process runs would say that it does. Raises KeyError for another."""
        return self._robots.activity(robot, self.now)

    def state(self, robot: str) -> RobotState:
        """What a robot whose process runs would say of itself in a heartbeat. Raises KeyError for another."""
        return self._robots.state(robot, self.now)

    def log(self) -> list[str]:
        """All events as JSON lines."""
        return [json.dumps(asdict(e), ensure_ascii=False, sort_keys=True) for e in self.events]

    def why(self, subject: str) -> str:
        """Why a goal or task went as it did, in words. Raises KeyError where it is unknown."""
        house = self._houses.house(self.now)
        explanation = house.explain(subject) if house is not None else None
        if explanation is None:
            raise KeyError(subject)
        return explanation.text

    def cancel(self, goal: str) -> str | None:
        """Cancels a goal; answers with what is wrong, or None."""
        return self._flaw(lambda house: house.cancel(goal, "", self.now))

    def halt(self, robots: Iterable[str] = ()) -> str | None:
        """Halts robots (none named: all); answers with what is wrong, or None."""
        return self._flaw(lambda house: house.order(Order.HALT, robots, self.now))

    def resume(self, robots: Iterable[str] = ()) -> str | None:
        """Lets halted robots go on; answers with what is wrong, or None."""
        return self._flaw(lambda house: house.order(Order.RESUME, robots, self.now))

    def close(self) -> None:
        """Ends what was started: the journals, and the models if they are the fleet's own."""
        self._houses.close()
        self._robots.close()
        for reader in self._own_readers.values():
            reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # -- faults -------------------------------------------------------------------------------------------------

    def kill(self, robot: str) -> None:
        """The robot's process dies, with all that it knew but its start log; its base stops by itself soon."""
        self._robots.kill(robot)

    def revive(self, robot: str) -> None:
        """The robot's process starts again, and knows what its start log has."""
        self._robots.start(robot, self.now)

    def kill_house(self, name: str = HOUSE) -> None:
        """An auction house dies; its journal stays."""
        self._houses.kill(name)

    def lose_journal(self, name: str = HOUSE) -> None:
        """The journal of an auction house that is down is lost."""
        self._houses.journals[name].close()
        self._houses.journals[name] = Journal(":memory:")

    def restart_house(self, name: str = HOUSE) -> None:
        """An auction house starts again from its journal."""
        self._houses.restart(name, self.now)

    def restart_traffic(self) -> None:
        """Traffic control dies and starts again, and knows nothing."""
        self._traffic = self._new_traffic()

    def set_clock(self, robot: str, ahead: float) -> None:
        """The robot's clock jumps to `ahead` s before the fleet's (less than 0: behind it)."""
        self._robots.set_clock(robot, ahead)

    def shove(self, robot: str, x: float, y: float) -> None:
        """Somebody puts the robot down `x` and `y` (m) from where it is, without a word to it."""
        pose = self._engine.pose(robot)
        self._engine.put(robot, Pose(pose.x + x, pose.y + y, pose.yaw))

    def set_odometry(self, robot: str, sense: Sense | None) -> None:
        """The robot's odometry is what `sense` makes of its pose (None: none comes), until it is set right (None)."""
        self._robots.sense(robot, sense)

    def cut(self, *sides: Collection[str]) -> None:
        """Cuts each of these sides (robots, `houses`, TRAFFIC) off from all others by radio; none heals all cuts."""
        self._radio.cut(*sides)

    # -- inside -------------------------------------------------------------------------------------------------

    def _accepted(self, do: Callable[[AuctionHouse, str], Goal | BadText | guard.Refused]) -> str:
        """The id of the goal that a request makes, once it is safe; meanwhile the fleet goes on. Raises Refused."""
        key, end = next(self._keys), self.now + ANSWER_TIME
        while True:
            answer = self.ask(lambda house: do(house, key))
            if answer is not None:
                if not isinstance(answer.value, Goal):
                    raise Refused(answer.value.note if isinstance(answer.value, BadText) else answer.value.reason)
                if answer.flaw is not None:
                    raise Refused(answer.flaw)
                while self.settled(answer) is None and self.now < end:
                    self.step()
                if self.settled(answer):
                    return answer.value.id
            if self.now >= end or len(self.houses) == 1:
                raise Refused(NO_HOUSE)
            self.step()

    def _flaw(self, do: Callable[[AuctionHouse], str | None]) -> str | None:
        answer = self.ask(do)
        if answer is None:
            raise Refused(NO_HOUSE)
        return answer.flaw or answer.value

    def _read_world(self) -> World:
        if self.site.world is None:
            raise ValueError(f"site {self.site.name}: no world; give the site file a 'world: FILE.sdf'")
        return read_world(self.site.world)

    def _new_radio(self) -> Radio[Message]:
        return Radio(self._settings.radio, self._rng)

    def _new_houses(self, journals: Mapping[str, str | Path]) -> Houses:
        opened = {name: Journal(path) for name, path in journals.items()}
        return Houses(self.site, self._graph.reachable, self._settings, opened, self._put_on_air, self.now)

    def _put_on_air(self, source: str, target: str, message: Message) -> None:
        self._radio.send(source, target, message, self.now)

    def _new_robots(self, models: Mapping[str, Complete]) -> Robots:
        given = (self.site, self._graph, self._settings, models, self._engine, self._radio, self.houses, self.now)
        return Robots(*given)

    def _new_traffic(self) -> TrafficControl:
        return TrafficControl(self.site.roadmap, self.site.robots, int(self.now * 1000), self.now)

    def _all_ended(self) -> bool:
        leader = self._houses.replica(self.leader or "")
        return leader is not None and not leader.waits and all(g.state in FINAL_GOAL_STATES for g in self.goals)

    def _deliver(self, target: str, message: Message) -> None:
        if target in self.houses:
            if isinstance(message, Approach):
                self._houses.approach(target, message, self.now)
            elif isinstance(message, _FOR_HOUSES):
                self._houses.deliver(target, message, self.now)
        elif target == TRAFFIC and isinstance(message, TrafficReport):
            self._send_stretches(self._traffic.receive(message, self.now))
        elif self._robots.up(target):
            self._robots.deliver(target, message, self.now)

    def _send_stretches(self, said: Iterable[Stretch | BlockedLanes]) -> None:
        for message in said:
            for robot in self.site.robots if isinstance(message, BlockedLanes) else (message.robot,):
                self._radio.send(TRAFFIC, robot, message, self.now)

    def _tick_traffic(self) -> None:
        self._send_stretches(self._traffic.tick(self.now))


def _beside(journal: str | Path, number: int) -> str | Path:
    """The journal of the auction house of this number, from 0."""
    return journal if number == 0 or journal == ":memory:" else f"{journal}.{number + 1}"
