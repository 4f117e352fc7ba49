"""Makes .venv and installs the pinned packages into it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from set_up.checks import ros_sourced

SLOW = "llama-cpp-python"
"""Comes as source code and takes minutes to build: it is built beside the other packages."""


def requirements(root: Path) -> list[Path]:
    """The requirement files that hold here."""
    names = ("run", "dev", "build") if ros_sourced() else ("run", "dev", "build", "ros")
    return [root / "requirements" / f"{name}.txt" for name in names]


def usable(root: Path) -> bool:
    """Whether .venv works, belongs to this folder and this Python, and no installation into it broke off."""
    venv = root / ".venv"
    parts = (venv / "pyvenv.cfg", venv / "bin/python", venv / "bin/pip")
    if (venv / "unfinished").exists() or not all(part.is_file() for part in parts):
        return False
    ask = "import sys; print(sys.version_info[:2], sys.base_prefix)"
    try:
        answer = subprocess.run([venv / "bin/python", "-c", ask], capture_output=True, text=True, check=False).stdout
    except OSError:
        return False
    shebang = (venv / "bin/pip").read_text(errors="replace").splitlines()[0]
    shares = "include-system-site-packages = true" in (venv / "pyvenv.cfg").read_text()
    same_python = answer.strip() == f"{sys.version_info[:2]} {sys.base_prefix}"
    return same_python and str(venv) in shebang and shares == ros_sourced()


def make_venv(root: Path) -> list[str | Path]:
    """The command that makes .venv anew. A sourced ROS 2 uses Python packages of the system."""
    shared = ["--system-site-packages"] if ros_sourced() else []
    return [sys.executable, "-m", "venv", "--clear", *shared, root / ".venv"]


def pip(root: Path, *words: str | Path) -> list[str | Path]:
    """A pip command in .venv."""
    return [root / ".venv/bin/python", "-m", "pip", "--disable-pip-version-check", "--no-input", *words]


def slow_pin(root: Path) -> str:
    """The line of requirements/run.txt for the package that is built from source."""
    lines = (root / "requirements/run.txt").read_text().splitlines()
    return next(line for line in lines if line.startswith(SLOW))


def build_slow(root: Path) -> list[str | Path]:
    """The command that builds a wheel of it into build/wheels."""
    wheels = root / "build/wheels"
    return pip(root, "wheel", "--no-deps", "--find-links", wheels, "--wheel-dir", wheels, slow_pin(root))


def build_slow_environment() -> dict[str, str]:
    """All cores; the build is for this very processor, so llama.cpp's default of native code stands."""
    return {"CMAKE_BUILD_PARALLEL_LEVEL": str(os.cpu_count() or 1), **os.environ}


def install_quick(root: Path) -> list[str | Path]:
    """The command that installs everything else."""
    quick = root / "build/requirements.txt"
    lines = [line for path in requirements(root) for line in path.read_text().splitlines()]
    quick.write_text("".join(f"{line}\n" for line in lines if not line.startswith(SLOW)))
    return pip(root, "install", "-r", quick)


def install_slow(root: Path) -> list[str | Path]:
    """The command that installs what was built, and what it needs."""
    return pip(root, "install", "--find-links", root / "build/wheels", slow_pin(root))
