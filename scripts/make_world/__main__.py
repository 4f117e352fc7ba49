"""Writes worlds/warehouse_large.sdf and config/warehouse_large.yaml anew."""

from __future__ import annotations

from pathlib import Path

from make_world.layout import Layout
from make_world.sdf import world_text
from make_world.site import site_text


def main(root: Path) -> None:
    """Makes both files in the folders of `root`."""
    layout, world = Layout(), root / "worlds" / "warehouse_large.sdf"
    world.write_text(world_text(layout), encoding="utf-8")
    (root / "config" / "warehouse_large.yaml").write_text(site_text(layout, world), encoding="utf-8")


if __name__ == "__main__":
    main(Path(__file__).resolve().parents[2])
