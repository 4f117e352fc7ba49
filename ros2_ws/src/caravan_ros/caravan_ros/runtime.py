"""Runs a node: start, spin, stop. Callbacks that fail are logged and never end the spinning."""

from __future__ import annotations

import faulthandler
import functools
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import rclpy
from rclpy.exceptions import InvalidHandle
from rclpy.experimental import EventsExecutor
from rclpy.logging import get_logger
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions

TURN = 0.25
"""Longest wait for an event before a signal is looked at, s."""
BAD_INPUT = 2
"""Exit code where parameters or files are wrong."""
FAILED = "this failed inside Caravan; its log has the details"
"""What a caller is told of a bug."""
QUIET = 1.0
"""Of bad input to one callback so much passes between two lines in the log, s: a sender that is broken is so often."""
ENDING = (signal.SIGINT, signal.SIGTERM)
"""Signals that ask for the end."""
TAKE_DOWN = 10.0
"""How long ROS may take to take one node down, s; some hundredths are usual."""


@runtime_checkable
class Parting(Protocol):
    """A node that has something to say or do before it is taken down."""

    def part(self) -> None:
        """Called once, after the last callback, while the context is whole."""


def now(node: Node) -> float:
    """The time on the node's clock (simulated where use_sim_time is set), s."""
    return float(node.get_clock().now().nanoseconds) * 1e-9


def share_clock(nodes: Sequence[Node]) -> None:
    """Has the first of the nodes of a process hear /clock for all of them: each tick would wake every one otherwise."""
    # No public way leads to the time source of a node.
    source = nodes[0]._time_source
    for node in nodes[1:]:
        node._time_source.detach_node()
        source.attach_clock(node.get_clock())


def guarded(callback: Callable[..., Any], where: str = "") -> Callable[..., Any]:
    """`callback` for a topic or a timer: what it raises is logged, as bad input (ValueError) or as a bug.

    `where` is what the log calls it; empty: its name.
    """
    complaints = _Complaints(callback, where)

    @functools.wraps(callback)
    def call(*args: Any) -> Any:
        try:
            return callback(*args)
        except Exception as error:
            complaints.log(error)
            return None

    return call


def served(callback: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """`callback` for a service: where it raises, the caller gets the unfilled response, with the reason in its words.

    An exception would otherwise end the spinning, and the caller would wait for ever.
    """
    complaints = _Complaints(callback)

    @functools.wraps(callback)
    def call(request: Any, response: Any) -> Any:
        try:
            return callback(request, response)
        except Exception as error:
            complaints.log(error)
            failed = type(response)()
            reason = str(error) if isinstance(error, ValueError) else FAILED
            for field in ("message", "text"):
                if hasattr(failed, field):
                    setattr(failed, field, reason)
            return failed

    return call


class _Complaints:
    """What is said in the log of the errors of one callback: every bug, and of bad input one line each `QUIET` s."""

    def __init__(self, callback: Callable[..., Any], where: str = "") -> None:
        self._where = where or getattr(callback, "__qualname__", repr(callback))
        self._said = float("-inf")
        self._unsaid = 0

    def log(self, error: Exception) -> None:
        """Says it, where it is due."""
        if not isinstance(error, ValueError):
            get_logger("caravan").error(f"{self._where} failed:\n{''.join(traceback.format_exception(error))}")
        elif time.monotonic() - self._said < QUIET:
            self._unsaid += 1
        else:
            more = f" (and {self._unsaid} more since the last line)" if self._unsaid else ""
            get_logger("caravan").warning(f"{self._where}: {error}{more}")
            self._said, self._unsaid = time.monotonic(), 0


def run(make: Callable[[], Node | Sequence[Node]], args: Sequence[str] | None = None) -> int:
    """Spin the node or nodes that `make` returns until SIGINT or SIGTERM; ends the process then, with exit code 0.

    `make` may raise ValueError or OSError for bad parameters or files: one line on standard error, and exit code 2 is
    returned, as for a ROS environment or arguments that ROS refuses. All nodes part (`Parting`) before the first is
    taken down.
    """
    stopping: list[int] = []
    for number in ENDING:
        signal.signal(number, lambda received, _frame: stopping.append(received))
    try:
        rclpy.init(args=args, signal_handler_options=SignalHandlerOptions.NO)
    except RuntimeError as error:
        return _refused(error)
    try:
        made = make()
    except (ValueError, OSError) as error:
        rclpy.try_shutdown()
        return _refused(error)
    nodes = [made] if isinstance(made, Node) else list(made)
    try:
        _spin(nodes, stopping)
    finally:
        for node in nodes:
            if isinstance(node, Parting):
                guarded(node.part)()  # One that fails keeps no other from it: each has wheels to stop.
        for node in nodes:
            with taking_down():
                node.destroy_node()
        with taking_down():
            rclpy.try_shutdown()
    # All is taken down. What Python itself frees at its end may be ROS's, in which ROS can hang like in `taking_down`.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


@contextmanager
def taking_down() -> Iterator[None]:
    """Ends the process, with code 1 and where it stood on standard error, where ROS hangs in the block.

    Fast DDS may lock up for good when a participant is deleted while others leave (eProsima/Fast-DDS, issues 6193 and
    6502). It holds the interpreter then: no signal is heard, and no thread of Python could end it.
    """
    sys.stdout.flush()
    faulthandler.dump_traceback_later(TAKE_DOWN, exit=True, file=2)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def _refused(error: Exception) -> int:
    print(f"{Path(sys.argv[0]).stem}: {error}", file=sys.stderr)
    return BAD_INPUT


def _spin(nodes: Sequence[Node], stopping: Sequence[int]) -> None:
    executor = EventsExecutor()
    for node in nodes:
        executor.add_node(node)
    # Its spin(), and spin_once() without a time-out, run no callbacks and burn a core.
    while not stopping and rclpy.ok():
        # A request may still wait for a service that was just destroyed; rclpy's other executors let it pass too.
        with suppress(InvalidHandle):
            executor.spin_once(timeout_sec=TURN)
    for node in nodes:
        executor.remove_node(node)
