"""`caravan bench fleet --ros`: a small fleet of real processes at work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.cli import caravan

pytestmark = pytest.mark.processes


def test_a_short_shift_over_dds(tmp_path: Path) -> None:
    words = ("--ros", "--robots", "3", "--hours", "0.01", "--rate", "10", "--processes", "1", "--logs", str(tmp_path))
    done = caravan("bench", "fleet", *words, "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["goals"] == figures["done"] >= 4
    assert (figures["lost"], figures["contacts_robots"], figures["contacts_obstacles"]) == (0, 0, 0)
    # Told by stamps of heartbeats, over some seconds of real time: the first may be a little old.
    assert 0.0 < figures["real_time_factor"] <= 10.5
