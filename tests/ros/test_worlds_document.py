"""The line of docs/worlds.md that starts the simulator, with the world that the document makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.documents import commands
from tests.support.tutorial import DOCUMENT, follow, run


@pytest.mark.processes
def test_the_simulator_runs_with_a_world_of_ones_own(tmp_path: Path) -> None:
    follow(tmp_path)
    (command,) = [c for c in commands(DOCUMENT) if " sim " in c]
    result = run(f"{command} --json", tmp_path)
    assert result.returncode == 0, f"{result.stdout}\n{result.stderr}"
    assert "real_time_factor" in result.stdout
