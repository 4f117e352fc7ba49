"""Chinese orders to running work, and questions about the fleet."""

from . import chinese_words as words
from .pen import Mark, Pen, Reading
from .words import Words

LISTS = Words("chinese_talk")
CONTROL_ALL = LISTS.groups("control_all")
CONTROL_ONE = LISTS.groups("control_one")
QUERY_ALL = LISTS.groups("query_all")
QUERY_ONE = LISTS.groups("query_one")


def control(pen: Pen) -> tuple[str, Reading]:
    """An order to work that runs."""
    command = pen.pick(sorted(CONTROL_ALL))
    if pen.chance(0.35):
        return pen.pick(CONTROL_ALL[command]), Reading({"intent": "control", "command": command})
    target = goal(pen) if command != "home" and pen.chance(0.4) else words.robot(pen)
    return pen.pick(CONTROL_ONE[command]).format(target), Reading(
        {"intent": "control", "command": command, "target": target}
    )


def query(pen: Pen) -> tuple[str, Reading]:
    """A question about the fleet."""
    about = pen.pick(sorted(QUERY_ALL))
    if pen.chance(0.35):
        return pen.pick(QUERY_ALL[about]), Reading({"intent": "query", "about": about})
    target = words.place(pen) if about == "robots" else words.robot(pen)
    if about not in ("robots", "battery") and pen.chance(0.3):
        target = goal(pen)
    lead = pen.weigh({"": 85.0, "请问": 10, "请告诉我": 5})
    return lead + pen.pick(QUERY_ONE[about]).format(target), Reading(
        {"intent": "query", "about": about, "target": target}
    )


def goal(pen: Pen) -> Mark:
    """A goal by its number."""
    number = pen.rng.randrange(1, 40 if pen.rng.random() < 0.5 else 300)
    return pen.mark(
        pen.rng.choice(
            (
                f"目标{number}",
                f"g{number}",
                f"goal {number}",
                f"任务{number}",
                f"目标{number}",
                f"目标{words.numeral(number % 99 + 1)}",
            )
        )
    )
