"""A process of a fleet as it is planned, and what is done before it starts: looked for, and its files written."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

OURS = "caravan_ros"
"""The package of Caravan's own nodes."""
LAST_DOMAIN = 231
"""The last ROS domain all of whose ports exist."""


class PlanError(ValueError):
    """A fleet cannot be planned or started so; the message names the option, its value and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process to run: an executable of a ROS package, or a program on the path where `package` is empty."""

    executable: str
    name: str
    """What it goes by in logs; of Caravan's nodes, which host one node, that of the node."""
    package: str = OURS
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """The ROS parameters that are set."""
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    """What its environment has beyond the caller's."""
    files: Mapping[str, str] = field(default_factory=dict)
    """The files that it reads and that are written for it, by path."""
    vital: bool = False
    """Whether the fleet ends with it; the others are started again where something looks after them."""


def find(process: Process) -> Path | None:
    """The file to execute, for a process that is not one of Caravan's own; None where it is not installed."""
    if not process.package:
        found = shutil.which(process.executable)
        return Path(found) if found else None
    prefixes = filter(None, os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep))
    files = (Path(prefix) / "lib" / process.package / process.executable for prefix in prefixes)
    return next((file for file in files if file.is_file()), None)


def prepare(plan: Iterable[Process]) -> None:
    """Writes the files of a plan, once all that it runs is there. Raises PlanError where something is not installed."""
    processes = tuple(plan)
    for process in processes:
        if process.package != OURS and find(process) is None:
            raise PlanError(f"sim: 'gz' {_missing(process)}")
    for path, text in (entry for process in processes for entry in process.files.items()):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text, encoding="utf-8")


def _missing(process: Process) -> str:
    what = f"package {process.package}" if process.package else f"command {process.executable!r}"
    package = f"ros-{os.environ.get('ROS_DISTRO', 'jazzy')}-ros-gz"
    return f"needs Gazebo Harmonic and ros_gz, and there is no {what}: apt install {package}, or take 'embedded'"
