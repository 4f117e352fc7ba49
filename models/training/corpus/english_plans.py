"""Whole English goals: one job, jobs in a row, jobs side by side, and the robots that they are said to."""

from collections.abc import Mapping, Sequence

from . import amounts, names
from .clauses import Clause
from .english import job
from .english_fronted import leading, step
from .english_limits import inside, middle, needy, own
from .english_loads import load
from .english_said import corrected, radio, said, said_twice, stay, stock, terse, told
from .english_special import special
from .order import ordered
from .pen import CLOSE, Mark, Pen, Task
from .words import Words

LISTS = Words("english_plans")
THEN = LISTS.list("then")
BUT_FIRST = LISTS.list("but_first")
THREE = LISTS.list("three")
BOTH = LISTS.list("both")
ALL_THREE = LISTS.list("all_three")
FORK = LISTS.list("fork")
MEET = LISTS.list("meet")
SAID_TO = LISTS.list("said_to")
SOME_ROBOTS = LISTS.list("some_robots")
POLITE = LISTS.list("polite")
CHAIN, PAIRS = {1: (0,), 2: (1,), 3: (2,)}, {2: (0, 1), 3: (0, 1)}
DIAMOND, LATE, EARLY = {1: (0,), 2: (0,), 3: (1, 2)}, {3: (0, 1, 2)}, {1: (0,), 2: (0,), 3: (0,)}
FOUR: tuple[tuple[str, Mapping[int, Sequence[int]]], ...] = (
    ("{a}, then {b}, then {c}, then {d}", CHAIN),
    ("first {a}, then {b}, after that {c}, and finally {d}", CHAIN),
    ("{a}. then {b}. then {c}. finally, {d}", CHAIN),
    ("{a}, then {b}, next {c} and lastly {d}", CHAIN),
    ("{a} and {b}, then {c} and {d}", PAIRS),
    ("first {a} and {b}, after that {c} and {d}", PAIRS),
    ("{a}, then {b} and {c}, then {d}", DIAMOND),
    ("first {a}, then {b} and {c}, and finally {d}", DIAMOND),
    ("{a}, {b} and {c}, then {d}", LATE),
    ("{a}, {b}, and {c}. once all of that is done, {d}", LATE),
    ("{a}, then {b}, {c} and {d}", EARLY),
    ("first {a}. after that, {b}, {c} and {d}", EARLY),
)
EACH_TO = (
    "{r} to {a}, {s} to {b}",
    "{r} to {a} and {s} to {b}",
    "{r} goes to {a} and {s} to {b}",
    "{r} should go to {a} and {s} to {b}",
    "send {r} to {a} and {s} to {b}",
    "send {r} to {a}, {s} to {b}",
    "{r}: {a}. {s}: {b}",
    "{r} -> {a}, {s} -> {b}",
    "i want {r} at {a} and {s} at {b}",
    "i need {r} at {a} and {s} at {b}",
    "have {r} drive to {a} and {s} to {b}",
    "let {r} go to {a} and {s} to {b}",
    "park {r} at {a} and {s} at {b}",
)
NOT_VERBS = tuple(
    """first |once |after |step |1. |before |prior |upon |when |in parallel|both |simultaneously |two things|
    at the same|besides|ahead |from |to |as soon |having |the first |firstly |1) |- |i need you|in any |not only|
    three things|do two|don't |do not """.replace("\n    ", "").split("|")
)


SHAPES = {
    "one": 40,
    "two": 25,
    "three": 6,
    "list": 12,
    "mixed": 6,
    "robots": 4,
    "special": 14,
    "said": 22,
    "radio": 5,
    "terse": 5,
    "told": 3,
    "corrected": 3,
    "stay": 1.5,
    "stock": 3,
    "said twice": 4,
}
WHOLE = {
    "special": special,
    "said": said,
    "radio": radio,
    "terse": terse,
    "told": told,
    "stay": stay,
    "stock": stock,
    "said twice": said_twice,
    "corrected": corrected,
}


def plan(pen: Pen) -> tuple[str, list[Task]]:
    """A goal of English and its tasks, without surface polish."""
    shape = pen.weigh(SHAPES)
    if shape in WHOLE:
        return limited(pen, *WHOLE[shape](pen))
    if shape == "robots":
        return each_robot(pen)
    text, tasks = {"one": _one, "two": _two, "three": _three, "list": _side_by_side, "mixed": _mixed}[shape](pen)
    return limited(pen, *_addressed(pen, text, tasks))


def _one(pen: Pen) -> tuple[str, list[Task]]:
    clause = middle(pen, job(pen)) if pen.chance(0.06) else inside(pen, job(pen))
    return str(clause), list(clause.tasks)


def _two(pen: Pen) -> tuple[str, list[Task]]:
    first = inside(pen, job(pen))
    if pen.chance(0.12):
        return _timed(pen, first)
    second = _following(pen, first) if pen.chance(0.22) else inside(pen, job(pen))
    if pen.chance(0.2):
        first, second = inside(pen, job(pen)), inside(pen, job(pen))
        return pen.pick(BUT_FIRST).format(a=first, b=second), ordered((second, first), {0: (1,)})
    return pen.pick(THEN).format(a=first, b=second), ordered((first, second), {1: (0,)})


def _following(pen: Pen, first: Clause) -> Clause:
    """A clause that refers back to the one before it."""
    task, there = first.tasks[-1], names.place(pen)
    if task["kind"] == "deliver" and len(first.tasks) == 1:
        if pen.chance(0.35):
            cargo = load(pen)
            text = f"take {cargo.text} from there to {there}"
            return Clause(
                text,
                text.replace("take", "taking", 1),
                ({"kind": "deliver", **cargo.fields, "from": task["to"], "to": there},),
            )
        them = "them" if "quantity" in task or str(task["item"]).rstrip(CLOSE).endswith("s") else "it"
        again: Task = {key: task[key] for key in ("item", "quantity") if key in task}
        verb, doing = pen.pick(("bring bringing", "take taking", "move moving", "deliver delivering")).split()
        back = pen.pick(("", "", " back", " on"))
        return Clause(
            f"{verb} {them}{back} to {there}",
            f"{doing} {them}{back} to {there}",
            ({"kind": "deliver", **again, "to": there},),
        )
    if task["kind"] == "go" and pen.chance(0.5):
        for_ = amounts.duration(pen)
        return Clause(f"wait there for {for_}", f"waiting there for {for_}", ({"kind": "wait", "duration": for_},))
    end = task.get("to")
    if task["kind"] == "go" and isinstance(end, Mark):
        verb, doing = pen.pick(("inspect inspecting", "check checking", "patrol patrolling")).split()
        kind = "patrol" if verb == "patrol" else "inspect"
        return Clause(f"{verb} it", f"{doing} it", ({"kind": kind, "places": [end]},))
    return inside(pen, job(pen))


def _timed(pen: Pen, first: Clause) -> tuple[str, list[Task]]:
    """Two jobs, the second with its time in front: "go to dock 3, then at 3 pm inspect aisle B"."""
    when, fields = step(pen)
    second = job(pen).with_(**fields)
    then = pen.chance(0.7)
    glue = pen.pick(
        (", then ", " and then ", ", and then ", ". then ", ". after that, ") if then else (" and ", ", and ", ". ")
    )
    return f"{first}{glue}{when}{second}", ordered((first, second), {1: (0,)} if then else {})


def _three(pen: Pen) -> tuple[str, list[Task]]:
    a, b, c = (inside(pen, job(pen)) for _ in range(3))
    return pen.pick(THREE).format(a=a, b=b, c=c), ordered((a, b, c), {1: (0,), 2: (1,)})


def _side_by_side(pen: Pen) -> tuple[str, list[Task]]:
    a, b = inside(pen, job(pen)), inside(pen, job(pen))
    if pen.chance(0.2):
        c = inside(pen, job(pen))
        return pen.pick(ALL_THREE).format(a=a, b=b, c=c), ordered((a, b, c), {})
    return pen.pick(BOTH).format(a=a, b=b), ordered((a, b), {})


def _mixed(pen: Pen) -> tuple[str, list[Task]]:
    if pen.chance(0.25):
        return _long(pen)
    a, b, c = job(pen), job(pen), job(pen)
    if pen.chance(0.5):
        return pen.pick(FORK).format(a=a, b=b, c=c), ordered((a, b, c), {1: (0,), 2: (0,)})
    return pen.pick(MEET).format(a=a, b=b, c=c), ordered((a, b, c), {2: (0, 1)})


def _long(pen: Pen) -> tuple[str, list[Task]]:
    """Four jobs, in a row or in pairs."""
    a, b, c, d = job(pen), job(pen), job(pen), job(pen)
    form, after = pen.pick(FOUR)
    return form.format(a=a, b=b, c=c, d=d), ordered((a, b, c, d), after)


def each_robot(pen: Pen) -> tuple[str, list[Task]]:
    """Two robots, each told its own job or its own two steps."""
    one, two = names.robot(pen), names.robot(pen)
    if pen.chance(0.15):
        left, right = names.place(pen), names.place(pen)
        text = pen.pick(EACH_TO).format(r=one, s=two, a=left, b=right)
        return text, [{"kind": "go", "to": left, "robot": one}, {"kind": "go", "to": right, "robot": two}]
    a, b = job(pen).with_(robot=one), job(pen).with_(robot=two)
    forms = (
        "have {} {} and {} {}",
        "{}, {}. {}, {}",
        "{}: {}. {}: {}",
        "let {} {} while {} should {}",
        "tell {} to {} and {} to {}",
        "{} should {} and {} should {}",
        "{}, {}; {}, {}",
        "{}, {}, and {}, {}",
    )
    if pen.chance(0.3):
        c = job(pen).with_(robot=two)
        return f"{one}, {a}. {two}, {b}, then {c}", ordered((a, b, c), {2: (1,)})
    if pen.chance(0.35):
        a = Clause(a.imperative, a.gerund, tuple({k: v for k, v in task.items() if k != "robot"} for task in a.tasks))
        glue, after = pen.pick(
            (
                (", then have", {1: (0,)}),
                (" and have", {}),
                (", meanwhile let", {}),
                (", then let", {1: (0,)}),
            )
        )
        return f"{a}{glue} {two} {b}", ordered((a, b), after)
    return pen.pick(forms).format(one, a, two, b), ordered((a, b), {})


def _addressed(pen: Pen, text: str, tasks: list[Task]) -> tuple[str, list[Task]]:
    """The goal, perhaps said to a robot, to so many robots or to a kind of robot; or else politely."""
    whom = pen.weigh({"nobody": 48, "polite": 22, "robot": 24, "robots": 4, "kind": 4})
    if text.startswith(NOT_VERBS):
        robot = names.robot(pen)
        if whom != "robot" or any({"robot", "robots", "needs"} & task.keys() for task in tasks):
            return pen.pick(("", "", "", "please, ", "ok, ", "the plan: ")) + text, tasks
        return f"{robot}{pen.pick((', ', ': ', ', please '))}{text}", [{**task, "robot": robot} for task in tasks]
    if whom == "polite":
        return pen.pick(POLITE) + text, tasks
    if whom == "nobody" or any({"robot", "robots", "needs"} & task.keys() for task in tasks):
        return text, tasks
    if whom == "robot":
        robot = names.robot(pen)
        return pen.pick(SAID_TO).format(robot) + text, [{**task, "robot": robot} for task in tasks]
    if whom == "robots":
        count = amounts.small(pen, 6)
        several = f"{count} {pen.pick(('robots', 'vehicles', 'robots', 'machines'))}"
        return pen.pick(SOME_ROBOTS).format(several) + text, [{**task, "robots": count} for task in tasks]
    words, skills = needy(pen)
    return pen.pick(SOME_ROBOTS).format(words) + text, [{**task, "needs": skills} for task in tasks]


def limited(pen: Pen, text: str, tasks: list[Task]) -> tuple[str, list[Task]]:
    """The goal, perhaps with a limit on all of it behind or in front."""
    where = pen.weigh({"none": 74, "behind": 20, "front": 6})
    if where == "none":
        return text, tasks
    extra, fields = (own if where == "behind" else leading)(pen, len(tasks) > 1)
    if any(fields.keys() & task.keys() for task in tasks):
        return text, tasks
    return (text + extra if where == "behind" else extra + text), [{**task, **fields} for task in tasks]
