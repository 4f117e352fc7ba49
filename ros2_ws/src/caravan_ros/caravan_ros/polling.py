"""A robot's vote on which auction node leads."""

from __future__ import annotations

import time
from pathlib import Path

from rclpy.node import Node

from caravan.actors.house.elector import Elector
from caravan.actors.robot.agent import Agent
from caravan.adapters.ballot_file import BallotFile
from caravan.auction.leadership import LeadershipSettings
from caravan.model.leadership import Claim, Grant, NotWritten
from caravan_ros.mail import Speaker, listen
from caravan_ros.runtime import guarded


class Polling:
    """Answers claims for one robot, whose agent heeds no leader before the one it voted for; its ballot is at `path`.

    Raises ValueError where that is no good. Leases are counted in real time: the simulated clock may stand still.
    """

    def __init__(self, node: Node, robot: str, agent: Agent, path: Path) -> None:
        self._log = node.get_logger()
        self._agent = agent
        try:
            self._elector = Elector(robot, BallotFile(path), LeadershipSettings().lease, time.monotonic())
        except NotWritten as error:
            raise ValueError(str(error)) from error
        agent.heed(self._elector.ballot.term)
        self._speaker = Speaker(node, Grant)
        listen(node, Claim, guarded(self._answer))

    def _answer(self, claim: Claim) -> None:
        flaw = self._elector.flaw
        grant = self._elector.answer(claim, time.monotonic())
        self._agent.heed(self._elector.ballot.term)
        if grant is not None:
            self._speaker.say(grant)
        elif self._elector.flaw != flaw:
            self._log.warning(f"it cannot vote: {self._elector.flaw}")
