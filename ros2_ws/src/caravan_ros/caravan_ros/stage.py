"""The site and the world that a simulation is to run, read and held against each other."""

from __future__ import annotations

from caravan.adapters.site_file import check_world, read_site, robots_of
from caravan.model.site import Site
from caravan.sim.sdf import read_world
from caravan.sim.world import World


def read_stage(path: str, robots: int) -> tuple[Site, World]:
    """The site in the file at `path` with so many robots (0: all), and its world.

    Raises SiteError and SdfError for the files, ValueError where the site names no world.
    """
    site = robots_of(read_site(path), robots)
    if site.world is None:
        raise ValueError(f"{path}: the simulator needs a world; give the file's name: world: warehouse.sdf")
    world = read_world(site.world)
    check_world(site, world)
    return site, world
