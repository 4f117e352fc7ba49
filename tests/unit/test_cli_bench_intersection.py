"""The bench of the intersection: what it prints and draws, and when it says that something is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from caravan.platoon.intersection.market import BOUND
from caravan_cli.intersection_bench.course import CONTROLLERS, Outcome, sound, together
from tests.support.cli import assert_complaint, caravan

CALM = Outcome(
    delay=np.array([0.0, 10.0]),
    wait=np.array([1.0, np.nan]),
    urgency=np.array([1.0, 10.0]),
    contacts=0,
    smallest_gap=2.0,
)


def test_three_ways_as_json_and_a_plot(tmp_path: Path) -> None:
    wish = ("--load", "1500", "--seeds", "1", "--minutes", "0.5", "--out", str(tmp_path))
    done = caravan("bench", "intersection", *wish, "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert [row["controller"] for row in said["rows"]] == list(CONTROLLERS)
    assert said["sound"] and len({row["vehicles"] for row in said["rows"]}) == 1
    assert "0 contacts" in done.stderr
    assert imread(Path(said["plot"])).std() > 0.05


def test_bad_words(tmp_path: Path) -> None:
    assert_complaint(caravan("bench", "intersection", "--load", "nan"), "nan", "100")
    assert_complaint(caravan("bench", "intersection", "--seeds", "0"), "--seeds")
    (tmp_path / "file").touch()
    wish = ("--load", "100", "--seeds", "1", "--minutes", "0.5", "--out", str(tmp_path / "file"))
    assert_complaint(caravan("bench", "intersection", *wish), "file", "--out")


def test_figures() -> None:
    row = together(1000.0, "auction", [CALM])
    assert (row["mean_delay"], row["worst_wait"], row["left"]) == (5.0, 1.0, 0)
    assert row["weighted_delay"] == pytest.approx(100.0 / 11.0)
    assert row["urgent_delay"] == 10.0


def test_what_is_not_sound() -> None:
    row = together(1000.0, "auction", [CALM])
    assert sound([row])
    assert not sound([{**row, "contacts": 1}])
    assert not sound([{**row, "left": 1}])
    assert not sound([{**row, "worst_wait": BOUND + 1.0}])
    assert sound([{**row, "controller": "fcfs", "worst_wait": BOUND + 1.0}])
