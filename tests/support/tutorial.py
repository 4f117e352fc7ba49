"""The folder that docs/worlds.md leads its reader to make."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.support.documents import ROOT, blocks, commands

DOCUMENT = "docs/worlds.md"
FILES = {"hall.sdf": "xml", "site.yaml": "yaml", "drive.py": "python"}
"""The files in `mine`, and the language of the block that each is copied from."""
ALONE = ("mkdir ", "cp ", ".venv/bin/caravan roadmap ", "scripts/run python ")
"""How the commands begin that need no ROS."""


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a line as the reader would, in a folder that has what the project's root has."""
    return subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True, timeout=100, check=False)


def follow(folder: Path, *begin: str) -> list[tuple[str, subprocess.CompletedProcess[str]]]:
    """Lays out the document's files and runs its commands that begin so, in order; they with what came of them."""
    for name in (".venv", "scripts", "worlds", "config", "models"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "mine").mkdir()
    for name, language in FILES.items():
        (text,) = blocks(DOCUMENT, language)
        (folder / "mine" / name).write_text(text, encoding="utf-8")
    return [(command, run(command, folder)) for command in commands(DOCUMENT) if command.startswith(begin)]
