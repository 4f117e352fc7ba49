"""`caravan bench platoon`: string stability, collisions and manoeuvres, with plots; `--ros`: trucks over real DDS."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console

from caravan_cli.options import add_json, add_logs, add_seed, number, whole
from caravan_cli.platoon_bench import tables
from caravan_cli.platoon_bench.figures import PARTS, Wishes, jobs, orders_summary, sound, summary
from caravan_cli.platoon_bench.plots import draw
from caravan_cli.render import Screen, counter
from caravan_cli.resources import resource
from caravan_cli.ros import need_ros


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("--only", choices=PARTS, metavar="PART", help=f"one part alone: {', '.join(PARTS)}")
    parser.add_argument(
        "--seeds", type=whole(1, 10**6), default=1000, metavar="N", help="of manoeuvres (default: 1000)"
    )
    parser.add_argument(
        "--crash-seeds", type=whole(1, 1000), default=20, metavar="N", help="at each delay and loss (default: 20)"
    )
    parser.add_argument(
        "--order-seeds", type=whole(1, 10**6), default=100, metavar="N", help="of random orders (default: 100)"
    )
    parser.add_argument("--ros", action="store_true", help="instead: trucks end to end, real processes on real DDS")
    parser.add_argument(
        "--vehicles", type=whole(2, 8), default=8, metavar="N", help="with --ros: trucks in the platoon (default: 8)"
    )
    parser.add_argument(
        "--seconds", type=number(3.0, 3600.0), default=60.0, metavar="S", help="with --ros: measured (default: 60)"
    )
    add_logs(parser)
    parser.add_argument("--out", metavar="DIR", default="out/platoon", help="where plots go (default: out/platoon)")
    add_seed(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Runs the bench; 1 where a vehicle of ours came too near, amplified, ended illegally, or broke a law."""
    if args.ros:
        return _real(args)
    parts = (args.only,) if args.only is not None else PARTS
    wishes = Wishes(
        parts=parts, seeds=args.seeds, crash_seeds=args.crash_seeds, order_seeds=args.order_seeds, seed=args.seed
    )
    screen, begun = Screen(as_json=args.json), time.monotonic()
    figures: dict[str, Any] = {}
    work = jobs(wishes)
    with counter(Console(stderr=True), "measurements", shown=sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=len(work))
        for job in work:
            figures.setdefault(job.part, []).extend(job.work())
            bar.advance(task)
    if "manoeuvres" in figures:
        figures["manoeuvres"] = summary(figures["manoeuvres"])
    if "orders" in figures:
        figures["orders"] = orders_summary(figures["orders"])
    tables.show(figures, screen)
    figures["plots"] = [str(file) for file in draw(figures, parts, Path(args.out), args.seed)]
    figures["seconds"] = round(time.monotonic() - begun, 1)
    figures["sound"] = sound(figures)
    screen.say(f"plots: {', '.join(figures['plots']) or 'none'}; {figures['seconds']:.0f} s")
    screen.emit(figures)
    return 0 if figures["sound"] else 1


def _real(args: argparse.Namespace) -> int:
    """Trucks end to end; 1 where they were heard too seldom, were too late, fell apart or came too close."""
    need_ros("caravan bench platoon")
    # Loaded here because the rest is measured without ROS too.
    from caravan_cli.platoon_bench.real import run_real, sound

    screen, begun = Screen(as_json=args.json), time.monotonic()

    def tell(what: str) -> None:
        screen.say(f"{time.monotonic() - begun:6.1f} s  {what}", "dim")

    figures = run_real(resource("config/highway.yaml"), args.vehicles, args.seconds, 1.0, Path(args.logs), tell)
    figures["sound"] = sound(figures)
    tables.show_real(figures, screen)
    screen.emit(figures)
    return 0 if figures["sound"] else 1
