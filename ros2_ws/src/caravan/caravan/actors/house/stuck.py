"""Robots that have work and do nothing: alive by their heartbeats, and yet no use."""

from __future__ import annotations

from caravan.model.market import AWAITS_CHARGER, ENDED, HALTED, HoldingState, RobotState

_STEP = 0.5
"""A robot has moved when it is in another square of this side, m."""

_Signs = tuple[object, ...]


class Stuck:
    """Tells when a robot that has work shows no sign of it for `patience` s. Times are the caller's `now` (s)."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._seen: dict[str, tuple[_Signs, float]] = {}
        """What each robot showed last, and since when (s)."""

    def hear(self, state: RobotState, now: float) -> bool:
        """Whether the robot has stood still with all its work for too long; told once, then it has time again."""
        signs = _signs(state)
        before, since = self._seen.get(state.robot, (None, now))
        if signs != before or _may_stand(state):
            since = now
        stuck = now - since > self._patience
        self._seen[state.robot] = (signs, now if stuck else since)
        return stuck


def _may_stand(state: RobotState) -> bool:
    states = {holding.state for holding in state.holdings}
    return state.activity in (HALTED, AWAITS_CHARGER) or HoldingState.GATHERED in states or states <= ENDED


def _signs(state: RobotState) -> _Signs:
    """What changes while a robot drives, works, charges or waits for a time."""
    work = tuple((h.task_id, h.state, h.progress, h.remaining and round(h.remaining)) for h in state.holdings)
    return (round(state.pose.x / _STEP), round(state.pose.y / _STEP), round(state.battery, 2), work)
