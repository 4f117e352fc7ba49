"""The line of docs/worlds.md that starts the simulator, with the world and the site of the document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from caravan_cli.domain import free_domain
from tests.ros.support import left_behind
from tests.support.documents import commands
from tests.support.tutorial import DOCUMENT, follow, run


def test_the_simulator_runs_with_a_world_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    follow(tmp_path, "mkdir ", "cp ", ".venv/bin/caravan roadmap make ")
    (command,) = [c for c in commands(DOCUMENT) if " sim " in c]
    with free_domain() as domain:
        monkeypatch.setenv("ROS_DOMAIN_ID", str(domain))
        result = run(f"{command} --rate 3 --json --logs {tmp_path / 'logs'}", tmp_path)
    assert result.returncode == 0, f"{result.stdout}\n{result.stderr}"
    assert 0.0 < json.loads(result.stdout)["real_time_factor"] < 3.5
    assert left_behind(tmp_path) == {}
