"""The processes of a fleet as programs to start."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import yaml

from caravan_cli.processes import Program
from caravan_ros.process import OURS, Process, find


def program(process: Process, folder: Path, env: Mapping[str, str]) -> Program:
    """The program that runs a planned process (`prepare`); its parameters are written to `folder`/<name>.yaml."""
    command = (*_words(process), *process.arguments, *_parameters(process, folder))
    return Program(name=process.name, command=command, env={**process.environment, **env})


def _words(process: Process) -> tuple[str, ...]:
    if process.package == OURS:
        return (sys.executable, "-m", f"{OURS}.{process.executable}")
    return (str(find(process) or process.executable),)


def _parameters(process: Process, folder: Path) -> tuple[str, ...]:
    if not process.parameters:
        return ()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{process.name}.yaml"
    given = {k: list(v) if isinstance(v, tuple) else v for k, v in process.parameters.items()}
    file.write_text(yaml.safe_dump({"/**": {"ros__parameters": given}}, allow_unicode=True), encoding="utf-8")
    return ("--ros-args", "--params-file", str(file))
