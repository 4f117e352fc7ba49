"""The shift in virtual time: real physics and real protocol, without ROS, replayable."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

from caravan.adapters.picture import draw
from caravan.fleet import MORNING, Fleet, Refused
from caravan.language.prompt import Completion, ModelFault, Prompt
from caravan.model.goal import Draft
from caravan.model.site import Site
from caravan.sim.sdf import read_world
from caravan.traffic.roadmap import Graph
from caravan_cli.complaint import Complaint
from caravan_cli.fleet_bench.deliveries import deliveries
from caravan_cli.fleet_bench.meter import Meter, Tell, by_partner
from caravan_cli.fleet_bench.shift import Shift

LOOK = 0.5
"""Pause between two looks at the robots, s."""


def run_virtual(site: Site, hours: float, seed: int, picture: Path | None, tell: Tell) -> dict[str, Any]:
    """The figures of a shift of so many hours. Raises Complaint where the site has nothing to do."""
    work, meter = deliveries(site, random.Random(seed)), Meter(site, Graph(site.roadmap))
    begun, worked = time.monotonic(), time.process_time()
    with Fleet(site, reader=_reads_nothing, seed=seed) as fleet:

        def give(draft: Draft) -> None:
            try:
                fleet.submit(draft, requester="bench")
            except Refused as refused:
                raise Complaint(f"the fleet refuses a goal of the bench: {refused}") from None

        shift, heard, looked = Shift(len(site.robots), MORNING + hours * 3600.0, work, give), 0, MORNING
        while shift.go_on(fleet.now):
            fleet.step()
            for event in fleet.events[heard:]:
                shift.hear(event)
            heard = len(fleet.events)
            if fleet.now >= looked:
                looked += LOOK
                tell(fleet.now - MORNING)
                for robot in site.robots:
                    meter.hear(fleet.state(robot))
        taken, used = time.monotonic() - begun, time.process_time() - worked
        if picture is not None and site.world is not None:
            draw(read_world(site.world), site, fleet.paths, picture, f"{site.name}: {hours:g} h, seed {seed}")
        return {
            **shift.figures(hours),
            **by_partner([touch.other for touch in fleet.touches], site.robots),
            **meter.figures(),
            "simulated_s": round(fleet.now - MORNING, 1),
            "real_time_factor": round((fleet.now - MORNING) / taken, 2),
            "cpu_s": round(used, 1),
        }


def _reads_nothing(prompt: Prompt) -> Completion | ModelFault:
    """All goals are spelled out: there is nothing to read."""
    raise AssertionError("the bench says no sentence")
