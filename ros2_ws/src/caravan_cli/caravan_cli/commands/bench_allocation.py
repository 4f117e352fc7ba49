"""`caravan bench allocation`: the planner of tours against the optimum, or against the best known tours of others."""

from __future__ import annotations

import argparse

from caravan.adapters.lilim import LilimError
from caravan_cli.allocation import large, lilim, small
from caravan_cli.complaint import Complaint
from caravan_cli.options import add_json, add_seed, number
from caravan_cli.render import Screen

BUDGET = 10.0
"""Planning time an instance, s."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("--lilim", metavar="DIR", help="a folder of Li & Lim instances (*.txt) with best_known.csv")
    parser.add_argument(
        "--budget",
        type=number(0.0, 86400.0),
        metavar="S",
        help=f"with --lilim: planning time an instance, s (default: {BUDGET:g})",
    )
    add_seed(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    """Runs the bench; 1 where a plan is not valid or leaves a request out."""
    if args.budget is not None and args.lilim is None:
        raise Complaint("--budget is the planning time of an instance; name the instances with --lilim DIR")
    screen = Screen(as_json=args.json)
    if args.lilim is None:
        figures = {**small(args.seed), **large(args.seed)}
        screen.table(("what", "figure"), [(key, f"{value:.4g}") for key, value in figures.items()])
        screen.emit(figures)
        return 0
    try:
        result = lilim(args.lilim, BUDGET if args.budget is None else args.budget, args.seed, screen.say)
    except LilimError as error:
        raise Complaint(str(error)) from None
    screen.emit(result)
    return 0 if all(i["valid"] and i["served"] == i["requests"] for i in result["instances"]) else 1
