"""`caravan bench sim` as a process."""

from __future__ import annotations

import argparse
import json
from itertools import combinations
from pathlib import Path

import pytest

from caravan.model.geometry import Point
from caravan.sim.footprint import clearance, footprints
from caravan_cli.commands.bench_sim import MOST, counts
from caravan_cli.sim_bench import fleet, hall
from tests.support.cli import assert_complaint, caravan


def test_each_kind_of_simulation_is_measured_and_the_machine_named() -> None:
    done = caravan("bench", "sim", "--robots", "2,3", "--seconds", "1", "--beams", "20", "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    kinds = [(run["robots"], run["physics"], run["beams"]) for run in figures["runs"]]
    four = [("planar", 0), ("planar", 20), ("wheels", 0), ("wheels", 20)]
    assert kinds == [(robots, *kind) for robots in (2, 3) for kind in four]
    assert all(run["real_time_factor"] > 0.0 for run in figures["runs"])
    assert figures["machine"]["cpu"]
    assert figures["machine"]["cores"] >= 1
    assert "x real time" in done.stderr


def test_the_hall_has_48_shelves_and_room_for_every_robot() -> None:
    world, robots = hall(Path()), fleet(MOST).robots.values()
    assert len([shape for shape in world.obstacles if shape.name.startswith("shelf")]) == 48
    spots = [(Point(r.start.x, r.start.y), r.radius) for r in robots if r.start is not None]
    met = footprints(world)
    assert all(clearance(met, spot, spot)[0] > radius for spot, radius in spots[::5])
    assert all(one[0].distance(other[0]) > one[1] + other[1] for one, other in combinations(spots, 2))


@pytest.mark.parametrize("words", ["ten", "0", "10,,20", "217", "-3", ""])
def test_numbers_of_robots_that_are_none(words: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="no list of whole numbers from 1 to 216"):
        counts(words)


def test_bad_words() -> None:
    assert_complaint(caravan("bench", "sim", "--robots", "0"), "--robots", "from 1 to 216")
