"""Nodes on real DDS: a failing callback ends nothing, bad parameters end early, signals end cleanly."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import rclpy
from caravan_msgs import msg, srv
from rclpy.experimental import EventsExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rosgraph_msgs.msg import Clock

from caravan.model.market import FleetOrder, Lease, Order
from caravan_ros import convert, wiring
from caravan_ros.runtime import guarded, now, share_clock

SpinUntil = Callable[[Callable[[], bool]], None]

PROGRAM = """
import sys
from dataclasses import dataclass
from rclpy.node import Node
from caravan_ros import params, runtime, wiring

@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    site: str
    rate: float = 1.0
    robots: tuple[str, ...] = ()
    fast: bool = False
    number: int = 0

class Probe(Node):
    def __init__(self):
        super().__init__("probe")
        print(params.read_parameters(self, Parameters), flush=True)
        self.create_timer(0.05, runtime.guarded(self.fail))

    def fail(self):
        print("tick", flush=True)
        raise RuntimeError("a bug")

    def part(self):
        wiring.READ_REQUEST.publisher(self)  # The context still works.
        print("last words", flush=True)

sys.exit(runtime.run(Probe))
"""

LEAVING = """
import sys
from rclpy.node import Node
from caravan_ros import runtime, wiring

class Leaving(Node):
    def __init__(self):
        super().__init__("leaving")
        self.asked = False
        self.service = wiring.HALT.serve(self, self.answer)
        self.create_timer(0.05, self.tick)

    def answer(self, request, response):
        self.asked = True
        self.destroy_service(self.service)
        return response

    def tick(self):
        if self.asked:
            print("goes on", flush=True)

sys.exit(runtime.run(Leaving))
"""


HANGING = """
import ctypes, os, signal, sys
from rclpy.node import Node
from caravan_ros import runtime

class Hanging(Node):
    def part(self):
        print(self.get_name(), "parts", flush=True)

    def destroy_node(self):
        ctypes.PyDLL(None).sleep(1000)  # As a lock in DDS: it holds the interpreter.

runtime.TAKE_DOWN = 1.0
signal.alarm(60)

def make():
    os.kill(os.getpid(), signal.SIGTERM)
    return [Hanging("first"), Hanging("second")]
sys.exit(runtime.run(make))
"""


CLUMSY = """
import os, signal, sys
from rclpy.node import Node
from caravan_ros import runtime

class Clumsy(Node):
    def part(self):
        print(self.get_name(), "parts", flush=True)
        raise RuntimeError(f"{self.get_name()} stumbles")

def make():
    os.kill(os.getpid(), signal.SIGTERM)
    return [Clumsy("first"), Clumsy("second")]
sys.exit(runtime.run(make))
"""


@pytest.fixture
def node(ros: None) -> Iterator[Node]:
    node = rclpy.create_node("tester")
    yield node
    node.destroy_node()


@pytest.fixture
def spin_until(node: Node) -> Iterator[SpinUntil]:
    """Spins `node` until something is so."""
    executor = EventsExecutor()
    executor.add_node(node)

    def spin(done: Callable[[], bool]) -> None:
        end = time.monotonic() + 30.0
        while not done():
            assert time.monotonic() < end, "it did not happen in time"
            executor.spin_once(timeout_sec=0.1)

    yield spin
    executor.remove_node(node)


def test_a_failing_subscriber_hears_the_next_message(node: Node, spin_until: SpinUntil) -> None:
    heard: list[Lease] = []
    wiring.lease("carrier_1").subscribe(node, lambda message: heard.append(convert.lease_from_msg(message)))
    publisher = wiring.lease("carrier_1").publisher(node)
    spin_until(lambda: publisher.get_subscription_count() > 0)
    publisher.publish(msg.Lease(robot=""))
    publisher.publish(convert.lease_to_msg(Lease(robot="carrier_1", stamp=1.0)))
    spin_until(lambda: bool(heard))
    assert [lease.robot for lease in heard] == ["carrier_1"]


def test_a_flood_of_bad_input_is_one_line_in_the_log(node: Node, capfd: pytest.CaptureFixture[str]) -> None:
    def refuse(message: str) -> None:
        raise ValueError(f"{message} is nothing")

    hear, other = guarded(refuse), guarded(refuse)
    for _ in range(200):
        hear("this")
    other("that")
    log = capfd.readouterr().err
    assert (log.count("this is nothing"), log.count("that is nothing")) == (1, 1)


def test_a_robot_that_starts_during_a_halt_hears_of_it(node: Node, spin_until: SpinUntil) -> None:
    order = FleetOrder(number=1, order=Order.HALT, robots=("carrier_1",))
    wiring.FLEET_ORDER.publisher(node).publish(convert.fleet_order_to_msg(order))
    heard: list[FleetOrder] = []
    wiring.FLEET_ORDER.subscribe(node, lambda message: heard.append(convert.fleet_order_from_msg(message)))
    spin_until(lambda: bool(heard))
    assert heard == [order]


@pytest.mark.parametrize(
    ("raised", "told"), [(ValueError("say what should be done"), "say what should be done"), (KeyError("x"), "its log")]
)
def test_a_failing_service_answers_and_serves_on(
    node: Node, spin_until: SpinUntil, raised: Exception, told: str
) -> None:
    def refuse(request: Any, response: Any) -> Any:
        response.accepted = True
        if request.text == "bad":
            raise raised
        return response

    wiring.SUBMIT_GOAL.serve(node, refuse)
    client = wiring.SUBMIT_GOAL.client(node)
    spin_until(client.service_is_ready)
    answers = []
    for text in ("bad", "good"):
        future = client.call_async(srv.SubmitGoal.Request(text=text))
        spin_until(future.done)
        answers.append(future.result())
    assert [answer.accepted for answer in answers] == [False, True]
    assert told in answers[0].message


def test_a_question_that_fails_is_told_why(node: Node, spin_until: SpinUntil) -> None:
    def refuse(_request: Any, _response: Any) -> Any:
        raise ValueError("the clock stands")

    wiring.EXPLAIN.serve(node, refuse)
    client = wiring.EXPLAIN.client(node)
    spin_until(client.service_is_ready)
    future = client.call_async(srv.Explain.Request())
    spin_until(future.done)
    assert (future.result().found, future.result().text) == (False, "the clock stands")


def test_names_of_robots_must_fit_into_names_of_topics() -> None:
    assert wiring.odom("carrier_1").name == "/carrier_1/odom"
    with pytest.raises(ValueError, match="robot id 'r-1' cannot be part of a ROS name"):
        wiring.cmd_vel("r-1")


def test_the_time_is_that_of_the_node(node: Node) -> None:
    assert now(node) == pytest.approx(time.time(), abs=5.0)


def test_the_nodes_of_a_process_have_one_clock_that_one_of_them_hears(spin_until: SpinUntil, node: Node) -> None:
    others = node.count_subscribers("/clock")
    simulated = [Parameter("use_sim_time", value=True)]
    nodes = [Node(f"robot_{number}", parameter_overrides=simulated) for number in range(3)]
    share_clock(nodes)
    executor = node.executor
    assert executor is not None
    for each in nodes:
        executor.add_node(each)
    latest = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
    clock = node.create_publisher(Clock, "/clock", latest)
    spin_until(lambda: clock.get_subscription_count() > others)
    clock.publish(Clock(clock=convert.time_to_msg(32_400.5)))
    spin_until(lambda: now(nodes[0]) > 0.0)
    assert [now(each) for each in nodes] == pytest.approx([32_400.5] * 3)
    assert node.count_subscribers("/clock") == others + 1
    for each in nodes:
        executor.remove_node(each)
        each.destroy_node()


def test_a_service_that_ends_while_it_is_asked_does_not_end_the_node(node: Node, spin_until: SpinUntil) -> None:
    with subprocess.Popen([sys.executable, "-c", LEAVING], stdout=subprocess.PIPE, text=True) as leaving:
        client = wiring.HALT.client(node)
        spin_until(client.service_is_ready)
        client.call_async(srv.Halt.Request())
        spin_until(lambda: True)
        assert leaving.stdout is not None
        assert leaving.stdout.readline() == "goes on\n"
        leaving.send_signal(signal.SIGTERM)
        assert leaving.wait(60) == 0


def probe(*words: str) -> subprocess.Popen[str]:
    arguments = ["--ros-args", *(word for given in words for word in ("-p", given))] if words else []
    command = [sys.executable, "-c", PROGRAM, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "probe: parameter 'site' is not given, but must be text: set it with --ros-args -p site:=some_text"),
        (("site:=5",), "probe: parameter 'site' is 5, but must be text"),
        (("site:=a", "rate:=fast"), "probe: parameter 'rate' is 'fast', but must be a number"),
        (("site:=a", "rate:=.nan"), "probe: parameter 'rate' is nan"),
        (("site:=a", "number:=1.5"), "probe: parameter 'number' is 1.5, but must be a whole number"),
        (("site:=a", "number:=true"), "probe: parameter 'number' is True"),
        (("site:=a", "robots:=[1, 2]"), "probe: parameter 'robots' is .*, but must be a list of texts"),
        (("site:=a", "speed:=1.0"), "probe: there is no parameter 'speed'; there are site, rate, robots"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_bad_parameters_end_the_process_with_one_sentence(domain: int, words: tuple[str, ...], told: str) -> None:
    process = probe(*words)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert len(errors.splitlines()) == 1
    assert re.search(told, errors), errors


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_node_cleanly_though_its_callbacks_fail(domain: int, number: signal.Signals) -> None:
    with probe("site:=a", "rate:=2", "robots:=[r1, r2]", "use_sim_time:=false") as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first == "Parameters(site='a', rate=2.0, robots=('r1', 'r2'), fast=False, number=0)\n"
        assert [process.stdout.readline() for _ in range(3)] == ["tick\n"] * 3
        process.send_signal(number)
        rest, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert rest.splitlines()[-1] == "last words"
    assert "RuntimeError: a bug" in errors


def test_a_process_ends_though_ros_hangs_when_it_is_taken_down(domain: int) -> None:
    ended = subprocess.run([sys.executable, "-c", HANGING], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert ended.stdout.splitlines() == ["first parts", "second parts"]
    assert "in destroy_node" in ended.stderr


def test_a_node_that_fails_to_part_keeps_no_other_from_it(domain: int) -> None:
    ended = subprocess.run([sys.executable, "-c", CLUMSY], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0
    assert ended.stdout.splitlines() == ["first parts", "second parts"]
    assert "first stumbles" in ended.stderr and "second stumbles" in ended.stderr


def test_signals_that_follow_do_not_kill_a_node_that_ends(domain: int) -> None:
    with probe("site:=a") as process:
        assert process.stdout is not None
        while process.stdout.readline() != "tick\n":
            continue
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            time.sleep(0.002)
        assert process.returncode == 0


@pytest.mark.parametrize(("words", "told"), [((), "ROS_DOMAIN_ID is not an integral number"), (("site:=[",), "site:=")])
def test_what_ros_refuses_ends_the_process_with_exit_code_2(words: tuple[str, ...], told: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROS_DOMAIN_ID", "abc" if not words else "1")
        process = probe(*words)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert told in errors.splitlines()[-1]
    assert "Traceback" not in errors
