"""The numbers of a large warehouse, and where things stand by them. Metres; the hall's south-west corner is [0, 0]."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

RACK = (1.6, 6.6)
"""Depth (east) and length (north) of worlds/models/rack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Blocks of racks, `rows` from south to north and `columns` racks each, with aisles of two widths in turn."""

    rows: int = 8
    columns: int = 26
    one_robot: float = 1.6
    """Width of the first, third, ... aisle."""
    two_robots: float = 3.4
    """Width of the others: two robots pass each other there."""
    aside: float = 1.0
    """How far from the middle of such an aisle its spot is."""
    crossing: float = 4.0
    """Width of the ways between the rows."""
    margin: float = 7.0
    """From the outer racks to the walls."""
    docks: int = 12
    chargers: int = 8
    parks: int = 24

    @property
    def racks_x(self) -> list[float]:
        """Where the racks of a row stand, from west."""
        xs, x = [], self.margin + RACK[0] / 2.0
        for column in range(self.columns):
            xs.append(round(x, 3))
            x += RACK[0] + (self.two_robots if column % 2 else self.one_robot)
        return xs

    @property
    def racks_y(self) -> list[float]:
        """The middles of the rows, from south."""
        return [round(self.margin + RACK[1] / 2.0 + row * (RACK[1] + self.crossing), 3) for row in range(self.rows)]

    @property
    def size(self) -> tuple[float, float]:
        """The hall from west to east and from south to north."""
        return (
            round(self.racks_x[-1] + RACK[0] / 2.0 + self.margin, 3),
            round(self.racks_y[-1] + RACK[1] / 2.0 + self.margin, 3),
        )

    @property
    def aisles_x(self) -> list[float]:
        """The middles of the aisles, from west."""
        xs = self.racks_x
        return [round((a + b) / 2.0, 3) for a, b in pairwise(xs)]

    def along(self, length: float, count: int) -> list[float]:
        """`count` spots spread over a wall of some length, on half metres."""
        pitch = length / count
        return [round(2.0 * pitch * (k + 0.5)) / 2.0 for k in range(count)]

    def aisles(self) -> Iterator[tuple[str, str, float, float]]:
        """Id, other name and spot of each aisle of each row: where a robot that stands there lets others pass."""
        for row, y in enumerate(self.racks_y, 1):
            for number, x in enumerate(self.aisles_x, 1):
                aside = 0.0 if number % 2 else self.aside
                yield f"aisle_{row}_{number}", f"row {row} aisle {number}", round(x - aside, 3), y
