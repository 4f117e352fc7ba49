"""A job in English words, with the tasks that it means; and the frames that jobs are said in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .pen import Mark, Pen, Task, Value
from .verbs import forms, gerund, perfect
from .words import Words

FRAMES = {
    kind: tuple(forms(frame) for frame in Words("english_frames").list(kind))
    for kind in ("deliver", "go", "patrol", "inspect", "charge", "charge_at", "wait")
}


@dataclass(frozen=True, slots=True)
class Clause:
    """A job in words: `imperative` ("go to dock 3"), `gerund` ("going to dock 3"), and its tasks."""

    imperative: str
    gerund: str
    tasks: tuple[Task, ...]

    def __str__(self) -> str:
        return self.imperative

    @property
    def perfect(self) -> str:
        """The job as done: "brought the crate to dock 3", made from the verbs in which the two forms differ."""
        plain, doing = self.imperative.split(" "), self.gerund.split(" ")
        pairs = list(zip(plain, doing, strict=False))
        if len(plain) != len(doing) or any(a != b and gerund(a) != b for a, b in pairs):
            return f"finished {self.gerund}"
        return " ".join(a if a == b else perfect(a) for a, b in pairs)

    def tail(self, words: str) -> "Clause":
        """The clause with these words behind it."""
        return replace(self, imperative=self.imperative + words, gerund=self.gerund + words)

    def with_(self, **fields: Value) -> "Clause":
        """The clause with these fields on every task."""
        return replace(self, tasks=tuple({**task, **fields} for task in self.tasks))


def framed(pen: Pen, kind: str, task: Task, **slots: object) -> Clause:
    """The task in one of the frames of this kind, its slots filled; a frame without {start} says no source."""
    plain, doing, _ = pen.pick(FRAMES[kind])
    if "{start}" not in plain:
        task = {key: value for key, value in task.items() if key != "from"}
    return Clause(plain.format(**slots), doing.format(**slots), (task,))


def listed(pen: Pen, marks: list[Mark]) -> str:
    """ "A", "A and B", "A, B and C" or "A, B, and C"."""
    if len(marks) == 1:
        return str(marks[0])
    if len(marks) == 2:
        return (
            str(marks[0])
            + pen.pick((" and ", " and ", " and ", " & ", " and also ", " as well as ", " plus "))
            + str(marks[1])
        )
    glue = pen.pick((" and ", " and ", ", and ", " & ", " as well as ", ", ", ", and also "))
    return ", ".join(map(str, marks[:-1])) + glue + str(marks[-1])


def verbed(pen: Pen, verbs: Sequence[str], rest: str, sep: str, *tasks: Task) -> Clause:
    """The tasks as one of these verbs (plain form, separator, gerund) with the rest behind it."""
    plain, gerund = pen.pick(verbs).split(sep)
    return Clause(f"{plain} {rest}", f"{gerund} {rest}", tasks)
