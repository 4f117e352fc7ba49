"""Trucks on a road in virtual time: wheels that do what they are told, radars, a radio that loses messages."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from itertools import pairwise

from caravan.actors.road.outcome import Outcome, Stage
from caravan.actors.road.road_drive import RoadDrive
from caravan.model.crossing import Approach
from caravan.model.geometry import Pose, Twist
from caravan.model.goal import Task, TaskKind
from caravan.model.platoon import Beat
from caravan.model.road import NOTHING, REACH, Radar, Road, arc, straight
from caravan.model.site import Place, Policy, Robot, Site
from caravan.platoon.validity import State
from caravan.sim.radio import Radio, RadioSettings
from caravan_cli.platoon_bench.body import STEP, Body, unheard

LENGTH, WIDTH = 10.0, 2.5
TOP = 25.0
ASIDE = 2.0
"""Whose middle is farther than this (m) from that of the outermost lane is off the road."""
CLEAR = RadioSettings(delay_min=0.01, delay_max=0.08)


def motorway() -> Road:
    """Five kilometres with two wide bends, and a ramp at 1.5 km."""
    road = Road(
        start=Pose(0.0, 0.0, 0.3),
        segments=(straight(800.0), arc(600.0, 0.5), straight(1000.0), arc(800.0, -0.4), straight(3000.0)),
        speed=TOP,
    )
    ramp = road.ramp(1500.0, (arc(300.0, -0.25), straight(150.0)))
    return Road(start=road.start, segments=road.segments, speed=TOP, ramps={"exit-1": ramp})


def truck(name: str, road: Road, s: float, lane: int = 0, brake: float = 6.0, destination: str | None = None) -> Robot:
    """A truck whose middle is at `s` (m)."""
    return Robot(
        id=name,
        start=road.pose(s, road.middle(lane)),
        speed=TOP,
        acceleration=1.0,
        brake=brake,
        lag=0.5,
        length=LENGTH,
        width=WIDTH,
        destination=destination,
    )


class Highway:
    """Trucks from standing start or already under way at `speed` (m/s)."""

    def __init__(
        self, trucks: list[Robot], road: Road, *, speed: float, radio: RadioSettings = CLEAR, seed: int = 1
    ) -> None:
        self.road, self.now = road, 0.0
        self.robots = {robot.id: robot for robot in trucks}
        self.site = Site(
            name="motorway",
            road=road,
            robots=self.robots,
            places={name: Place(id=name) for name in road.ramps},
            policy=Policy(max_speed=TOP),
        )
        self.rng = random.Random(seed)
        self.radio: Radio[Beat | State | Approach] = Radio(radio, self.rng)
        self.bodies = {robot.id: self._body(robot, speed) for robot in trucks}
        self.drives = {robot.id: RoadDrive(robot, self.site, now=0.0) for robot in trucks}
        self.alive = set(self.drives)
        self.hung: set[str] = set()
        """Those whose process lives, and does nothing for now."""
        self.halted: set[str] = set()
        self.blind: set[str] = set()
        """Those whose radar is silent."""
        self.lost: set[str] = set()
        """Those whose odometry is no number."""
        self.orders: dict[str, tuple[Task, int, str]] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.ended: dict[str, float] = {}
        self.smallest = math.inf
        """The smallest gap so far of one that lives to what is in its way, m; less than 0 after a contact."""
        self.hardest = 0.0
        """The hardest that anybody has braked, m/s2."""

    def _body(self, robot: Robot, speed: float) -> Body:
        assert robot.start is not None
        s, offset = self.road.project(robot.start)
        return Body(pose=robot.start, s=s, offset=offset, speed=speed)

    # -- what happens -----------------------------------------------------------------------------------------------

    def order(self, name: str, manoeuvre: str, **what: object) -> None:
        """Gives a truck a task of kind platoon."""
        task = Task(id="t1", kind=TaskKind.PLATOON, manoeuvre=manoeuvre, **what)  # type: ignore[arg-type]
        self.give(name, task, 0, f"g{len(self.outcomes) + len(self.orders) + 1}/t1")

    def give(self, name: str, task: Task, seat: int, task_id: str) -> None:
        """Gives a truck a task."""
        self.orders[name] = (task, seat, task_id)
        self.outcomes.pop(name, None)

    def form(self, names: list[str], **what: object) -> None:
        """Gives trucks the seats of a platoon, the front one first."""
        task = Task(id="t1", kind=TaskKind.PLATOON, manoeuvre="form", robots=len(names), **what)  # type: ignore[arg-type]
        for seat, name in enumerate(names, start=1):
            self.give(name, task, seat, f"g1/t1/{seat}")

    def takes_over(self, name: str, acts: Callable[[Body], float]) -> None:
        """Something else drives a truck, whose agent is silent from now on: the acceleration, m/s2."""
        self.alive.discard(name)
        self.orders.pop(name, None)
        self.bodies[name].acts = acts

    def stranger(self, *, s: float, offset: float, speed: float, drive: Callable[[Body], float]) -> None:
        """A vehicle that says nothing, and comes over to lane 0 within two seconds; `drive` is its acceleration."""
        robot = truck("stranger", self.road, s)
        self.robots["stranger"] = robot
        self.bodies["stranger"] = Body(
            pose=self.road.pose(s, offset), s=s, offset=offset, speed=speed, acts=drive, aside=-offset / 2.0
        )

    def die(self, name: str) -> None:
        """A truck's process ends: it says nothing, and its base, which hears no more, stops."""
        self.takes_over(name, unheard(self.robots[name]))

    def start_again(self, name: str) -> None:
        """The process of a truck that has died starts anew where that is, and knows nothing."""
        body = self.bodies[name]
        self.drives[name] = RoadDrive(self.robots[name], self.site, now=self.now)
        self.alive.add(name)
        body.acts = None

    def tow(self, name: str) -> None:
        """A truck that has died is taken off the road."""
        del self.bodies[name], self.drives[name]

    def hang(self, name: str) -> None:
        """A truck's process does nothing, and its base, which hears no more, stops."""
        self.hung.add(name)
        self.bodies[name].acts = unheard(self.robots[name])

    def go_on(self, name: str) -> None:
        """The process of a truck that hung goes on where it was."""
        self.hung.discard(name)
        self.bodies[name].acts = None

    def run(self, seconds: float, until: Callable[[], bool] = lambda: False) -> bool:
        """Lets time pass; whether `until` came true meanwhile."""
        for _ in range(round(seconds / STEP)):
            self.step()
            if until():
                return True
        return False

    def settle(self, seconds: float = 300.0) -> dict[str, Stage]:
        """Lets time pass until all tasks have ended."""
        self.run(seconds, until=lambda: not self.orders)
        return {name: outcome.stage for name, outcome in self.outcomes.items()}

    def step(self) -> None:
        """One step of time."""
        self.now += STEP
        for target, said in self.radio.due(self.now):
            if target in self.alive - self.hung:
                self.drives[target].hear(said, self.now)
        before = {name: body.speed for name, body in self.bodies.items()}
        for name in self.drives:
            if name in self.alive - self.hung:
                self._live(name)
        for name, body in self.bodies.items():
            body.move(self.road, self.robots[name])
            self.hardest = max(self.hardest, (before[name] - body.speed) / STEP)
        self._watch()

    def _live(self, name: str) -> None:
        drive, body = self.drives[name], self.bodies[name]
        pose = Pose(math.nan, math.nan) if name in self.lost else body.pose
        radar = None if name in self.blind else self.radar(name)
        velocity = Twist(math.nan if name in self.lost else body.speed, 0.0)
        body.command = drive.sense(pose, velocity, radar, self.now, may=name not in self.halted)
        for said in drive.tick(self.now):
            for other in self.drives:
                if other != name:
                    self.radio.send(name, other, said, self.now)
        if name in self.orders and round(self.now / STEP) % 4 == 0:
            task, seat, task_id = self.orders[name]
            outcome = drive.pursue(task, seat, task_id, self.now)
            self.outcomes[name] = outcome
            if outcome.stage is not Stage.RUNNING:
                del self.orders[name]
                self.ended[name] = self.now

    # -- what is true -----------------------------------------------------------------------------------------------

    def ahead_of(self, name: str, width: float) -> tuple[str, float] | None:
        """Who is next ahead with so little (m) to the side, and its distance, bumper to bumper."""
        (here, side), found = self._place(self.bodies[name]), None
        for other, body in self.bodies.items():
            s, offset = self._place(body)
            way = self.road.ahead(here, s)
            if other != name and way > 0.0 and abs(offset - side) < width:
                gap = way - LENGTH
                found = (other, gap) if found is None or gap < found[1] else found
        return found

    def _place(self, body: Body) -> tuple[float, float]:
        """How far along a truck is, and how far to the side; on a ramp along that, and well to the side."""
        for ramp in self.road.ramps.values() if body.offset < -2.0 else ():
            s, offset = ramp.project(body.pose)
            if s > 0.0 and abs(offset) < 2.0:
                return ramp.at + s, offset - 100.0
        return body.s, body.offset

    def on_road(self, name: str) -> bool:
        """Whether a truck has not left by a ramp."""
        return self.bodies[name].offset > -ASIDE / 2.0

    def leads(self, name: str) -> bool:
        """Whether a truck leads its platoon, or itself alone."""
        return self.drives[name].vehicle.membership.leads

    def off_road(self, name: str) -> bool:
        """Whether a truck is neither in a lane nor on a ramp."""
        _, offset = self._place(self.bodies[name])
        return offset > self.road.middle(self.road.lanes - 1) + ASIDE or -90.0 < offset < -ASIDE

    def radar(self, name: str) -> Radar:
        """What its radar reads, with noise: whatever reaches into its lane's width before it, as in `sim.radar`."""
        ahead = self.ahead_of(name, (self.road.lane_width + WIDTH) / 2.0)
        if ahead is None or ahead[1] > REACH:
            return Radar(gap=NOTHING, rate=0.0)
        rate = self.bodies[ahead[0]].speed - self.bodies[name].speed
        return Radar(gap=ahead[1] + self._noise(), rate=rate + self._noise())

    def _noise(self) -> float:
        return max(-0.3, min(0.3, self.rng.gauss(0.0, 0.1)))

    def _watch(self) -> None:
        for name in self.alive - self.hung:
            ahead = self.ahead_of(name, WIDTH)
            if ahead is not None:
                self.smallest = min(self.smallest, ahead[1])

    def platoons(self) -> set[tuple[str, ...]]:
        """Those of more than one that the living hold."""
        orders = {self.drives[name].vehicle.membership.roster.order for name in self.alive}
        return {order for order in orders if len(order) > 1}

    def agreed(self) -> Mapping[str, str]:
        """By truck, the name of the platoon that it is in."""
        return {name: drive.vehicle.membership.roster.label for name, drive in self.drives.items()}

    def gaps(self, names: list[str]) -> list[float]:
        """Between each and the next, m."""
        places = [self.bodies[name].s for name in names]
        return [front - rear - LENGTH for front, rear in pairwise(places)]

    def line(self) -> list[str]:
        """Who is in lane 0, from the front to the back."""
        there = [name for name, body in self.bodies.items() if abs(body.offset) < 1.5]
        return sorted(there, key=lambda name: -self.bodies[name].s)
