"""`caravan bench allocation` as a process."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from caravan_cli.commands import bench_allocation
from tests.support.cli import assert_complaint, caravan
from tests.support.lilim import write_folder


def test_instances_are_rated_against_the_best_known(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    (folder / "unknown.txt").write_text((folder / "tiny.txt").read_text(encoding="utf-8"), encoding="utf-8")
    done = caravan("bench", "allocation", "--lilim", str(folder), "--budget", "0.1", "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert (figures["mean_distance_ratio"], figures["mean_vehicle_ratio"], figures["rated"]) == (1.0, 1.0, 1)
    first = figures["instances"][0]
    assert {"name": "tiny", "distance": 40.0, "vehicles": 1, "served": 2, "valid": True}.items() <= first.items()
    assert 0.0 < first["seconds"] < 10.0
    assert "40.00 by 1 (best known 40.00 by 1), 2 of 2 served" in done.stderr


def test_an_instance_that_cannot_be_served_is_exit_code_1(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    small = (folder / "tiny.txt").read_text(encoding="utf-8").replace("2 20 1", "2 15 1")
    (folder / "tiny.txt").write_text(small, encoding="utf-8")
    done = caravan("bench", "allocation", "--lilim", str(folder), "--budget", "0.1", "--json")
    assert done.returncode == 1
    figures = json.loads(done.stdout)
    assert (figures["instances"][0]["served"], figures["mean_distance_ratio"]) == (1, None)


def test_small_problems_come_near_the_optimum(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("caravan_cli.allocation.SMALL_SEEDS", 40)
    assert bench_allocation.run(argparse.Namespace(lilim=None, budget=None, seed=1, json=True)) == 0
    figures = json.loads(capsys.readouterr().out)
    assert 1.0 <= figures["small_gap"] <= 1.01 <= figures["small_gap_auction"]
    assert figures["travel_20x100_over_auction"] <= 1.0
    assert figures["seconds_20x100"] > 0.0


def test_bad_words(tmp_path: Path) -> None:
    assert_complaint(caravan("bench"), "BENCH")
    assert_complaint(caravan("bench", "everything"), "everything", "allocation")
    assert_complaint(caravan("bench", "allocation", "--budget", "3"), "--lilim")
    assert_complaint(caravan("bench", "allocation", "--lilim", "x", "--budget", "nan"), "--budget")
    assert_complaint(caravan("bench", "allocation", "--lilim", str(tmp_path)), str(tmp_path), "best_known.csv")
