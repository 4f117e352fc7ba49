"""`caravan bench`: how good and how fast its parts are, one bench for each part."""

from __future__ import annotations

import argparse

BENCHES = {
    "auction": "a real fleet over DDS: how soon a task is awarded, and how many a minute",
    "faults": "a real fleet whose processes are killed, hang and are cut off while it works",
    "fleet": "a whole fleet at work for hours: goals done, contacts, jams, charging, real-time factor",
    "allocation": "who does what: against the optimum, against best known tours, and the time it takes",
    "sim": "the embedded simulator: how much faster than time, with planar bodies and wheels, without and with lidar",
    "traffic": "many robots on a grid map: targets a step, against free flow and plain PIBT, and jams",
    "platoon": "string stability, collisions while messages are lost, and manoeuvres over many seeds",
    "intersection": "time slots of an intersection by auction, against order of arrival and a signal, over load",
    "language": "how well the models read goals, alone and as a jury, and what a parse takes",
}
"""A module `bench_<name>` each, with `arguments(parser)` and `run(args) -> exit code`, like a command."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the benches."""
    benches = parser.add_subparsers(dest="bench", metavar="BENCH", required=True)
    for name, line in BENCHES.items():
        description = line[0].upper() + line[1:] + "."
        benches.add_parser(name, help=line, description=description, module=f"caravan_cli.commands.bench_{name}")
