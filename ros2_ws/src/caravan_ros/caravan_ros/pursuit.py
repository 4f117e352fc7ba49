"""The action pursue_goal: a goal is submitted, followed with feedback, and answered with its outcome."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from typing import Any

from caravan_msgs.action import PursueGoal
from rclpy.action import CancelResponse, GoalResponse
from rclpy.action.server import ServerGoalHandle
from rclpy.node import Node

from caravan.actors.house.explain import fate, tell
from caravan.model.goal import FINAL_GOAL_STATES, Goal
from caravan.model.market import Event
from caravan_ros import wiring
from caravan_ros.convert import goal_to_feedback, goal_to_result, said_from_msg
from caravan_ros.requests import House
from caravan_ros.runtime import guarded

STEP = 2.0
"""Progress is told anew when the time that remains has changed by this much, s."""
MOST = 400
"""So many goals are pursued at a time: with each more, rclpy's action server is slower for all of them."""
KEPT = 60
"""How long results are kept for those who ask late, s."""


REMEDY = f"give this one to {wiring.SUBMIT_GOAL.name}, or pursue it when others have ended"


class Pursuits:
    """The action's server."""

    def __init__(self, node: Node, house: House) -> None:
        self._house = house
        self._handles: defaultdict[str, list[ServerGoalHandle]] = defaultdict(list)
        self._goals: dict[bytes, str] = {}
        self._told: dict[str, tuple[tuple[float, int], ...]] = {}
        self._server = wiring.PURSUE_GOAL.serve(
            node,
            execute_callback=_ended,
            goal_callback=guarded(_offered),
            handle_accepted_callback=guarded(self._accepted),
            cancel_callback=guarded(self._cancelled),
            result_timeout=KEPT,
        )

    def close(self) -> None:
        """Serves it no more; those who pursue a goal are not told its end."""
        self._server.destroy()

    def follow(self, events: Iterable[Event]) -> None:
        """Tells those who pursue a goal what has happened to it, and its end."""
        for event in events:
            if event.goal in self._handles:
                self._tell(event.goal, "; ".join(tell(event, ())) or event.kind)
        for goal_id in list(self._handles):
            self._look(goal_id)

    def _look(self, goal_id: str) -> None:
        goal = self._house.goal(goal_id)
        if goal is not None and goal.state in FINAL_GOAL_STATES:
            self._end(goal)
        elif goal is not None:
            self._tell_progress(goal)

    def _end(self, goal: Goal) -> None:
        self._told.pop(goal.id, None)
        for handle in self._handles.pop(goal.id):
            self._goals.pop(bytes(handle.goal_id.uuid), None)
            handle.execute(partial(_ended, result=goal_to_result(goal)))

    def _tell_progress(self, goal: Goal) -> None:
        seen = tuple((t.progress, round((t.remaining or 0.0) / STEP)) for t in goal.tasks)
        if goal.tasks and self._told.get(goal.id) != seen:
            self._told[goal.id] = seen
            self._tell(goal.id, "; ".join(map(fate, goal.tasks)))

    def _tell(self, goal_id: str, line: str) -> None:
        goal = self._house.goal(goal_id)
        if goal is not None:
            for handle in self._handles[goal_id]:
                handle.publish_feedback(goal_to_feedback(goal, line))

    def _accepted(self, handle: ServerGoalHandle) -> None:
        if len(self._goals) >= MOST:
            self._refuse(handle, f"{MOST} goals are pursued already: {REMEDY}")
            return
        try:
            goal = self._house.submit(said_from_msg(handle.request))
        except ValueError as error:
            goal = str(error)
        if isinstance(goal, str):
            self._refuse(handle, goal)
            return
        goal_id = self._goals[bytes(handle.goal_id.uuid)] = goal.id
        kept = guarded(lambda flaw: self._refuse(handle, flaw) if flaw else self._pursue(handle, goal_id))
        self._house.when_safe("", str).add_done_callback(lambda flaw: kept(flaw.result()))

    def _refuse(self, handle: ServerGoalHandle, why: str) -> None:
        self._goals.pop(bytes(handle.goal_id.uuid), None)
        handle.execute(partial(_ended, result=PursueGoal.Result(outcome="refused", message=why)))

    def _pursue(self, handle: ServerGoalHandle, goal_id: str) -> None:
        """Begins to tell of a goal that is kept."""
        self._handles[goal_id].append(handle)
        goal = self._house.goal(goal_id)
        if goal is not None:
            handle.publish_feedback(goal_to_feedback(goal, f"accepted as {goal_id}"))
        self._look(goal_id)

    def _cancelled(self, handle: ServerGoalHandle) -> CancelResponse:
        goal_id = self._goals.get(bytes(handle.goal_id.uuid))
        flaw = self._house.cancel(goal_id, handle.request.requester) if goal_id is not None else "it has ended"
        if flaw is None:
            self._house.write()
        return CancelResponse.REJECT if flaw else CancelResponse.ACCEPT


def _offered(request: Any) -> GoalResponse:
    said_from_msg(request)
    return GoalResponse.ACCEPT


def _ended(handle: ServerGoalHandle, result: Any = None) -> Any:
    if handle.is_cancel_requested:
        handle.canceled()
    elif result is not None and result.outcome == "done":
        handle.succeed()
    else:
        handle.abort()
    return result or PursueGoal.Result()
