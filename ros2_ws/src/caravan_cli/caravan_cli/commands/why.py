"""`caravan why`: why a goal, a task or a robot is as it is."""

from __future__ import annotations

import argparse

from caravan_cli.options import add_json
from caravan_cli.render import Screen
from caravan_cli.ros import need_ros


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("subject", metavar="TASK_OR_GOAL", help="a goal (g12), one of its tasks (g12/t1) or a robot")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Asks the auction house, and shows its answer."""
    need_ros()
    # Loaded here because help and bad input are told without ROS too.
    from caravan_cli.client import FleetClient

    screen = Screen(as_json=args.json)
    with FleetClient() as client:
        text, data = client.explain(args.subject)
    screen.emit(data)
    if not args.json:
        screen.say(text)
    return 0
