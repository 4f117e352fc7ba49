"""`caravan bench faults`: kill -9, SIGSTOP, a cut link and loss for a real fleet at work."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from rich.console import Console

from caravan.adapters.site_file import read_site, robots_of
from caravan_cli.options import add_json, add_logs, add_seed, add_site, number, whole
from caravan_cli.render import Screen, counter
from caravan_cli.resources import given_or
from caravan_cli.ros import need_ros


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("--events", type=whole(1, 10_000), default=20, metavar="N", help="faults (default: 20)")
    parser.add_argument("--robots", type=whole(2, 50), default=4, metavar="R", help="robots (default: 4)")
    parser.add_argument(
        "--auction-nodes", type=whole(1, 9), default=2, metavar="K", help="one leads, the others stand by (default: 2)"
    )
    parser.add_argument(
        "--rate", type=number(0.1, 20.0), default=3.0, metavar="X", help="simulated seconds in a real one (default: 3)"
    )
    parser.add_argument(
        "--apart",
        type=number(0.0, 3600.0),
        metavar="S",
        help="s from the end of a fault to the next; by default they overlap, and may leave no majority of voters",
    )
    parser.add_argument(
        "--network",
        action="store_true",
        help="auction nodes in network namespaces of their own, with cut links, and loss where nft is installed",
    )
    add_site(parser)
    add_seed(parser)
    add_logs(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Runs the campaign; 1 where a goal was lost, or a task begun or done twice."""
    file = given_or(args.site, "config/warehouse.yaml")
    robots_of(read_site(file), args.robots)
    need_ros("caravan chaos")
    # Loaded here because help and bad input are told without ROS too.
    from caravan_cli.faults.run import Wishes, run_campaign

    wishes = Wishes(
        site=file,
        robots=args.robots,
        auction_nodes=args.auction_nodes,
        events=args.events,
        rate=args.rate,
        seed=args.seed,
        network=args.network,
        apart=args.apart,
        logs=Path(args.logs),
    )
    screen = Screen(as_json=args.json)
    begun = time.monotonic()
    with counter(Console(stderr=True), "faults", shown=sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=args.events)

        def tell(line: str) -> None:
            bar.advance(task)
            screen.say(f"{time.monotonic() - begun:6.1f} s  {line}", "dim")

        result = run_campaign(wishes, tell)
    result["seconds"] = round(time.monotonic() - begun, 1)
    screen.table(("what", "figure"), [(key, str(value)) for key, value in result.items() if key != "cases"])
    screen.emit(result)
    return 1 if result["lost"] or result["doubled_starts"] or result["done_twice"] else 0
