"""The roster: which robots are there, by their heartbeats."""

from __future__ import annotations

from collections.abc import Iterable

from caravan.model.market import RobotState


class Roster:
    """Robots by name with their latest heartbeat. A robot is live for `patience` s after the last one was heard."""

    def __init__(self, patience: float, owners: Iterable[str] = (), now: float = 0.0) -> None:
        self._patience = patience
        self._heard = dict.fromkeys(owners, now)
        self._states: dict[str, RobotState] = {}

    def hear(self, state: RobotState, now: float) -> bool:
        """Notes a heartbeat; False where one of a later era, or of a later time in the same era, was heard before."""
        known = self._states.get(state.robot)
        late = known is not None and (state.era, state.stamp) <= (known.era, known.stamp)
        if late and self.alive(state.robot, now):
            return False
        self._states[state.robot] = state
        self._heard[state.robot] = now
        return True

    def alive(self, robot: str, now: float) -> bool:
        """Whether the robot was heard lately."""
        return robot in self._heard and now - self._heard[robot] <= self._patience

    def live(self, now: float) -> list[str]:
        """Names of the robots that are live, sorted; only those that were heard since the start."""
        return sorted(r for r in self._states if self.alive(r, now))

    def drop_lost(self, now: float) -> list[str]:
        """The robots that have just been silent for too long; each is told once, and is unknown until heard again."""
        lost = sorted(r for r in self._heard if not self.alive(r, now))
        for robot in lost:
            del self._heard[robot]
            self._states.pop(robot, None)
        return lost

    def states(self) -> list[RobotState]:
        """The latest heartbeats of all that are not lost."""
        return list(self._states.values())

    def state(self, robot: str) -> RobotState | None:
        """The latest heartbeat of a robot."""
        return self._states.get(robot)
