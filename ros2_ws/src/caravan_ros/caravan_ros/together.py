"""One writing for all that comes together."""

from __future__ import annotations

from collections.abc import Callable

from rclpy.node import Node

from caravan_ros.runtime import guarded

MOST = 50
"""So many requests or messages are written at once at most. One at a time, a slow disk would need longer for a thousand
than robots wait for their leases."""


class Together:
    """Has `write` called once for all that `node`'s executor has taken in by then; without an executor at once."""

    def __init__(self, node: Node, write: Callable[[], None]) -> None:
        self._node = node
        self._write = guarded(write)
        self._count = 0
        self._due = False

    def soon(self) -> None:
        """Something is to be written."""
        self._count += 1
        executor = self._node.executor
        if executor is None or self._count >= MOST:
            self._call()
        elif not self._due:
            # It comes after whatever waits for its turn now.
            self._due = True
            executor.create_task(self._call_due)

    def _call_due(self) -> None:
        self._due = False
        if self._count:
            self._call()

    def _call(self) -> None:
        self._count = 0
        self._write()
