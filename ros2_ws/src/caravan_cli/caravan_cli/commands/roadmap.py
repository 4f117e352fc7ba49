"""`caravan roadmap`: make the lanes of a site from its world, draw them, check them."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from caravan.adapters.charge_check import small_batteries
from caravan.adapters.roadmap_picture import draw_roadmap
from caravan.adapters.site_check import (
    START_TOLERANCE,
    bad_starts,
    cut_off,
    dead_ends,
    driving,
    misfits,
    narrow_lanes,
    tight_spots,
)
from caravan.adapters.site_file import load_site
from caravan.adapters.survey.make import SPACING, Task, make
from caravan.adapters.survey.write import with_roadmap
from caravan.model.geometry import Point
from caravan.model.road import Road
from caravan.model.site import Roadmap, Site
from caravan.sim.sdf import read_world
from caravan_cli.complaint import Complaint
from caravan_cli.options import add_json, number
from caravan_cli.render import Screen

SHOWN = 20
"""Faults of one kind that are told to people; programs get all."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares what can be done with a roadmap, and the arguments of each."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    maker = _action(actions, "make", "make lanes and waypoints from the free floor of an SDF world", _make)
    maker.add_argument("site", metavar="SITE", nargs="?", help="the site file: its world, places, starts and radii")
    maker.add_argument("--world", metavar="FILE", help="the SDF world (default: that of the site)")
    maker.add_argument(
        "--radius",
        type=number(0.05, 10.0),
        metavar="R",
        help="of the widest robot, m (default: that of the site's robots)",
    )
    maker.add_argument(
        "--spacing",
        type=number(0.1, 100.0),
        metavar="S",
        help=f"between lanes side by side, m (default: {SPACING:g} radii)",
    )
    maker.add_argument("--out", metavar="FILE", required=True, help="the site file to write, which may be SITE itself")
    add_json(maker)
    drawer = _action(actions, "draw", "draw the roadmap of a site over its world", _draw)
    drawer.add_argument("site", metavar="SITE", help="the site file")
    drawer.add_argument(
        "--out", metavar="FILE", default="out/roadmap.png", help="the picture (default: out/roadmap.png)"
    )
    add_json(drawer)
    checker = _action(
        actions, "check", "check that robots have room, and reach every place with their batteries", _check
    )
    checker.add_argument("site", metavar="SITE", help="the site file")
    add_json(checker)


def _action(actions: Any, name: str, line: str, run: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=line, description=line[0].upper() + line[1:] + ".")
    parser.set_defaults(run_action=run)
    return parser


def run(args: argparse.Namespace) -> int:
    """Does it; 1 where a check found a fault."""
    return int(args.run_action(args, Screen(as_json=args.json)))


def _make(args: argparse.Namespace, screen: Screen) -> int:
    begun = time.monotonic()
    site = load_site(args.site) if args.site else Site()
    world, out = read_world(_world(args, site)), Path(args.out)
    radius = args.radius or max((r.radius for r in driving(site)), default=0.0)
    if not radius:
        raise Complaint("no robot of the site has a start, so nothing says how wide lanes must be; give --radius")
    task = Task(places=_pins(site), radius=radius, spacing=args.spacing or SPACING * radius)
    with screen.console.status("looking for lanes"):
        roadmap = make(world, task)
    head = Path(args.site).read_text(encoding="utf-8-sig") if args.site else f"world: {_relative(world.file, out)}\n"
    remark = f"Made by caravan roadmap make: lanes for robots of {radius:g} m radius, {task.spacing:g} m apart."
    _write(out, with_roadmap(head, site, roadmap, remark))
    figures = _figures(roadmap) | {"file": str(out), "seconds": round(time.monotonic() - begun, 2)}
    screen.say(
        f"{out}: {figures['nodes']} nodes and {figures['lanes']} lanes of {figures['length_m']:g} m in all, "
        f"made in {figures['seconds']:g} s"
    )
    screen.emit(figures)
    return 0


def _world(args: argparse.Namespace, site: Site) -> str:
    if args.world or site.world:
        return str(args.world or site.world)
    raise Complaint(f"{args.site or 'caravan roadmap make'}: no world; name it in the site file or by --world FILE.sdf")


def _relative(world: Path, out: Path) -> str:
    return os.path.relpath(world, out.resolve().parent)


def _pins(site: Site) -> dict[str, Point]:
    """Where lanes must lead: places, and the starts of robots that start at none."""
    pins = {place.id: place.position for place in site.places.values() if place.position is not None}
    for robot in driving(site):
        assert robot.start is not None
        if all(robot.start.point.distance(p) > START_TOLERANCE for p in pins.values()):
            pins[f"start_{robot.id}"] = robot.start.point
    return pins


def _write(out: Path, text: str) -> None:
    """Writes the file in one go, so that nobody reads half of it."""
    fresh = out.with_name(out.name + ".new")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(out)
    except OSError as error:
        raise Complaint(f"--out {out}: {error.strerror}; name a file that can be written") from None


def _draw(args: argparse.Namespace, screen: Screen) -> int:
    site = load_site(args.site)
    if site.world is None:
        raise Complaint(f"{args.site}: no world to draw; name it: world: FILE.sdf")
    try:
        draw_roadmap(read_world(site.world), site, Path(args.out))
    except OSError as error:
        raise Complaint(f"--out {args.out}: {error.strerror}; name a file that can be written") from None
    screen.say(f"written: {args.out}")
    screen.emit(_figures(site.roadmap) | _road_figures(site.road) | {"file": args.out})
    return 0


def _check(args: argparse.Namespace, screen: Screen) -> int:
    site = load_site(args.site)
    figures, faults = _figures(site.roadmap) | _road_figures(site.road), list(_faults(site))
    ends = dead_ends(site)
    screen.table(("what", "figure"), [(key, f"{value:g}") for key, value in figures.items()])
    for fault in faults[:SHOWN]:
        screen.say(f"{args.site}: {fault}", "red")
    if len(faults) > SHOWN:
        screen.say(f"and {len(faults) - SHOWN} more", "red")
    if ends:
        screen.say(f"dead ends, where a robot that stands still shuts others in: {', '.join(ends)}", "yellow")
    if not faults:
        screen.say("every robot reaches every place that it may drive to, and has room on the way", "green")
    screen.emit(figures | {"ok": not faults, "faults": faults, "dead_ends": ends})
    return 1 if faults else 0


def _faults(site: Site) -> Iterator[str]:
    yield from bad_starts(site)
    yield from narrow_lanes(site)
    yield from tight_spots(site)
    yield from small_batteries(site)
    if site.roadmap.nodes:
        yield from cut_off(site)
    if site.world is None:
        yield "world: no world to check against; name it: world: FILE.sdf"
    else:
        yield from misfits(site, read_world(site.world))


def _figures(roadmap: Roadmap) -> dict[str, Any]:
    nodes = roadmap.nodes
    lengths = [nodes[lane.start].distance(nodes[lane.end]) for lane in roadmap.lanes]
    widths = [lane.width for lane in roadmap.lanes if lane.width is not None]
    return {"nodes": len(nodes), "lanes": len(lengths), "length_m": round(sum(lengths), 1)} | (
        {"narrowest_m": min(widths)} if widths else {}
    )


def _road_figures(road: Road | None) -> dict[str, Any]:
    if road is None:
        return {}
    return {"road_m": round(road.length, 1), "road_lanes": road.lanes, "ramps": len(road.ramps)}
