"""Manoeuvres of platoons that are said in one frame, alike in every language: join, leave, split, merge, dissolve."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .pen import Mark, Pen, Task


@dataclass(frozen=True, slots=True)
class Manoeuvres:
    """The frames of a language by name (`said`), and how it names platoons and robots and lists what is named."""

    said: Mapping[str, Sequence[str]]
    platoon: Callable[[Pen], Mark]
    robot: Callable[[Pen], Mark]
    listed: Callable[[Pen, list[Mark]], str]

    def join_or_leave(self, pen: Pen) -> tuple[str, Task]:
        """One or two vehicles join a platoon, or leave it."""
        name, trucks = self.platoon(pen), self._one_or_two(pen, 0.25)
        manoeuvre = pen.pick(("join", "leave"))
        text = pen.pick(self.said[manoeuvre]).format(w=self.listed(pen, trucks), p=name)
        return text, {"manoeuvre": manoeuvre, "platoon": name, "members": trucks}

    def split(self, pen: Pen) -> tuple[str, Task]:
        """A platoon is cut: behind a vehicle, or so that some split off, or just so."""
        name, how = self.platoon(pen), pen.weigh({"split_at": 6.0, "split_off": 3, "split": 1.5})
        task: Task = {"manoeuvre": "split", "platoon": name}
        if how == "split_at":
            truck = self.robot(pen)
            return pen.pick(self.said[how]).format(p=name, r=truck), {**task, "at": truck}
        if how == "split_off":
            trucks = self._one_or_two(pen, 0.35)
            text = pen.pick(self.said[how]).format(p=name, w=self.listed(pen, trucks))
            return text, {**task, "members": trucks}
        return pen.pick(self.said[how]).format(p=name), task

    def merge(self, pen: Pen) -> tuple[str, Task]:
        """A platoon takes in another."""
        one, two = self.platoon(pen), self.platoon(pen)
        return pen.pick(self.said["merge"]).format(p=one, q=two), {"manoeuvre": "merge", "platoon": one, "into": two}

    def dissolve(self, pen: Pen) -> tuple[str, Task]:
        """A platoon ends."""
        name = self.platoon(pen)
        return pen.pick(self.said["dissolve"]).format(p=name), {"manoeuvre": "dissolve", "platoon": name}

    def _one_or_two(self, pen: Pen, two: float) -> list[Mark]:
        return [self.robot(pen) for _ in range(2 if pen.chance(two) else 1)]
