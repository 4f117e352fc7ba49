"""`caravan bench auction`: award latency and throughput of a real fleet over real DDS."""

from __future__ import annotations

import argparse
import math
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console

from caravan.adapters.journal import Journal
from caravan.adapters.site_file import read_site, robots_of
from caravan_cli.account import doubled, lost
from caravan_cli.options import add_json, add_logs, add_seed, add_site, whole
from caravan_cli.render import Screen, counter
from caravan_cli.resources import given_or, resource
from caravan_cli.ros import need_ros

SINGLE = 40
"""Tasks that come one by one at most."""
PROCESSES = 10
"""Of agents, where nothing else is said and there are as many robots."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("--robots", type=whole(1, 200), default=10, metavar="R", help="robots (default: 10)")
    parser.add_argument("--tasks", type=whole(1, 10_000), default=100, metavar="T", help="tasks (default: 100)")
    parser.add_argument(
        "--processes",
        type=whole(1, 200),
        metavar="N",
        help=f"processes of agents (default: {PROCESSES}, or one a robot)",
    )
    add_site(parser)
    add_seed(parser)
    add_logs(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Runs the bench; 1 where a task was lost or handed out twice."""
    site_file = given_or(args.site, "config/warehouse.yaml")
    site = robots_of(read_site(site_file), args.robots)
    need_ros()
    # Loaded here because help and bad input are told without ROS too.
    from caravan_cli.auction_bench import Ear, at_once, drafts, figures, one_by_one
    from caravan_cli.own_fleet import own_fleet
    from caravan_ros.plan import Process, fleet_plan

    begun = time.monotonic()
    rng = random.Random(args.seed)
    screen = Screen(as_json=args.json)
    processes = min(args.processes or PROCESSES, args.robots)
    journal = Path()

    def plan(book: Path) -> tuple[Process, ...]:
        nonlocal journal
        journal = book
        return fleet_plan(
            site_file,
            robots=args.robots,
            agents_per_process=math.ceil(args.robots / processes),
            seed=args.seed,
            model=resource("config/demo_readings.json"),
            journal=book,
        )

    few = drafts(site, min(SINGLE, args.tasks), rng)
    many = drafts(site, args.tasks, rng)
    with (
        own_fleet(plan, Path(args.logs)) as fleet,
        counter(Console(stderr=True), "tasks", shown=sys.stderr.isatty()) as bar,
    ):
        setup = fleet.bring_up()
        ear = Ear()
        fleet.client.on_event(ear.hear, kinds=("award",))
        task = bar.add_task("", total=len(few) + len(many))
        latencies = one_by_one(fleet, ear, few, rng, lambda: bar.advance(task))
        before = fleet.running.cpu()
        burst = at_once(fleet, ear, many, lambda: bar.advance(task))
        used = {name: at - before[name] for name, at in fleet.running.cpu().items()}
        result = {"robots": args.robots, "tasks": args.tasks, "processes": processes, "setup_s": round(setup, 1)}
        result |= figures(latencies, burst) | _work(used)
        fleet.running.stop()
        result |= _counted(journal, burst.accepted)
    result["seconds"] = round(time.monotonic() - begun, 1)
    result |= {"cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1)}
    screen.table(("what", "figure"), [(key, str(value)) for key, value in result.items()])
    screen.emit(result)
    return 0 if result["lost"] == result["duplicated"] == 0 else 1


def _work(used: dict[str, float]) -> dict[str, Any]:
    """Time of a core, s: what the processes used while all tasks came at once, whatever else the machine was at."""
    agents = sum(seconds for name, seconds in used.items() if name.startswith("agent_"))
    return {"agents_cpu_s": round(agents, 2)} | {
        f"{name}_cpu_s": round(seconds, 2) for name, seconds in used.items() if not name.startswith("agent_")
    }


def _counted(file: Path, accepted: tuple[str, ...]) -> dict[str, Any]:
    journal = Journal(file)
    try:
        return {"lost": len(lost(accepted, journal.goals())), "duplicated": len(doubled(journal.events()))}
    finally:
        journal.close()
