"""What the documents show works: commands that need no fleet are run here, the others are known to be run elsewhere."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.support.documents import FLEET_COMMANDS, ROOT, blocks, commands, documents

ALONE = ("parse", "demo --no-ros")
"""Commands of `caravan` that need no ROS and no fleet."""


def run(command: str) -> subprocess.CompletedProcess[str]:
    """Runs a line in the root of the project, as a reader would."""
    result = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return result


def alone(command: str) -> bool:
    """Whether a line needs no fleet."""
    return any(command.startswith(f".venv/bin/caravan {name}") for name in ALONE)


FOLLOWED = "docs/worlds.md"
"""A document whose commands go together; test_worlds_document.py follows it."""
ALL = sorted({command for document in documents() if document != FOLLOWED for command in commands(document)})


@pytest.mark.parametrize("command", [c for c in ALL if alone(c)])
def test_a_command_that_needs_no_fleet(command: str, tmp_path: Path) -> None:
    if "demo" in command:
        command += f" --out {tmp_path}"
    run(command)


@pytest.mark.parametrize("command", [c for c in ALL if not alone(c)])
def test_any_other_command_is_a_make_target_or_run_against_a_fleet(command: str) -> None:
    if command.startswith("make "):
        run(f"make --dry-run {command.removeprefix('make ')}")
    else:
        assert command.startswith(FLEET_COMMANDS), f"no test runs {command!r}"


def test_the_parse_of_the_readme_means_what_it_says() -> None:
    (command,) = [c for c in commands("README.md") if "caravan parse" in c]
    read = json.loads(run(command).stdout)
    (task,) = read["draft"]["tasks"]
    assert (task["kind"], task["quantity"], task["from"], task["to"]) == ("deliver", 2, "dock_3", "aisle_b")
    assert (task["by"], task["avoid"]) == ("17:00", ["aisle_c"])


def test_the_program_of_the_readme(tmp_path: Path) -> None:
    (program,) = blocks("README.md", "python")
    file = tmp_path / "program.py"
    file.write_text(program, encoding="utf-8")
    output = run(f"scripts/run python {file}").stdout
    assert re.search(r"Bring two pallets from dock 3 to aisle B\. done \w+", output), output


@pytest.mark.parametrize("document", documents())
def test_links_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert ((ROOT / document).parent / target).exists(), f"{document}: {target}"
