"""What English says about a job besides the job: when, how urgent, by whom, where not."""

from collections.abc import Callable, Mapping, Sequence

from . import amounts, names
from .clauses import Clause, listed
from .pen import Mark, Pen, Task
from .words import Words

LISTS = Words("english_limits")
PRIORITY = LISTS.groups("priority")
OWN_PRIORITY = LISTS.groups("own_priority")
AVOID = LISTS.list("avoid")
AVOIDING = LISTS.list("avoiding")
BY = LISTS.list("by")
NOT_BEFORE = LISTS.list("not_before")
WITHIN = LISTS.list("within")
DELAY = LISTS.list("delay")
ANYONE = LISTS.list("anyone")
NEEDS = LISTS.groups("needs")
OWN_TIMED = LISTS.groups("own_timed")
OWN_NEEDS = LISTS.list("own_needs")
OWN_ROBOT = LISTS.list("own_robot")
OWN_AVOID_ALL = LISTS.list("own_avoid_all")


def inside(pen: Pen, clause: Clause, *, robot: bool = False) -> Clause:
    """The clause with perhaps one or two limits of its own, behind it; `robot` says that one is named elsewhere."""
    wait = clause.tasks[0]["kind"] == "wait"
    for limit in _some(pen, 0.08 if wait else 0.24):
        if robot and limit in ("robot", "robots", "needs"):
            continue
        clause = INSIDE[limit](pen, clause)
    return clause


def _some(pen: Pen, probability: float) -> list[str]:
    if not pen.chance(probability):
        return []
    weights = {
        "by": 22.0,
        "not_before": 8,
        "within": 9,
        "delay": 7,
        "avoid": 18,
        "priority": 10,
        "needs": 8,
        "robots": 6,
        "robot": 6,
        "between": 3,
        "repeat": 4,
    }
    first = pen.weigh(weights)
    second = pen.weigh(weights) if pen.chance(0.2) else first
    clash = {"by", "not_before", "within", "delay", "between", "repeat"}, {"needs", "robots", "robot"}
    if second == first or any({first, second} <= group for group in clash):
        return [first]
    return sorted(
        (first, second),
        key=[
            "robot",
            "robots",
            "needs",
            "between",
            "repeat",
            "by",
            "not_before",
            "within",
            "delay",
            "avoid",
            "priority",
        ].index,
    )


def _timed(key: str, forms: Sequence[str], amount: Callable[[Pen], Mark]) -> Callable[[Pen, Clause], Clause]:
    def add(pen: Pen, clause: Clause) -> Clause:
        mark = amount(pen)
        return clause.tail(" " + pen.pick(forms).format(mark)).with_(**{key: mark})

    return add


def _avoiding(pen: Pen, clause: Clause) -> Clause:
    marks = [names.place(pen) for _ in range(2 if pen.chance(0.15) else 1)]
    return clause.tail(pen.pick(AVOIDING).format(listed(pen, marks))).with_(avoid=marks)


def _priority(pen: Pen, clause: Clause) -> Clause:
    level = pen.pick(sorted(PRIORITY))
    return clause.tail(" " + pen.pick(PRIORITY[level])).with_(priority=level)


def _needs(pen: Pen, clause: Clause) -> Clause:
    text, skills = needy(pen)
    return clause.tail(f" {pen.pick(('with', 'using'))} {text}").with_(needs=skills)


def needy(pen: Pen) -> tuple[str, list[Mark]]:
    """ "a robot that can lift", with its capabilities."""
    kind = pen.weigh({"doing": 4.0, "verb": 5, "noun": 5})
    marks = [names.skill(pen, kind) for _ in range(2 if pen.chance(0.15) else 1)]
    some = kind == "noun" and len(marks) == 1 and pen.chance(0.6)
    lead = ("an " if marks[0].text[0] in "aeiou" else "a ") if some else ""
    return f"{pen.pick(ANYONE)} {pen.pick(NEEDS[kind])} {lead}{' and '.join(map(str, marks))}", marks


def _robots(pen: Pen, clause: Clause) -> Clause:
    count = amounts.small(pen, 6)
    return clause.tail(f" {pen.pick(('with', 'using'))} {count} {pen.pick(('robots', 'vehicles'))}").with_(robots=count)


def _robot(pen: Pen, clause: Clause) -> Clause:
    robot = names.robot(pen)
    return clause.tail(f" {pen.pick(('with', 'using', 'with'))} {robot}").with_(robot=robot)


def _between(pen: Pen, clause: Clause) -> Clause:
    start, end = amounts.clock(pen), amounts.clock(pen)
    form = pen.pick((" between {} and {}", " after {} but before {}", " not before {} and by {}"))
    return clause.tail(form.format(start, end)).with_(not_before=start, by=end)


def _repeat(pen: Pen, clause: Clause) -> Clause:
    if {"times", "every"} & clause.tasks[0].keys():
        return clause
    if pen.chance(0.5):
        every = amounts.period(pen)
        return clause.tail(f" every {every}").with_(every=every)
    text, times = amounts.repetitions(pen)
    return clause.tail(f" {text}").with_(times=times)


INSIDE: Mapping[str, Callable[[Pen, Clause], Clause]] = {
    "by": _timed("by", BY, amounts.clock),
    "not_before": _timed("not_before", NOT_BEFORE, amounts.clock),
    "within": _timed("within", WITHIN, amounts.duration),
    "delay": _timed("delay", DELAY, amounts.duration),
    "avoid": _avoiding,
    "priority": _priority,
    "needs": _needs,
    "robots": _robots,
    "robot": _robot,
    "between": _between,
    "repeat": _repeat,
}


def own(pen: Pen, many: bool) -> tuple[str, Task]:
    """A clause of its own behind the sentence, and what it puts on every task."""
    what = pen.weigh(
        {"avoid": 40, "by": 22, "priority": 20, "needs": 8, "robot": 5, "within": 7, "not_before": 5, "delay": 2}
    )
    glue = pen.pick(
        (", ", ", and ", ". ", " and ", "; ", ", but ") if what == "avoid" else (", ", ". ", "; ", ", and ")
    )
    text, fields = OWN[what](pen, many)
    return (glue.rstrip() if glue == ". " else glue) + (" " if glue == ". " else "") + text, fields


def _own_avoid(pen: Pen, many: bool) -> tuple[str, Task]:
    marks = [names.place(pen) for _ in range(2 if pen.chance(0.2) else 1)]
    extra = pen.pick(OWN_AVOID_ALL) if many else ""
    return extra + pen.pick(AVOID).format(listed(pen, marks)), {"avoid": marks}


def _own_timed(key: str, amount: Callable[[Pen], Mark]) -> Callable[[Pen, bool], tuple[str, Task]]:
    def say(pen: Pen, many: bool) -> tuple[str, Task]:
        mark = amount(pen)
        return pen.pick(OWN_TIMED[key + ("_all" if many else "")]).format(mark), {key: mark}

    return say


def _own_priority(pen: Pen, many: bool) -> tuple[str, Task]:
    level = pen.pick(sorted(OWN_PRIORITY))
    return pen.pick(OWN_PRIORITY[level]), {"priority": level}


def _own_needs(pen: Pen, many: bool) -> tuple[str, Task]:
    text, skills = needy(pen)
    return pen.pick(OWN_NEEDS).format(text), {"needs": skills}


def _own_robot(pen: Pen, many: bool) -> tuple[str, Task]:
    mark = names.robot(pen)
    return pen.pick(OWN_ROBOT).format(mark), {"robot": mark}


OWN: Mapping[str, Callable[[Pen, bool], tuple[str, Task]]] = {
    "avoid": _own_avoid,
    "by": _own_timed("by", amounts.clock),
    "priority": _own_priority,
    "needs": _own_needs,
    "robot": _own_robot,
    "within": _own_timed("within", amounts.duration),
    "not_before": _own_timed("not_before", amounts.clock),
    "delay": _own_timed("delay", amounts.duration),
}


def middle(pen: Pen, clause: Clause) -> Clause:
    """A delivery with a limit in its middle: "bring two pallets before noon from dock 3 to aisle B"."""
    task = clause.tasks[0]
    if len(clause.tasks) != 1 or task["kind"] != "deliver" or " from " not in clause.imperative:
        return inside(pen, clause)
    what = pen.weigh({"by": 4.0, "within": 2, "priority": 2, "robot": 3})
    fields: Task
    if what == "priority":
        level = pen.pick(sorted(PRIORITY))
        text, fields = pen.pick(PRIORITY[level]), {"priority": level}
    elif what == "robot":
        mark = names.robot(pen)
        text, fields = f"{pen.pick(('with', 'using'))} {mark}", {"robot": mark}
    else:
        mark = (amounts.clock if what == "by" else amounts.duration)(pen)
        text, fields = pen.pick(("by {}", "before {}") if what == "by" else ("within {}",)).format(mark), {what: mark}
    said = clause.imperative.replace(" from ", f" {text} from ", 1)
    return Clause(said, clause.gerund.replace(" from ", f" {text} from ", 1), ({**task, **fields},))
