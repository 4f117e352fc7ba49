"""`caravan say`: tell the fleet, or one robot, a goal; or give it tasks that are spelled out."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from caravan_cli.complaint import Complaint
from caravan_cli.options import add_json, sentence
from caravan_cli.render import Screen
from caravan_cli.ros import need_ros

if TYPE_CHECKING:
    from caravan_cli.client import FleetClient


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("text", metavar="TEXT", nargs="?", help="what the robots shall do, in your own words")
    what.add_argument(
        "--draft", metavar="FILE", help="tasks as JSON (docs/goal_language.md) instead of words; - is standard input"
    )
    parser.add_argument("--to", metavar="ROBOT", default="", help="one robot that is spoken to (default: the fleet)")
    parser.add_argument(
        "--mechanism", metavar="NAME", default="", help="with --draft: how the tasks are auctioned (docs/mechanisms.md)"
    )
    parser.add_argument("--wait", action="store_true", help="follow the goal to its end; 0 only if it gets done")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Says it; with --wait, 1 where it does not get done."""
    if args.draft is not None and args.to:
        raise Complaint("--to is for words; in a Draft, name the robot of each task by its key 'robot'")
    if args.draft is None and args.mechanism:
        raise Complaint("--mechanism is for tasks that are spelled out; give them with --draft FILE")
    text = sentence(args.text) if args.draft is None else _draft(args.draft)
    need_ros("caravan parse")
    # Loaded here because bad input is told without ROS too.
    from caravan_cli.client import FleetClient
    from caravan_cli.follow import follow

    screen = Screen(as_json=args.json)
    with FleetClient() as client:
        goal = _tell(client, text, args)
        if not args.wait:
            screen.say(f"{goal} is accepted; see caravan why {goal}")
            screen.emit({"goal": goal, "text": text})
            return 0
        end = follow(client, goal, screen)
    screen.emit(end)
    return 0 if end["state"] == "done" else 1


def _tell(client: FleetClient, text: str, args: argparse.Namespace) -> str:
    if args.draft is not None:
        return client.submit(text, getpass.getuser(), args.mechanism)
    return client.say(text, getpass.getuser(), args.to)


def _draft(file: str) -> str:
    """The JSON in a file. Raises Complaint where it cannot be read or is none."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        json.loads(text)
    except OSError as error:
        raise Complaint(f"--draft {file}: {error.strerror}; name a file that can be read") from None
    except (ValueError, RecursionError) as error:
        raise Complaint(f"--draft {file}: no JSON: {error}; docs/goal_language.md shows a Draft") from None
    return text
