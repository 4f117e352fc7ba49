"""An agent on a road: `RoadDrive` behind the protocol `Driving`, without roadmap, traffic control and chargers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from caravan.actors.able import admission
from caravan.actors.road.manners import limit_of, road_of
from caravan.actors.road.outcome import Stage
from caravan.actors.road.road_drive import RoadDrive
from caravan.actors.robot.agent import Agent, AgentSettings
from caravan.actors.robot.driving import Heard, Said
from caravan.actors.robot.entry import Entry, key_of
from caravan.actors.robot.mandate import Mandate
from caravan.actors.robot.obedience import Obedience
from caravan.actors.robot.odometry import Odometry
from caravan.actors.robot.own_clock import OwnClock
from caravan.actors.robot.starts import StartLog
from caravan.actors.robot.worklist import Worklist
from caravan.model.crossing import Approach, Slots
from caravan.model.geometry import Pose, Twist
from caravan.model.goal import Task, seat_of
from caravan.model.market import HoldingState
from caravan.model.plan import TrafficReport
from caravan.model.platoon import Beat
from caravan.model.road import Radar, Road
from caravan.model.site import Robot, Site
from caravan.platoon.validity import State

BLIND = 0.5
"""What a radar read so long ago (s) is nothing to drive by."""
NOWHERE = Pose(math.nan, math.nan)
"""What odometry says that is not believed."""
_ENDS = {Stage.DONE: HoldingState.DONE, Stage.FAILED: HoldingState.FAILED}


def truck_agent(
    robot: Robot,
    site: Site,
    settings: AgentSettings,
    log: StartLog,
    draw: Callable[[], int],
    model: str = "",
    ahead: Callable[[], float] = lambda: 0.0,
    *,
    now: float,
) -> Agent:
    """The agent of a robot on the road of `site`, with what its log holds of the time before a restart.

    The rest is as of `floor_agent`. Raises ValueError where the site has no road, or no start for the robot.
    """
    ways = _Ways(robot, site, now)
    admit = admission(robot, site)
    worklist = Worklist(
        robot, ways.drive_time, lambda here: (), log, "", lambda place, seat, avoid: place, admit, ways.place
    )
    mandate = Mandate(worklist, Obedience(log), settings.lease)
    clock = OwnClock(log, draw, ahead, settings.lease / 2.0)
    return Agent(robot, mandate, TruckDrive(robot, site, ways, mandate), clock, settings, model)


class _Ways:
    """What quotes ask of a truck: how far it is to the exits, and what a place in a platoon costs."""

    def __init__(self, robot: Robot, site: Site, now: float) -> None:
        self._robot = robot
        self._site = site
        self._road: Road = road_of(site, robot)
        self.drive = RoadDrive(robot, site, now=now)
        self.now = now
        self.fuel = 1.0

    def start_again(self, now: float) -> None:
        """The drive knows nothing any more."""
        self.drive = RoadDrive(self._robot, self._site, now=now)

    def drive_time(self, start: str, end: str, avoid: tuple[str, ...]) -> float | None:
        """From where it is ("") to an exit, s. None for all else: nobody comes back from an exit."""
        ramp = self._road.ramps.get(end)
        if start == end or (not start and end == self._road.to):
            return 0.0
        if start or ramp is None:
            return None
        s, _ = self._road.project(self.drive.pose)
        way = self._road.ahead(s, ramp.at)
        return (way + ramp.length) / limit_of(self._robot, self._site) if way >= 0.0 else None

    def place(self, task: Task, seat: int) -> Mapping[str, float] | str:
        """The parts of what a manoeuvre costs it, s, or why it does not do it."""
        return self.drive.offer(task, seat, self.now, self.fuel)


class TruckDrive:
    """Drives one truck for its tasks; see `Driving`."""

    def __init__(self, robot: Robot, site: Site, ways: _Ways, mandate: Mandate) -> None:
        self._ways = ways
        self._mandate = mandate
        self._worklist = mandate.worklist
        self._odometry = Odometry(min(robot.speed, site.policy.max_speed))
        self._radar: tuple[Radar, float] | None = None
        self._job: tuple[str, int] | None = None
        """The award that it drives for."""
        self.pose = ways.drive.pose

    busy = False

    def here(self) -> str:
        """See `Driving`."""
        return ""

    def drag(self) -> float:
        """See `Driving`."""
        return 1.0

    def unfit(self, task: Task) -> str | None:
        """See `Driving`: what a truck cannot do it says when it is asked for a price."""
        return None

    def give_way(self, task: Task) -> None:
        """See `Driving`."""

    def go_home(self) -> None:
        """See `Driving`: nobody turns round on a road."""

    def sense(self, pose: Pose, velocity: Twist, battery: float, now: float) -> Twist:
        """See `Driving`."""
        believed = self._odometry.believes(pose, velocity, now)
        self.pose = pose if believed else self.pose
        self._ways.fuel = battery
        self._carry_on(now)
        radar = self._radar[0] if self._radar is not None and now - self._radar[1] <= BLIND else None
        # In the middle of an intersection is no place to wait for a lease.
        leased = self._ways.drive.crosses or not self._mandate.lapsed(now)
        may = leased and not self._mandate.halted
        return self._ways.drive.sense(self.pose if believed else NOWHERE, velocity, radar, now, may=may)

    def _carry_on(self, now: float) -> None:
        """Works on the job that it has now; what it had before and may not do any more is dropped."""
        job = self._mandate.job(now)
        if job is None and self._paused(now):
            return
        if self._job is not None and (job is None or key_of(job) != self._job):
            self._ways.drive.drop(now)
        self._job = None if job is None else key_of(job)
        self._ways.drive.weigh("normal" if job is None else job.award.task.priority)
        if job is not None:
            self._work(job, now)

    def _paused(self, now: float) -> bool:
        """Whether a short gap in its lease is all that keeps it from its job."""
        kept = self._mandate.interrupted(now)
        return kept is not None and key_of(kept) == self._job

    def _work(self, job: Entry, now: float) -> None:
        if not job.begun:
            self._worklist.work(0.0, self._ways.fuel, now)  # On a road all are there.
            return
        award = job.award
        outcome = self._ways.drive.pursue(award.task, seat_of(award.task_id), award.task_id, now)
        if outcome.stage is Stage.RUNNING:
            self._worklist.tell(outcome.note)
        else:
            self._worklist.end(_ENDS[outcome.stage], outcome.note, now)

    def hear(self, message: Heard, now: float) -> str | None:
        """See `Driving`."""
        match message:
            case Radar():
                self._radar = (message, now)
            case Beat() | State() | Approach() | Slots():
                return self._ways.drive.hear(message, now)
            case _:
                pass
        return None

    def tick(self, now: float) -> Sequence[Said]:
        """See `Driving`."""
        return self._ways.drive.tick(now)

    def report(self, now: float) -> TrafficReport | None:
        """See `Driving`: a road has no traffic control."""
        return None

    def activity(self, now: float) -> str:
        """See `Driving`."""
        if self._odometry.flaw:
            return f"comes to a stop: {self._odometry.flaw}"
        if self._worklist.flaw:
            return f"waits for its disk: {self._worklist.flaw}"
        job = self._mandate.job(now)
        does = job.leg.verb if job is not None and job.leg is not None else self._mandate.idle()
        said = job.note if job is not None else ""
        return "; ".join(part for part in (does, said, self._ways.drive.note()) if part)

    def mind(self, now: float) -> None:
        """See `Driving`."""
        self._ways.now = now

    def forget(self, now: float) -> None:
        """See `Driving`: what the others said has stamps of another time, and so has what it said itself."""
        self._radar = None
        self._ways.start_again(now)
