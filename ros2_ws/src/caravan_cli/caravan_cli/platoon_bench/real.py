"""Trucks over real DDS: how often they hear each other, how soon they act, how close they come.

All times are those that DDS stamps messages with where they are sent, by the one clock of this machine; so nothing is
measured in the nodes, and what this process does late changes no figure.
"""

from __future__ import annotations

import json
import os
import time
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from caravan.model.goal import Draft, Intent, Task, TaskKind, draft_to_json
from caravan.model.platoon import Roster
from caravan.model.road import NOTHING
from caravan_cli.board import percentile
from caravan_cli.client import FleetClient
from caravan_cli.complaint import Complaint
from caravan_cli.demo_ros import contacts
from caravan_cli.own_fleet import OwnFleet, own_fleet
from caravan_cli.resources import resource
from caravan_ros import convert, wiring
from caravan_ros.plan import fleet_plan

REQUESTER = "bench"
LEADER = "truck_1"
HEADWAY = 0.5
ODOM = 0.05
"""Between two odometries of a truck, simulated s."""
FORM_TIME = 240.0
"""How long the platoon may take to form, s."""
SPEEDS = (19.44, 23.61, 16.67)
"""What the trucks are told to drive in turn while they are measured, m/s: 70, 85, 60 km/h."""

Tell = Callable[[str], None]


class Taps:
    """All that is listened to, in the domain of `client`."""

    def __init__(self, client: FleetClient, robots: Iterable[str]) -> None:
        self.robots = tuple(robots)
        self.odometries = {robot: client.tap(wiring.odom(robot), raw=True) for robot in self.robots}
        self.commands = {robot: client.tap(wiring.cmd_vel(robot), raw=True) for robot in self.robots}
        self.radars = {robot: client.tap(wiring.radar(robot)) for robot in self.robots}
        self.states, self.beats = client.tap(wiring.V2V_STATE), client.tap(wiring.V2V_BEAT)


@dataclass(slots=True)
class Ear:
    """What is heard of the trucks: when each message was sent, s, by truck, in order."""

    odometries: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    commands: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    states: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    flights: list[float] = field(default_factory=list)
    """How long states were under way, s."""
    gaps: list[float] = field(default_factory=list)
    """What radars read of the vehicle ahead, m."""
    rosters: dict[str, Roster] = field(default_factory=dict)

    def hear(self, taps: Taps) -> None:
        """Takes in what has come."""
        for robot in taps.robots:
            self.odometries[robot] += [sent for _, sent, _ in taps.odometries[robot].take()]
            self.commands[robot] += [sent for _, sent, _ in taps.commands[robot].take()]
            for radar, _, _ in taps.radars[robot].take():
                self.gaps += [radar.gap] if radar.gap < NOTHING else []
        for state, sent, received in taps.states.take():
            self.states[state.name].append(sent)
            self.flights.append(received - sent)
        for beat, _, _ in taps.beats.take():
            self.rosters[beat.name] = convert.vehicle_beat_from_msg(beat).roster

    def forget(self) -> None:
        """Begins to measure anew."""
        for heard in (self.odometries, self.commands, self.states):
            for times in heard.values():
                times.clear()
        self.flights.clear()
        self.gaps.clear()


def answers(odometries: Sequence[float], commands: Sequence[float]) -> list[float]:
    """How long each command came after the odometry that it answers, s: the latest that was sent before it."""
    found = []
    for command in commands:
        place = bisect_right(odometries, command)
        if place:
            found.append(command - odometries[place - 1])
    return found


def uses(states: Sequence[float], odometries: Sequence[float], commands: Sequence[float]) -> list[float]:
    """From each state of the truck in front to the first command of the one behind that was begun after it, s."""
    found = []
    for state in states:
        place = bisect_right(odometries, state)
        if place < len(odometries):
            answer = bisect_left(commands, odometries[place])
            found += [commands[answer] - state] if answer < len(commands) else []
    return found


def run_real(site_file: Path, vehicles: int, seconds: float, rate: float, logs: Path, tell: Tell) -> dict[str, Any]:
    """Has so many trucks form a platoon and drive in it for so long (real s). Raises Complaint, ProcessDied."""
    ear = Ear()
    with own_fleet(
        lambda book: fleet_plan(
            site_file, robots=vehicles, rate=rate, model=resource("config/demo_readings.json"), journal=book
        ),
        logs,
    ) as fleet:
        tell("starting")
        fleet.bring_up()
        taps = Taps(fleet.client, fleet.robots)

        def go_on(limit: float, done: Callable[[], bool] = lambda: False) -> bool:
            def heard() -> bool:
                ear.hear(taps)
                return done()

            return fleet.until(heard, limit)

        tell("forming")
        begun = time.monotonic()
        _order(fleet, Task(id="t1", kind=TaskKind.PLATOON, manoeuvre="form", leader=LEADER, headway=HEADWAY))
        if not go_on(FORM_TIME / rate, lambda: _formed(ear, vehicles)):
            raise Complaint(f"{vehicles} trucks were no platoon after {FORM_TIME:g} s; see the logs in {logs}")
        formed = time.monotonic() - begun
        forming = min(ear.gaps)
        ear.forget()
        before, begun, load = fleet.running.cpu(), time.monotonic(), []
        for speed in SPEEDS:
            tell(f"driving at {speed * 3.6:.0f} km/h")
            _order(fleet, Task(id="t1", kind=TaskKind.PLATOON, manoeuvre="set", speed=speed))
            go_on(seconds / len(SPEEDS))
            load.append(os.getloadavg()[0])
        taken = time.monotonic() - begun
        used = sum(fleet.running.cpu().values()) - sum(before.values())
        together = _formed(ear, vehicles)
    figures = measured(ear, taken)
    smallest = min(forming, figures["smallest_gap"])
    return {
        **figures,
        "vehicles": vehicles,
        "seconds": round(taken, 1),
        "rate": rate,
        "formed_s": round(formed * rate, 1),
        "together": together,
        "smallest_gap": round(smallest, 2),
        "contacts": contacts(logs / "sim.log"),
        "cores_used": round(used / taken, 2),
        "cores": os.cpu_count(),
        "load": round(sum(load) / len(load), 1),
    }


def measured(ear: Ear, taken: float) -> dict[str, Any]:
    """The figures of what was heard in `taken` s."""
    order = next(iter(ear.rosters.values())).order
    controls = [late for robot in order for late in answers(ear.odometries[robot], ear.commands[robot])]
    pairs = pairwise(order)
    used = [
        late
        for front, behind in pairs
        for late in uses(ear.states[front], ear.odometries[behind], ear.commands[behind])
    ]
    return {
        "real_time_factor": round(max(map(len, ear.odometries.values())) * ODOM / taken, 2),
        "heard_hz": round(min(len(times) for times in ear.states.values()) / taken, 1),
        "radio_ms": spread(ear.flights),
        "processing_ms": spread(controls),
        "state_to_command_ms": spread(used),
        "smallest_gap": min(ear.gaps, default=NOTHING),
    }


def spread(seconds: Sequence[float]) -> dict[str, float | None]:
    """The median and the 95th percentile, ms."""
    shares = {"p50": percentile(seconds, 0.5), "p95": percentile(seconds, 0.95)}
    return {name: None if value is None else round(value * 1000.0, 1) for name, value in shares.items()}


def sound(figures: dict[str, Any]) -> bool:
    """Whether they were heard and fast enough, stayed together, and came to no harm."""
    late = figures["processing_ms"]["p95"]
    quick = late is not None and late <= 30.0 and figures["heard_hz"] >= 10.0
    return bool(quick and figures["together"] and not figures["contacts"] and figures["smallest_gap"] >= 1.0)


def _order(fleet: OwnFleet, task: Task) -> None:
    fleet.client.submit(json.dumps(draft_to_json(Draft(intent=Intent.TASKS, tasks=(task,)))), REQUESTER)


def _formed(ear: Ear, vehicles: int) -> bool:
    """Whether all say that they are in one platoon."""
    keys = {roster.key for roster in ear.rosters.values()}
    return len(ear.rosters) == vehicles and len(keys) == 1
