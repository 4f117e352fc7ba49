"""A video of robots at work, made without a screen or a graphics card: an MP4, or a folder of pictures."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import imageio_ffmpeg
from PIL import Image

from caravan.adapters.stage import Moment, Stage
from caravan.model.geometry import Point, Pose
from caravan.model.site import Site
from caravan.sim.world import World

FRAMES = 20
"""Pictures in a second of video."""
SPEED = 8.0
"""Seconds of the fleet in a second of video."""
TRAIL = 60.0
"""How long a robot's trail is seen, s of the fleet."""
HOLD = 2.0
"""How long the last picture stays, s of video."""
_APART = 0.02
"""A trail gets a new point when the robot has driven so far, m."""


class FilmError(ValueError):
    """A film that cannot be made; the message names the file and the remedy."""


class Film:
    """A film of `site` in `world`, in the file `out` (*.mp4) or in the new folder `out`; to be used in a `with` block.

    Raises FilmError where it cannot be written.
    """

    def __init__(self, out: Path, world: World, site: Site, title: str = "") -> None:
        self._stage = Stage(world, site, title=title)
        self._reel = _Video(out, self._stage.size) if out.suffix == ".mp4" else _Folder(out)
        self._next: float | None = None
        self._last: Image.Image | None = None
        self._trails: dict[str, list[tuple[float, Point]]] = {name: [] for name in site.robots}

    def show(self, stamp: float, poses: Mapping[str, Pose], clock: str, caption: str = "") -> None:
        """What there is to see at `stamp` (s of the fleet's clock, never less than before)."""
        for name, pose in poses.items():
            self._follow(name, stamp, pose.point)
        if self._next is None:
            self._next = stamp
        if stamp < self._next - 1e-9:
            return
        trails = {name: [point for _, point in trail] for name, trail in self._trails.items()}
        self._last = self._stage.draw(Moment(poses=poses, trails=trails, clock=clock, caption=caption))
        while self._next <= stamp + 1e-9:
            self._reel.add(self._last)
            self._next += SPEED / FRAMES

    def _follow(self, name: str, stamp: float, here: Point) -> None:
        trail = self._trails[name]
        if not trail or trail[-1][1].distance(here) >= _APART:
            trail.append((stamp, here))
        while trail and trail[0][0] < stamp - TRAIL:
            trail.pop(0)

    def close(self) -> None:
        """Ends the film, with its last picture held for a moment."""
        for _ in range(round(HOLD * FRAMES) if self._last is not None else 0):
            assert self._last is not None
            self._reel.add(self._last)
        self._reel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class _Video:
    """An MP4 (H.264), encoded by the ffmpeg that comes with imageio-ffmpeg."""

    def __init__(self, out: Path, size: tuple[int, int]) -> None:
        self._out = out
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            out.open("wb").close()
        except OSError as error:
            raise FilmError(f"{out}: {error.strerror}; name a file that can be written to") from None
        self._frames: Generator[None, bytes | None, None] = imageio_ffmpeg.write_frames(
            str(out), size, fps=FRAMES, codec="libx264", macro_block_size=2, ffmpeg_log_level="error"
        )
        self._frames.send(None)

    def add(self, picture: Image.Image) -> None:
        """Adds a picture."""
        try:
            self._frames.send(picture.tobytes())
        except OSError as error:
            raise FilmError(f"{self._out}: the video cannot be written: {str(error).strip()}") from None

    def close(self) -> None:
        """Writes the rest."""
        self._frames.close()


class _Folder:
    """A folder of numbered PNGs."""

    def __init__(self, out: Path) -> None:
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FilmError(f"{out}: {error.strerror}; name a file *.mp4 or a folder that can be written to") from None
        if any(out.iterdir()):
            raise FilmError(f"{out}: there is something in this folder; name a new one, or a file *.mp4")
        self._out = out
        self._count = 0

    def add(self, picture: Image.Image) -> None:
        """Adds a picture."""
        picture.save(self._out / f"{self._count:05d}.png", compress_level=1)
        self._count += 1

    def close(self) -> None:
        """Nothing is left to do."""
