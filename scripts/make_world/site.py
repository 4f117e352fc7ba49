"""The site file of a layout: its places, robots and words, and the roadmap that `caravan roadmap make` finds for it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from caravan.adapters.site_file import load_site
from caravan.adapters.survey.make import Task, make
from caravan.adapters.survey.write import with_roadmap
from caravan.sim.sdf import read_world
from make_world.layout import Layout
from make_world.sdf import cold_store, x_of_packing, x_of_staging

SPACING = 2.0
HEAD = """# Made by scripts/make_world; do not edit. A hall of {width:g} x {depth:g} m with {aisles} aisles of two
# widths, {docks} docks, {chargers} chargers, a cold store and {robots} robots. Units as in warehouse.yaml.

name: warehouse_large
world: warehouse_large.sdf
utc_offset: "+00:00"
policy: {{max_speed: 1.5, max_quantity: 20}}

places:
"""
FOOT = """
items:
  pallet: {aliases: [pallets, skid, skids, 托盘], needs: [lift]}
  crate: {aliases: [crates, box, boxes, 箱子]}
  drum: {aliases: [drums, barrel, barrels, 桶], needs: [lift]}
  parcel: {aliases: [parcels, package, packages, 包裹]}

capabilities:
  lift: {aliases: [lifting, can lift, fork, 举升]}
  high_reach: {aliases: [high reach, reach high, top shelf, 高位]}
  tow: {aliases: [towing, can tow, pull, 牵引]}
"""
KINDS = {
    "carrier": "capabilities: [lift], payload: 2, speed: 1.2, turn_rate: 1.5, acceleration: 1.0, radius: 0.35, "
    "battery: {capacity: 100.0}",
    "lifter": "capabilities: [lift, high_reach], payload: 1, speed: 0.8, turn_rate: 1.2, acceleration: 0.8, "
    "radius: 0.40, battery: {capacity: 150.0}",
    "tug": "capabilities: [tow], payload: 3, speed: 1.0, turn_rate: 1.2, acceleration: 0.8, radius: 0.45, "
    "battery: {capacity: 150.0}",
}
TURN = ("carrier", "tug", "carrier", "lifter", "carrier", "tug")
"""The kinds of robots as they stand in a row."""


def site_text(layout: Layout, world: Path) -> str:
    """The site file. `world` is the SDF file of the layout."""
    bare = _bare(layout)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "site.yaml"
        file.write_text(bare.replace("world: warehouse_large.sdf\n", ""), encoding="utf-8")
        site = load_site(file)
    radius = max(robot.radius for robot in site.robots.values())
    pins = {place.id: place.position for place in site.places.values() if place.position is not None}
    roadmap = make(read_world(world), Task(places=pins, radius=radius, spacing=SPACING))
    remark = f"Made by caravan roadmap make: lanes for robots of {radius:g} m radius, {SPACING:g} m apart."
    return with_roadmap(bare, site, roadmap, remark)


def _bare(layout: Layout) -> str:
    width, depth = layout.size
    aisles = list(layout.aisles())
    text = HEAD.format(
        width=width,
        depth=depth,
        aisles=len(aisles),
        docks=layout.docks,
        chargers=layout.chargers,
        robots=layout.parks,
    )
    docks = layout.along(width, layout.docks)
    text += "".join(_place(f"dock_{k}", f"bay {k}", x, 1.5) for k, x in enumerate(docks, 1))
    text += "".join(_place(name, alias, x, y) for name, alias, x, y in aisles)
    text += _place("cold_store", "cold storage", *cold_store(layout))
    for k in (1, 2):
        text += _place(f"staging_{k}", f"staging area {k}", x_of_staging(layout, k), depth - 2.0)
        text += _place(f"packing_{k}", f"packing station {k}", x_of_packing(layout, k), depth - 2.0)
    chargers = layout.along(depth, layout.chargers)
    text += "".join(
        _place(f"charger_{k}", f"charging station {k}", 1.0, y, ", charger: true") for k, y in enumerate(chargers, 1)
    )
    parks = _parks(layout)
    text += "".join(_place(f"park_{k}", f"parking spot {k}", *spot) for k, spot in enumerate(parks, 1))
    return f"{text}\nrobots:\n{_robots(parks)}{FOOT}"


def _parks(layout: Layout) -> list[tuple[float, float]]:
    """Spots at the east wall."""
    width, depth = layout.size
    return [(round(width - 1.0, 3), y) for y in layout.along(depth, layout.parks)]


def _place(name: str, alias: str, x: float, y: float, more: str = "") -> str:
    return f"  {name}: {{aliases: [{alias}], position: [{x:g}, {y:g}]{more}}}\n"


def _robots(parks: list[tuple[float, float]]) -> str:
    lines, counts = [], dict.fromkeys(KINDS, 0)
    for number, (x, y) in enumerate(parks):
        kind = TURN[number % len(TURN)]
        counts[kind] += 1
        lines.append(
            f"  {kind}_{counts[kind]}: {{aliases: [{kind} {counts[kind]}], model: {kind}, "
            f"start: [{x:g}, {y:g}, 3.1416], {KINDS[kind]}}}\n"
        )
    return "".join(lines)
