"""`caravan bench traffic`: targets without end for many robots on a grid map, against free flow and plain PIBT."""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from caravan.adapters.movingai import MapError, read_map
from caravan.traffic.grid import Grid, random_grid, warehouse_grid
from caravan_cli.complaint import Complaint
from caravan_cli.options import add_json, add_seed, whole
from caravan_cli.render import Screen, counter
from caravan_cli.traffic_bench.course import PLANNERS, Course, Run
from caravan_cli.traffic_bench.figures import PUBLISHED, show, sound, together

MADE: dict[str, Callable[[int], Grid]] = {
    "random": lambda seed: random_grid(random.Random(seed)),
    "warehouse": lambda seed: warehouse_grid(),
    "warehouse-wide": lambda seed: warehouse_grid(aisle=2),
}
"""Maps that need no file; one of chance is another for each seed."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--map", metavar="FILE", help="a MovingAI .map file")
    source.add_argument("--made", choices=sorted(MADE), default="random", help="or one of this kind (default: random)")
    parser.add_argument("--agents", type=whole(1, 100_000), default=100, metavar="N", help="robots (default: 100)")
    parser.add_argument("--steps", type=whole(1, 1_000_000), default=500, metavar="S", help="of a run (default: 500)")
    parser.add_argument("--seeds", type=whole(1, 1_000_000), default=1, metavar="N", help="runs (default: 1)")
    parser.add_argument("--picture", metavar="FILE", help="a PNG of where robots stood waiting in the first run")
    add_seed(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Runs the bench; 1 where a step was at fault, or a robot of the product's planner did not arrive."""
    seeds = range(args.seed, args.seed + args.seeds)
    grids = [_grid(args, seed) for seed in seeds]
    runs: dict[str, list[Run]] = {name: [] for name in PLANNERS}
    screen = Screen(as_json=args.json)
    with counter(Console(stderr=True), "steps", shown=sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=len(seeds) * len(PLANNERS) * args.steps)
        for seed, grid in zip(seeds, grids, strict=True):
            for name, make in PLANNERS.items():
                runs[name].append(Course(grid, args.agents, seed).drive(make, args.steps, lambda: bar.advance(task)))
    figures = _figures(args, grids[0], list(seeds), runs)
    show(figures, screen)
    if args.picture is not None:
        _draw(Path(args.picture), grids[0], runs["caravan"][0], args.agents)
    screen.emit(figures)
    return 0 if sound(figures) else 1


def _grid(args: argparse.Namespace, seed: int) -> Grid:
    """The map for a seed. Raises Complaint where there is none, or no room on it for the robots."""
    try:
        grid = MADE[args.made](seed) if args.map is None else read_map(args.map).connected()
    except MapError as error:
        raise Complaint(str(error)) from None
    if args.agents >= (room := len(grid.free())):
        raise Complaint(f"{args.agents} robots on {grid.name}, of {room} cells that hang together; give --agents fewer")
    return grid


def _figures(args: argparse.Namespace, grid: Grid, seeds: list[int], runs: dict[str, list[Run]]) -> dict[str, Any]:
    size = {"height": len(grid.rows), "width": len(grid.rows[0]), "free": len(grid.free())}
    figures: dict[str, Any] = {
        "map": {"name": grid.name, **size},
        "agents": args.agents,
        "steps": args.steps,
        "seeds": seeds,
        "planners": {name: together([one.figures(args.agents) for one in of]) for name, of in runs.items()},
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }
    like = (grid.name, args.agents, args.steps) == ("random-32-32-20", PUBLISHED["agents"], PUBLISHED["steps"])
    return {**figures, "published": PUBLISHED} if like else figures


def _draw(out: Path, grid: Grid, run: Run, agents: int) -> None:
    # Loaded here because it takes longer to load than many a bench to run.
    from caravan.adapters.heat import draw_heat

    try:
        draw_heat(grid, run.stood, out, f"{grid.name}: where {agents} robots stood on their way, steps")
    except OSError as error:
        raise Complaint(f"{out}: {error.strerror or error}; name a .png that can be written") from None
