"""The simulator's process alone, timed by the clock that it publishes."""

from __future__ import annotations

import os
import time
from functools import partial
from pathlib import Path

from caravan.adapters.film import Film
from caravan.model.geometry import Pose
from caravan.model.site import Site
from caravan_cli.client import FleetClient
from caravan_cli.filming import wall_clock
from caravan_cli.fleet_processes import program
from caravan_cli.processes import Processes
from caravan_cli.render import Screen
from caravan_ros.plan import Process


def simulate(
    process: Process, site: Site, logs: Path, seconds: float | None, screen: Screen, film: Film | None
) -> float | None:
    """Runs the simulator for `seconds` of real time (None: until Ctrl-C); answers with its real-time factor.

    What its robots do is seen in the `film`. The factor is None where no clock was heard. Raises ProcessDied where the
    simulator dies.
    """
    os.environ.setdefault("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    ticks: list[tuple[float, float]] = []
    with Processes(logs) as processes:
        processes.start(program(process, logs, {}))
        with FleetClient() as client:
            client.on_clock(lambda stamp: ticks.append((time.monotonic(), stamp)))
            if film is not None:
                _show(client, site, film)
            try:
                _tell(client, processes, ticks, seconds, screen)
            except KeyboardInterrupt:
                screen.say("ended")
    return _factor(ticks[0], ticks[-1]) if len(ticks) > 1 else None


def _show(client: FleetClient, site: Site, film: Film) -> None:
    """Films the robots, from their odometry, as the clock goes on."""
    poses: dict[str, Pose] = {}
    for robot in site.robots:
        client.on_odom(robot, partial(poses.__setitem__, robot))
    client.on_clock(lambda stamp: film.show(stamp, dict(poses), wall_clock(stamp, site)))


def _tell(
    client: FleetClient, processes: Processes, ticks: list[tuple[float, float]], seconds: float | None, screen: Screen
) -> None:
    begun, told = time.monotonic(), 0
    while seconds is None or time.monotonic() - begun < seconds:
        client.spin(1.0)
        processes.check()
        if len(ticks) > told + 1:
            screen.say(f"clock {ticks[-1][1]:.1f} s, real-time factor {_factor(ticks[told], ticks[-1]):.2f}")
            told = len(ticks) - 1


def _factor(first: tuple[float, float], last: tuple[float, float]) -> float:
    return round((last[1] - first[1]) / max(1e-9, last[0] - first[0]), 3)
