"""`caravan cancel`: give up a goal."""

from __future__ import annotations

import argparse
import getpass

from caravan_cli.options import add_json, check_goal
from caravan_cli.render import Screen
from caravan_cli.ros import need_ros


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("goal", metavar="GOAL", help="the goal (g12)")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Asks the auction house to give the goal up."""
    check_goal(args.goal)
    need_ros()
    # Loaded here because bad input is told without ROS too.
    from caravan_cli.client import FleetClient

    screen = Screen(as_json=args.json)
    with FleetClient() as client:
        message = client.cancel(args.goal, getpass.getuser())
    screen.say(message or f"{args.goal} is cancelled")
    screen.emit({"goal": args.goal, "message": message})
    return 0
