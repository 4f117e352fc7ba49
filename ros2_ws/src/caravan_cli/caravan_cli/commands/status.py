"""`caravan status`: goals, tasks and robots as they are now."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from caravan_cli.options import add_json
from caravan_cli.render import Screen, state
from caravan_cli.ros import need_ros


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Asks the auction house about everything, and shows it as tables."""
    need_ros()
    # Loaded here because help and bad input are told without ROS too.
    from caravan_cli.client import FleetClient

    screen = Screen(as_json=args.json)
    with FleetClient() as client:
        _, data = client.explain("")
    screen.emit(data)
    if not args.json:
        _show(data, screen)
    return 0


def _show(data: Mapping[str, Any], screen: Screen) -> None:
    tasks = [t for goal in data["goals"] for t in goal["tasks"]]
    auction = data["auction"]
    screen.say(f"{auction['leader']} leads (term {auction['term']}); in sync: {', '.join(auction['in_sync'])}")
    robots = [(name, r["activity"], f"{r['battery']:.0%}", _held(name, tasks)) for name, r in data["robots"].items()]
    screen.table(("robot", "does", "battery", "tasks"), robots, "Robots")
    goals = [(g["id"], g["text"], state(g["state"]), g["message"]) for g in data["goals"]]
    screen.table(("goal", "said", "state", "told"), goals, "Goals")
    rows = [(t["id"], state(t["state"]), t["robot"] or "", f"{t['progress']:.0%}", t["note"]) for t in tasks]
    screen.table(("task", "state", "robot", "done", "note"), rows, "Tasks")


def _held(robot: str, tasks: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(t["id"] for t in tasks if t["robot"] == robot and t["state"] in ("awarded", "running"))
