"""The board on the screen: the story scrolls, and a bar for each task moves below it; plain lines in a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn

from caravan.model.market import Event
from caravan_cli.board import Board
from caravan_cli.render import Screen

PLAIN_PAUSE = 10.0
"""Time between two lines of progress where no bars are shown, s of the caller's clock."""


class LiveBoard:
    """A board that is shown while it fills. Times (`at`) are of the caller's own clock (s)."""

    def __init__(self, screen: Screen, *, pause: float = PLAIN_PAUSE) -> None:
        self.board = Board()
        self.last = ""
        """What was told last."""
        self._screen = screen
        self._pause = pause
        self._told = 0.0
        self._bars: dict[str, TaskID] = {}
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[left]}"),
            console=screen.console,
            disable=not screen.live,
            transient=True,
        )

    def hear(self, event: Event, at: float) -> None:
        """Takes in an event and tells it."""
        for line in self.board.hear(event, at):
            self._screen.say(f"{at:6.1f} s  {line.text}", line.style)
            self.last = line.text
        self._draw()

    def note(self, line: str, at: float) -> None:
        """Tells something that is no event."""
        self._screen.say(f"{at:6.1f} s  {line}")

    def follow(self, task_id: str, progress: float, remaining: float | None, at: float) -> None:
        """Notes how far a task is."""
        self.board.follow(task_id, progress, remaining)
        if self._screen.live:
            self._draw()
        elif at - self._told >= self._pause:
            self._told = at
            open_tasks = (t for t in self.board.tasks.values() if t.robot and not t.ended)
            running = ", ".join(f"{t.id} {t.robot} {t.progress:.0%}" for t in open_tasks)
            if running:
                self._screen.say(f"{at:6.1f} s  under way: {running}", "dim")

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Takes the bars off the screen for a while."""
        self._progress.stop()
        yield
        self._progress.start()

    def _draw(self) -> None:
        for task in self.board.tasks.values():
            shown: dict[str, Any] = {
                "description": f"{task.id} {task.robot or 'no robot yet'}: {task.words}",
                "completed": task.progress,
                "visible": not task.ended,
                "left": f"{task.remaining:.0f} s left" if task.remaining is not None else "",
            }
            if task.id in self._bars:
                self._progress.update(self._bars[task.id], **shown)
            else:
                self._bars[task.id] = self._progress.add_task(total=1.0, **shown)

    def __enter__(self) -> LiveBoard:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._progress.stop()
