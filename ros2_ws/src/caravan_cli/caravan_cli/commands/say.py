"""`caravan say`: tell the fleet, or one robot, a goal."""

from __future__ import annotations

import argparse
import getpass

from caravan_cli.options import add_json, sentence
from caravan_cli.render import Screen
from caravan_cli.ros import need_ros


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("text", metavar="TEXT", help="what the robots shall do, in your own words")
    parser.add_argument("--to", metavar="ROBOT", default="", help="one robot that is spoken to (default: the fleet)")
    parser.add_argument("--wait", action="store_true", help="follow the goal to its end; 0 only if it gets done")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Says it; with --wait, 1 where it does not get done."""
    text = sentence(args.text)
    need_ros("caravan parse")
    # Loaded here because bad input is told without ROS too.
    from caravan_cli.client import FleetClient
    from caravan_cli.follow import follow

    screen = Screen(as_json=args.json)
    with FleetClient() as client:
        goal = client.say(text, getpass.getuser(), args.to)
        if not args.wait:
            screen.say(f"{goal} is accepted; see caravan why {goal}")
            screen.emit({"goal": goal, "text": text})
            return 0
        end = follow(client, goal, screen)
    screen.emit(end)
    return 0 if end["state"] == "done" else 1
