"""The command line as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [ROOT / "ros2_ws/src" / name for name in ("caravan", "caravan_ros", "caravan_cli")]


def command(*words: str) -> list[str]:
    """What to start for `caravan` with these words."""
    return [sys.executable, "-m", "caravan_cli", *words]


def environment(**more: str) -> dict[str, str]:
    """Our own environment, the sources, and `more`."""
    path = os.pathsep.join([*map(str, SOURCES), *filter(None, [os.environ.get("PYTHONPATH")])])
    base = {**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}
    return {**base, "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST", **more}


def caravan(*words: str, stdin: str = "", timeout: float = 110.0, **env: str) -> subprocess.CompletedProcess[str]:
    """Runs `caravan` to its end; `timeout` s."""
    return subprocess.run(
        command(*words),
        input=stdin,
        capture_output=True,
        text=True,
        env=environment(**env),
        timeout=timeout,
        check=False,
    )


def assert_complaint(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """The input was found bad: exit code 2 and one sentence, with these words in it."""
    assert done.returncode == 2, done
    assert done.stdout == ""
    # Fast DDS has a word of its own where a process that was killed has left its shared memory behind.
    said = [line for line in done.stderr.strip().splitlines() if "RTPS_TRANSPORT_SHM" not in line]
    assert len(said) == 1, done.stderr
    assert said[0].startswith("caravan"), done.stderr
    for word in words:
        assert word in said[0]
