"""`caravan bench sim`: how many simulated seconds the embedded simulator makes in a real one."""

from __future__ import annotations

import argparse
import re
from dataclasses import asdict
from pathlib import Path

from caravan_cli.options import add_json, add_seed, number, whole
from caravan_cli.render import Screen, counter
from caravan_cli.resources import given_or
from caravan_cli.sim_bench import cases, hall, machine, measure

ROBOTS = (10, 50, 100, 200)
MOST = 216
"""Robots that have room in the hall."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    numbers = ",".join(map(str, ROBOTS))
    parser.add_argument("--robots", type=counts, default=ROBOTS, metavar="N,...", help=f"how many (default: {numbers})")
    parser.add_argument(
        "--seconds", type=number(1.0, 3600.0), default=10.0, metavar="S", help="simulated time of each (default: 10)"
    )
    parser.add_argument(
        "--beams", type=whole(0, 10_000), default=180, metavar="N", help="of each robot's lidar (default: 180; 0: none)"
    )
    add_seed(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Runs the bench."""
    screen = Screen(as_json=args.json)
    world = hall(Path(given_or(None, "worlds/warehouse.sdf")).parent)
    found, wanted = [], list(cases(args.robots, args.beams))
    with counter(screen.console, "runs", shown=screen.live) as bar:
        task = bar.add_task("runs", total=len(wanted))
        for robots, physics, beams in wanted:
            found.append(measure(world, robots, physics, beams, args.seconds, args.seed))
            bar.advance(task)
    here = machine()
    rows = [
        (
            str(s.robots),
            s.physics,
            str(s.beams or "-"),
            f"{s.real_time_factor:.1f}",
            f"{s.cpu_factor:.1f}",
            str(s.contacts),
        )
        for s in found
    ]
    screen.table(("robots", "physics", "beams", "x real time", "x time of a core", "contacts"), rows)
    screen.say(f"{here['cpu']}, {here['cores']} cores, load {here['load']}", "dim")
    screen.emit({"machine": here, "seconds": args.seconds, "seed": args.seed, "runs": [asdict(s) for s in found]})
    return 0


def counts(text: str) -> tuple[int, ...]:
    """Whole numbers with commas between them."""
    if not re.fullmatch(r"\d+(,\d+)*", text) or not all(1 <= int(word) <= MOST for word in text.split(",")):
        raise argparse.ArgumentTypeError(f"{text!r} is no list of whole numbers from 1 to {MOST}, like 10,50,100")
    return tuple(int(word) for word in text.split(","))
