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
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from caravan.actors import agent as agents
from caravan.actors.agent import Agent, AgentSettings
from caravan.actors.auction_house import AuctionHouse, HouseSettings
from caravan.actors.book import Message as Sent
from caravan.actors.book import Outbox
from caravan.actors.reading_desk import vote_of
from caravan.actors.traffic_control import TrafficControl
from caravan.adapters.journal import Journal, JournalError
from caravan.adapters.llama import LlamaReader
from caravan.adapters.models_file import default_model
from caravan.adapters.site_file import read_site, robots_of
from caravan.adapters.start_log import StartLog
from caravan.language import guard
from caravan.language.parse import read
from caravan.language.prompt import Complete
from caravan.language.spans import BadText
from caravan.model.geometry import Twist
from caravan.model.goal import FINAL_GOAL_STATES, Draft, Goal
from caravan.model.market import (
    Award,
    AwardReply,
    Bid,
    BidNotice,
    Event,
    FleetOrder,
    Lease,
    Order,
    ReadRequest,
    RobotState,
    Vote,
)
from caravan.model.plan import Stretch, TrafficReport
from caravan.model.site import Site
from caravan.sim.engine import Engine
from caravan.sim.radio import Radio, RadioSettings
from caravan.sim.sdf import read_world
from caravan.traffic.roadmap import Graph

HOUSE = "auction house"
TRAFFIC = "traffic control"
MORNING = 9 * 3600.0
"""The clock at the start: nine in the morning of day 0, s."""

Message = Vote | ReadRequest | agents.Heard | agents.Said


class Refused(ValueError):
    """A goal was not accepted; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetSettings:
    """Times in s."""

    step: float = 0.1
    """Time between two looks of everybody at the world."""
    read_time: float = 0.2
    """How long a robot's model takes for a sentence."""
    radio: RadioSettings = field(default_factory=RadioSettings)
    agent: AgentSettings = field(default_factory=AgentSettings)
    house: HouseSettings = field(default_factory=HouseSettings)


class Fleet:
    """A fleet at a site (a Site, or the path of a site file), with the language model `reader`.

    The same `seed`, calls and readings give the same events to the last digit. Raises SiteError, SdfError or
    JournalError for files that are no good. Use it in a `with` block, or `close` it, if a model was started.
    """

    def __init__(
        self,
        site: Site | str | Path,
        *,
        reader: Complete | None = None,
        seed: int = 0,
        robots: int = 0,
        journal: str | Path = ":memory:",
        settings: FleetSettings | None = None,
    ) -> None:
        self._settings = settings or FleetSettings()
        self.site = robots_of(site if isinstance(site, Site) else read_site(site), robots)
        self._steps = 0
        self._own_reader: LlamaReader | None = None
        if reader is None:
            reader = self._own_reader = LlamaReader(default_model())
        self._reader: Complete = reader
        self._rng = random.Random(seed)
        self._radio: Radio[Message] = Radio(self._settings.radio, self._rng)
        self._graph = Graph(self.site.roadmap)
        if self.site.world is None:
            raise ValueError(f"site {self.site.name}: no world; give the site file a 'world: FILE.sdf'")
        self._engine = Engine(read_world(self.site.world), self.site, seed=seed)
        self._traffic = self._new_traffic()
        self._journal = Journal(journal)
        self._house: AuctionHouse | None = self._new_house()
        self._start_logs = {name: StartLog(":memory:") for name in self.site.robots}
        self._agents = {name: self._new_agent(name) for name in self.site.robots}
        self._votes: dict[tuple[str, str], tuple[float, Vote]] = {}
        self._clocks: dict[str, float] = {}
        self.events: list[Event] = []
        self.paths: dict[str, list[tuple[float, float, float]]] = {name: [] for name in self.site.robots}

    # -- what a user calls --------------------------------------------------------------------------------------

    def say(self, text: str, *, requester: str = "", robot: str = "") -> str:
        """Tells the fleet (or one robot) a goal; answers with its id. Raises Refused where it is not accepted."""
        goal = self._running().submit(text, requester, robot, self.now)
        if isinstance(goal, BadText):
            raise Refused(goal.note)
        return self._accepted(goal)

    def submit(self, draft: Draft, *, requester: str = "", mechanism: str = "") -> str:
        """Gives the fleet tasks that are spelled out; answers with the goal's id. Raises Refused with the reason."""
        goal = self._running().submit_draft(draft, requester, self.now, mechanism)
        if isinstance(goal, guard.Refused):
            raise Refused(goal.reason)
        return self._accepted(goal)

    def _accepted(self, goal: Goal) -> str:
        flaw = self._flush_house()
        if flaw is not None:
            raise Refused(flaw)
        return goal.id

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
        if self._house is not None:
            self._house.tick(self.now)
            self._flush_house()
        self._send_stretches(self._traffic.tick(self.now))
        for name, agent in self._agents.items():
            self._live(name, agent)
        self._engine.step(self._settings.step)
        self._steps += 1

    @property
    def now(self) -> float:
        """The fleet's clock, s; it starts at `MORNING`."""
        return MORNING + self._steps * self._settings.step

    @property
    def goals(self) -> list[Goal]:
        """All goals, oldest first; empty while the auction house is down."""
        return self._house.goals() if self._house is not None else []

    @property
    def contacts(self) -> int:
        """How often a robot touched another or a shelf so far."""
        return self._engine.contacts

    def at_work(self) -> dict[str, tuple[str, int]]:
        """Robots that drive or work for a task (id and epoch) now."""
        works = {name: agent.at_work_on(self._clock(name)) for name, agent in self._agents.items()}
        return {name: task for name, task in works.items() if task is not None}

    def activity(self, robot: str) -> str:
        """What a robot whose process runs would say that it does. Raises KeyError for another."""
        return self._agents[robot].state(self._clock(robot)).activity

    def log(self) -> list[str]:
        """All events as JSON lines."""
        return [json.dumps(asdict(e), ensure_ascii=False, sort_keys=True) for e in self.events]

    def why(self, subject: str) -> str:
        """Why a goal or task went as it did, in words. Raises KeyError where it is unknown."""
        explanation = self._house.explain(subject) if self._house is not None else None
        if explanation is None:
            raise KeyError(subject)
        return explanation.text

    def cancel(self, goal: str) -> str | None:
        """Cancels a goal; answers with what is wrong, or None."""
        flaw = self._running().cancel(goal, "", self.now)
        return self._flush_house() or flaw

    def halt(self, robots: Iterable[str] = ()) -> str | None:
        """Halts robots (none named: all); answers with what is wrong, or None."""
        return self._running().order(Order.HALT, robots, self.now)

    def resume(self, robots: Iterable[str] = ()) -> str | None:
        """Lets halted robots go on; answers with what is wrong, or None."""
        return self._running().order(Order.RESUME, robots, self.now)

    def close(self) -> None:
        """Ends what was started: the journal, and the model if it is the fleet's own."""
        self._journal.close()
        for log in self._start_logs.values():
            log.close()
        if self._own_reader is not None:
            self._own_reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # -- faults -------------------------------------------------------------------------------------------------

    def kill(self, robot: str) -> None:
        """The robot's process dies, with all that it knew but its start log; its body stays where it is."""
        del self._agents[robot]
        self._engine.command(robot, Twist())

    def revive(self, robot: str) -> None:
        """The robot's process starts again, and knows what its start log has."""
        self._agents[robot] = self._new_agent(robot)

    def kill_house(self) -> None:
        """The auction house dies; its journal stays."""
        self._house = None

    def restart_house(self) -> None:
        """The auction house starts again from its journal."""
        self._house = self._new_house()

    def restart_traffic(self) -> None:
        """Traffic control dies and starts again, and knows nothing."""
        self._traffic = self._new_traffic()

    def set_clock(self, robot: str, ahead: float) -> None:
        """The robot's clock jumps to `ahead` s before the fleet's (less than 0: behind it)."""
        self._clocks[robot] = ahead

    def cut(self, stations: Collection[str]) -> None:
        """Cuts robots (or HOUSE, TRAFFIC) off from all others by radio; an empty collection heals the cut."""
        self._radio.cut(stations)

    # -- inside -------------------------------------------------------------------------------------------------

    def _clock(self, robot: str) -> float:
        return self.now + self._clocks.get(robot, 0.0)

    def _running(self) -> AuctionHouse:
        if self._house is None:
            raise Refused("the auction house is down; start it again with restart_house()")
        return self._house

    def _new_house(self) -> AuctionHouse:
        return AuctionHouse(
            self.site,
            self._graph.reachable,
            self._settings.house,
            now=self.now,
            goals=self._journal.goals(),
            events=self._journal.events(),
        )

    def _new_agent(self, name: str) -> Agent:
        return Agent(self.site.robots[name], self.site, self._graph, self._settings.agent, self._start_logs[name])

    def _new_traffic(self) -> TrafficControl:
        return TrafficControl(self.site.roadmap, self.site.robots, int(self.now * 1000), self.now)

    def _all_ended(self) -> bool:
        return self._house is not None and all(g.state in FINAL_GOAL_STATES for g in self._house.goals())

    def _deliver(self, target: str, message: Message) -> None:
        if target == HOUSE and self._house is not None:
            if isinstance(message, Vote | Bid | AwardReply | RobotState):
                self._house.receive(message, self.now)
                self._flush_house()
        elif target == TRAFFIC and isinstance(message, TrafficReport):
            self._send_stretches(self._traffic.receive(message, self.now))
        elif target in self._agents:
            if isinstance(message, ReadRequest):
                self._read(target, message)
            elif isinstance(message, BidNotice | Award | Lease | FleetOrder | Stretch):
                self._agents[target].receive(message, self._clock(target))

    def _read(self, robot: str, request: ReadRequest) -> None:
        key = (robot, request.goal)
        if key not in self._votes:
            result = read(request.text, self.site, self._reader)
            vote = vote_of(robot, request, result)
            self._votes[key] = (self.now + self._settings.read_time, vote)
        ready, vote = self._votes[key]
        self._radio.send(robot, HOUSE, vote, max(self.now, ready))

    def _flush_house(self) -> str | None:
        """To disk first, then out; answers with what is wrong with the disk, and the house is then as the disk has it.

        Orders go out all the same: no full disk stands before an emergency stop.
        """
        out = self._running().drain()
        try:
            self._write(out)
        except JournalError as error:
            self._house = self._new_house()
            self._send(message for message in out.messages if isinstance(message, FleetOrder))
            return str(error)
        self.events += out.events
        self._send(out.messages)
        return None

    def _write(self, out: Outbox) -> None:
        self._journal.append(out.goals, out.events)

    def _send(self, messages: Iterable[Sent]) -> None:
        for message in messages:
            targets = (message.robot,) if isinstance(message, Award | Lease) else message.robots
            for target in targets:
                self._radio.send(HOUSE, target, message, self.now)

    def _send_stretches(self, stretches: Iterable[Stretch]) -> None:
        for stretch in stretches:
            self._radio.send(TRAFFIC, stretch.robot, stretch, self.now)

    def _live(self, name: str, agent: Agent) -> None:
        pose, now = self._engine.pose(name), self._clock(name)
        twist = agent.sense(pose, self._engine.velocity(name), self._engine.battery(name), now)
        self._engine.command(name, twist)
        self.paths[name].append((self.now, pose.x, pose.y))
        agent.tick(now)
        for message in agent.drain():
            target = TRAFFIC if isinstance(message, TrafficReport) else HOUSE
            self._radio.send(name, target, message, self.now)
