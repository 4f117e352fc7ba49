"""`caravan up`: a fleet that runs until Ctrl-C."""

from __future__ import annotations

import argparse
from pathlib import Path

from caravan.adapters.site_file import read_site, robots_of
from caravan_cli.options import add_json, add_logs, add_model, add_robots, add_site, number, whole
from caravan_cli.render import Screen
from caravan_cli.resources import given_or
from caravan_cli.ros import need_ros
from caravan_ros.plan import SIMULATORS, fleet_plan
from caravan_ros.process import prepare
from caravan_ros.reading import check_models
from caravan_ros.settings import NAVIGATIONS


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    add_site(parser)
    add_robots(parser)
    parser.add_argument(
        "--agents-per-process", type=whole(1, 200), default=1, metavar="N", help="robots in one process (default: 1)"
    )
    parser.add_argument(
        "--auction-nodes",
        type=whole(1, 9),
        default=1,
        metavar="N",
        help="auction nodes: one leads, the others stand by (default: 1)",
    )
    parser.add_argument(
        "--rate", type=number(0.1, 20.0), default=1.0, metavar="R", help="simulated seconds in a real one (default: 1)"
    )
    parser.add_argument(
        "--sim", choices=SIMULATORS, default="embedded", help="the simulator; none for real robots (default: embedded)"
    )
    parser.add_argument(
        "--navigation",
        choices=NAVIGATIONS,
        default="builtin",
        help="what drives the robots; nav2: a Nav2 in each robot's namespace (default: builtin)",
    )
    parser.add_argument("--window", action="store_true", help="show Gazebo's window (with --sim gz)")
    add_model(parser)
    add_logs(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Starts the fleet in the domain of ROS_DOMAIN_ID, tells what happens there, and ends it at Ctrl-C."""
    file = given_or(args.site, "config/warehouse.yaml")
    robots = robots_of(read_site(file), args.robots or 0).robots
    plan = fleet_plan(
        file,
        sim=args.sim,
        robots=args.robots or 0,
        agents_per_process=args.agents_per_process,
        rate=args.rate,
        auction_nodes=args.auction_nodes,
        model=args.model or "",
        navigation=args.navigation,
        headless=not args.window,
    )
    need_ros("caravan demo --no-ros")
    prepare(plan)
    check_models(args.model or "")
    # Loaded here because help and bad input are told without ROS too.
    from caravan_cli.standing import stand

    try:
        stand(plan, Path(args.logs), robots, Screen(as_json=args.json))
    except KeyboardInterrupt:
        return 0
    return 1
