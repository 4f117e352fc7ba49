"""`caravan bench faults` in small: real processes that are killed, hang and are cut off while they work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from caravan_cli.faults.network import allowed
from tests.support.cli import assert_complaint, caravan


@pytest.mark.processes
def test_nothing_is_lost_or_begun_twice(tmp_path: Path) -> None:
    """With links that are cut, too, where the machine allows to."""
    network = allowed() is None
    words = ["--events", "4", "--robots", "3", "--rate", "10", "--seed", "3", "--logs", str(tmp_path), "--json"]
    done = caravan("bench", "faults", *words, *(["--network"] if network else []), timeout=300.0)
    assert done.returncode == 0, done.stderr + done.stdout
    figures = json.loads(done.stdout)
    assert (figures["events"], figures["lost"], figures["doubled_starts"], figures["done_twice"]) == (4, [], [], [])
    assert figures["accepted"] > 0
    assert figures["starts"] > 0
    assert [case["at_s"] for case in figures["cases"]] == sorted(case["at_s"] for case in figures["cases"])


def test_bad_words() -> None:
    assert_complaint(caravan("bench", "faults", "--events", "0"), "--events")
    assert_complaint(caravan("bench", "faults", "--site", "nowhere.yaml"), "nowhere.yaml")
