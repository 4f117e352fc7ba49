"""The processes of a fleet as programs to start."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import yaml

from caravan_cli.processes import Program
from caravan_ros.plan import Process


def program(process: Process, folder: Path, env: Mapping[str, str]) -> Program:
    """The program that runs a planned process; its parameters are written to `folder`/<name>.yaml."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{process.name}.yaml"
    given = {k: list(v) if isinstance(v, tuple) else v for k, v in process.parameters.items()}
    file.write_text(yaml.safe_dump({"/**": {"ros__parameters": given}}, allow_unicode=True), encoding="utf-8")
    command = (sys.executable, "-m", f"caravan_ros.{process.executable}", "--ros-args", "--params-file", str(file))
    return Program(name=process.name, command=command, env=env)
