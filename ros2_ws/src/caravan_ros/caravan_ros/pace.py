"""How fast a simulation goes: at a rate, no faster than the machine, and never ahead of the robots that drive in it."""

from __future__ import annotations

from collections.abc import Iterable

PATIENCE = 0.2
"""How long (real s) the simulation waits for the next robot's answer to its odometry before it goes on without."""
BUSY = 1.0
"""And where several follow and none of them answers, which tells of a busy machine rather than of their deaths."""
UNBOUND = 1000.0
"""The rate that stands for "as fast as it goes"."""
_DEBT = 0.1
"""How much real time (s) the simulation may be behind and catch up; what is beyond is lost."""


class Pace:
    """Says how much simulated time is due. `wall` is real time (s) from any origin.

    A robot that commands its wheels in answer to each odometry is waited for, so that a busy machine slows the clock
    down and does not make robots late; one that has stopped answering is not waited for until it commands again. Robots
    of one process answer one after the other, and as long as they do, none of them has stopped.
    """

    def __init__(self, rate: float, robots: Iterable[str], wall: float) -> None:
        self._rate = rate or UNBOUND
        self._credit = 0.0
        self._wall = wall
        self._answered = dict.fromkeys(robots, True)
        self._following: set[str] = set()
        self._heard = wall
        """When the last odometry was sent, or the latest robot answered it."""

    def due(self, wall: float) -> float:
        """Simulated seconds that are due now; what is not spent stays due, up to a limit."""
        elapsed, self._wall = max(0.0, wall - self._wall), wall
        self._credit = min(self._credit + elapsed * self._rate, _DEBT * self._rate)
        return self._credit

    def spend(self, seconds: float) -> None:
        """The simulation has moved on by so much."""
        self._credit -= seconds

    def tell(self, wall: float) -> None:
        """All robots were sent their odometry."""
        self._heard = wall
        self._answered = dict.fromkeys(self._answered, False)

    def answer(self, robot: str, wall: float) -> None:
        """A robot has commanded its wheels."""
        if not self._answered[robot]:
            self._heard = wall
        self._answered[robot] = True
        self._following.add(robot)

    def may_tell(self, wall: float) -> bool:
        """Whether the next odometry may be sent: all that follow have answered the last, or were waited for."""
        late = {robot for robot in self._following if not self._answered[robot]}
        patience = BUSY if len(late) > 1 and late == self._following else PATIENCE
        if late and wall - self._heard < patience:
            return False
        self._following -= late
        return True
