"""Builds ros2_ws with colcon, against a sourced ROS 2 or against the wheels in .venv."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from set_up.checks import ros_sourced

BUILDERS_PATH = re.compile(r"/opt/python/cp\d+-cp\d+/(include/python[\d.]+|[^\";]*site-packages/numpy/_core/include)")
ASK_PATHS = "import numpy, sysconfig; print(sysconfig.get_path('include')); print(numpy.get_include())"
COMMAND = """#!/bin/sh
# Written by scripts/setup.
exec "{root}/scripts/run" "{root}/.venv/bin/python" -m caravan_cli "$@"
"""
RECIPES = ("package.xml", "setup.py", "setup.cfg", "CMakeLists.txt")
SOURCES = ("caravan", "caravan_ros", "caravan_cli")


def mended(text: str, include: str, numpy_include: str) -> str:
    """CMake code of a ROS 2 wheel with the paths of the machine that built it replaced by those of this one."""
    return BUILDERS_PATH.sub(lambda found: include if found[1].startswith("include") else numpy_include, text)


def mend_wheels(venv: Path) -> int:
    """Mend the exported CMake files of the ROS 2 wheels in `venv`; returns how many needed it."""
    asked = subprocess.run([venv / "bin/python", "-c", ASK_PATHS], capture_output=True, text=True, check=True)
    include, numpy_include = asked.stdout.split("\n")[:2]
    count = 0
    for path in (venv / "share").glob("*/cmake/*.cmake"):
        text = path.read_text()
        better = mended(text, include, numpy_include)
        if better != text:
            path.write_text(better)
            count += 1
    return count


def sources(root: Path) -> Iterable[Path]:
    """The files whose contents the build copies or compiles; Python modules are linked and need no rebuild."""
    src = root / "ros2_ws/src"
    interfaces = (src / "caravan_msgs").rglob("*.*")
    recipes = (path for name in RECIPES for path in src.glob(f"*/{name}"))
    return {path for path in (*interfaces, *recipes) if path.is_file()}


def shared_files(root: Path) -> Iterable[Path]:
    """The files that the build links into the share folder of caravan_bringup: a new one needs a rebuild."""
    folders = ("launch", "config", "worlds")
    files = (path for name in folders for path in (root / name).rglob("*") if "__pycache__" not in path.parts)
    return {*files, *(root / "models").glob("*.gguf")}


def colcon(root: Path) -> list[str | Path]:
    """The command that builds the workspace."""
    python = root / ".venv/bin/python"
    return [
        python, "-m", "colcon", "--log-base", root / "build/colcon", "build", "--merge-install", "--symlink-install",
        "--event-handlers", "console_direct+", "--cmake-args", f"-DPython3_EXECUTABLE={python}", "-DBUILD_TESTING=OFF",
    ]  # fmt: skip


def build_environment(root: Path) -> dict[str, str]:
    """The environment for `colcon`: with the wheels, .venv is the ROS 2 prefix."""
    venv = str(root / ".venv")
    env = dict(os.environ, PATH=f"{venv}/bin:{os.environ['PATH']}")
    if not ros_sourced():
        env |= {"AMENT_PREFIX_PATH": venv, "CMAKE_PREFIX_PATH": venv}
    return env


def join(root: Path) -> None:
    """Let .venv know the workspace and give it the `caravan` command.

    The wheels put every site-packages/ros_*.libs on the library path, so a link of that name is enough there; with a
    sourced ROS 2, scripts/run sets the path.
    """
    venv, install = root / ".venv", root / "ros2_ws/install"
    library = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
    # The build folders have what the installed executables (`ros2 run`) ask for: the names of their entry points.
    paths = [*(root / "ros2_ws" / part / name for part in ("src", "build") for name in SOURCES), install / library]
    (venv / library / "caravan_workspace.pth").write_text("".join(f"{path}\n" for path in paths))
    link = venv / library / "ros_caravan_workspace.libs"
    link.unlink(missing_ok=True)
    link.symlink_to(install / "lib")
    command = venv / "bin/caravan"
    command.write_text(COMMAND.format(root=root))
    command.chmod(0o755)
