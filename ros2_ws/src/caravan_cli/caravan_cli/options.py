"""Arguments that several commands share."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable

from caravan.language.spans import BadText, tidy
from caravan_cli.complaint import Complaint


def add_json(parser: argparse.ArgumentParser) -> None:
    """`--json`."""
    parser.add_argument("--json", action="store_true", help="JSON on standard output, the rest on standard error")


def add_site(parser: argparse.ArgumentParser) -> None:
    """`--site`."""
    parser.add_argument("--site", metavar="FILE", help="the site file (default: config/warehouse.yaml)")


def add_model(parser: argparse.ArgumentParser) -> None:
    """`--model`."""
    parser.add_argument("--model", metavar="MODEL", help="a name in config/models.yaml, or a GGUF file")


def add_robots(parser: argparse.ArgumentParser) -> None:
    """`--robots`."""
    parser.add_argument("--robots", type=whole(1, 200), metavar="N", help="the first N of the site (default: all)")


def add_seed(parser: argparse.ArgumentParser) -> None:
    """`--seed`."""
    parser.add_argument("--seed", type=whole(0, 2**31 - 1), default=0, metavar="N", help="of all chance (default: 0)")


def add_logs(parser: argparse.ArgumentParser) -> None:
    """`--logs`."""
    parser.add_argument("--logs", metavar="DIR", default="out/logs", help="where logs go (default: out/logs)")


def number(low: float, high: float) -> Callable[[str], float]:
    """A converter for a finite number from `low` to `high`."""

    def convert(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from {low:g} to {high:g}")
        return value

    return convert


def whole(low: int, high: int) -> Callable[[str], int]:
    """A converter for a whole number from `low` to `high`."""

    def convert(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {low} to {high}")
        return value

    return convert


def check_goal(goal: str) -> None:
    """Raises Complaint where this is no id of a goal."""
    if not re.fullmatch(r"g\d{1,9}", goal):
        raise Complaint(f"{goal!r} is no goal; goals are called g12, see caravan status")


def sentence(text: str) -> str:
    """The text as it was given. Raises Complaint where it is no sentence (empty, too long, control characters)."""
    result = tidy(text)
    if isinstance(result, BadText):
        raise Complaint(result.note)
    return text
