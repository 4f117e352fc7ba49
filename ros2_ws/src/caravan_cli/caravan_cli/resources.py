"""Where the files that come with Caravan lie: in the source tree, or in the share folder of an installed workspace."""

from __future__ import annotations

import os
from pathlib import Path

from caravan_cli.complaint import Complaint


def _homes() -> list[Path]:
    prefixes = [Path(p) for p in os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep) if p]
    return [*Path(__file__).resolve().parents, *(p / "share" / "caravan_bringup" for p in prefixes)]


def resource(path: str) -> Path:
    """The file that comes with Caravan as `path` ("config/demo.yaml"). Raises Complaint where it is not installed."""
    for home in _homes():
        if (home / path).is_file():
            return home / path
    raise Complaint(f"{path} is missing here; run Caravan from its source tree, or build the workspace")


def given_or(path: str | None, default: str) -> Path:
    """The file that the user gave, else the one that comes with Caravan."""
    return Path(path) if path is not None else resource(default)
