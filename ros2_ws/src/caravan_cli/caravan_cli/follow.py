"""Following one goal to its end, on the screen."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from caravan.model.goal import FINAL_GOAL_STATES, GoalState
from caravan.model.market import Event, RobotState
from caravan_cli.client import FleetClient
from caravan_cli.live import LiveBoard
from caravan_cli.render import Screen

LOOK = 2.0
"""Pause between two looks at the house's book, s; an event may have been lost."""


def follow(
    client: FleetClient, goal: str, screen: Screen, reply: Callable[[str], bool] | None = None
) -> dict[str, Any]:
    """Shows what happens to a goal until its end; answers with the goal as JSON values.

    Where the fleet asks back, `reply` gets the question, and says whether it was answered and the goal goes on.
    """
    begun = time.monotonic()
    with LiveBoard(screen) as board:

        def hear(event: Event) -> None:
            if event.goal == goal:
                board.hear(event, time.monotonic() - begun)

        def state(state: RobotState) -> None:
            for holding in state.holdings:
                board.follow(holding.task_id, holding.progress, holding.remaining, time.monotonic() - begun)

        client.on_event(hear)
        client.on_state(state)
        while True:
            looked = time.monotonic()
            while goal not in board.board.ended and time.monotonic() - looked < LOOK:
                client.spin(0.1)
            found: dict[str, Any] = client.explain(goal)[1]["goal"]
            if found["state"] not in FINAL_GOAL_STATES:
                continue
            if found["state"] != GoalState.ASKED or reply is None:
                return found
            with board.aside():
                answered = reply(found["message"])
            if not answered:
                return found
            board.board.ended.discard(goal)


def until_read(client: FleetClient, goal: str) -> dict[str, Any]:
    """Waits until the fleet has made something of a goal; answers with the goal as JSON values."""
    while True:
        found: dict[str, Any] = client.explain(goal)[1]["goal"]
        if found["state"] != GoalState.READING:
            return found
        client.spin(0.1)
