"""Writes the files that are made from others anew: the large warehouse, and the worlds of the two sites with a road."""

from __future__ import annotations

from pathlib import Path

from caravan.adapters.site_file import read_site
from caravan.model.site import Site
from make_world import road
from make_world.layout import Layout
from make_world.sdf import world_text
from make_world.site import site_text

ROADS = ("highway", "intersection")
"""Sites with a road, whose worlds are made from them."""


def main(root: Path) -> None:
    """Makes the files in the folders of `root`."""
    layout, world = Layout(), root / "worlds" / "warehouse_large.sdf"
    world.write_text(world_text(layout), encoding="utf-8")
    (root / "config" / "warehouse_large.yaml").write_text(site_text(layout, world), encoding="utf-8")
    for name in ROADS:
        file = root / "worlds" / f"{name}.sdf"
        file.touch()  # The site file names it.
        file.write_text(road_text(read_site(root / "config" / f"{name}.yaml")), encoding="utf-8")


def road_text(site: Site) -> str:
    """The world of a site with a road."""
    assert site.road is not None
    roads = road.crossing(site.road) if site.name == "intersection" else (site.road,)
    return road.world_text(site, roads)


if __name__ == "__main__":
    main(Path(__file__).resolve().parents[2])
