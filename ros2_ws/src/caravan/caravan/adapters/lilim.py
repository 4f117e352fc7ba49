"""The benchmark of Li & Lim (2001) for pickups and deliveries with time windows, read from its files.

A file has `vehicles capacity speed` in its first line and then one line for each stop, the depot (0) first:
`id x y demand ready due service pickup delivery`, where `pickup` and `delivery` name the other stop of the pair, or 0.
The speed is not used: a way takes as long as it is.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

from caravan.adapters.text_file import read_text
from caravan.auction.tours.problem import Problem, Request, Stop, Vehicle

HEAD = ("vehicles", "capacity", "speed")
COLUMNS = ("id", "x", "y", "demand", "ready", "due", "service", "pickup", "delivery")
BEST = "best_known.csv"
NOT_TEXT = "save the file as UTF-8"
MOST = 10_000
"""Vehicles, and stops, at most."""


class LilimError(ValueError):
    """A file that is not in the format; the message names the file, the line, the value and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The best known solution of an instance."""

    vehicles: int
    distance: float


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of numbers and where it stands."""

    where: str
    values: dict[str, float]

    def whole(self, column: str) -> int:
        value = self.values[column]
        if not value.is_integer():
            raise LilimError(f"{self.where}: {column} {value:g} is not whole; write a whole number")
        return int(value)


def read_instance(file: str | Path) -> Problem:
    """The instance in a file. Distances are Euclidean and take as many units of time. Raises LilimError."""
    path = Path(file)
    lines = [
        (number, line)
        for number, line in enumerate(read_text(path, LilimError, NOT_TEXT).splitlines(), 1)
        if line.strip()
    ]
    if len(lines) < 2:
        raise LilimError(f"{path}: no stops; write '{' '.join(HEAD)}', then the depot and the stops, one a line")
    head = _row(path, *lines[0], HEAD)
    rows = [_row(path, number, line, COLUMNS) for number, line in lines[1:]]
    vehicles = head.whole("vehicles")
    if not 0 < vehicles <= MOST or len(rows) > MOST:
        raise LilimError(f"{head.where}: {vehicles} vehicles, {len(rows)} stops; both must be from 1 to {MOST}")
    if head.values["capacity"] < 0.0:
        raise LilimError(
            f"{head.where}: capacity {head.values['capacity']:g} is less than 0; write what a vehicle carries"
        )
    return Problem(
        travel=_travel(rows),
        requests=_requests(rows),
        vehicles=_vehicles(rows[0], vehicles, head.values["capacity"]),
        fewest=True,
    )


def read_best_known(folder: str | Path) -> dict[str, Known]:
    """`best_known.csv` of a folder: the best known solution by instance. Raises LilimError."""
    path = Path(folder) / BEST
    rows = csv.DictReader(read_text(path, LilimError, NOT_TEXT).splitlines())
    if list(rows.fieldnames or ()) != ["instance", "vehicles", "distance"]:
        raise LilimError(f"{path}: line 1: columns {rows.fieldnames}; write instance,vehicles,distance")
    known = {}
    for row in rows:
        try:
            known[row["instance"]] = Known(vehicles=int(row["vehicles"]), distance=float(row["distance"]))
        except (TypeError, ValueError):
            raise LilimError(f"{path}: line {rows.line_num}: {dict(row)} is no name and two numbers") from None
        if not (known[row["instance"]].vehicles > 0 and 0.0 < known[row["instance"]].distance < math.inf):
            raise LilimError(f"{path}: line {rows.line_num}: {dict(row)}: both numbers must be positive")
    return known


def instances(folder: str | Path) -> list[Path]:
    """The instance files (*.txt) of a folder, by name. Raises LilimError where there is none."""
    path = Path(folder)
    files = sorted(path.glob("*.txt"))
    if not files:
        raise LilimError(f"{path}: no *.txt in it; name a folder of Li & Lim instances, with {BEST}")
    return files


def _row(path: Path, number: int, line: str, columns: tuple[str, ...]) -> _Row:
    where, words = f"{path}: line {number}", line.split()
    if len(words) != len(columns):
        raise LilimError(f"{where}: {len(words)} values; write {len(columns)}: {' '.join(columns)}")
    values = {}
    for column, word in zip(columns, words, strict=True):
        try:
            values[column] = float(word)
        except ValueError:
            values[column] = math.nan
        if not math.isfinite(values[column]):
            raise LilimError(f"{where}: {column} {word!r} is not a number; write one")
    return _Row(where, values)


def _travel(rows: list[_Row]) -> tuple[tuple[float, ...], ...]:
    points = [(row.values["x"], row.values["y"]) for row in rows]
    return tuple(tuple(math.dist(a, b) for b in points) for a in points)


def _vehicles(depot: _Row, count: int, capacity: float) -> tuple[Vehicle, ...]:
    if depot.whole("id") != 0 or depot.values["demand"] or depot.values["pickup"] or depot.values["delivery"]:
        raise LilimError(f"{depot.where}: the first stop is the depot; give it id 0, demand 0 and no pair")
    ready, due = depot.values["ready"], _stop(depot, 0).due
    return tuple(
        Vehicle(id=f"v{i}", start=0, end=0, capacity=capacity, ready=ready, due=due) for i in range(1, count + 1)
    )


def _stop(row: _Row, place: int) -> Stop:
    ready, due, service = (row.values[c] for c in ("ready", "due", "service"))
    if due < ready or service < 0.0:
        raise LilimError(f"{row.where}: ready {ready:g}, due {due:g}, service {service:g}; due is not before ready")
    return Stop(place=place, ready=ready, due=due, service=service)


def _requests(rows: list[_Row]) -> tuple[Request, ...]:
    places: dict[int, int] = {}
    for place, row in enumerate(rows):
        if places.setdefault(row.whole("id"), place) != place:
            raise LilimError(f"{row.where}: id {row.whole('id')} is given twice; give each stop its own")
    requests = []
    for place, row in enumerate(rows[1:], 1):
        demand, other = row.values["demand"], row.whole("delivery") or row.whole("pickup")
        mate = rows[places[other]] if other in places and other else None
        back = None if mate is None else mate.whole("pickup") or mate.whole("delivery")
        mutual = mate is not None and back == row.whole("id") and mate.values["demand"] == -demand
        if not mutual or (row.values["delivery"] > 0.0) == (row.values["pickup"] > 0.0) or mate is None:
            raise LilimError(f"{row.where}: stop {row.whole('id')} and {other} are no pair; let each name the other")
        if row.whole("delivery"):
            if demand < 0.0:
                raise LilimError(f"{row.where}: demand {demand:g} of a pickup; write what is loaded there")
            ends = {"pickup": _stop(row, place), "delivery": _stop(mate, places[other])}
            requests.append(Request(id=str(row.whole("id")), load=demand, **ends))
    return tuple(requests)
