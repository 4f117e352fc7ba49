"""Nav2 as the navigator of a robot: goals for /<robot>/navigate_through_poses. docs/navigation.md tells what it needs.

`motion.goals` decides; here it is sent, and what became of it is told there. A goal that is called off is called off
again until Nav2 has answered; so are all goals of an earlier process, before the first of this one.
"""

from __future__ import annotations

import math
import os
import uuid
from collections.abc import Callable, Sequence
from functools import partial

from action_msgs.msg import GoalStatus
from action_msgs.srv import CancelGoal
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.task import Future
from unique_identifier_msgs.msg import UUID

from caravan.model.geometry import Point, Pose, Twist
from caravan.model.site import Policy, Robot
from caravan.motion.goals import CallOff, GoalNavigator, Patience, Send, SlowDown
from caravan.motion.limits import limits_of
from caravan_ros import convert, wiring
from caravan_ros.runtime import guarded
from caravan_ros.settings import AgentParameters

LOOK = 0.1
"""Pause between two looks at lease and odometry, real s."""
AGAIN = 10
"""So many looks apart, what was called off and not answered is called off again."""
TRIES = 30
"""So often a goal is called off: after that its Nav2 is gone, and another is there or none."""
ENDS = {
    GoalStatus.STATUS_ABORTED: "gave up its goal",
    GoalStatus.STATUS_CANCELED: "was told to drop its goal, not by Caravan",
}


class Nav2:
    """One robot's Nav2, a `Navigator`. Raises ValueError where Nav2's messages are not installed."""

    start = GoalNavigator.start

    def __init__(
        self,
        node: Node,
        robot: Robot,
        policy: Policy,
        parameters: AgentParameters,
        command: Callable[[Twist], None],
        now: Callable[[], float],
    ) -> None:
        self._command, self._now, self._frame = command, now, parameters.map_frame
        limits = limits_of(robot, policy)
        self._goals = GoalNavigator(limits, patience_of(parameters))
        try:
            self._action = wiring.navigate(robot.id)
            speed_limit = wiring.speed_limit(robot.id)
        except ImportError as error:
            raise ValueError(missing(error)) from error
        self._client = self._action.client(node)
        self._speed, self._speed_type = speed_limit.publisher(node), speed_limit.type
        self._cancel = wiring.call_off(robot.id).client(node)
        self._open: dict[int, UUID] = {}
        """Goals that were told and are not known to have ended, by number."""
        self._dropped: dict[int, int] = {}
        """How often they were called off, where they were. Number 0 stands for all of an earlier process."""
        self._open[0], self._dropped[0] = UUID(), 0
        self._looks = 0
        node.create_timer(LOOK, guarded(self._look), clock=Clock(clock_type=ClockType.STEADY_TIME))

    @property
    def note(self) -> str:
        """Why it does not drive where it may; empty: nothing keeps it."""
        return self._goals.note

    def drive(
        self,
        pose: Pose,
        velocity: Twist,
        points: Sequence[Point],
        lease: float,
        now: float,
        allowed: float = math.inf,
    ) -> Twist | None:
        """As `Navigator.drive`; a stop until Nav2 is there."""
        self._goals.drive(pose, velocity, points, lease, now, allowed)
        self._send()
        return None if self._goals.underway else Twist()

    def forget(self) -> None:
        """As `Navigator.forget`."""
        self._goals.forget()
        self._send()

    def end(self) -> None:
        """Calls off all goals. To be called before the node ends: nobody is there then to look after them."""
        self._cancel.call_async(CancelGoal.Request())

    def _look(self) -> None:
        stop = self._goals.watch(self._now())
        self._send()
        if stop is not None:
            self._command(stop)
        if self._looks % AGAIN == 0:
            self._call_off()
        self._looks += 1

    # -- out ------------------------------------------------------------------------------------------------------

    def _send(self) -> None:
        while told := self._goals.drain():
            for one in told:
                match one:
                    case Send():
                        self._tell(one)
                    case CallOff():
                        self._dropped |= {number: 0 for number in self._open if 0 < number <= one.number}
                        self._call_off()
                    case SlowDown():
                        self._speed.publish(self._speed_type(speed_limit=one.speed))

    def _tell(self, goal: Send) -> None:
        if 0 in self._open or not self._client.server_is_ready():
            self._goals.failed(goal.number, f"no Nav2 answers at {self._action.name}", self._now())
            return
        self._open[goal.number] = name = UUID(uuid=list(uuid.uuid4().bytes))
        message = convert.poses_to_goal(self._action.type.Goal, goal.poses, self._frame)
        heard = guarded(lambda _feedback: self._goals.progressed(goal.number, self._now()))
        answer = self._client.send_goal_async(message, feedback_callback=heard, goal_uuid=name)
        answer.add_done_callback(guarded(partial(self._on_answer, goal.number)))

    def _call_off(self) -> None:
        for number, tries in list(self._dropped.items()):
            if not self._cancel.service_is_ready():
                continue
            if number and tries >= TRIES:
                self._forget(number)
                continue
            self._dropped[number] = tries + 1
            request = CancelGoal.Request()
            request.goal_info.goal_id = self._open[number]
            self._cancel.call_async(request).add_done_callback(guarded(partial(self._on_called_off, number)))

    # -- in -------------------------------------------------------------------------------------------------------

    def _on_answer(self, number: int, answer: Future) -> None:
        handle = answer.result()
        if handle.accepted:
            if number not in self._open:
                # It was called off before Nav2 knew of it.
                self._open[number], self._dropped[number] = handle.goal_id, 0
            self._goals.progressed(number, self._now())
            handle.get_result_async().add_done_callback(guarded(partial(self._on_end, number)))
        else:
            self._forget(number)
            self._goals.failed(number, "Nav2 refused its goal", self._now())
        self._send()

    def _on_end(self, number: int, end: Future) -> None:
        self._forget(number)
        reached = end.result()
        if reached.status == GoalStatus.STATUS_SUCCEEDED:
            self._goals.succeeded(number, self._now())
        else:
            why = getattr(reached.result, "error_msg", "")
            said = f"Nav2 {ENDS.get(reached.status, 'knows nothing of its goal')}"
            self._goals.failed(number, f"{said}: {why}" if why else said, self._now())
        self._send()

    def _on_called_off(self, number: int, answer: Future) -> None:
        if answer.result().return_code != CancelGoal.Response.ERROR_REJECTED:
            self._forget(number)

    def _forget(self, number: int) -> None:
        self._open.pop(number, None)
        self._dropped.pop(number, None)


def patience_of(parameters: AgentParameters) -> Patience:
    """What is borne of Nav2."""
    return Patience(answer=parameters.nav2_answer, odometry=parameters.nav2_odometry, stray=parameters.nav2_stray)


def missing(error: ImportError) -> str:
    """What to tell where Nav2's messages cannot be loaded."""
    package = f"ros-{os.environ.get('ROS_DISTRO', 'jazzy')}-nav2-msgs"
    return (
        f"parameter 'navigation' is 'nav2', but Nav2's messages cannot be loaded ({error}): "
        f"install them (sudo apt install {package}), or take navigation:=builtin"
    )
