"""Videos that commands make: the option, the film, and the clock that is seen in it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from caravan.adapters.film import SPEED, Film, FilmError
from caravan.model.site import Site
from caravan.sim.sdf import read_world
from caravan_cli.complaint import Complaint


def add_video(parser: argparse.ArgumentParser) -> None:
    """`--video`."""
    line = f"a film of the robots, {SPEED:g} times as fast as they are: FILE.mp4, or a new folder for its pictures"
    parser.add_argument("--video", metavar="OUT", help=line)


@contextmanager
def filmed(video: str | None, site: Site, title: str) -> Iterator[Film | None]:
    """A film in the file or folder `video`; None where none is wanted. Raises Complaint where it cannot be made."""
    if video is None:
        yield None
        return
    if site.world is None:
        raise Complaint(f"--video {video}: the site has no world to be seen; give the site file a world: FILE.sdf")
    try:
        with Film(Path(video), read_world(site.world), site, title) as film:
            yield film
    except FilmError as error:
        raise Complaint(f"--video {error}") from None


def wall_clock(stamp: float, site: Site) -> str:
    """The local time of day at `stamp` (s since midnight, UTC), "09:02:13"."""
    seconds = int(stamp + site.utc_offset) % 86_400
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
