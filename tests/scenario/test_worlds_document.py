"""docs/worlds.md, followed to the letter in a folder of its own: what it shows works."""

from __future__ import annotations

import re
from pathlib import Path

from caravan.adapters.site_file import read_site
from tests.support.documents import FLEET_COMMANDS, commands
from tests.support.tutorial import ALONE, DOCUMENT, FILES, follow


def test_who_follows_the_document_has_a_world_with_robots_that_drive(tmp_path: Path) -> None:
    done = follow(tmp_path, *ALONE)
    for command, result in done:
        assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    said = {command: result.stdout for command, result in done}
    assert any("every robot reaches every place" in out for command, out in said.items() if "roadmap check" in command)
    assert (tmp_path / "mine" / "roadmap.png").stat().st_size > 10_000
    (driven,) = [out for command, out in said.items() if "drive.py" in command]
    assert re.search(r"Take a pallet from the gate to the workbench\. done carrier_1", driven), driven
    site = read_site(tmp_path / "mine" / "site.yaml")
    assert set(site.places) < set(site.roadmap.nodes) and len(site.roadmap.lanes) > 20


def test_all_its_commands_are_run_by_some_test() -> None:
    for command in commands(DOCUMENT):
        assert command.startswith((*ALONE, *FLEET_COMMANDS, ".venv/bin/caravan sim ")), f"no test runs {command!r}"
    assert set(FILES) == {"hall.sdf", "site.yaml", "drive.py"}
