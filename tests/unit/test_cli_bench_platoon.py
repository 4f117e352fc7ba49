"""The bench of platoons: what it prints, what it draws, and when it says that something is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from caravan.platoon.gain import gains
from caravan_cli.platoon_bench import figures
from caravan_cli.platoon_bench.gains import HERTZ, simulate
from caravan_cli.platoon_bench.plots import SHOWN, Shown, draw
from caravan_cli.platoon_bench.scenes import WHOLE, Setting
from tests.support.cli import assert_complaint, caravan


def test_manoeuvres_as_json() -> None:
    done = caravan("bench", "platoon", "--only", "manoeuvres", "--seeds", "3", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["sound"], said["manoeuvres"]["seeds"], said["manoeuvres"]["legal"]) == (True, 3, 3)
    assert "3 of 3 seeds end legally" in done.stderr


def test_a_story_of_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("caravan_cli.platoon_bench.orders.SECONDS", 5.0)
    (job,) = figures.jobs(figures.Wishes(parts=("orders",), order_seeds=1, seed=4))
    found = figures.orders_summary(job.work())
    assert (found["seeds"], found["broken"]) == (1, [])
    assert found["smallest_gap"] > 0.0 and found["orders"]["form"]["done"] >= 2


def test_bad_words() -> None:
    assert_complaint(caravan("bench", "platoon", "--only", "everything"), "everything", "manoeuvres")
    assert_complaint(caravan("bench", "platoon", "--seeds", "0"), "--seeds")


def test_what_is_simulated_is_what_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("caravan_cli.platoon_bench.gains.SETTLE", 50.0)
    monkeypatch.setattr("caravan_cli.platoon_bench.gains.FOLLOWERS", 1)
    found = simulate("ploeg", 0.1, 0.01)
    middle = (HERTZ >= 0.05) & (HERTZ <= 1.0)
    computed = gains("ploeg", HERTZ, delay=0.1, followers=1)
    assert np.abs(found.values - computed)[:, middle].max() < 0.01
    assert found.peak > 1.01


def test_crashes_and_scenarios_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "SECONDS", 15.0)
    own = figures.run_scenario("braking", WHOLE, Setting(losses=(1.0,)), 0)
    path = figures.run_scenario("braking", "path", Setting(losses=(1.0,)), 0)
    assert (own.collisions, path.collisions) == (0, 1)
    assert own.smallest.min() >= 1.0


def test_what_is_not_sound() -> None:
    good = {"law": WHOLE, "smallest_gap": 1.0, "peak": 1.0}
    assert figures.sound({"scenarios": [good], "crashes": [good], "gain_computed": [good]})
    assert not figures.sound({"crashes": [{**good, "smallest_gap": 0.99}]})
    assert not figures.sound({"gain_computed": [{**good, "peak": 1.001}]})
    assert not figures.sound({"manoeuvres": {"illegal": [{"seed": 1}]}})
    assert not figures.sound({"orders": {"broken": [{"seed": 1}]}})
    assert figures.sound({"scenarios": [{**good, "law": "path", "smallest_gap": 0.0}]})


def test_a_plot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "SECONDS", 8.0)
    shown: tuple[Shown, ...] = SHOWN[3:4]
    monkeypatch.setattr("caravan_cli.platoon_bench.plots.SHOWN", shown)
    simulated = [{"law": "ploeg", "beacon": 0.01, "values": [1.0] * len(HERTZ)}]
    files = draw({"gain_simulated": simulated}, ("scenarios",), tmp_path, 0)
    files += draw({"gain_simulated": simulated}, ("gain",), tmp_path, 0)
    assert [file.name for file in files] == ["blackout.png", "gain.png"]
    assert all(imread(file).std() > 0.05 for file in files)
