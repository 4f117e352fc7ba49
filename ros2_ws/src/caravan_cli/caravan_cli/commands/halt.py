"""`caravan halt`: the emergency stop, and its end. No language model stands in front of it."""

from __future__ import annotations

import argparse

from caravan_cli.options import add_json
from caravan_cli.render import Screen
from caravan_cli.ros import need_ros


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("robots", nargs="*", metavar="ROBOT", help="whom (default: all)")
    parser.add_argument("--resume", action="store_true", help="let them drive again")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Asks the auction house to stop the wheels, or to let them drive."""
    need_ros()
    # Loaded here because help and bad input are told without ROS too.
    from caravan_cli.client import FleetClient

    screen = Screen(as_json=args.json)
    with FleetClient() as client:
        message = client.halt(not args.resume, args.robots)
    who = ", ".join(args.robots) or "all robots"
    screen.say(message or f"{who}: {'drive again' if args.resume else 'halted'}")
    screen.emit({"halted": not args.resume, "robots": args.robots, "message": message})
    return 0
