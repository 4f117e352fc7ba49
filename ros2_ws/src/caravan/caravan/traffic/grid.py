"""Grid maps, and two kinds of them made by chance or by rule, with the numbers of well-known MAPF benchmark maps."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from caravan.model.geometry import Point
from caravan.model.site import Lane, Roadmap

Cell = tuple[int, int]
"""Row and column, from 0, the top left first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A map of cells, `rows` from top to bottom: True where one may drive."""

    name: str
    rows: tuple[tuple[bool, ...], ...]

    def free(self) -> list[Cell]:
        """The cells where one may drive, row by row."""
        return [(r, c) for r, row in enumerate(self.rows) for c, is_free in enumerate(row) if is_free]

    def beside(self, cell: Cell) -> Iterator[Cell]:
        """The free cells above, below, left and right of `cell`."""
        r, c = cell
        for y, x in ((r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)):
            if 0 <= y < len(self.rows) and 0 <= x < len(self.rows[y]) and self.rows[y][x]:
                yield y, x

    def roadmap(self) -> Roadmap:
        """A node for each free cell, in the order of `free`, and lanes of 1 m, both ways, between neighbours."""
        free = self.free()
        lanes = [(a, b) for a in free for b in self.beside(a) if a < b]
        return Roadmap(
            nodes={_name(cell): Point(float(cell[1]), -float(cell[0])) for cell in free},
            lanes=tuple(Lane(start=_name(a), end=_name(b)) for a, b in lanes),
        )

    def connected(self) -> Grid:
        """This map with only its largest part that hangs together left free."""
        left, largest = set(self.free()), set[Cell]()
        while len(left) > len(largest):
            part = self._part(next(iter(left)))
            left -= part
            largest = max(largest, part, key=len)
        width = range(max(map(len, self.rows), default=0))
        rows = tuple(tuple((r, c) in largest for c in width) for r in range(len(self.rows)))
        return Grid(name=self.name, rows=rows)

    def _part(self, cell: Cell) -> set[Cell]:
        part, front = {cell}, [cell]
        while front:
            fresh = set(self.beside(front.pop())) - part
            part |= fresh
            front.extend(fresh)
        return part


def _name(cell: Cell) -> str:
    return f"{cell[0]}_{cell[1]}"


def random_grid(rng: random.Random, side: int = 32, blocked: float = 0.2) -> Grid:
    """A square with that part of its cells blocked by chance, and what cannot be reached then, as random-32-32-20."""
    cells = [(r, c) for r in range(side) for c in range(side)]
    shut = set(rng.sample(cells, round(blocked * len(cells))))
    rows = tuple(tuple((r, c) not in shut for c in range(side)) for r in range(side))
    return Grid(name=f"random-{side}-{side}-{100 * blocked:.0f}", rows=rows).connected()


def warehouse_grid(columns: int = 10, rows: int = 20, length: int = 10, depth: int = 2, aisle: int = 1) -> Grid:
    """Shelves of `length` x `depth` cells with aisles `aisle` wide round each, and open floor at both ends.

    With its defaults it has the numbers of warehouse-10-20-10-2-1 (161 x 63, 5,699 free); with an aisle of 2, those of
    warehouse-10-20-10-2-2 (170 x 84, 9,776 free).
    """
    open_floor = 25 - aisle
    across = [False, *[True] * open_floor, *[True] * aisle, *([False] * length + [True] * aisle) * columns]
    across += [*[True] * open_floor, False]
    clear = [False, *[True] * (len(across) - 2), False]
    wall = [False] * len(across)
    block = [across] * depth + [clear] * aisle
    lines = [wall, *[clear] * aisle, *block * rows, wall]
    return Grid(name=f"warehouse-{columns}-{rows}-{length}-{depth}-{aisle}", rows=tuple(map(tuple, lines)))
