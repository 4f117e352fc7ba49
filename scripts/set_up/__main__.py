"""`python -m set_up ROOT`: brings the folder ROOT up to date. Safe to run again after any failure."""

from __future__ import annotations

import fcntl
import os
import platform
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from set_up import checks, packages, stamps, workspace
from set_up.progress import Job, Progress, SetupFailed


@contextmanager
def only_one(build: Path) -> Iterator[None]:
    """Hold the lock of this folder's set-up; a second run waits for the first and then finds its work done."""
    with (build / "setup.lock").open("w") as lock:
        os.set_inheritable(lock.fileno(), True)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("setup: another one is at work in this folder; waiting for it", file=sys.stderr, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install_packages(root: Path, progress: Progress, log: Path) -> None:
    """Make .venv where it is not usable and install the packages, the slow one built beside the others."""
    venv, unfinished = root / ".venv", root / ".venv/unfinished"
    with progress.step("virtual environment .venv"):
        if not packages.usable(root):
            Job(packages.make_venv(root), log=log, cwd=root, env=os.environ).finish()
        (venv / "ros_distribution").write_text(checks.distribution())
    unfinished.touch()
    environment = packages.build_slow_environment()
    slow = Job(packages.build_slow(root), log=log.with_name("llama.log"), cwd=root, env=environment)
    try:
        with progress.step("Python packages" if checks.ros_sourced() else "Python packages and ROS 2"):
            Job(packages.install_quick(root), log=log, cwd=root, env=os.environ).finish()
        with progress.step("llama.cpp, built from source (about 4 minutes on 2 cores)"):
            slow.finish()
            Job(packages.install_slow(root), log=log, cwd=root, env=os.environ).finish()
    finally:
        slow.stop()
    unfinished.unlink()


def build_workspace(root: Path, progress: Progress, log: Path) -> None:
    """Build ros2_ws and give .venv the `caravan` command."""
    with progress.step("ROS 2 workspace ros2_ws"):
        if not checks.ros_sourced():
            workspace.mend_wheels(root / ".venv")
        env = workspace.build_environment(root)
        Job(workspace.colcon(root), log=log, cwd=root / "ros2_ws", env=env).finish()
        workspace.join(root)


def set_up(root: Path) -> None:
    """Do the steps that are not done. Raises SetupFailed."""
    build = root / "build"
    log = build / "setup.log"
    facts = [str(root), platform.python_version(), checks.distribution()]
    wanted = stamps.fingerprint(facts, packages.requirements(root))
    built = stamps.fingerprint([*facts, wanted], workspace.sources(root), workspace.shared_files(root))
    install = not (stamps.fresh(build / "packages.stamp", wanted) and packages.usable(root))
    compile_ = install or not stamps.fresh(build / "workspace.stamp", built)
    if not compile_:
        return
    progress = Progress(4 * install + 1)
    if sentences := checks.failures(root, download=install):
        raise SetupFailed("\n".join(f"setup: {sentence}" for sentence in sentences))
    log.write_text(time.strftime("%F %T\n"))
    if install:
        install_packages(root, progress, log)
        stamps.write(build / "packages.stamp", wanted)
    build_workspace(root, progress, log)
    stamps.write(build / "workspace.stamp", built)


def main(root: Path) -> int:
    """Set up `root`; returns the exit code, its failure told on standard error."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    (root / "build").mkdir(exist_ok=True)
    start = time.monotonic()
    with only_one(root / "build"):
        try:
            set_up(root)
        except SetupFailed as failure:
            print(failure, file=sys.stderr)
            return 2
        except KeyboardInterrupt:
            print("\nsetup: interrupted; the next run goes on from here", file=sys.stderr)
            return 130
    if time.monotonic() - start > 5:
        print(f"setup: done in {time.monotonic() - start:.0f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
