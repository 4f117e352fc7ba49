"""What set-up decides and says: checks, stamps, mended paths, failures with the end of the log."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from set_up import checks, packages, stamps, workspace
from set_up.progress import Job, Progress, SetupFailed

ROOT = Path(__file__).parents[2]
BUILT_ELSEWHERE = (
    'INTERFACE_INCLUDE_DIRECTORIES "/opt/python/cp312-cp312/include/python3.12;'
    '/opt/python/cp312-cp312/lib/python3.12/site-packages/numpy/_core/include"'
)


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def no_ros(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("ROS_DISTRO", "AMENT_PREFIX_PATH", "PIP_INDEX_URL", "PIP_NO_INDEX", "CARAVAN_MIN_FREE_GB"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_this_machine_passes(no_ros: pytest.MonkeyPatch) -> None:
    no_ros.setenv("CARAVAN_MIN_FREE_GB", "0")
    no_ros.setenv("PIP_NO_INDEX", "1")
    assert checks.failures(ROOT, download=True) == []


def test_missing_tools_are_named_with_their_packages(no_ros: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for tool in ("g++", "make"):
        script(tmp_path / tool, "exit 0")
    no_ros.setenv("PATH", str(tmp_path))
    assert checks.failures(ROOT, download=False) == [
        "gcc and cmake cannot be found on the PATH: install it (sudo apt install build-essential cmake)."
    ]


def test_an_old_cmake_is_refused(no_ros: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script(tmp_path / "cmake", "echo cmake version 3.10.2")
    no_ros.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert checks.check_tools() == "cmake is 3.10, but 3.20 or newer is needed: update it."


@pytest.mark.parametrize(
    ("limit", "words"),
    [("1e9", r"^Only [\d.]+ GB are free on the disk of .*, and 1e\+09 GB are needed: make"), ("lots", "no number")],
)
def test_too_little_room_is_refused(no_ros: pytest.MonkeyPatch, limit: str, words: str) -> None:
    no_ros.setenv("CARAVAN_MIN_FREE_GB", limit)
    no_ros.setenv("PIP_NO_INDEX", "1")
    (sentence,) = checks.failures(ROOT, download=True)
    assert re.search(words, sentence)


def test_a_folder_that_breaks_build_tools_is_refused(tmp_path: Path) -> None:
    assert checks.check_folder(tmp_path) is None
    assert "has a space" in str(checks.check_folder(tmp_path / "my robots"))


def test_wheels_are_for_one_kind_of_machine(no_ros: pytest.MonkeyPatch) -> None:
    no_ros.setattr("platform.machine", lambda: "aarch64")
    assert "install ROS 2 Jazzy, source it" in str(checks.check_machine())
    no_ros.setenv("ROS_DISTRO", "jazzy")
    no_ros.setenv("AMENT_PREFIX_PATH", "/opt/ros/jazzy")
    assert checks.check_machine() is None


def test_an_unreachable_index_is_told(no_ros: pytest.MonkeyPatch) -> None:
    no_ros.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple/")
    assert "The package index http://127.0.0.1:9/simple/ cannot be reached" in str(checks.check_network())


def test_a_python_without_headers_is_refused(no_ros: pytest.MonkeyPatch, tmp_path: Path) -> None:
    no_ros.setattr("sysconfig.get_path", lambda _: str(tmp_path))
    assert f"C header {tmp_path}/Python.h: install it (sudo apt install python3." in str(checks.check_python())


def test_an_old_python_is_refused_by_the_first_line(tmp_path: Path) -> None:
    script(tmp_path / "python3", '[ "$1" = --version ] && echo Python 3.9.18')
    done = subprocess.run(
        ["/bin/sh", ROOT / "scripts/setup"], env={"PATH": f"{tmp_path}:/usr/bin:/bin", "PYTHON": "python3"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("setup: Caravan needs Python 3.11 or 3.12, but here is Python 3.9.18: install one")


def test_paths_of_the_builder_of_a_wheel_are_mended() -> None:
    better = workspace.mended(BUILT_ELSEWHERE, "/usr/include/python3.12", "/venv/numpy/include")
    assert better == 'INTERFACE_INCLUDE_DIRECTORIES "/usr/include/python3.12;/venv/numpy/include"'
    assert workspace.mended(better, "/a", "/b") == better


def test_a_stamp_follows_contents_and_names(tmp_path: Path) -> None:
    source, other, stamp = tmp_path / "a", tmp_path / "b", tmp_path / "build/stamp"
    source.write_text("one")
    first = stamps.fingerprint(["3.11"], [source], [other])
    stamps.write(stamp, first)
    assert stamps.fresh(stamp, stamps.fingerprint(["3.11"], [source], [other]))
    source.write_text("two")
    assert not stamps.fresh(stamp, stamps.fingerprint(["3.11"], [source], [other]))
    assert not stamps.fresh(stamp, stamps.fingerprint(["3.12"], [source], [other]))
    assert not stamps.fresh(tmp_path / "none", first)


def test_a_broken_environment_is_made_anew(no_ros: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert not packages.usable(tmp_path)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / ".venv"], check=True)
    script(tmp_path / ".venv/bin/pip", f"exec {tmp_path}/.venv/bin/python")
    assert not packages.usable(tmp_path), "the first line of pip names no interpreter of this folder"
    (tmp_path / ".venv/bin/pip").write_text(f"#!{tmp_path}/.venv/bin/python\n")
    assert packages.usable(tmp_path)
    (tmp_path / ".venv/unfinished").touch()
    assert not packages.usable(tmp_path), "an installation into it broke off"
    (tmp_path / ".venv/unfinished").unlink()
    (tmp_path / ".venv/pyvenv.cfg").rename(tmp_path / "kept")
    assert not packages.usable(tmp_path), "its making broke off"
    (tmp_path / "kept").rename(tmp_path / ".venv/pyvenv.cfg")
    no_ros.setenv("ROS_DISTRO", "jazzy")
    no_ros.setenv("AMENT_PREFIX_PATH", "/opt/ros/jazzy")
    assert not packages.usable(tmp_path), "with a sourced ROS 2 it must see the system's packages"


def test_ros_comes_from_wheels_or_is_sourced(no_ros: pytest.MonkeyPatch) -> None:
    assert [path.stem for path in packages.requirements(ROOT)] == ["run", "dev", "build", "ros"]
    no_ros.setenv("ROS_DISTRO", "jazzy")
    no_ros.setenv("AMENT_PREFIX_PATH", "/opt/ros/jazzy")
    assert [path.stem for path in packages.requirements(ROOT)] == ["run", "dev", "build"]


def test_every_requirement_is_pinned() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
        assert lines
        assert all("==" in line for line in lines), path


def test_a_failure_shows_the_end_of_the_log(tmp_path: Path) -> None:
    log = tmp_path / "setup.log"
    job = Job(["sh", "-c", "seq 100; exit 3"], log=log, cwd=tmp_path, env=os.environ)
    with pytest.raises(SetupFailed) as failure:
        job.finish()
    lines = str(failure.value).splitlines()
    assert [line.strip() for line in lines[:-1]] == [str(number) for number in range(81, 101)]
    assert lines[-1] == f"setup: exit code 3 from `sh -c seq 100; exit 3`; the whole log is {log}"


def test_stopping_a_job_leaves_nothing_behind(tmp_path: Path) -> None:
    job = Job(["sh", "-c", "sleep 300 & echo $!; wait"], log=tmp_path / "log", cwd=tmp_path, env=os.environ)
    while not (child := (tmp_path / "log").read_text().split("\n")[-2:-1]) or not child[0].isdigit():
        pass
    job.stop()
    assert not Path(f"/proc/{child[0]}").exists()


def test_steps_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress(2)
    with progress.step("one"):
        pass
    with pytest.raises(SetupFailed), progress.step("two"):
        raise SetupFailed("no")
    assert capsys.readouterr().err.splitlines() == ["[1/2] one ...", "[1/2] one: 0 s", "[2/2] two ..."]
