"""`caravan sim`: the simulator alone, and how fast it goes."""

from __future__ import annotations

import argparse
from pathlib import Path

from caravan_cli.options import add_json, add_logs, add_robots, add_seed, add_site, number
from caravan_cli.render import Screen
from caravan_cli.resources import given_or
from caravan_cli.ros import need_ros
from caravan_ros.plan import fleet_plan


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    add_site(parser)
    add_robots(parser)
    parser.add_argument(
        "--rate",
        type=number(0.0, 1000.0),
        default=1.0,
        metavar="R",
        help="real-time factor at most (default: 1; 0: any)",
    )
    add_seed(parser)
    parser.add_argument(
        "--seconds", type=number(1.0, 86400.0), metavar="S", help="how long, in real s (default: until Ctrl-C)"
    )
    add_logs(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Runs sim_node in the domain of ROS_DOMAIN_ID and tells the real-time factor each second."""
    site = given_or(args.site, "config/warehouse.yaml")
    plan = fleet_plan(site, robots=args.robots or 0, rate=args.rate, seed=args.seed)
    need_ros("caravan demo --no-ros")
    # Loaded here because help and bad input are told without ROS too.
    from caravan_cli.sim_alone import simulate

    screen = Screen(as_json=args.json)
    factor = simulate(next(p for p in plan if p.executable == "sim_node"), Path(args.logs), args.seconds, screen)
    screen.emit({"real_time_factor": factor})
    return 0
