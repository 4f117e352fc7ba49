"""`caravan bench auction` on a small fleet of real processes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.cli import assert_complaint, caravan


@pytest.mark.processes
def test_a_small_fleet_awards_every_task_once(tmp_path: Path) -> None:
    done = caravan("bench", "auction", "--robots", "3", "--tasks", "4", "--logs", str(tmp_path), "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert (figures["accepted"], figures["lost"], figures["duplicated"]) == (4, 0, 0)
    assert 0.0 < figures["award_p50_s"] <= figures["award_p95_s"]
    assert figures["tasks_per_minute"] > 0.0


def test_bad_words() -> None:
    assert_complaint(caravan("bench", "auction", "--robots", "0"), "--robots")
    assert_complaint(caravan("bench", "auction", "--site", "nowhere.yaml"), "nowhere.yaml")
