"""Where people turn to while an auction node leads: all its services and its action."""

from __future__ import annotations

from rclpy.node import Node

from caravan_ros.pursuit import Pursuits
from caravan_ros.requests import House, Requests


class Office:
    """The services and the action of `house`, on `node`."""

    def __init__(self, node: Node, house: House) -> None:
        self.pursuits = Pursuits(node, house)
        self._requests = Requests(node, house)

    def close(self) -> None:
        """Serves nothing any more."""
        self.pursuits.close()
        self._requests.close()
