"""The contract of navigators, kept by the one that comes with Caravan, and by goals for one elsewhere, in memory.

tests/ros/test_nav2.py holds Nav2's real action to the same.
"""

from __future__ import annotations

import pytest

from caravan.motion.driver import Driver
from caravan.motion.goals import CallOff, GoalNavigator, Patience, Send, SlowDown
from caravan.motion.limits import limits_of
from tests.support.elsewhere import Elsewhere
from tests.support.navigation import POLICY, ROBOT, ElsewhereContract, ElsewhereRig, NavigatorContract, Rig

WORDS = {"aborted": "it gave up its goal", "cancelled": "others called off its goal"}


class MemoryRig(ElsewhereRig):
    """Goals and what becomes of them go straight to and fro."""

    def __init__(self) -> None:
        self._goals = GoalNavigator(limits_of(ROBOT, POLICY), Patience())
        super().__init__(self._goals)
        self._other = Elsewhere()

    def spoil(self, fault: str) -> None:
        self._other.fault = fault

    @property
    def idle(self) -> bool:
        return self._other.idle

    def elsewhere(self) -> None:
        if (stop := self._goals.watch(self.now)) is not None:
            self.command(stop)
        for told in self._goals.drain():
            match told:
                case Send():
                    if self._other.take(told.number, told.poses):
                        self._goals.progressed(told.number, self.now)
                    else:
                        self._goals.failed(told.number, "it refused its goal", self.now)
                case CallOff():
                    self._other.drop()
                case SlowDown():
                    self._other.limit = told.speed
        if (twist := self._other.turn(self.pose)) is not None:
            self._others = twist, self.now
        for number, event in self._other.events:
            self._tell(number, event)
        self._other.events.clear()

    def _tell(self, number: int, event: str) -> None:
        match event:
            case "feedback":
                self._goals.progressed(number, self.now)
            case "succeeded":
                self._goals.succeeded(number, self.now)
            case _:
                self._goals.failed(number, WORDS[event], self.now)


class TestBuiltin(NavigatorContract):
    """`motion.driver`."""

    @pytest.fixture
    def rig(self) -> Rig:
        return Rig(Driver(ROBOT, POLICY))


class TestGoals(ElsewhereContract):
    """`motion.goals`."""

    @pytest.fixture
    def rig(self) -> Rig:
        return MemoryRig()
