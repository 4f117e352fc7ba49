"""Whole Chinese goals: one job, jobs in a row, jobs side by side, and the robots that they are said to."""

from . import chinese
from . import chinese_words as words
from .chinese import CARRY, Phrase
from .chinese_limits import inside, needy, own
from .chinese_said import corrected, radio, said, said_twice, stay, stock, terse
from .chinese_special import special
from .order import ordered
from .pen import Pen, Task
from .words import Words

LISTS = Words("chinese")
THEN = LISTS.list("then")
BUT_FIRST = LISTS.list("but_first")
THREE = LISTS.list("three")
BOTH = LISTS.list("both")
FORK = LISTS.list("fork")
MEET = LISTS.list("meet")
SAID_TO = LISTS.list("said_to")
POLITE = LISTS.list("polite")


def job(pen: Pen, limits: float = 0.22) -> Phrase:
    """Any job that a robot does alone, perhaps with a limit of its own in front."""
    phrase = chinese.job(pen)
    return inside(pen, phrase) if pen.chance(0.06 if phrase.tasks[0]["kind"] == "wait" else limits) else phrase


SHAPES = {
    "one": 40,
    "two": 24,
    "three": 6,
    "list": 12,
    "mixed": 6,
    "robots": 4,
    "special": 9,
    "said": 22,
    "radio": 5,
    "terse": 4,
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
    "corrected": corrected,
    "stay": stay,
    "stock": stock,
    "said twice": said_twice,
}


def plan(pen: Pen) -> tuple[str, list[Task]]:
    """A goal of Chinese and its tasks, without surface polish."""
    shape = pen.weigh(SHAPES)
    if shape in WHOLE:
        return limited(pen, *WHOLE[shape](pen))
    if shape == "robots":
        return _each_robot(pen)
    text, tasks = {"one": _one, "two": _two, "three": _three, "list": _side_by_side, "mixed": _mixed}[shape](pen)
    return limited(pen, *_addressed(pen, text, tasks))


def _one(pen: Pen) -> tuple[str, list[Task]]:
    phrase = job(pen, 0.4)
    return str(phrase), list(phrase.tasks)


def _two(pen: Pen) -> tuple[str, list[Task]]:
    a, b = job(pen), job(pen)
    if pen.chance(0.18):
        return pen.pick(BUT_FIRST).format(a=a, b=b), ordered((b, a), {0: (1,)})
    task = a.tasks[-1]
    if task["kind"] == "deliver" and len(a.tasks) == 1 and pen.chance(0.25):
        there = words.place(pen)
        again: Task = {key: task[key] for key in ("item", "quantity") if key in task}
        text = f"把{'它们' if 'quantity' in task else '它'}{pen.pick(CARRY)}{there}"
        b = Phrase(text, ({"kind": "deliver", **again, "to": there},))
    return pen.pick(THEN).format(a=a, b=b), ordered((a, b), {1: (0,)})


def _three(pen: Pen) -> tuple[str, list[Task]]:
    a, b, c = job(pen), job(pen), job(pen)
    return pen.pick(THREE).format(a=a, b=b, c=c), ordered((a, b, c), {1: (0,), 2: (1,)})


def _side_by_side(pen: Pen) -> tuple[str, list[Task]]:
    a, b = job(pen), job(pen)
    return pen.pick(BOTH).format(a=a, b=b), ordered((a, b), {})


def _mixed(pen: Pen) -> tuple[str, list[Task]]:
    a, b, c = job(pen, 0), job(pen, 0), job(pen, 0)
    if pen.chance(0.5):
        return pen.pick(FORK).format(a=a, b=b, c=c), ordered((a, b, c), {1: (0,), 2: (0,)})
    return pen.pick(MEET).format(a=a, b=b, c=c), ordered((a, b, c), {2: (0, 1)})


def _each_robot(pen: Pen) -> tuple[str, list[Task]]:
    one, two = words.robot(pen), words.robot(pen)
    a, b = job(pen, 0).front("", robot=one), job(pen, 0).front("", robot=two)
    if pen.chance(0.3):
        c = job(pen, 0).front("", robot=two)
        return f"{one}，{a}。{two}，{b}，然后{c}", ordered((a, b, c), {2: (1,)})
    forms = ("让{}{}，让{}{}", "{}，{}；{}，{}", "让{}{}，同时让{}{}", "{}{}，{}{}", "{}：{}。{}：{}")
    return pen.pick(forms).format(one, a, two, b), ordered((a, b), {})


def _addressed(pen: Pen, text: str, tasks: list[Task]) -> tuple[str, list[Task]]:
    whom = pen.weigh({"nobody": 44, "polite": 24, "robot": 24, "robots": 4, "kind": 4})
    if whom == "polite":
        return pen.pick(POLITE) + text, tasks
    if whom == "nobody" or any({"robot", "robots", "needs"} & task.keys() for task in tasks):
        return text, tasks
    if whom == "robot":
        robot = words.robot(pen)
        return pen.pick(SAID_TO).format(robot) + text, [{**task, "robot": robot} for task in tasks]
    if whom == "robots":
        count = words.count(pen, 6)
        lead = f"{pen.pick(('派', '让', '请'))}{count}{pen.pick(('台', '辆', '个'))}"
        return lead + pen.pick(("机器人", "车", "小车")) + text, [{**task, "robots": count} for task in tasks]
    kind, skills = needy(pen)
    return f"{pen.pick(('派', '让', '找'))}{pen.pick(('', '一台'))}{kind}{text}", [
        {**task, "needs": skills} for task in tasks
    ]


def limited(pen: Pen, text: str, tasks: list[Task]) -> tuple[str, list[Task]]:
    """The goal, perhaps with a clause of its own behind or in front that stands on all of it."""
    where = pen.weigh({"none": 74, "behind": 20, "front": 6})
    if where == "none":
        return text, tasks
    extra, fields = own(pen, len(tasks) > 1)
    if any(fields.keys() & task.keys() for task in tasks):
        return text, tasks
    return (text + pen.pick(("，", "，", "。", "；")) + extra if where == "behind" else f"{extra}，{text}"), [
        {**task, **fields} for task in tasks
    ]
