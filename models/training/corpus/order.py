"""What follows what: the ids and the precedence of tasks."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from .pen import Task


class Group(Protocol):
    """Tasks that one clause means."""

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks in order of mention."""


def ordered(groups: Sequence[Group], after: Mapping[int, Sequence[int]]) -> list[Task]:
    """The tasks in order of mention, each group after all tasks of the groups that it follows."""
    ids: list[list[str]] = []
    for group in groups:
        first = sum(map(len, ids)) + 1
        ids.append([f"t{first + n}" for n in range(len(group.tasks))])
    tasks: list[Task] = []
    for index, group in enumerate(groups):
        before = [each for other in after.get(index, ()) for each in ids[other]]
        tasks += [{**task, **({"after": before} if before else {})} for task in group.tasks]
    return tasks
