"""The plan of a fleet: which processes run, with which parameters. The launch files and the CLI only carry it out.

One plan for three engines: the simulator that comes with Caravan, Gazebo, and real robots ('none').
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TypeVar

from caravan.actors.house.panel import deal
from caravan.adapters.fields import suggest
from caravan.adapters.models_file import dealt_models, own_models
from caravan.adapters.site_file import read_site, robots_of
from caravan.model.site import Site
from caravan_ros.gazebo import gazebo_processes
from caravan_ros.process import PlanError, Process
from caravan_ros.settings import (
    NAVIGATIONS,
    AgentParameters,
    AuctionParameters,
    GzParameters,
    SimParameters,
    TrafficParameters,
)
from caravan_ros.sim_checks import beams_of, clock_of, physics_of

__all__ = ["SIMULATORS", "PlanError", "Process", "auction_journals", "fleet_plan", "robot_plan", "start_logs"]

SIMULATORS = ("embedded", "gz", "none")
FASTEST = 10.0
"""No simulation makes more seconds of one than this: its odometry, 10 times a second, is sent at most at 100 Hz."""

_Guarded = TypeVar("_Guarded", TrafficParameters, AuctionParameters, AgentParameters)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wishes:
    """What the caller of `fleet_plan` wants, checked, with absolute paths."""

    site: str
    sim: str
    robots: int
    rate: float
    stamped_cmd_vel: bool
    navigation: str
    votes: bool
    seed: int = 0
    start_clock: str = ""
    physics: str = ""
    lidar: int = 0
    headless: bool = True
    domain: str = ""

    @property
    def scale(self) -> float:
        """How many seconds of the nodes' clock a real one has."""
        return 1.0 if self.sim == "none" else min(self.rate or FASTEST, FASTEST)


def fleet_plan(
    site_path: str | Path,
    *,
    sim: str = "embedded",
    robots: int = 0,
    agents_per_process: int = 1,
    rate: float = 1.0,
    seed: int = 0,
    start_clock: str = "09:00",
    model: str | Path = "",
    journal: str | Path = "",
    auction_nodes: int = 1,
    stamped_cmd_vel: bool = False,
    navigation: str = "builtin",
    physics: str = "planar",
    lidar: int = 0,
    headless: bool = True,
    domain: str = "",
) -> tuple[Process, ...]:
    """The processes of the fleet at a site, in the order in which to start them.

    `robots` is how many of the site's robots take part (0: all). `model` (a name in config/models.yaml or a file) and
    `journal` are empty for the models of that file, dealt out, and for `default_journal`; the robots' start logs are
    beside the journal (`start_logs`), and so are the journals of further `auction_nodes`, of which one leads and the
    others stand by (`auction_journals`). Times that guard against silence in the real world are scaled with the
    simulation's `rate`, so that at any rate a robot is given up after as many real seconds. `physics` and `lidar` are
    those of the embedded simulator; Gazebo has a window unless it is `headless`, and keeps to the fleet's ROS `domain`
    (empty: that of the shell). `navigation` is what drives the robots (docs/navigation.md). Raises SiteError, SdfError
    for the site's world, and PlanError or ValueError.
    """
    _check(sim, robots, agents_per_process, rate, auction_nodes, navigation)
    path = _absolute(site_path)
    site = robots_of(read_site(path), robots)
    wishes = _Wishes(
        site=path, sim=sim, robots=robots, rate=rate, stamped_cmd_vel=stamped_cmd_vel, navigation=navigation,
        votes=auction_nodes > 1, seed=seed, start_clock=start_clock, physics=physics_of(physics), lidar=beams_of(lidar),
        headless=headless, domain=domain,
    )  # fmt: skip
    book = _absolute(journal) or str(default_journal(site.name, sim))
    return (
        *_simulation(site, wishes),
        *_traffic(site, wishes),
        *_houses(auction_journals(book, auction_nodes), wishes),
        *_agents(_models(site, str(model)), agents_per_process, str(start_logs(book)), wishes),
    )


def robot_plan(
    site_path: str | Path,
    robot: str,
    *,
    sim: str = "none",
    robots: int = 0,
    rate: float = 1.0,
    model: str | Path = "",
    logs: str | Path = "",
    auction_nodes: int = 1,
    stamped_cmd_vel: bool = False,
    navigation: str = "builtin",
) -> tuple[Process, ...]:
    """The one process of a robot, its agent, where the rest of the fleet runs elsewhere: what runs on the robot itself.

    The other options are those of the fleet (`fleet_plan`), and have to be the same; it has the model that it would
    have there. `logs` is the folder of its start log; empty: a place of the user's own. Raises as `fleet_plan`.
    """
    _check(sim, robots, 1, rate, auction_nodes, navigation)
    path = _absolute(site_path)
    site = robots_of(read_site(path), robots)
    if robot not in site.robots:
        raise PlanError(f"robot: {robot!r} is not in {path}; {suggest(robot, site.robots)}")
    wishes = _Wishes(
        site=path, sim=sim, robots=robots, rate=rate, stamped_cmd_vel=stamped_cmd_vel, navigation=navigation,
        votes=auction_nodes > 1,
    )  # fmt: skip
    folder = _absolute(logs) or str(start_logs(default_journal(site.name, sim)))
    return tuple(_agents({robot: _models(site, str(model))[robot]}, 1, folder, wishes))


def default_journal(site: str, sim: str) -> Path:
    """Where the goals of a site are kept: in the user's state folder.

    A simulated fleet starts anew each time, at its start places, and so does its journal: in the folder for
    temporary files, with this process's number.
    """
    if sim != "none":
        return _scratch() / f"{site}-{os.getpid()}.journal"
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "caravan" / f"{site}.journal"


def _scratch() -> Path:
    return Path(tempfile.gettempdir()) / f"caravan-{os.getuid()}"


def auction_journals(journal: str | Path, auction_nodes: int) -> dict[str, str]:
    """The names of so many auction nodes, and the journal of each: the first has the one that a lone one would have."""
    if auction_nodes == 1:
        return {"auction": str(journal)}
    return {f"auction_{k}": f"{journal}.{k}" if k > 1 else str(journal) for k in range(1, auction_nodes + 1)}


def start_logs(journal: str | Path) -> Path:
    """The folder of the robots' start logs that go with a journal."""
    return Path(f"{journal}.starts")


def _check(sim: str, robots: int, agents_per_process: int, rate: float, auction_nodes: int, navigation: str) -> None:
    if sim not in SIMULATORS:
        raise PlanError(f"sim: {sim!r} is no simulator; take one of {', '.join(SIMULATORS)}")
    if not 0.0 <= rate < float("inf"):
        raise PlanError(f"rate: {rate} is no real-time factor; give a positive number, or 0 for as fast as it goes")
    if robots < 0:
        raise PlanError(f"robots: {robots} is no number of robots; give 1 or more, or 0 for all of the site file")
    if agents_per_process < 1:
        raise PlanError(f"agents_per_process: {agents_per_process} is too few; give 1 or more")
    if auction_nodes < 1:
        raise PlanError(f"auction_nodes: {auction_nodes} is too few; give 1, or more for a standby")
    if navigation not in NAVIGATIONS:
        raise PlanError(f"navigation: {navigation!r} is no navigation; take one of {', '.join(NAVIGATIONS)}")


def _absolute(path: str | Path) -> str:
    return str(Path(path).expanduser().resolve()) if path else ""


def _simulation(site: Site, wishes: _Wishes) -> tuple[Process, ...]:
    if wishes.sim == "embedded":
        return (_embedded(wishes),)
    return _gazebo(site, wishes) if wishes.sim == "gz" else ()


def _embedded(wishes: _Wishes) -> Process:
    parameters = SimParameters(
        site=wishes.site,
        robots=wishes.robots,
        rate=wishes.rate,
        seed=wishes.seed,
        start_clock=wishes.start_clock,
        stamped_cmd_vel=wishes.stamped_cmd_vel,
        physics=wishes.physics,
        lidar=wishes.lidar,
    )
    return Process(executable="sim_node", name="sim", parameters=asdict(parameters), vital=True)


def _gazebo(site: Site, wishes: _Wishes) -> tuple[Process, ...]:
    server, bridge = gazebo_processes(
        site,
        _scratch() / f"{site.name}-{os.getpid()}.gazebo",
        rate=wishes.scale,
        start=clock_of(wishes.start_clock),
        headless=wishes.headless,
        stamped_cmd_vel=wishes.stamped_cmd_vel,
        domain=wishes.domain,
    )
    parameters = GzParameters(site=wishes.site, robots=wishes.robots, stamped_cmd_vel=wishes.stamped_cmd_vel)
    return server, bridge, Process(executable="gz_node", name="gz", parameters=asdict(parameters))


def _traffic(site: Site, wishes: _Wishes) -> Iterator[Process]:
    """Traffic control of a floor; vehicles on a road keep clear of each other by themselves."""
    if site.road is None:
        parameters = TrafficParameters(site=wishes.site, robots=wishes.robots)
        yield _timed("traffic_node", "traffic", parameters, wishes)


def _houses(journals: Mapping[str, str], wishes: _Wishes) -> Iterator[Process]:
    for name, journal in journals.items():
        parameters = AuctionParameters(
            site=wishes.site, robots=wishes.robots, journal=journal, name=name, nodes=tuple(journals)
        )
        yield _timed("auction_node", name, parameters, wishes)


def _models(site: Site, model: str) -> dict[str, str]:
    """The model of each robot."""
    if model:
        return dict.fromkeys(site.robots, model if model in own_models() else _absolute(model))
    return deal(tuple(site.robots), tuple(dealt_models()))


def _agents(models: Mapping[str, str], per_process: int, logs: str, wishes: _Wishes) -> Iterator[Process]:
    robots = tuple(models)
    for first in range(0, len(robots), per_process):
        hosted = robots[first : first + per_process]
        parameters = AgentParameters(
            site=wishes.site,
            robots=hosted,
            models=tuple(models[robot] for robot in hosted),
            start_logs=logs,
            votes=wishes.votes,
            fleet=wishes.robots,
            stamped_cmd_vel=wishes.stamped_cmd_vel,
            navigation=wishes.navigation,
        )
        yield _timed("agent_node", f"agent_{hosted[0]}", parameters, wishes)


def _timed(executable: str, name: str, parameters: _Guarded, wishes: _Wishes) -> Process:
    """A process whose node lives by the simulated clock where there is one, with its times scaled to it."""
    guards = {f.name: getattr(parameters, f.name) * wishes.scale for f in fields(parameters) if f.metadata.get("guard")}
    given = asdict(replace(parameters, **guards))
    return Process(executable=executable, name=name, parameters=given | {"use_sim_time": wishes.sim != "none"})
