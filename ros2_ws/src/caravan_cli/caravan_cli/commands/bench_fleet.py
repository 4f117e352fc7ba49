"""`caravan bench fleet`: a whole fleet at work, for hours, on deliveries without end."""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from caravan.adapters.charge_check import small_batteries
from caravan.adapters.site_file import read_site, robots_of
from caravan.model.site import Site
from caravan_cli.complaint import Complaint
from caravan_cli.fleet_bench.meter import Tell
from caravan_cli.fleet_bench.virtual import run_virtual
from caravan_cli.options import add_json, add_logs, add_seed, add_site, number, whole
from caravan_cli.render import Screen, counter
from caravan_cli.resources import given_or
from caravan_cli.ros import need_ros

RATE = 2.0
PROCESSES = 4
CROWD = 24
"""More robots than this jam each other in the small warehouse: they work in the large one."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument(
        "--robots", type=whole(1, 200), default=20, metavar="N",
        help=f"robots (default: 20); more than {CROWD} work in config/warehouse_large.yaml where no --site is given",
    )  # fmt: skip
    parser.add_argument(
        "--hours", type=number(0.01, 24.0), default=1.0, metavar="H", help="simulated hours of work (default: 1)"
    )
    parser.add_argument(
        "--battery", type=number(0.1, 100_000.0), metavar="WH", help="every robot's battery (default: as the site says)"
    )
    parser.add_argument("--ros", action="store_true", help="real processes on real DDS; in virtual time without it")
    parser.add_argument(
        "--rate", type=number(0.0, 20.0), metavar="X", help="with --ros: simulated seconds in a real one (default: 2)"
    )
    parser.add_argument(
        "--processes", type=whole(1, 200), metavar="K", help=f"with --ros: processes of agents (default: {PROCESSES})"
    )
    parser.add_argument("--picture", metavar="FILE", help="draw where the robots drove, as PNG")
    add_site(parser)
    add_seed(parser)
    add_logs(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Runs the bench; 1 where a goal was lost or failed, or a robot touched anything or ran empty."""
    begun = time.monotonic()
    site = _site(args)
    if args.ros:
        need_ros("caravan bench fleet")
    screen = Screen(as_json=args.json)
    result: dict[str, Any] = {"robots": args.robots, "hours": args.hours, "seed": args.seed}
    with counter(Console(stderr=True), "simulated s", shown=sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=round(args.hours * 3600.0))
        result |= (_real if args.ros else _virtual)(args, site, lambda at: bar.update(task, completed=round(at)))
    result["seconds"] = round(time.monotonic() - begun, 1)
    result |= {"cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1)}
    screen.table(("what", "figure"), [(key, str(value)) for key, value in result.items()])
    screen.emit(result)
    bad = ("failed", "lost", "contacts_robots", "contacts_obstacles")
    return 1 if any(result[key] for key in bad) or result["lowest_battery"] <= 0.0 else 0


def _virtual(args: argparse.Namespace, site: Site, tell: Tell) -> dict[str, Any]:
    return run_virtual(site, args.hours, args.seed, _picture(args), tell)


def _real(args: argparse.Namespace, site: Site, tell: Tell) -> dict[str, Any]:
    # Loaded here because the bench in virtual time must do without ROS.
    from caravan_cli.fleet_bench.real import Wishes, run_real

    wishes = Wishes(
        site_file=_site_file(args),
        site=site,
        hours=args.hours,
        seed=args.seed,
        rate=RATE if args.rate is None else args.rate,
        processes=min(args.processes or PROCESSES, args.robots),
        logs=Path(args.logs),
        picture=_picture(args),
    )
    return run_real(wishes, tell)


def _picture(args: argparse.Namespace) -> Path | None:
    return Path(args.picture) if args.picture else None


def _site_file(args: argparse.Namespace) -> Path:
    return given_or(args.site, "config/warehouse.yaml" if args.robots <= CROWD else "config/warehouse_large.yaml")


def _site(args: argparse.Namespace) -> Site:
    for option in ("rate", "processes"):
        if getattr(args, option) is not None and not args.ros:
            raise Complaint(f"--{option} is of processes; say --ros too")
    if args.battery is not None and args.ros:
        raise Complaint("--battery is for virtual time; with --ros give robots other batteries in a site file: --site")
    site = robots_of(read_site(_site_file(args)), args.robots)
    if args.battery is None:
        return site
    robots = {r.id: replace(r, battery=replace(r.battery, capacity=args.battery)) for r in site.robots.values()}
    site = replace(site, robots=robots)
    for fault in small_batteries(site):
        raise Complaint(f"--battery {args.battery:g}: {fault}")
    return site
