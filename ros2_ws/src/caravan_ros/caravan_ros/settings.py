"""The parameters of each node: a field is a ROS parameter of its name. Times in s of the node's clock.

`params.py` declares and checks them; `plan.py` fills them in for a whole fleet.
"""

from __future__ import annotations

from dataclasses import dataclass, field

NAVIGATIONS = ("builtin", "nav2")


def guard(seconds: float) -> float:
    """A field for a time that guards against silence in the real world: `plan.py` scales it to simulated time."""
    default: float = field(default=seconds, metadata={"guard": True})
    return default


@dataclass(frozen=True, slots=True, kw_only=True)
class SimParameters:
    """Of sim_node."""

    site: str
    """Path of the site file."""
    robots: int = 0
    """How many robots, the first of the site file; 0: all."""
    rate: float = 1.0
    """Simulated seconds in a real one, at most; 0: as fast as the robots follow, which is at most 10."""
    seed: int = 0
    start_clock: str = "09:00"
    """UTC time of day at which the simulation starts, "HH:MM"."""
    stamped_cmd_vel: bool = False
    """Whether cmd_vel is a TwistStamped, not a Twist."""
    physics: str = "planar"
    """How bodies move: "planar" (cylinders that slide), or "wheels" (the robots' own SDF models, on their wheels)."""
    lidar: int = 0
    """Beams of each robot's laser scanner, told on /<robot>/scan with its odometry; 0: none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GzParameters:
    """Of gz_node."""

    site: str
    robots: int = 0
    """How many robots, the first of the site file; 0: all."""
    stamped_cmd_vel: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficParameters:
    """Of traffic_node."""

    site: str
    robots: int = 0
    lease: float = guard(2.0)
    """How long a robot may drive on a stretch without hearing again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuctionParameters:
    """Of auction_node; the times are those of `HouseSettings`."""

    site: str
    journal: str
    """Path of the journal; one node writes it at a time."""
    name: str = "auction"
    """Of this node."""
    nodes: tuple[str, ...] = ("auction",)
    """The names of all auction nodes of the fleet, this one's among them: one leads, the others stand by."""
    keep_events: float = 86_400.0
    """How long the journal keeps the events of a goal after its end, s."""
    keep_goals: int = 10_000
    """How many goals it keeps whose events are gone."""
    robots: int = 0
    patience: float = guard(2.25)
    answer_time: float = guard(300.0)
    """How long a question to a requester may be answered."""
    voters: int = 3
    """How many robots read a goal and vote on what it means."""
    vote_time: float = guard(20.0)
    gather: float = guard(3.0)
    read_resend: float = guard(1.0)
    sure: float = 0.6
    """What the robots agree on and are less sure of (0..1) is asked back."""
    bid_time: float = guard(1.0)
    bid_resend: float = guard(0.3)
    auction_time: float = guard(3.0)
    mechanism: str = "sequential"
    """How tasks are auctioned where a request names nothing else: docs/mechanisms.md."""
    objective: tuple[str, ...] = ("finish=1", "travel=0.25")
    """What counts how much in a bid: finish, makespan, travel, tardiness, energy."""
    bundle: int = 3
    """The largest set of tasks that robots price as one, where the mechanism wants that."""
    budget: float = 1000.0
    """The most that an owner is paid for a task, where the mechanism pays."""
    trade: bool = True
    """Whether tasks that are queued at a robot may change hands."""
    award_time: float = guard(4.0)
    award_resend: float = guard(0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentParameters:
    """Of agent_node; the times are those of `AgentSettings`."""

    site: str
    robots: tuple[str, ...]
    """The robots that live in this process."""
    start_logs: str
    """Folder of the robots' start logs: "<robot>.starts" of each, which its agent alone writes.

    Beside it is the robot's "<robot>.ballot", where it has a vote.
    """
    votes: bool = False
    """Whether the robots vote on which auction node leads; so it is where there are several."""
    models: tuple[str, ...] = ()
    """The language model of each of `robots`: a name in config/models.yaml, or the path of a GGUF file or of recorded
    readings (JSON). One alone is that of all; none: the default of config/models.yaml."""
    fleet: int = 0
    """How many robots there are in all, the first of the site file; 0: all."""
    stamped_cmd_vel: bool = False
    navigation: str = "builtin"
    """What drives the robots, one of `NAVIGATIONS`: docs/navigation.md."""
    scan: bool = False
    """Whether the builtin navigation looks ahead with a laser scanner, <robot>/scan, and stops without one."""
    map_frame: str = "map"
    """The frame that the site's coordinates are in, as Nav2 calls it."""
    nav2_answer: float = guard(3.0)
    """How long Nav2 may say nothing of a goal."""
    nav2_odometry: float = guard(0.5)
    """How long Nav2 may drive without odometry that Caravan hears."""
    nav2_stray: float = 0.4
    """How far Nav2 may lead a robot off its lanes, m."""
    heartbeat: float = guard(0.3)
    report: float = 0.2
    lease: float = guard(1.25)
