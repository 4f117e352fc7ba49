"""The site: what has a name here (places, robots, items, platoons, capabilities) and where the lanes run.

All five vocabulary parts and the roadmap may be empty: reading a sentence needs names only, driving needs positions
and lanes. Files are read by `caravan.adapters.site_file`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from caravan.model.geometry import Point, Pose
from caravan.model.road import Road


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A named spot where robots work; `position` is None where the site file gives the vocabulary alone."""

    id: str
    aliases: tuple[str, ...] = ()
    position: Point | None = None
    charger: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Battery:
    """A linear battery model, that of the simulator and of quotes alike. Energies in Wh, powers in W."""

    capacity: float = 100.0
    idle_power: float = 10.0
    drive_power: float = 60.0
    charge_power: float = 1200.0
    reserve: float = 0.2
    """Fraction of the capacity with which a robot means to be back at a charger after each task."""

    @property
    def charge_time(self) -> float:
        """From empty to full, s."""
        return self.capacity / self.charge_power * 3600.0

    def draw(self, part: float) -> float:
        """The power (W) that a robot takes which drives at this part (0..1) of its top speed; at 0 it stands."""
        return self.idle_power + max(0.0, self.drive_power - self.idle_power) * part


@dataclass(frozen=True, slots=True, kw_only=True)
class Robot:
    """What is known of a robot before it moves. Speeds m/s and rad/s, accelerations m/s2 and rad/s2, radius m."""

    id: str
    aliases: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    model: str = "carrier"
    """Name of the simulator model (worlds/models/<model>)."""
    start: Pose | None = None
    payload: int = 1
    """How many items it carries at once."""
    max_load: float | None = None
    """What it carries at once at most, kg; None: as much as its payload weighs."""
    speed: float = 1.0
    turn_rate: float = 1.5
    acceleration: float = 1.0
    turn_acceleration: float = 3.0
    radius: float = 0.35
    """Of the circle around it."""
    length: float | None = None
    width: float | None = None
    """Of its box, m; None: it is round."""
    brake: float = 8.0
    """How hard it brakes, m/s2, if it is a box: round robots brake as they accelerate."""
    lag: float = 0.5
    """By how much its drive is behind the acceleration that it is asked for, s; of vehicles on a road."""
    destination: str | None = None
    """The place whose ramp it means to leave the road by."""
    battery: Battery = field(default_factory=Battery)
    owner: str = ""
    """Who is paid for its work, where robots are paid; empty: the fleet's own."""
    price: float = 1.0
    """What its owner asks for a second of cost, where robots are paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A kind of goods; `needs` are the capabilities a robot must have to carry it, `mass` is that of one, kg."""

    id: str
    aliases: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    mass: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A platoon or a capability: an id and its other names."""

    id: str
    aliases: tuple[str, ...] = ()


CLEARANCE = 0.1
"""Free space that a robot on the roadmap needs on each side, m: what its tracker may stray."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A straight drivable connection between two roadmap nodes. `speed` caps the robot's own, m/s."""

    start: str
    end: str
    two_way: bool = True
    speed: float | None = None
    width: float | None = None
    """The free width, m, where it is too narrow for some robot; None: all robots have room."""


@dataclass(frozen=True, kw_only=True)
class Roadmap:
    """Where robots may drive: nodes (waypoints and places that have a position, by id) and lanes between them."""

    nodes: Mapping[str, Point] = field(default_factory=dict)
    lanes: tuple[Lane, ...] = ()

    @cached_property  # Which is why there are no slots: asked for each task and robot, and lanes are many.
    def narrow(self) -> Mapping[str, float]:
        """The nodes all of whose lanes have a width, with the greatest of them, m: wider robots do not go there."""
        widths: dict[str, float] = {}
        for lane in self.lanes:
            for node in (lane.start, lane.end):
                widths[node] = max(widths.get(node, 0.0), math.inf if lane.width is None else lane.width)
        return {node: width for node, width in widths.items() if width < math.inf}


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A part of the roadmap with rules of its own."""

    id: str
    places: tuple[str, ...]
    """Places, and waypoints where lanes between places are in the zone."""
    robots: tuple[str, ...] | None = None
    """The robots that may drive there; None: all. Where it names none, nobody drives there."""
    requesters: tuple[str, ...] | None = None
    """Who may send robots there; None: everybody."""
    max_speed: float | None = None
    """On the lanes that touch one of its places, m/s."""


RIGHTS = ("tasks", "urgent", "platoon", "control")
"""What a requester may do: order work, order urgent work, order platoons, halt or call robots and cancel for others."""
ANYBODY = "*"
"""Stands for the requesters whom the rights do not name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the site allows. Speeds m/s."""

    max_speed: float = 2.0
    max_quantity: int = 100
    sentences_per_minute: int = 60
    """How many goals in words a requester may give, on average and at once."""
    drafts_per_minute: int = 6000
    """The same for goals that programs spell out."""
    zones: Mapping[str, Zone] = field(default_factory=dict)
    rights: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What each requester may do (`RIGHTS`), with what `ANYBODY` may; empty: everybody may do everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One site: its vocabulary, its roadmap, its world file and its rules. Mappings are keyed by id."""

    name: str = "site"
    places: Mapping[str, Place] = field(default_factory=dict)
    robots: Mapping[str, Robot] = field(default_factory=dict)
    items: Mapping[str, Item] = field(default_factory=dict)
    platoons: Mapping[str, Named] = field(default_factory=dict)
    capabilities: Mapping[str, Named] = field(default_factory=dict)
    roadmap: Roadmap = field(default_factory=Roadmap)
    road: Road | None = None
    crossroads: tuple[Road, ...] = ()
    """Further roads, which meet the road at an intersection."""
    world: str | None = None
    """Path of the SDF world, absolute once read."""
    utc_offset: float = 0.0
    """Local time minus UTC, s: what "5 pm" means."""
    policy: Policy = field(default_factory=Policy)

    @property
    def roads(self) -> tuple[Road, ...]:
        """The road and those that meet it; none where there is no road."""
        return () if self.road is None else (self.road, *self.crossroads)

    @property
    def exits(self) -> frozenset[str]:
        """The places that some road leads to."""
        return frozenset(place for road in self.roads for place in road.exits)
