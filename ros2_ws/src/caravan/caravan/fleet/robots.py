"""The robots of a fleet in memory: their processes, which may die, and what outlives them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import count

from caravan.actors.floor.floor_drive import floor_agent
from caravan.actors.house.elector import Elector
from caravan.actors.house.panel import deal
from caravan.actors.house.reading_desk import vote_of
from caravan.actors.road.truck import truck_agent
from caravan.actors.robot import driving
from caravan.actors.robot.agent import Agent, Heard
from caravan.adapters.start_log import StartLog
from caravan.fleet.settings import TRAFFIC, FleetSettings, Message
from caravan.language.parse import read
from caravan.language.prompt import Complete
from caravan.model.crossing import Approach
from caravan.model.geometry import Pose
from caravan.model.leadership import Ballot, Claim
from caravan.model.market import ReadRequest, RobotState, Vote
from caravan.model.plan import TrafficReport
from caravan.model.site import Site
from caravan.sim.engine import Engine
from caravan.sim.radio import Radio
from caravan.traffic.roadmap import Graph

Sense = Callable[[Pose], Pose | None]
"""What a robot's odometry makes of the pose that it has; None: nothing comes."""


class Paper:
    """The memory of a robot's vote, which outlives its process."""

    def __init__(self) -> None:
        self._ballot = Ballot()

    def ballot(self) -> Ballot:
        """See `Memory`."""
        return self._ballot

    def keep(self, ballot: Ballot) -> None:
        """See `Memory`."""
        self._ballot = ballot


class Robots:
    """The robots of `site` with their bodies in `engine`; what they say to the `houses` goes out by `radio`.

    The language `models`, by id, are dealt out over them.

    Times `now` are those of the fleet's clock (s); each robot has its own beside it.
    """

    def __init__(
        self,
        site: Site,
        graph: Graph,
        settings: FleetSettings,
        models: Mapping[str, Complete],
        engine: Engine,
        radio: Radio[Message],
        houses: Iterable[str],
        now: float,
    ) -> None:
        self.start_logs = {name: self.new_start_log(name) for name in site.robots}
        self.paths: dict[str, list[tuple[float, float, float]]] = {name: [] for name in site.robots}
        """Time and place (s, m, m) of each robot at each step."""
        self._site = site
        self._graph = graph
        self._settings = settings
        self._models = models
        self._dealt = deal(tuple(site.robots), tuple(models))
        self._engine = engine
        self._radio = radio
        self._houses = tuple(houses)
        self._papers = {name: Paper() for name in site.robots}
        self._agents: dict[str, Agent] = {}
        self._electors: dict[str, Elector] = {}
        self._votes: dict[tuple[str, str, int], tuple[float, Vote]] = {}
        """By robot, goal and reading, and when the model has made it."""
        self._clocks: dict[str, float] = {}
        self._senses: dict[str, Sense] = {}
        self._eras = count(1)
        for name in site.robots:
            self.start(name, now)

    # -- who is there ---------------------------------------------------------------------------------------------

    def up(self, robot: str) -> bool:
        """Whether the process of a robot runs."""
        return robot in self._agents

    def kill(self, robot: str) -> None:
        """A process dies, with all that it knew."""
        del self._agents[robot], self._electors[robot]

    def start(self, robot: str, now: float) -> None:
        """A process starts, and knows what the robot's start log and its paper have."""
        log = self.start_logs[robot]
        body, site, settings, model = self._site.robots[robot], self._site, self._settings.agent, self._dealt[robot]
        draw, ahead, own = self._eras.__next__, partial(self._ahead, robot), self._clock(robot, now)
        if site.road is None:
            agent = floor_agent(body, site, self._graph, settings, log, draw, model, ahead=ahead)
        else:
            agent = truck_agent(body, site, settings, log, draw, model, ahead, now=own)
        self._agents[robot] = agent
        self._electors[robot] = Elector(robot, self._papers[robot], self._settings.leadership.lease, now)

    def set_clock(self, robot: str, ahead: float) -> None:
        """A robot's clock jumps to `ahead` s before the fleet's."""
        self._clocks[robot] = ahead

    def sense(self, robot: str, sense: Sense | None) -> None:
        """From now on a robot's odometry is what `sense` makes of its pose; None: it is right."""
        self._senses.pop(robot, None)
        if sense is not None:
            self._senses[robot] = sense

    def at_work(self, now: float) -> dict[str, tuple[str, int]]:
        """Robots that drive or work for a task (id and epoch)."""
        works = {name: agent.at_work_on(self._clock(name, now)) for name, agent in self._agents.items()}
        return {name: task for name, task in works.items() if task is not None}

    def activity(self, robot: str, now: float) -> str:
        """What a robot would say that it does. Raises KeyError where its process does not run."""
        return self._agents[robot].activity(self._clock(robot, now))

    def state(self, robot: str, now: float) -> RobotState:
        """What a robot would say of itself in a heartbeat. Raises KeyError where its process does not run."""
        return self._agents[robot].state(self._clock(robot, now))

    # -- what happens -----------------------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Every robot looks, does what is due, and drives."""
        for name in self._agents:
            self.tick_one(name, now)

    def tick_one(self, robot: str, now: float) -> None:
        """A robot looks, does what is due, and drives."""
        agent, pose, own = self._agents[robot], self._engine.pose(robot), self._clock(robot, now)
        self.paths[robot].append((now, pose.x, pose.y))
        sensed = self._senses[robot](pose) if robot in self._senses else pose
        if sensed is None:
            return
        if self._site.road is not None:
            agent.receive(self._engine.radar(robot), own)
        twist = agent.sense(sensed, self._engine.velocity(robot), self._engine.battery(robot), own)
        assert twist is not None, "robots in memory drive themselves"
        self._engine.command(robot, twist)
        agent.tick(own)
        for message in agent.drain():
            for target in self._listeners(robot, message):
                self._radio.send(robot, target, message, now)

    def deliver(self, robot: str, message: Message, now: float) -> None:
        """A message reaches a robot."""
        agent, elector = self._agents[robot], self._electors[robot]
        if isinstance(message, Claim):
            grant = elector.answer(message, now)
            agent.heed(elector.ballot.term)
            if grant is not None:
                self._radio.send(robot, message.node, grant, now)
        elif isinstance(message, ReadRequest):
            if agent.heed(message.term):
                self._vote(robot, message, now)
        elif isinstance(message, Heard):
            agent.receive(message, self._clock(robot, now))

    def close(self) -> None:
        """Closes the start logs."""
        for log in self.start_logs.values():
            log.close()

    # -- what a robot is made of ------------------------------------------------------------------------------------

    def new_start_log(self, robot: str) -> StartLog:
        """The start log of a robot."""
        return StartLog(":memory:")

    def reader(self, robot: str) -> Complete:
        """The language model of a robot."""
        return self._models[self._dealt[robot]]

    def _listeners(self, robot: str, message: Message) -> tuple[str, ...]:
        """Who hears what a robot says."""
        if isinstance(message, Approach):
            return (*(other for other in self.start_logs if other != robot), *self._houses)
        if isinstance(message, driving.Said):
            return tuple(other for other in self.start_logs if other != robot)
        return (TRAFFIC,) if isinstance(message, TrafficReport) else self._houses

    def _clock(self, robot: str, now: float) -> float:
        return now + self._ahead(robot)

    def _ahead(self, robot: str) -> float:
        return self._clocks.get(robot, 0.0)

    def _vote(self, robot: str, request: ReadRequest, now: float) -> None:
        key = (robot, request.goal, request.reading)
        if key not in self._votes:
            result = read(request.text, self._site, self.reader(robot))
            self._votes[key] = (now + self._settings.read_time, vote_of(robot, self._dealt[robot], request, result))
        ready, vote = self._votes[key]
        for house in self._houses:
            self._radio.send(robot, house, vote, max(now, ready))
