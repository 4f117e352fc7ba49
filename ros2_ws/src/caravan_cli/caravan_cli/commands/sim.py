"""`caravan sim`: the simulator alone, and how fast it goes."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from caravan.adapters.site_file import read_site, robots_of
from caravan.sim.engine import PHYSICS
from caravan_cli.filming import add_video, filmed
from caravan_cli.options import add_json, add_logs, add_robots, add_seed, add_site, number, whole
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
        "--physics", choices=PHYSICS, default="planar", help="how bodies move: docs/simulator.md (default: planar)"
    )
    parser.add_argument(
        "--lidar",
        type=whole(0, 10_000),
        default=0,
        metavar="N",
        help="beams of each robot's laser scanner, on /<robot>/scan (default: 0, none)",
    )
    add_video(parser)
    parser.add_argument(
        "--seconds", type=number(1.0, 86400.0), metavar="S", help="how long, in real s (default: until Ctrl-C)"
    )
    add_logs(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Runs sim_node in the domain of ROS_DOMAIN_ID and tells the real-time factor each second."""
    site_file = given_or(args.site, "config/warehouse.yaml")
    plan = fleet_plan(site_file, robots=args.robots or 0, rate=args.rate, seed=args.seed)
    site = robots_of(read_site(site_file), args.robots or 0)
    need_ros("caravan demo --no-ros")
    # Loaded here because help and bad input are told without ROS too.
    from caravan_cli.sim_alone import simulate

    screen = Screen(as_json=args.json)
    node = next(p for p in plan if p.executable == "sim_node")
    node = replace(node, parameters={**node.parameters, "physics": args.physics, "lidar": args.lidar})
    with filmed(args.video, site, f"Caravan: {site.name}") as film:
        factor = simulate(node, site, Path(args.logs), args.seconds, screen, film)
    screen.emit({"real_time_factor": factor})
    return 0
