"""`caravan bench intersection`: time slots by auction, against order of arrival and a fixed signal, over load."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console

from caravan_cli.complaint import Complaint
from caravan_cli.intersection_bench.course import CONTROLLERS, LOADS, Course, Row, drive, sound, together
from caravan_cli.intersection_bench.plots import NAMES, draw
from caravan_cli.options import add_json, add_seed, number, whole
from caravan_cli.render import Screen, counter

COLUMNS = {
    "mean_delay": "mean delay, s",
    "p95_delay": "95 of 100, s",
    "worst_delay": "worst, s",
    "worst_wait": "longest wait for a slot, s",
    "weighted_delay": "mean by worth, s",
    "urgent_delay": "of the urgent, s",
    "smallest_gap": "smallest gap, m",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument(
        "--load",
        type=number(100.0, 6000.0),
        nargs="+",
        default=LOADS,
        metavar="N",
        help="vehicles an hour (default: 1000 to 4000)",
    )
    parser.add_argument("--seeds", type=whole(1, 1000), default=3, metavar="N", help="at each load (default: 3)")
    parser.add_argument(
        "--minutes", type=number(0.5, 120.0), default=10.0, metavar="M", help="that vehicles come for (default: 10)"
    )
    parser.add_argument(
        "--largest", type=whole(1, 10), default=4, metavar="N", help="vehicles of the largest platoon (default: 4)"
    )
    parser.add_argument(
        "--out", metavar="DIR", default="out/platoon", help="where the plot goes (default: out/platoon)"
    )
    add_seed(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Runs the bench; 1 where vehicles touched, some did not cross, or one waited too long at the auction."""
    screen, begun = Screen(as_json=args.json), time.monotonic()
    out = Path(args.out)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Complaint(f"{out}: {error.strerror or error}; give --out a folder that can be written") from None
    rows = _measure(args)
    _show(rows, screen)
    plot = out / "intersection.png"
    draw(rows, plot)
    figures: dict[str, Any] = {
        "minutes": args.minutes,
        "largest_platoon": args.largest,
        "rows": rows,
        "sound": sound(rows),
        "plot": str(plot),
        "seconds": round(time.monotonic() - begun, 1),
        "cores": os.cpu_count(),
    }
    screen.say(f"plot: {plot}; {figures['seconds']:.0f} s")
    screen.emit(figures)
    return 0 if figures["sound"] else 1


def _measure(args: argparse.Namespace) -> list[Row]:
    loads, seeds = sorted(set(args.load)), range(args.seed, args.seed + args.seeds)
    rows = []
    with counter(Console(stderr=True), "runs", shown=sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=len(loads) * len(CONTROLLERS) * len(seeds))
        for load in loads:
            for controller in CONTROLLERS:
                runs = []
                for seed in seeds:
                    course = Course(
                        load=load, controller=controller, seed=seed, seconds=60.0 * args.minutes, largest=args.largest
                    )
                    runs.append(drive(course))
                    bar.advance(task)
                rows.append(together(load, controller, runs))
    return rows


def _show(rows: list[Row], screen: Screen) -> None:
    cells = [
        (f"{row['load']:.0f}", NAMES[row["controller"]], *("" if row[f] is None else f"{row[f]:.1f}" for f in COLUMNS))
        for row in rows
    ]
    screen.table(("vehicles an hour", "slots by", *COLUMNS.values()), cells, title="time lost at an intersection")
    bad = sum(row["contacts"] for row in rows)
    left = sum(row["left"] for row in rows)
    screen.say(f"{bad} contacts, {left} did not cross", "red" if bad or left else "green")
