"""`caravan bench traffic`: its maps, its validator, plain PIBT, and the command."""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import pytest
from matplotlib.image import imread

from caravan.adapters.movingai import MapError, read_map
from caravan.traffic.grid import Grid, random_grid, warehouse_grid
from caravan.traffic.roadmap import Graph
from caravan_cli.commands import bench_traffic
from caravan_cli.complaint import Complaint
from caravan_cli.traffic_bench.course import PLANNERS, Course
from caravan_cli.traffic_bench.plain import PlainPibt
from caravan_cli.traffic_bench.validator import start_faults, step_faults
from tests.support.cli import assert_complaint, caravan

SMALL = "type octile\nheight 3\nwidth 4\nmap\n..@.\n.T..\nGS.W\n"
FREE = {(r, c) for r in range(3) for c in range(3)} - {(1, 1)}


def test_a_map_is_read(tmp_path: Path) -> None:
    (tmp_path / "small.map").write_text(SMALL, encoding="utf-8")
    grid = read_map(tmp_path / "small.map")
    assert (grid.name, len(grid.free())) == ("small", 9)
    assert grid.rows[1] == (True, False, True, True)
    roadmap = grid.roadmap()
    assert len(roadmap.nodes) == 9 and {(lane.start, lane.end) for lane in roadmap.lanes} >= {("0_0", "0_1")}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("type octile", "kind octile", "line 1"),
        ("height 3", "height three", "line 2: height 'three'"),
        ("height 3", "height 4", "3 rows below 'map'; write 4"),
        ("width 4", "width 0", "line 3: width '0'"),
        ("width 4", "width 99999", "from 1 to 4096"),
        ("map\n", "map of mine\n", "line 4"),
        ("\n.T..", "\n.T.", "line 6: 3 cells; write 4"),
        ("..@.", "..x.", "line 5: cell 3 is 'x'; write one of"),
        ("..@.\n.T..\nGS.W", "@@@@\n@@@@\n@@@.", "two free cells"),
        (SMALL, "", "line 1"),
    ],
)
def test_what_is_wrong_with_a_map_is_said(tmp_path: Path, old: str, new: str, words: str) -> None:
    file = tmp_path / "bad.map"
    file.write_text(SMALL.replace(old, new), encoding="utf-8")
    with pytest.raises(MapError) as told:
        read_map(file)
    assert str(file) in str(told.value) and words in str(told.value)


def test_a_map_that_is_no_text_or_no_file(tmp_path: Path) -> None:
    (tmp_path / "bytes.map").write_bytes(b"type octile\n\xff\xfe")
    for file in (tmp_path / "bytes.map", tmp_path / "none.map", tmp_path):
        with pytest.raises(MapError, match=str(file)):
            read_map(file)


def test_made_maps_have_the_numbers_of_the_known_ones() -> None:
    narrow, wide = warehouse_grid(), warehouse_grid(aisle=2)
    assert (len(narrow.rows[0]), len(narrow.rows), len(narrow.free())) == (161, 63, 5699)
    assert (len(wide.rows[0]), len(wide.rows), len(wide.free())) == (170, 84, 9776)
    grid = random_grid(random.Random(1))
    assert 780 <= len(grid.free()) <= 819
    assert grid.connected() == grid and narrow.connected() == narrow


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ([(0, 0), (0, 1)], [(0, 1), (0, 2)], []),
        ([(0, 0)], [(0, 0)], []),
        ([(0, 1)], [(1, 1)], ["not free"]),
        ([(0, 0)], [(0, 2)], ["jumps"]),
        ([(0, 0)], [(1, 1)], ["not free", "jumps"]),
        ([(0, 0), (0, 2)], [(0, 1), (0, 1)], ["both in"]),
        ([(0, 0), (0, 1)], [(0, 1), (0, 0)], ["change places"]),
        ([(0, 0), (0, 1)], [(0, 1)], ["2 robots before"]),
    ],
)
def test_the_validator_finds_what_is_wrong(
    before: list[tuple[int, int]], after: list[tuple[int, int]], words: list[str]
) -> None:
    found = step_faults(FREE, before, after)
    assert len(found) == len(words) and all(word in line for word, line in zip(words, found, strict=True))


def test_the_validator_looks_at_the_start() -> None:
    assert start_faults(FREE, [(0, 0), (0, 1)]) == []
    assert len(start_faults(FREE, [(1, 1), (0, 0), (0, 0)])) == 2


def test_a_planner_that_cheats_is_caught() -> None:
    class Swapper(PlainPibt):
        def step(self) -> tuple[int, ...]:
            self._at[0], self._at[1] = self._at[1], self._at[0]
            return tuple(self._at)

    grid = Grid(name="two", rows=((True, True),))
    run = Course(grid, 2, 0).drive(Swapper, 3, lambda: None)
    assert any("change places" in fault for fault in run.faults)


def test_a_planner_that_stands_is_a_deadlock_and_a_livelock() -> None:
    class Stander(PlainPibt):
        def step(self) -> tuple[int, ...]:
            return tuple(self._at)

    run = Course(Grid(name="row", rows=((True,) * 5,)), 2, 0).drive(Stander, 80, lambda: None)
    assert run.deadlock and run.livelock and run.longest == 80 and not run.faults


def test_plain_pibt_turns_a_ring() -> None:
    graph = Graph(Grid(name="square", rows=((True, True), (True, True))).roadmap())
    planner = PlainPibt(graph, (0, 1, 3, 2), (1, 3, 2, 0), random.Random(0))
    assert planner.step() == (1, 3, 2, 0)


def test_both_planners_flow_on_open_floor() -> None:
    grid = Grid(name="open", rows=((True,) * 12,) * 12)
    for make in PLANNERS.values():
        run = Course(grid, 10, 5).drive(make, 150, lambda: None)
        figures = run.figures(10)
        assert not run.faults and not run.deadlock and not run.livelock
        assert 0.75 < figures["share_of_free_flow"] <= 1.1


def wishes(**other: object) -> argparse.Namespace:
    """The arguments of the command, as its parser would give them."""
    usual = {"map": None, "made": "random", "agents": 100, "steps": 60, "seed": 7, "seeds": 3, "picture": None}
    return argparse.Namespace(**{**usual, "json": True, **other})


def test_three_seeds_of_the_random_map(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "out" / "heat.png"
    assert bench_traffic.run(wishes(picture=str(picture))) == 0
    out, err = capsys.readouterr()
    figures = json.loads(out)
    assert figures["seeds"] == [7, 8, 9] and "published" not in figures
    own = figures["planners"]["caravan"]
    assert own["faults"] == own["deadlocks"] == own["livelocks"] == 0
    assert own["share_of_free_flow"] > 0.75 and own["targets_per_step"] > 3.3
    assert "free flow, as if each were alone" in err
    assert len(imread(picture).shape) == 3


def test_the_command_reads_a_map_and_complains_about_a_bad_one(tmp_path: Path) -> None:
    file = tmp_path / "small.map"
    file.write_text(SMALL, encoding="utf-8")
    done = caravan("bench", "traffic", "--map", str(file), "--agents", "2", "--steps", "20", "--json")
    assert json.loads(done.stdout)["map"] == {"name": "small", "height": 3, "width": 4, "free": 9}, done.stderr
    assert_complaint(caravan("bench", "traffic", "--map", str(tmp_path / "no.map")), "no.map", "can be read")


def test_what_cannot_be_is_told(tmp_path: Path) -> None:
    file = tmp_path / "small.map"
    file.write_text(SMALL, encoding="utf-8")
    with pytest.raises(Complaint, match=r"50 robots on small, of 9 cells that hang together; give --agents fewer"):
        bench_traffic.run(wishes(map=str(file), agents=50))
    with pytest.raises(Complaint, match=r"small\.map/p\.png: .*; name a \.png that can be written"):
        bench_traffic.run(wishes(agents=2, steps=2, seeds=1, picture=str(file / "p.png")))
