"""What English says in front of a job: when, how urgent, by whom, where not."""

from . import amounts, names
from .english_limits import AVOID, LISTS, needy
from .pen import Pen, Task

FIRST_PRIORITY = LISTS.groups("first_priority")
AVOIDING = LISTS.list("first_avoiding")


def _first_every(pen: Pen) -> tuple[str, Task]:
    mark = amounts.period(pen)
    return pen.pick(("every {}, ", "every {} ", "once every {}, ", "each {}, ")).format(mark), {"every": mark}


def _first_robot(pen: Pen) -> tuple[str, Task]:
    mark = names.robot(pen)
    return pen.pick(("with {}, ", "using {}, ", "use {}: ", "for {}: ", "use {}. ")).format(mark), {"robot": mark}


def _first_needs(pen: Pen) -> tuple[str, Task]:
    text, skills = needy(pen)
    return pen.pick(("with {}, ", "using {}, ", "use {}: ")).format(text), {"needs": skills}


def step(pen: Pen) -> tuple[str, Task]:
    """A time that stands in front of a later step: "at 3 pm", "in ten minutes"; it stands on that step alone."""
    what = pen.weigh({"at": 4.0, "delay": 3, "by": 3, "robot": 2})
    if what == "delay":
        mark = amounts.duration(pen)
        return pen.pick(("in {} ", "after {} ", "{} later, ")).format(mark), {"delay": mark}
    if what == "robot":
        mark = names.robot(pen)
        return pen.pick(("with {} ", "using {}, ")).format(mark), {"robot": mark}
    mark = amounts.clock(pen)
    form = ("at {} ", "at {}, ", "after {} ") if what == "at" else ("by {} ", "before {} ", "before {}, ")
    return pen.pick(form).format(mark), {"not_before" if what == "at" else "by": mark}


def leading(pen: Pen, many: bool) -> tuple[str, Task]:
    """A limit in front of the sentence, and what it puts on every task."""
    what = pen.weigh(
        {
            "priority": 5,
            "avoid": 4,
            "by": 0 if many else 4,
            "delay": 0 if many else 3,
            "at": 0 if many else 2,
            "later": 0 if many else 2,
            "within": 0 if many else 2,
            "every": 0 if many else 2,
            "robot": 3,
            "needs": 1,
        }
    )
    if what in ("every", "robot", "needs"):
        return {"every": _first_every, "robot": _first_robot, "needs": _first_needs}[what](pen)
    if what == "priority":
        level = pen.pick(sorted(FIRST_PRIORITY))
        return pen.pick(FIRST_PRIORITY[level]), {"priority": level}
    if what == "avoid":
        marks = [names.place(pen)]
        if pen.chance(0.4):
            return pen.pick(AVOIDING).format(marks[0]), {"avoid": marks}
        return pen.pick(AVOID).format(marks[0]) + pen.pick((": ", ", and ", " and ", ". ")), {"avoid": marks}
    if what == "delay":
        mark = amounts.duration(pen)
        return f"in {mark}{pen.pick((', ', ' '))}", {"delay": mark}
    if what in ("later", "within"):
        mark = amounts.duration(pen)
        form = (
            ("{} from now, ", "{} from now ")
            if what == "later"
            else ("within {}, ", "within {} ", "within the next {}, ")
        )
        return pen.pick(form).format(mark), {"delay" if what == "later" else "within": mark}
    mark = amounts.clock(pen)
    if what == "by":
        return pen.pick(("by {}, ", "before {}, ", "by {} ")).format(mark), {"by": mark}
    return pen.pick(("at {} ", "after {}, ", "at {}, ")).format(mark), {"not_before": mark}
