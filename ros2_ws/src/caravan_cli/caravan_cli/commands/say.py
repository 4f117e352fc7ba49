"""`caravan say`: tell the fleet, or one robot, a goal; answer what it asks; or give it tasks that are spelled out."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from caravan_cli.complaint import Complaint
from caravan_cli.options import add_json, check_goal, sentence
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
    parser.add_argument("--goal", metavar="GOAL", default="", help="TEXT answers what was asked about this goal (g12)")
    parser.add_argument("--wait", action="store_true", help="follow the goal to its end; 0 only if it gets done")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Says it, and on a terminal answers what is asked back; with --wait, 1 where it does not get done."""
    if args.draft is not None and (args.to or args.goal):
        option = "--to" if args.to else "--goal"
        raise Complaint(f"{option} is for words; a Draft names its robots by the key 'robot', and answers nothing")
    if args.draft is None and args.mechanism:
        raise Complaint("--mechanism is for tasks that are spelled out; give them with --draft FILE")
    check_goal(args.goal or "g1")
    text = sentence(args.text) if args.draft is None else _draft(args.draft)
    need_ros("caravan parse")
    # Loaded here because bad input is told without ROS too.
    from caravan_cli.client import FleetClient

    screen = Screen(as_json=args.json)
    with FleetClient() as client:
        goal = _tell(client, text, args)
        end = _attend(client, goal, args, screen)
    if end is None:
        screen.say(f"{goal} is accepted; see caravan why {goal}")
        screen.emit({"goal": goal, "text": text})
        return 0
    if end["state"] == "asked":
        screen.say(f'answer with caravan say --goal {goal} "..."', "yellow")
    screen.emit(end)
    return 0 if end["state"] == "done" or not args.wait else 1


def _attend(client: FleetClient, goal: str, args: argparse.Namespace, screen: Screen) -> dict[str, Any] | None:
    """Follows the goal to its end (with --wait), or on a terminal until it is read; None: neither."""
    # Loaded here as the client is.
    from caravan_cli.follow import follow, until_read

    def reply(question: str) -> bool:
        return _reply(client, goal, screen)

    talks = sys.stdin.isatty() and not args.json
    if args.wait:
        return follow(client, goal, screen, reply if talks else None)
    if not talks:
        return None
    found = until_read(client, goal)
    while found["state"] == "asked":
        screen.say(f"{goal} asks back: {found['message']}", "yellow")
        if not _reply(client, goal, screen):
            return found
        found = until_read(client, goal)
    told = f": {found['message']}" if found["message"] else f"; see caravan why {goal}"
    screen.say(f"{goal} is {found['state']}{told}")
    return found


def _reply(client: FleetClient, goal: str, screen: Screen) -> bool:
    """Reads answers from the terminal until one is taken; False where none is given."""
    while True:
        try:
            text = input("> ").strip()
        except EOFError:
            return False
        if not text:
            return False
        try:
            client.say(text, getpass.getuser(), answers=goal)
        except Complaint as complaint:
            screen.say(str(complaint), "yellow")
            continue
        return True


def _tell(client: FleetClient, text: str, args: argparse.Namespace) -> str:
    if args.draft is not None:
        return client.submit(text, getpass.getuser(), args.mechanism)
    return client.say(text, getpass.getuser(), args.to, args.goal)


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
