"""Nav2's real action, in another process, is held to the contract of navigators, and may die, hang and come back."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from geometry_msgs.msg import Twist as TwistMsg
from rclpy.experimental import EventsExecutor
from rclpy.node import Node
from rclpy.qos import QoSProfile
from std_msgs.msg import String

from caravan.model.geometry import Pose, Twist
from caravan_ros import convert, wiring
from caravan_ros.nav2 import Nav2
from caravan_ros.settings import AgentParameters
from tests.support.navigation import PERIOD, POLICY, ROBOT, A, ElsewhereContract, ElsewhereRig

pytestmark = pytest.mark.processes
pytest.importorskip("nav2_msgs", reason="Nav2's messages are not installed: sudo apt install ros-jazzy-nav2-msgs")

ROOT = Path(__file__).parents[2]
LATEST = QoSProfile(depth=1)
PARAMETERS = AgentParameters(site="", robots=(ROBOT.id,), start_logs="")
THERE = 15.0
"""How long a process may take to be there, real s."""
ANSWER = 0.2
"""How long the world waits for who drives, real s."""
MOMENT = 0.005
"""How long it waits where nobody does."""


class Server:
    """The process of `tests.ros.nav2_server`, to hang, to kill and to start again."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        command = (sys.executable, "-m", "tests.ros.nav2_server", ROBOT.id, "cmd_vel_nav")
        self._process = subprocess.Popen(command, cwd=ROOT)

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)


class Nav2Rig(ElsewhereRig):
    """A robot in this process, its Nav2 in another. The world waits for who drives it, but not for ever."""

    def __init__(self) -> None:
        self.quiet = False
        """Whether nobody is waited for."""
        self._heard = 0
        self.node = Node("rig", namespace=ROBOT.id)
        self._executor = EventsExecutor()
        self._executor.add_node(self.node)
        self._odom = wiring.odom(ROBOT.id).publisher(self.node)
        self._fault = self.node.create_publisher(String, "fault", LATEST)
        self.node.create_subscription(TwistMsg, "cmd_vel_nav", self._on_other, LATEST)
        self._agents: list[Node] = []
        self.navigate()
        super().__init__(self.nav2)

    def navigate(self) -> None:
        """Starts Caravan's side."""
        self._agent = Node("agent", namespace=ROBOT.id)
        self._agents.append(self._agent)
        self._executor.add_node(self._agent)
        self.navigator = self.nav2 = Nav2(self._agent, ROBOT, POLICY, PARAMETERS, self.command, lambda: self.now)

    def abandon(self) -> None:
        """Nobody on Caravan's side looks after its goals from now on, as when it was killed."""
        for timer in self._agent.timers:
            timer.cancel()

    def meet(self) -> None:
        """Waits until the server is there."""
        self.wait(lambda: self._odom.get_subscription_count() and self._fault.get_subscription_count())
        self.wait(lambda: self.node.count_publishers("cmd_vel_nav") and self.ready())

    def ready(self) -> bool:
        """Whether its action is known here."""
        names = dict(self.node.get_service_names_and_types())
        return wiring.call_off(ROBOT.id).name in names

    def wait(self, done: Callable[[], Any]) -> None:
        """Waits in real time; the world stands still."""
        end = time.monotonic() + THERE
        while not done():
            assert time.monotonic() < end, f"it did not happen in {THERE:g} s"
            self._executor.spin_once(timeout_sec=0.02)

    def _on_other(self, message: Any) -> None:
        self._others = convert.twist_from_msg(message), self.now
        self._heard += 1

    def elsewhere(self) -> None:
        heard = self._heard
        self._odom.publish(convert.odom_to_msg(ROBOT.id, self.pose, self.velocity, self.now))
        end = time.monotonic() + self._patience()
        while (self.blind or self._heard == heard) and (left := end - time.monotonic()) > 0.0:
            self._executor.spin_once(timeout_sec=left)

    def _patience(self) -> float:
        """How long to wait for who drives. Silence is known by real time alone: then the world keeps behind it."""
        if self.blind:
            return 2.0 * PERIOD
        return ANSWER if self.handed_on and not self.quiet else MOMENT

    def spoil(self, fault: str) -> None:
        self._fault.publish(String(data=fault))
        self.quiet = False

    @property
    def idle(self) -> bool:
        return self.now - self._others[1] > 0.5

    def leave(self) -> None:
        """Calls off its goals and ends the node."""
        self.spoil("")
        self.nav2.end()
        for node in (*self._agents, self.node):
            self._executor.remove_node(node)
            node.destroy_node()


@pytest.fixture(scope="module")
def server(ros: None) -> Iterator[Server]:
    server = Server()
    yield server
    server.kill()


@pytest.fixture
def rig(server: Server) -> Iterator[Nav2Rig]:
    rig = Nav2Rig()
    rig.meet()
    rig.spoil("")
    yield rig
    rig.leave()


class TestNav2(ElsewhereContract):
    """`caravan_ros.nav2`."""

    def test_one_that_dies_and_comes_back_is_told_again(self, rig: Nav2Rig, server: Server) -> None:
        rig.get_going()
        rig.quiet = True
        server.kill()
        rig.until(lambda: rig.stands, 5.0)
        rig.until(lambda: "nothing was heard" in rig.navigator.note, 5.0)
        server.start()
        rig.meet()
        rig.quiet = False
        rig.arrive(A)

    def test_one_that_hangs_is_told_again_when_it_goes_on(self, rig: Nav2Rig, server: Server) -> None:
        rig.get_going()
        rig.quiet = True
        server.signal(signal.SIGSTOP)
        rig.until(lambda: "nothing was heard" in rig.navigator.note, 6.0)
        assert rig.stands
        server.signal(signal.SIGCONT)
        rig.quiet = False
        rig.arrive(A)

    def test_goals_of_an_earlier_process_are_called_off(self, rig: Nav2Rig) -> None:
        rig.get_going()
        rig.abandon()
        rig.navigate()
        rig.grant()
        # Not before both have met, which takes real time; the world is much faster while it waits for nobody.
        rig.until(lambda: rig.idle and rig.stands, 500.0)
        assert rig.pose.x < A.x - 1.0

    def test_without_a_nav2_it_stands_and_says_so(self, rig: Nav2Rig) -> None:
        nav2 = Nav2(rig.node, replace(ROBOT, id="lone"), POLICY, PARAMETERS, rig.command, lambda: 0.0)
        assert nav2.drive(Pose(0.0, 0.0), Twist(), [A], 1.0, 0.0) == Twist()
        assert "no Nav2 answers at /lone/navigate_through_poses" in nav2.note
