"""What a machine must have before anything is downloaded. A check returns None, or one sentence with the remedy."""

from __future__ import annotations

import importlib
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

MIN_FREE_GB = 4.0
MIN_CMAKE = (3, 20)


def distribution() -> str:
    """The folder of the ROS 2 distribution that is sourced in this shell, below all workspaces; empty: none is."""
    return os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep)[-1] if os.environ.get("ROS_DISTRO") else ""


def ros_sourced() -> bool:
    """Whether a ROS 2 distribution is sourced in this shell."""
    return bool(distribution())


def check_python() -> str | None:
    """The running Python can make a virtual environment and compile extension modules."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    apt = f"python{version}-venv python{version}-dev"
    if ros_sourced() and importlib.util.find_spec("rclpy") is None:
        return (
            f"ROS 2 {os.environ['ROS_DISTRO']} is sourced, but Python {version} ({sys.executable}) cannot import its "
            "rclpy: source ROS 2 Jazzy or Kilted, or open a shell where no ROS 2 is sourced."
        )
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        return f"Python {version} is without its {missing[0]} module: install it (sudo apt install {apt})."
    header = Path(sysconfig.get_path("include"), "Python.h")
    if not header.exists():
        return f"Python {version} is without its C header {header}: install it (sudo apt install {apt})."
    return None


def check_tools() -> str | None:
    """The compilers and build tools are there."""
    apt = {"gcc": "build-essential", "g++": "build-essential", "make": "build-essential", "cmake": "cmake"}
    missing = [name for name in apt if shutil.which(name) is None]
    if missing:
        packages = " ".join(sorted({apt[name] for name in missing}))
        return f"{' and '.join(missing)} cannot be found on the PATH: install it (sudo apt install {packages})."
    text = subprocess.run(["cmake", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+)\.(\d+)", text)
    if not found or (int(found[1]), int(found[2])) < MIN_CMAKE:
        needed = ".".join(map(str, MIN_CMAKE))
        return f"cmake is {found[0] if found else 'of unknown version'}, but {needed} or newer is needed: update it."
    return None


def check_disk(root: Path) -> str | None:
    """There is room for the packages; CARAVAN_MIN_FREE_GB sets another limit."""
    text = os.environ.get("CARAVAN_MIN_FREE_GB", str(MIN_FREE_GB))
    try:
        needed = float(text)
    except ValueError:
        return f"CARAVAN_MIN_FREE_GB is {text!r}, which is no number: unset it, or set it to gigabytes such as 4."
    free = shutil.disk_usage(root).free / 1e9
    if free < needed:
        return f"Only {free:.1f} GB are free on the disk of {root}, and {needed:g} GB are needed: make room there."
    return None


def check_folder(root: Path) -> str | None:
    """The folder's name is one that CMake, colcon and the first lines of scripts can deal with."""
    if any(character.isspace() or character in ";:\"'$" for character in str(root)):
        return f"The folder {str(root)!r} has a space or one of ;:\"'$ in its name: move it to one without."
    return None


def check_machine() -> str | None:
    """ROS 2 can be had: it is sourced, or there are wheels of it for this processor."""
    system, processor = platform.system(), platform.machine()
    if ros_sourced() or (system, processor) == ("Linux", "x86_64"):
        return None
    return (
        f"PyPI has ROS 2 for Linux on x86_64 only, and this is {system} on {processor}: install ROS 2 Jazzy, "
        "source it (. /opt/ros/jazzy/setup.sh) and run this again."
    )


def check_network() -> str | None:
    """The package index answers; any answer will do, pip deals with the rest."""
    index = _index()
    if os.environ.get("PIP_NO_INDEX") or not index.startswith("http"):
        return None
    try:
        urllib.request.urlopen(urllib.request.Request(index, method="HEAD"), timeout=20).close()
    except urllib.error.HTTPError:
        return None
    except OSError as error:
        if "CERTIFICATE" in str(error):
            return None
        reason = getattr(error, "reason", error)
        return (
            f"The package index {index} cannot be reached ({reason}): connect to the network, "
            "or set HTTPS_PROXY or PIP_INDEX_URL to what is used here."
        )
    return None


def _index() -> str:
    """The index that pip will ask: the one that is set, else pip's own; empty where this Python has no pip to tell."""
    try:
        return os.environ.get("PIP_INDEX_URL") or str(
            importlib.import_module("pip._internal.models.index").PyPI.simple_url
        )
    except ImportError:
        return ""


def failures(root: Path, *, download: bool) -> list[str]:
    """The sentences of all checks that fail; the network is tried only where something must be downloaded."""
    checks: list[Callable[[], str | None]] = [check_python, check_tools, check_machine, lambda: check_folder(root)]
    if download:
        checks += [lambda: check_disk(root), check_network]
    return [sentence for check in checks if (sentence := check()) is not None]
