"""What robots spend their time on, taken from their heartbeats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from caravan.model.geometry import wrap
from caravan.model.market import AWAITS_CHARGER, RobotState
from caravan.model.site import Site
from caravan.traffic.roadmap import Graph

_GAP = 5.0
"""Heartbeats further apart than this say nothing about the time between them, s."""
_STANDS = 0.05
"""A robot that moves and turns less than this stands, m/s and rad/s."""


@dataclass(frozen=True, slots=True)
class _Drive:
    """A drive to `place`, begun at `since` (s), that takes `free` s alone."""

    place: str
    since: float
    free: float


def doing(activity: str) -> str:
    """What a robot does, in one word: drives, charges, waits (for a charger), or else rests or works."""
    if activity.startswith("to "):
        return "drives"
    return {"charging": "charges", AWAITS_CHARGER: "waits"}.get(activity, "other")


class Meter:
    """Adds up the time of the robots of a site. Shares are of all robots' time together."""

    def __init__(self, site: Site, graph: Graph) -> None:
        self._site = site
        self._graph = graph
        self._last: dict[str, RobotState] = {}
        self._spent: defaultdict[str, float] = defaultdict(float)
        self._drives: dict[str, _Drive] = {}
        self._driven = self._free = 0.0
        self.lowest = 1.0
        """The lowest charge of any robot so far, 0..1."""

    def hear(self, state: RobotState) -> None:
        """Takes in a heartbeat; one that is older than the last is ignored."""
        last = self._last.get(state.robot)
        if last is not None and state.stamp <= last.stamp:
            return
        self._last[state.robot] = state
        self.lowest = min(self.lowest, state.battery)
        self._follow(state)
        if last is not None and state.stamp - last.stamp <= _GAP:
            self._add(last, state)

    def _add(self, last: RobotState, state: RobotState) -> None:
        elapsed, what = state.stamp - last.stamp, doing(last.activity)
        self._spent[what] += elapsed
        moved = last.pose.point.distance(state.pose.point) + abs(wrap(state.pose.yaw - last.pose.yaw))
        if what == "drives" and moved < _STANDS * elapsed:
            self._spent["stands under way"] += elapsed

    def _follow(self, state: RobotState) -> None:
        """Keeps account of the drive that the robot is on."""
        place = state.activity.split(" ")[1] if doing(state.activity) == "drives" else ""
        drive = self._drives.get(state.robot)
        if drive is not None and drive.place == place:
            return
        if drive is not None and state.pose.point.distance(self._graph.point(drive.place)) < 1.0:
            self._driven += state.stamp - drive.since
            self._free += drive.free
        self._drives.pop(state.robot, None)
        if place in self._graph.index:
            robot = self._site.robots[state.robot]
            speed = min(robot.speed, self._site.policy.max_speed)
            free = self._graph.travel_time(self._graph.nearest(state.pose.point), place, speed)
            self._drives[state.robot] = _Drive(place, state.stamp, free or 0.0)

    def figures(self) -> dict[str, Any]:
        """The shares of time, 0..1, and by how much drives took longer than alone; None where there was nothing."""
        total = sum(self._spent.values()) - self._spent["stands under way"]

        def share(what: str, of: float) -> float | None:
            return round(self._spent[what] / of, 4) if of > 0.0 else None

        return {
            "drive_share": share("drives", total),
            "jam_share_of_drives": share("stands under way", self._spent["drives"]),
            "drive_over_free": round(self._driven / self._free, 3) if self._free > 0.0 else None,
            "charge_share": share("charges", total),
            "waits_for_charger_share": share("waits", total),
            "lowest_battery": round(self.lowest, 4),
        }


def by_partner(others: Collection[str], robots: Collection[str]) -> dict[str, int]:
    """How many contacts were with robots, and how many with what stands about."""
    with_robots = sum(other in robots for other in others)
    return {"contacts_robots": with_robots, "contacts_obstacles": len(others) - with_robots}


Tell = Callable[[float], None]
"""Told how much of the time is over, s."""
