"""A robot's action execute_task: awards come in as action goals, and are followed to their ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

from caravan_msgs.action import ExecuteTask
from rclpy.action import CancelResponse, GoalResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.node import Node

from caravan.actors.robot.agent import Agent
from caravan.model.market import ENDED, Holding, HoldingState
from caravan_ros import wiring
from caravan_ros.convert import award_from_goal, holding_to_feedback
from caravan_ros.runtime import guarded

KEPT = 30
"""How long results are kept for those who ask late, s."""
_Key = tuple[str, int]


class TaskServer:
    """The action server of one robot. An award that is sent twice has two handles, which end alike."""

    def __init__(self, node: Node, robot: str, agent: Agent, now: Callable[[], float]) -> None:
        self._log = node.get_logger()
        self._robot = robot
        self._agent = agent
        self._now = now
        self._handles: defaultdict[_Key, list[ServerGoalHandle]] = defaultdict(list)
        self._told: dict[_Key, Holding] = {}
        """What the latest feedback said: a long queue is told once, not twice a second."""
        self._server = wiring.execute_task(robot).serve(
            node,
            execute_callback=_ended,
            goal_callback=guarded(self._offered),
            handle_accepted_callback=guarded(self._accepted),
            cancel_callback=guarded(self._cancelled),
            result_timeout=KEPT,
        )

    def follow(self, *, feedback: bool) -> None:
        """Ends the action goals whose tasks have ended or were taken back; tells of the others what is new."""
        if not self._handles:
            return
        holdings = {(h.task_id, h.epoch): h for h in self._agent.state(self._now()).holdings}
        for key in list(self._handles):
            holding = holdings.get(key)
            if holding is None or holding.state in ENDED:
                self._told.pop(key, None)
                for handle in self._handles.pop(key):
                    handle.execute(partial(_ended, holding=holding))
            elif feedback and holding != self._told.get(key):
                self._told[key] = holding
                for handle in self._handles[key]:
                    handle.publish_feedback(holding_to_feedback(holding))

    def _offered(self, request: Any) -> GoalResponse:
        award = award_from_goal(request, self._robot)
        reply = self._agent.take(award, self._now())
        if not reply.accepted:
            self._log.info(f"{award.task_id} was refused: {reply.note}")
        return GoalResponse.ACCEPT if reply.accepted else GoalResponse.REJECT

    def _accepted(self, handle: ServerGoalHandle) -> None:
        self._handles[handle.request.task_id, handle.request.epoch].append(handle)

    def _cancelled(self, handle: ServerGoalHandle) -> CancelResponse:
        known = self._agent.cancel(handle.request.task_id, self._now())
        return CancelResponse.ACCEPT if known else CancelResponse.REJECT


def _ended(handle: ServerGoalHandle, holding: Holding | None = None) -> Any:
    """Brings the action goal to the end that its task has come to; None: the task was taken back."""
    if handle.is_cancel_requested:
        handle.canceled()
    elif holding is not None and holding.state is HoldingState.DONE:
        handle.succeed()
    else:
        handle.abort()
    outcome = HoldingState.CANCELLED if holding is None else holding.state
    note = "taken back by the auction house" if holding is None else holding.note
    return ExecuteTask.Result(outcome=outcome.value, message=note)
