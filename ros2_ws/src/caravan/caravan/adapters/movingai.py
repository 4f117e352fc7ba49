"""Grid maps of the MovingAI benchmarks (Sturtevant, 2012), read from their `.map` files.

A file says `type octile`, `height H`, `width W` and `map`, a line each, and then H lines of W characters: `.`, `G` and
`S` are free, `@`, `O`, `T` and `W` are not.
"""

from __future__ import annotations

from pathlib import Path

from caravan.adapters.text_file import read_text
from caravan.traffic.grid import Grid

FREE, BLOCKED = ".GS", "@OTW"
MOST = 4096
"""Rows, and columns, at most."""


class MapError(ValueError):
    """A file that is not in the format; the message names the file, the line, the value and the remedy."""


def read_map(file: str | Path) -> Grid:
    """The map in a file; its name is the file's. Raises MapError."""
    path = Path(file)
    lines = read_text(path, MapError, "give a MovingAI .map file").splitlines()
    _head(path, lines, 1, "type")
    height, width = (_size(path, lines, number, word) for number, word in ((2, "height"), (3, "width")))
    if _head(path, lines, 4, "map"):
        raise MapError(f"{path}: line 4: {lines[3]!r}; write 'map' alone, and the rows below it")
    rows = lines[4:]
    while rows and not rows[-1].strip():
        rows.pop()
    if len(rows) != height:
        raise MapError(f"{path}: {len(rows)} rows below 'map'; write {height}, or another height in line 2")
    grid = Grid(name=path.stem, rows=tuple(_row(path, number, row, width) for number, row in enumerate(rows, 5)))
    if len(grid.free()) < 2:
        raise MapError(f"{path}: fewer than two free cells; mark them with one of {FREE!r}")
    return grid


def _head(path: Path, lines: list[str], number: int, word: str) -> str:
    """What stands behind `word` in a line of the head."""
    line = lines[number - 1] if len(lines) >= number else ""
    found, _, rest = line.strip().partition(" ")
    if found != word:
        raise MapError(f"{path}: line {number}: {line[:40]!r}; write '{word}' there, as in a MovingAI .map file")
    return rest.strip()


def _size(path: Path, lines: list[str], number: int, word: str) -> int:
    text = _head(path, lines, number, word)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST):
        raise MapError(f"{path}: line {number}: {word} {text[:20]!r}; write a whole number from 1 to {MOST}")
    return int(text)


def _row(path: Path, number: int, row: str, width: int) -> tuple[bool, ...]:
    if len(row) != width:
        raise MapError(f"{path}: line {number}: {len(row)} cells; write {width}, or another width in line 3")
    for column, cell in enumerate(row, 1):
        if cell not in FREE + BLOCKED:
            raise MapError(f"{path}: line {number}: cell {column} is {cell!r}; write one of {FREE + BLOCKED!r}")
    return tuple(cell in FREE for cell in row)
