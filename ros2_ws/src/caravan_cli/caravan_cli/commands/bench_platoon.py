"""`caravan bench platoon`: string stability, collisions and manoeuvres, with plots."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console

from caravan_cli.options import add_json, add_seed, whole
from caravan_cli.platoon_bench import tables
from caravan_cli.platoon_bench.figures import PARTS, Wishes, jobs, sound, summary
from caravan_cli.platoon_bench.plots import draw
from caravan_cli.render import Screen, counter


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("--only", choices=PARTS, metavar="PART", help=f"one part alone: {', '.join(PARTS)}")
    parser.add_argument(
        "--seeds", type=whole(1, 10**6), default=1000, metavar="N", help="of manoeuvres (default: 1000)"
    )
    parser.add_argument(
        "--crash-seeds", type=whole(1, 1000), default=20, metavar="N", help="at each delay and loss (default: 20)"
    )
    parser.add_argument("--out", metavar="DIR", default="out/platoon", help="where plots go (default: out/platoon)")
    add_seed(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Runs the bench; 1 where a vehicle of ours hit another, amplified, or did not end a manoeuvre legally."""
    parts = (args.only,) if args.only is not None else PARTS
    wishes = Wishes(parts=parts, seeds=args.seeds, crash_seeds=args.crash_seeds, seed=args.seed)
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
    tables.show(figures, screen)
    figures["plots"] = [str(file) for file in draw(figures, parts, Path(args.out), args.seed)]
    figures["seconds"] = round(time.monotonic() - begun, 1)
    figures["sound"] = sound(figures)
    screen.say(f"plots: {', '.join(figures['plots']) or 'none'}; {figures['seconds']:.0f} s")
    screen.emit(figures)
    return 0 if figures["sound"] else 1
