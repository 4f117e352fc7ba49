"""The picture from above."""

from __future__ import annotations

from pathlib import Path

from matplotlib.image import imread

from caravan.adapters.picture import draw
from caravan.adapters.site_file import read_site
from caravan.model.site import Site
from caravan.sim.sdf import read_world
from caravan.sim.world import World

WAREHOUSE = Path(__file__).parents[2] / "config" / "warehouse.yaml"


def colours(file: Path) -> set[tuple[int, ...]]:
    pixels = (imread(file)[:, :, :3] * 255).round().astype(int)
    return {tuple(p) for p in pixels.reshape(-1, 3)}


def test_each_robot_that_drove_has_its_colour_in_the_picture(tmp_path: Path) -> None:
    site = read_site(WAREHOUSE)
    assert site.world is not None
    paths = {"carrier_1": [(0.0, 29.0, 4.5), (9.0, 20.0, 4.5)], "tug_1": [(0.0, 5.0, 5.0), (1.0, 5.0, 9.0)], "idle": []}
    draw(read_world(site.world), site, paths, tmp_path / "out" / "p.png", title="two robots")
    found = colours(tmp_path / "out" / "p.png")
    assert (0x00, 0x72, 0xB2) in found
    assert (0xD5, 0x5E, 0x00) in found
    assert (0x00, 0x9E, 0x73) not in found


def test_a_site_with_nothing_in_it_is_drawn_too(tmp_path: Path) -> None:
    draw(World(name="w", file=tmp_path), Site(), {}, tmp_path / "p.png")
    assert (tmp_path / "p.png").stat().st_size > 0
