"""Li & Lim's format: an instance that can be worked out by hand, and files that are none."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from caravan.adapters.lilim import Known, LilimError, instances, read_best_known, read_instance
from caravan.auction.tours.plan import plan_tours
from tests.support.lilim import BEST, INSTANCE, write_folder


def test_an_instance_is_read_and_planned_as_by_hand(tmp_path: Path) -> None:
    problem = read_instance(write_folder(tmp_path) / "tiny.txt")
    assert [(r.id, r.load) for r in problem.requests] == [("1", 10.0), ("4", 20.0)]
    first = problem.requests[0]
    assert first.delivery is not None
    assert (first.pickup.place, first.pickup.ready, first.pickup.due, first.pickup.service) == (1, 0.0, 50.0, 1.0)
    assert problem.travel[0][1] == 5.0
    assert problem.fewest
    assert [(v.start, v.end, v.capacity, v.due) for v in problem.vehicles] == [(0, 0, 20.0, 100.0)] * 2
    plan = plan_tours(problem, random.Random(0), steps=50)
    assert (len(plan.tours), plan.cost, plan.unserved) == (1, 40.0, ())


def test_best_known_solutions_are_read(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    assert read_best_known(folder) == {"tiny": Known(vehicles=1, distance=40.0)}
    assert [file.name for file in instances(folder)] == ["tiny.txt"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2 20 1\n", "2 20\n", ["line 1", "2 values", "vehicles capacity speed"]),
        ("2 20 1\n", "two 20 1\n", ["line 1", "vehicles 'two'", "number"]),
        ("2 20 1\n", "2.5 20 1\n", ["line 1", "vehicles 2.5", "whole"]),
        ("2 20 1\n", "0 20 1\n", ["line 1", "0 vehicles"]),
        ("2 20 1\n", "2 -1 1\n", ["line 1", "capacity -1"]),
        ("2 20 1\n", "2 inf 1\n", ["line 1", "capacity 'inf'"]),
        ("0 0 0 0 0 100 0 0 0", "7 0 0 0 0 100 0 0 0", ["line 2", "depot"]),
        ("1 3 4 10 0 50 1 0 2", "1 3 4 10 60 50 1 0 2", ["line 3", "ready 60, due 50"]),
        ("1 3 4 10 0 50 1 0 2", "1 3 4 nan 0 50 1 0 2", ["line 3", "demand 'nan'"]),
        ("1 3 4 10 0 50 1 0 2", "1 3 4 10 0 50 1 0", ["line 3", "8 values"]),
        ("1 3 4 10 0 50 1 0 2", "1 3 4 10 0 50 1 0 9", ["line 3", "stop 1 and 9", "no pair"]),
        ("1 3 4 10 0 50 1 0 2", "1 3 4 11 0 50 1 0 2", ["line 3", "no pair"]),
        ("1 3 4 10 0 50 1 0 2", "1 3 4 10 0 50 1 2 2", ["line 3", "no pair"]),
        ("1 3 4 10 0 50 1 0 2", "1 3 4 10 0 50 1 0 0", ["line 3", "no pair"]),
        ("2 6 8 -10", "1 6 8 -10", ["line 4", "id 1 is given twice"]),
        ("1 3 4 10 0 50 1 0 2\n2 6 8 -10", "1 3 4 -10 0 50 1 0 2\n2 6 8 10", ["line 3", "demand -10"]),
        (INSTANCE, "", ["no stops"]),
        (INSTANCE, "2 20 1\n", ["no stops"]),
    ],
)
def test_a_bad_instance_is_named(tmp_path: Path, old: str, new: str, said: list[str]) -> None:
    assert old in INSTANCE
    file = tmp_path / "bad.txt"
    file.write_text(INSTANCE.replace(old, new))
    with pytest.raises(LilimError) as error:
        read_instance(file)
    for words in (str(file), *said):
        assert words in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,vehicles\ntiny,1\n", "line 1"),
        ("", "line 1"),
        (BEST.replace("40.0", "far"), "line 2"),
        (BEST.replace("tiny,1", "tiny,0"), "line 2"),
        (BEST.replace("40.0", "inf"), "line 2"),
        (BEST.replace(",40.0", ""), "line 2"),
    ],
)
def test_bad_best_known_solutions_are_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "best_known.csv").write_text(text)
    with pytest.raises(LilimError, match=said):
        read_best_known(tmp_path)


def test_what_is_not_there_or_not_text_is_said(tmp_path: Path) -> None:
    with pytest.raises(LilimError, match="No such file"):
        read_instance(tmp_path / "nowhere.txt")
    with pytest.raises(LilimError, match=r"no \*\.txt"):
        instances(tmp_path)
    (tmp_path / "noise.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(LilimError, match="not text"):
        read_instance(tmp_path / "noise.txt")
