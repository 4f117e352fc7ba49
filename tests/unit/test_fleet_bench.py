"""The bench of a whole fleet: what it gives to do, and how it measures."""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from caravan.adapters.site_file import read_site
from caravan.model.ability import unable
from caravan.model.geometry import Pose
from caravan.model.goal import Draft
from caravan.model.market import Event, RobotState
from caravan.traffic.roadmap import Graph
from caravan_cli.commands import bench_fleet
from caravan_cli.complaint import Complaint
from caravan_cli.fleet_bench.deliveries import deliveries
from caravan_cli.fleet_bench.meter import Meter, by_partner
from caravan_cli.fleet_bench.shift import FINISH, Shift
from tests.support.cli import assert_complaint, caravan

SMALL = str(Path(__file__).parents[2] / "config" / "warehouse.yaml")
SITE = read_site(SMALL)


def state(stamp: float, x: float, y: float, activity: str, battery: float = 1.0) -> RobotState:
    """A heartbeat of carrier_1, whose top speed is 1.2 m/s."""
    return RobotState(robot="carrier_1", stamp=stamp, pose=Pose(x, y), battery=battery, activity=activity)


def test_deliveries_are_for_robots_that_there_are_and_the_same_for_a_seed() -> None:
    drafts = list(islice(deliveries(SITE, random.Random(5)), 50))
    assert drafts == list(islice(deliveries(SITE, random.Random(5)), 50))
    for draft in drafts:
        (task,) = draft.tasks
        assert task.from_ != task.to
        assert not any(SITE.places[place or ""].charger for place in (task.from_, task.to))
        assert any(unable(robot, task, SITE) is None for robot in SITE.robots.values())


def test_a_site_without_work_is_told() -> None:
    with pytest.raises(Complaint, match="nothing to deliver"):
        deliveries(replace(SITE, items={}), random.Random(0))


def test_the_meter_tells_driving_standing_and_charging_apart() -> None:
    """It takes twice as long from dock 1 to dock 4 as alone, stands for one second of it, and then charges for four."""
    meter, graph = Meter(SITE, Graph(SITE.roadmap)), Graph(SITE.roadmap)
    free = graph.travel_time("dock_1", "dock_4", 1.2)
    assert free is not None
    meter.hear(state(0.0, 8.0, 1.5, "to dock_4"))
    meter.hear(state(1.0, 9.0, 3.5, "to dock_4", battery=0.4))
    meter.hear(state(2.0, 9.0, 3.5, "to dock_4"))
    meter.hear(state(2.0, 9.0, 3.5, "idle"))
    for tick in range(3, round(2.0 * free) + 1):
        meter.hear(state(float(tick), 9.0 + 13.0 * tick / (2.0 * free), 3.5, "to dock_4"))
    meter.hear(state(2.0 * free, 22.0, 1.5, "unloading"))
    meter.hear(state(2.0 * free + 4.0, 22.0, 1.5, "charging"))
    meter.hear(state(2.0 * free + 8.0, 22.0, 1.5, "idle"))
    meter.hear(state(2.0 * free + 100.0, 22.0, 1.5, "idle"))
    figures = meter.figures()
    assert figures["drive_over_free"] == pytest.approx(2.0, abs=1e-3)
    assert figures["drive_share"] == pytest.approx(2.0 * free / (2.0 * free + 8.0), abs=1e-3)
    assert figures["jam_share_of_drives"] == pytest.approx(1.0 / (2.0 * free), abs=1e-3)
    assert figures["charge_share"] == pytest.approx(4.0 / (2.0 * free + 8.0), abs=1e-3)
    assert figures["lowest_battery"] == 0.4


def test_contacts_are_told_apart() -> None:
    found = by_partner(["tug_1", "rack_2/body", "tug_1"], SITE.robots)
    assert found == {"contacts_robots": 2, "contacts_obstacles": 1}


def shift(give: Callable[[Draft], None]) -> Shift:
    """Two robots for 100 s."""
    return Shift(2, 100.0, deliveries(SITE, random.Random(0)), give)


def test_a_shift_keeps_so_many_goals_open_and_ends_with_the_last_of_them() -> None:
    given: list[Draft] = []
    work = shift(given.append)
    assert work.go_on(0.0)
    assert len(given) == 3
    work.hear(Event(stamp=50.0, kind="done", goal="g1"))
    work.hear(Event(stamp=50.0, kind="task_done", goal="g1", task="g1/t1"))
    assert work.go_on(99.0)
    assert len(given) == 4
    for goal, kind in (("g2", "done"), ("g3", "failed"), ("g4", "done")):
        assert work.go_on(101.0)
        work.hear(Event(stamp=101.0, kind=kind, goal=goal))
    assert not work.go_on(101.0)
    assert work.figures(0.5) == {"goals": 4, "done": 3, "failed": 1, "lost": 0, "tasks_per_hour": 2.0}


def test_what_never_ends_is_lost() -> None:
    work = shift(lambda draft: None)
    work.go_on(0.0)
    assert work.go_on(99.0 + FINISH)
    assert not work.go_on(101.0 + FINISH)
    assert work.figures(1.0)["lost"] == 3


def test_a_short_shift_from_the_command_line(tmp_path: Path) -> None:
    picture = tmp_path / "shift.png"
    done = caravan("bench", "fleet", "--robots", "3", "--hours", "0.03", "--json", "--picture", str(picture))
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["goals"] == figures["done"] > 3
    assert (figures["lost"], figures["contacts_robots"], figures["contacts_obstacles"]) == (0, 0, 0)
    assert figures["drive_over_free"] > 1.0
    assert picture.stat().st_size > 10_000


@pytest.mark.parametrize(
    ("words", "name"),
    [((), "warehouse"), (("--robots", "50"), "warehouse_large"), (("--robots", "50", "--site", SMALL), "warehouse")],
)
def test_many_robots_work_where_they_have_room(words: tuple[str, ...], name: str) -> None:
    parser = argparse.ArgumentParser()
    bench_fleet.arguments(parser)
    assert bench_fleet._site(parser.parse_args(words)).name == name


@pytest.mark.parametrize(
    ("words", "remedy"),
    [(("--rate", "2"), "--ros"), (("--processes", "2"), "--ros"), (("--ros", "--battery", "5"), "--site")],
)
def test_options_that_do_not_go_together(words: tuple[str, ...], remedy: str) -> None:
    parser = argparse.ArgumentParser()
    bench_fleet.arguments(parser)
    with pytest.raises(Complaint, match=remedy):
        bench_fleet.run(parser.parse_args(words))


def test_bad_words() -> None:
    assert_complaint(caravan("bench", "fleet", "--hours", "-1"), "--hours")
