"""Awards on their way to the robots, as goals of their actions execute_task."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial

from rclpy.node import Node
from rclpy.task import Future

from caravan.model.market import Award, AwardReply
from caravan_ros import wiring
from caravan_ros.convert import award_to_goal

PATIENCE = 2.0
"""How long an award that was sent may stay without an answer before it is sent again, real s."""
_Key = tuple[str, str, int]


class AwardSender:
    """Sends each award once while it is pending, and tells `replied` what the robot said."""

    def __init__(self, node: Node, robots: Iterable[str], replied: Callable[[AwardReply], None]) -> None:
        self._clients = {robot: wiring.execute_task(robot).client(node) for robot in robots}
        self._replied = replied
        self._pending: dict[_Key, float] = {}

    def send(self, award: Award) -> None:
        """Sends an award, unless it was sent a moment ago and is unanswered, or nobody is there to take it."""
        client, key = self._clients[award.robot], (award.robot, award.task_id, award.epoch)
        sent = self._pending.get(key)
        if (sent is not None and time.monotonic() - sent < PATIENCE) or not client.server_is_ready():
            return
        self._pending = {k: at for k, at in self._pending.items() if time.monotonic() - at < PATIENCE}
        self._pending[key] = time.monotonic()
        client.send_goal_async(award_to_goal(award)).add_done_callback(partial(self._answered, award, key))

    def _answered(self, award: Award, key: _Key, future: Future) -> None:
        self._pending.pop(key, None)
        accepted = future.result() is not None and future.result().accepted
        note = "" if accepted else f"{award.robot} would not take it"
        self._replied(
            AwardReply(task_id=award.task_id, epoch=award.epoch, robot=award.robot, accepted=accepted, note=note)
        )
