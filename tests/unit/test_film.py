"""Films and their pictures, made without a graphics card."""

from __future__ import annotations

from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from caravan.adapters.film import FRAMES, HOLD, SPEED, Film, FilmError
from caravan.adapters.ink import COLOURS
from caravan.adapters.stage import Moment, Stage
from caravan.model.geometry import Point, Pose
from caravan.model.road import Road, straight
from caravan.model.site import Place, Robot, Site
from caravan.sim.world import Model, Shape, World

FILE = Path("w.sdf")
SHELF = Shape(name="m/shelf", kind="box", size=(2.0, 1.0, 2.0), position=(0.0, 0.0, 1.0))
EGG = Shape(name="m/egg", kind="ellipsoid", size=(0.5, 0.8, 0.5), position=(4.0, 0.0, 0.5))
PILL = Shape(name="m/pill", kind="capsule", size=(0.3, 1.0), position=(-4.0, 0.0, 0.8))
WORLD = World(name="w", file=FILE, models={"m": Model(name="m", file=FILE, obstacles=(SHELF, EGG, PILL))})
ROBOT = Robot(id="a", start=Pose(0.0, 3.0))
SITE = Site(robots={"a": ROBOT}, places={"dock": Place(id="dock", position=Point(-3.0, -3.0))})
EMPTY = World(name="w", file=FILE)


def seen(stage: Stage, pose: Pose, trail: tuple[Point, ...] = ()) -> int:
    """How many pixels of the picture have the colour of the robot."""
    picture = np.asarray(stage.draw(Moment(poses={"a": pose}, trails={"a": trail}, clock="09:00:00", caption="said")))
    wanted = [int(COLOURS[0][k : k + 2], 16) for k in (1, 3, 5)]
    return int((np.abs(picture.astype(int) - wanted).max(axis=-1) < 8).sum())


def test_a_robot_is_seen_before_a_shelf_and_not_behind_it() -> None:
    stage = Stage(WORLD, SITE, width=480)
    free, before, behind = (seen(stage, Pose(0.0, y)) for y in (3.0, -1.0, 0.86))
    assert free > 100
    assert before > 0.8 * free
    assert behind < 0.6 * free


def test_the_arrow_turns_with_the_robot_and_a_trail_is_drawn() -> None:
    stage = Stage(EMPTY, SITE, width=480)
    pictures = [
        stage.draw(Moment(poses={"a": Pose(0.0, 0.0, yaw)}, trails={"a": trail})).tobytes()
        for yaw, trail in ((0.0, ()), (1.0, ()), (0.0, (Point(0.0, 0.0), Point(0.0, 2.0))))
    ]
    assert len(set(pictures)) == 3


def test_a_site_with_nothing_in_it_is_drawn_too() -> None:
    picture = Stage(EMPTY, Site(), width=320).draw(Moment(poses={}, trails={}))
    assert picture.size[0] == 320
    assert picture.size[1] % 2 == 0


def film(out: Path, seconds: float) -> None:
    with Film(out, WORLD, SITE) as made:
        for k in range(round(seconds / 0.1) + 1):
            made.show(100.0 + 0.1 * k, {"a": Pose(0.1 * k, 3.0)}, "09:00:00", "the robot drives")


def test_a_video_runs_as_long_as_it_should(tmp_path: Path) -> None:
    out = tmp_path / "new" / "run.mp4"
    film(out, 3.9)
    frames, seconds = imageio_ffmpeg.count_frames_and_secs(str(out))
    expected = int(3.9 / SPEED * FRAMES) + 1 + round(HOLD * FRAMES)
    assert frames == expected
    assert seconds == pytest.approx(expected / FRAMES, abs=0.1)


def test_a_folder_gets_numbered_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("caravan.adapters.film.HOLD", 0.1)
    film(tmp_path / "run", 0.8)
    names = sorted(path.name for path in (tmp_path / "run").iterdir())
    assert names == [f"{k:05d}.png" for k in range(int(0.8 / SPEED * FRAMES) + 1 + 2)]
    with Image.open(tmp_path / "run" / names[0]) as picture:
        assert picture.size[0] == 1280


def test_a_time_without_news_is_as_long_in_the_film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("caravan.adapters.film.HOLD", 0.0)
    with Film(tmp_path / "run", EMPTY, SITE) as made:
        made.show(0.0, {"a": Pose(0.0, 0.0)}, "")
        made.show(4.0, {"a": Pose(1.0, 0.0)}, "")
    assert len(list((tmp_path / "run").iterdir())) == int(4.0 / SPEED * FRAMES) + 1


@pytest.mark.parametrize("name", ["file/run.mp4", "file/run", "full"])
def test_a_film_that_cannot_be_written_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("")
    with pytest.raises(FilmError, match=str(tmp_path / name)):
        Film(tmp_path / name, WORLD, SITE)


def test_a_truck_is_seen_as_a_box_that_lies_as_it_drives() -> None:
    truck = Robot(id="a", start=Pose(0.0, 0.0), length=10.0, width=2.5)
    road = Road(start=Pose(-30.0, 0.0), segments=(straight(60.0),))
    stage = Stage(EMPTY, Site(robots={"a": truck}, road=road), width=960)
    wanted = [int(COLOURS[0][k : k + 2], 16) for k in (1, 3, 5)]
    spans = []
    for yaw in (0.0, np.pi / 2.0):
        picture = np.asarray(stage.draw(Moment(poses={"a": Pose(0.0, 0.0, yaw)}, trails={})))
        rows, columns = np.nonzero(np.abs(picture.astype(int) - wanted).max(axis=-1) < 8)
        body = rows > rows.max() - 120  # Its name is above it, in the same colour.
        spans.append(np.ptp(columns[body]))
    assert 2.5 < spans[0] / spans[1] < 4.5
