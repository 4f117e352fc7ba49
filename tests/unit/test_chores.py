"""When a robot goes charging, on a line of places: a charger at 0 m, b at 50 m, c at 100 m. It drives 1 m/s."""

from __future__ import annotations

from caravan.actors.floor.charger_queue import SETTLE, ChargerQueue
from caravan.actors.floor.chores import Chores
from caravan.actors.floor.ways import Ways
from caravan.actors.robot.worklist import Worklist
from caravan.adapters.start_log import StartLog
from caravan.model.geometry import Point, Pose
from caravan.model.goal import Task, TaskKind
from caravan.model.market import Award
from caravan.model.site import Battery, Lane, Place, Roadmap, Robot, Site
from caravan.traffic.roadmap import Graph

POINTS = {"a": Point(0.0, 0.0), "b": Point(50.0, 0.0), "c": Point(100.0, 0.0)}
ROBOT = Robot(id="r1", battery=Battery(capacity=1.0, drive_power=9.0, idle_power=0.0, charge_power=36.0, reserve=0.2))
"""A metre of driving takes a quarter of a hundredth of the charge."""
SITE = Site(
    places={name: Place(id=name, position=point, charger=name == "a") for name, point in POINTS.items()},
    robots={"r1": ROBOT},
    roadmap=Roadmap(nodes=POINTS, lanes=(Lane(start="a", end="b"), Lane(start="b", end="c"))),
)
TOP_UP = 0.5


class Bench:
    """A robot's chores, worklist and ways, without a body."""

    def __init__(self, *destinations: str) -> None:
        self.ways = Ways(ROBOT, SITE, Graph(SITE.roadmap))
        self.stand("b")
        self.work = Worklist(ROBOT, self.ways.drive_time, self.ways.chargers, StartLog(":memory:"), "b")
        self.chores = Chores(ROBOT, self.ways, self.work, TOP_UP, ChargerQueue("r1"))
        for number, place in enumerate(destinations):
            task = Task(id=f"t{number}", kind=TaskKind.GO, to=place)
            award = Award(task_id=f"g1/t{number}", epoch=1, task=task, robot="r1")
            assert self.work.take(award, "b", 0.0).accepted

    def stand(self, place: str) -> None:
        """The robot is at a place."""
        self.ways.move(Pose(POINTS[place].x, 0.0))

    def goes_charging(self, battery: float) -> bool:
        """Whether it does so with this charge, with nobody else who needs a charger."""
        self.chores.mind_battery(battery, "", 0.0)
        self.chores.mind_battery(battery, "", SETTLE)
        return self.chores.leg is not None


def test_an_idle_robot_tops_up() -> None:
    assert not Bench().goes_charging(0.51)
    assert Bench().goes_charging(0.49)


def test_a_task_is_put_off_where_the_charge_does_not_last_for_it_and_the_way_back() -> None:
    """50 m there, 100 m back, held up for half as long again, and the reserve: 0.125 + 0.375 + 0.2."""
    assert not Bench("c").goes_charging(0.71)
    bench = Bench("c")
    assert bench.goes_charging(0.69)
    assert bench.chores.note == "the charge does not last for g1/t0"


def test_a_drive_is_broken_off_only_once_half_of_the_reserve_is_needed() -> None:
    """From b on the way to c as before; where drives take longer than thought, the rest is for them."""
    for battery, breaks_off in ((0.61, False), (0.59, True)):
        bench = Bench("c")
        assert bench.work.start(0.0)
        assert bench.goes_charging(battery) == breaks_off


def test_who_has_begun_to_charge_goes_on_until_full() -> None:
    bench = Bench()
    assert bench.goes_charging(0.3)
    bench.stand("a")
    bench.chores.mind_battery(0.3, "a", 5.0)
    bench.chores.work(0.1, 0.6)
    bench.chores.mind_battery(0.9, "a", 6.0)
    assert bench.chores.charging
    bench.chores.work(0.1, 0.95)
    bench.chores.mind_battery(0.95, "", 7.0)
    assert not bench.chores.busy


def test_a_robot_that_tops_up_takes_work_meanwhile_until_it_charges() -> None:
    bench = Bench()
    assert bench.goes_charging(0.49)
    assert not bench.chores.charging
    task = Task(id="t1", kind=TaskKind.GO, to="a")
    assert bench.work.take(Award(task_id="g1/t1", epoch=1, task=task, robot="r1"), "b", 2.0, 0.49).accepted
    bench.chores.mind_battery(0.49, "", 3.0)
    assert not bench.chores.busy


def test_coming_home_waits_for_a_charge_only_below_the_reserve() -> None:
    for battery, place in ((0.3, "c"), (0.19, "a")):
        bench = Bench()
        bench.chores.go("c")
        bench.goes_charging(battery)
        assert bench.chores.leg is not None
        assert bench.chores.leg.place == place
