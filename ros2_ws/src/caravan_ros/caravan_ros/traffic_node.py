"""The node of traffic control: reports come in, stretches go out."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable

from rclpy.node import Node

from caravan.actors.traffic.traffic_control import TrafficControl
from caravan.adapters.site_file import read_site, robots_of
from caravan.model.plan import BlockedLanes, Stretch, TrafficReport
from caravan.model.site import Site
from caravan_ros.mail import Speaker, listen
from caravan_ros.params import read_parameters
from caravan_ros.runtime import guarded, now, run
from caravan_ros.settings import TrafficParameters

TURN = 0.1
"""Pause between two ticks, s."""


class TrafficNode(Node):
    """One session of traffic control; it begins when the clock does."""

    def __init__(self, site: Site, parameters: TrafficParameters) -> None:
        super().__init__("traffic")
        self._site = site
        self._lease = parameters.lease
        self._simulated = bool(self.get_parameter("use_sim_time").value)
        self._ahead = now(self) - time.monotonic()
        self._control: TrafficControl | None = None
        self._speaker = Speaker(self, Stretch, BlockedLanes, robots=site.robots)
        listen(self, TrafficReport, self._on_report)
        self.create_timer(TURN, guarded(self._tick))

    def _now(self) -> float:
        """The time on the ROS clock; one that is not simulated as it was set when this began: none is set back."""
        return now(self) if self._simulated else self._ahead + time.monotonic()

    def _tick(self) -> None:
        at = self._now()
        if self._control is not None:
            self._send(self._control.tick(at))
        elif at > 0.0:
            session = int(at * 1000)
            self._control = TrafficControl(self._site.roadmap, self._site.robots, session, at, self._lease)

    def _on_report(self, report: TrafficReport) -> None:
        if self._control is not None:
            self._send(self._control.receive(report, self._now()))

    def _send(self, said: Iterable[Stretch | BlockedLanes]) -> None:
        for message in said:
            self._speaker.say(message)


def traffic_node() -> Node:
    """The node, for the parameters given. Raises ValueError for bad parameters and files."""
    asking = Node("traffic")
    parameters = read_parameters(asking, TrafficParameters)
    asking.destroy_node()
    return TrafficNode(robots_of(read_site(parameters.site), parameters.robots), parameters)


def main() -> int:
    """Runs it; returns the exit code."""
    return run(traffic_node)


if __name__ == "__main__":
    sys.exit(main())
