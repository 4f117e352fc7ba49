"""The fleet in memory: its settings, its stations' names, and what its stations say to each other."""

from __future__ import annotations

from dataclasses import dataclass, field

from caravan.actors.house.auction_house import HouseSettings
from caravan.actors.robot import agent as agents
from caravan.actors.robot.agent import AgentSettings
from caravan.auction.leadership import LeadershipSettings
from caravan.model.leadership import Word
from caravan.model.market import ReadRequest, Vote
from caravan.sim.engine import Physics
from caravan.sim.radio import RadioSettings

HOUSE = "auction house"
TRAFFIC = "traffic control"
MORNING = 9 * 3600.0
"""The clock at the start: nine in the morning of day 0, s."""

Message = Vote | ReadRequest | agents.Heard | agents.Said | Word


ROAD_STEP = 0.05
"""On a road nobody looks more seldom, s."""


class Refused(ValueError):
    """A goal was not accepted; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetSettings:
    """Times in s."""

    step: float = 0.1
    """Time between two looks of everybody at the world."""
    read_time: float = 0.2
    """How long a robot's model takes for a sentence."""
    physics: Physics = "planar"
    """How bodies move; docs/simulator.md."""
    radio: RadioSettings = field(default_factory=RadioSettings)
    agent: AgentSettings = field(default_factory=AgentSettings)
    house: HouseSettings = field(default_factory=HouseSettings)
    leadership: LeadershipSettings = field(default_factory=LeadershipSettings)


def house_names(count: int) -> tuple[str, ...]:
    """The names of so many auction houses: HOUSE, "auction house 2", ... Raises ValueError for less than one."""
    if count < 1:
        raise ValueError(f"houses: {count} is too few; give 1 or more")
    return (HOUSE, *(f"{HOUSE} {k}" for k in range(2, count + 1)))
