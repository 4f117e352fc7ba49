"""A robot's service instruct: a sentence said to it is passed on to the auction house, and so is the answer back."""

from __future__ import annotations

import time
from typing import Any

from caravan_msgs.srv import Instruct, SubmitGoal
from rclpy.node import Node
from rclpy.task import Future

from caravan_ros import wiring
from caravan_ros.convert import said_from_msg

LIMIT = 10.0
"""How long the auction house may take to answer, real s."""
SILENT = "the auction house does not answer; nothing was accepted for sure: ask it for its goals, or say it again"


class Instructions:
    """The service of one robot. Nothing waits: the answer is sent when the auction house's has come."""

    def __init__(self, node: Node, robot: str) -> None:
        self._robot = robot
        self._client = wiring.SUBMIT_GOAL.client(node)
        self._service = wiring.instruct(robot).serve(node, self._pass_on)
        self._pending: dict[Future, float] = {}

    def sweep(self) -> None:
        """Gives up requests that the auction house leaves unanswered; to be called about once a second."""
        for future in [f for f, asked in self._pending.items() if time.monotonic() - asked > LIMIT]:
            self._client.remove_pending_request(future)
            future.cancel()

    def _pass_on(self, request: Any, response: Any) -> Any:
        said = said_from_msg(request, self._robot)
        if not self._client.service_is_ready():
            response.message = "the auction house is not there; say it again when it runs"
            return response
        asked = SubmitGoal.Request(text=said.text, requester=said.requester, robot=said.robot, answers=said.answers)
        future = self._client.call_async(asked)
        self._pending[future] = time.monotonic()
        answer = Future()

        def answered(future: Future) -> None:
            self._pending.pop(future, None)
            answer.set_result(_instructed(future))

        future.add_done_callback(answered)
        return answer


def _instructed(future: Future) -> Any:
    if future.cancelled() or future.result() is None:
        return Instruct.Response(accepted=False, message=SILENT)
    answer = future.result()
    return Instruct.Response(accepted=answer.accepted, goal_id=answer.goal_id, message=answer.message)
