"""How commands show things: tables, lines and bars for people, JSON for programs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

PLAIN_WIDTH = 132
"""Columns of a table where the output is no terminal."""

STATE_STYLES = {
    "done": "green",
    "asked": "yellow",
    "refused": "yellow",
    "failed": "red",
    "cancelled": "magenta",
    "active": "cyan",
    "running": "cyan",
}


def state(name: str) -> Text:
    """The name of a goal's or task's state in its colour."""
    return Text(name, style=STATE_STYLES.get(name, ""))


class Screen:
    """Where a command writes. With `as_json`, standard output is kept for JSON and people read standard error."""

    def __init__(self, *, as_json: bool) -> None:
        stream = sys.stderr if as_json else sys.stdout
        width = None if stream.isatty() or "COLUMNS" in os.environ else PLAIN_WIDTH
        self.console = Console(file=stream, markup=False, highlight=False, emoji=False, width=width)
        self.as_json = as_json

    @property
    def live(self) -> bool:
        """Whether bars that move can be shown."""
        return self.console.is_terminal

    def say(self, line: str, style: str = "") -> None:
        """A line for people."""
        # As a Text of its own: a style of print() would colour the bars that are live below, too.
        self.console.print(Text(line, style=style), soft_wrap=True)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str | Text]], title: str = "") -> None:
        """A table for people."""
        table = Table(title=title or None, title_justify="left")
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
        self.console.print(table)

    def emit(self, value: object) -> None:
        """A JSON value for programs, on one line of standard output; nothing where JSON was not asked for."""
        if self.as_json:
            print(json.dumps(value, ensure_ascii=False), flush=True)


def counter(console: Console, what: str, *, shown: bool) -> Progress:
    """A bar that counts `what`."""
    return Progress(
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not shown,
        transient=True,
    )
