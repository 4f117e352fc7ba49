"""`caravan bench platoon --ros`: what its figures are made of, and a short run of two trucks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from caravan_cli.platoon_bench.real import answers, uses
from tests.support.cli import caravan


def test_a_command_answers_the_latest_odometry_before_it() -> None:
    assert answers([1.0, 1.05, 1.1], [0.9, 1.01, 1.07, 1.13]) == pytest.approx([0.01, 0.02, 0.03])


def test_a_state_is_used_by_the_first_command_that_is_begun_after_it() -> None:
    odometries, commands = [1.0, 1.05, 1.1], [1.01, 1.06, 1.11]
    assert uses([0.99, 1.02, 1.2], odometries, commands) == pytest.approx([0.02, 0.04])


@pytest.mark.processes
@pytest.mark.slow
def test_two_trucks_are_measured(tmp_path: Path) -> None:
    words = ("--ros", "--vehicles", "2", "--seconds", "6", "--logs", str(tmp_path), "--json")
    done = caravan("bench", "platoon", *words, timeout=240.0)
    assert done.stdout, done.stderr
    figures = json.loads(done.stdout)
    assert done.returncode == (0 if figures["sound"] else 1)
    assert figures["vehicles"] == 2
    assert figures["together"] is True
    assert figures["contacts"] == 0
    assert figures["smallest_gap"] > 1.0
    assert figures["heard_hz"] > 1.0
    assert 0.0 < figures["processing_ms"]["p50"] <= figures["processing_ms"]["p95"]
