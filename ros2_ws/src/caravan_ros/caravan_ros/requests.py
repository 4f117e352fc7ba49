"""The services of the auction house: submit_goal, submit_tasks, cancel_goal, explain and halt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from rclpy.node import Node
from rclpy.task import Future

from caravan.model.goal import Goal
from caravan_ros import convert, wiring


class House(Protocol):
    """What people may ask of the auction house. None of it is to be told before `when_safe` says so, but a halt.

    Any of these may raise ValueError, with what the caller is told.
    """

    def submit(self, said: convert.Said) -> Goal | str:
        """Accepts a goal; or says why not."""

    def submit_tasks(self, spelled: convert.Spelled) -> Goal | str:
        """Accepts tasks that are spelled out; or says why not."""

    def cancel(self, goal_id: str, requester: str) -> str | None:
        """Cancels a goal; answers with what is wrong, or None."""

    def halt(self, robots: tuple[str, ...], *, halt: bool) -> str | None:
        """Halts robots (none named: all) or lets them drive; answers with what is wrong, or None."""

    def explain(self, subject: str) -> tuple[bool, str, str]:
        """Whether something is known, why it is as it is, and that as JSON."""

    def goal(self, goal_id: str) -> Goal | None:
        """A goal as it stands."""

    def write(self) -> None:
        """Puts what was asked for on this node's disk now."""

    def when_safe(self, answer: Any, lost: Callable[[str], Any]) -> Future:
        """A Future of `answer`, once what was just asked for is on all disks; of `lost(why)` where it will not be."""


class Requests:
    """Serves them on `node`."""

    def __init__(self, node: Node, house: House) -> None:
        self._node = node
        self._house = house
        self._services = [
            wiring.SUBMIT_GOAL.serve(node, self._submit),
            wiring.SUBMIT_TASKS.serve(node, self._submit_tasks),
            wiring.CANCEL_GOAL.serve(node, self._cancel),
            wiring.EXPLAIN.serve(node, self._explain),
            wiring.HALT.serve(node, self._halt),
        ]

    def close(self) -> None:
        """Serves them no more."""
        for service in self._services:
            self._node.destroy_service(service)

    def _submit(self, request: Any, response: Any) -> Any:
        return self._answer(response, self._house.submit(convert.said_from_msg(request)))

    def _submit_tasks(self, request: Any, response: Any) -> Any:
        return self._answer(response, self._house.submit_tasks(convert.tasks_from_msg(request)))

    def _cancel(self, request: Any, response: Any) -> Any:
        goal_id, requester = convert.cancel_from_msg(request)
        flaw = self._house.cancel(goal_id, requester)
        response.accepted, response.message = flaw is None, flaw or f"{goal_id} is cancelled"
        return self._when_safe(response)

    def _explain(self, request: Any, response: Any) -> Any:
        response.found, response.text, response.json = self._house.explain(convert.subject_from_msg(request))
        return response

    def _halt(self, request: Any, response: Any) -> Any:
        halt, robots = convert.halt_from_msg(request)
        flaw = self._house.halt(robots, halt=halt)
        done = f"{', '.join(robots) or 'all robots'}: {'stop' if halt else 'drive again'}"
        response.ok, response.message = flaw is None, flaw or done
        return response

    def _answer(self, response: Any, goal: Goal | str) -> Any:
        response.accepted = isinstance(goal, Goal)
        response.goal_id = goal.id if isinstance(goal, Goal) else ""
        response.message = f"accepted as {goal.id}" if isinstance(goal, Goal) else goal
        return self._when_safe(response)

    def _when_safe(self, response: Any) -> Future:
        return self._house.when_safe(response, lambda why: type(response)(accepted=False, message=why))
