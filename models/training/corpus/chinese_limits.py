"""What Chinese says about a job besides the job: when, how urgent, by whom, where not."""

from . import chinese_words as words
from .chinese import Phrase, listed
from .pen import Mark, Pen, Task
from .words import Words

LISTS = Words("chinese")
BEFORE = LISTS.list("before")
NOT_BEFORE = LISTS.list("not_before")
WITHIN = LISTS.list("within")
DELAY = LISTS.list("delay")
AVOID_FRONT = LISTS.list("avoid_front")
AVOID_OWN = LISTS.list("avoid_own")
PRIORITY = LISTS.groups("priority")
PRIORITY_OWN = LISTS.groups("priority_own")
OWN_TIMED = LISTS.groups("own_timed")
OWN_ROBOT = LISTS.list("own_robot")


def inside(pen: Pen, phrase: Phrase) -> Phrase:
    """The phrase with a limit of its own."""
    what = pen.weigh(
        {
            "by": 24,
            "not_before": 9,
            "within": 10,
            "delay": 8,
            "avoid": 18,
            "priority": 12,
            "needs": 7,
            "robots": 5,
            "robot": 7,
            "between": 3,
            "repeat": 5,
        }
    )
    if what == "repeat":
        return _repeated(pen, phrase)
    comma = pen.pick(("", "", "，")) if what in ("by", "not_before", "within", "delay") else ""
    if what in ("by", "not_before"):
        mark = words.clock(pen)
        return phrase.front(pen.pick(BEFORE if what == "by" else NOT_BEFORE).format(mark) + comma, **{what: mark})
    if what in ("within", "delay"):
        mark = words.duration(pen)
        return phrase.front(pen.pick(WITHIN if what == "within" else DELAY).format(mark) + comma, **{what: mark})
    if what == "between":
        start, end = words.clock(pen), words.clock(pen)
        return phrase.front(
            pen.pick(("在{}到{}之间", "{}之后{}之前", "{}到{}之间")).format(start, end),
            not_before=start,
            by=end,
        )
    if what == "avoid":
        marks = [words.place(pen) for _ in range(2 if pen.chance(0.15) else 1)]
        return phrase.front(pen.pick(AVOID_FRONT).format(listed(pen, marks)), avoid=marks)
    if what == "priority":
        level = pen.pick(sorted(PRIORITY))
        return phrase.front(pen.pick(PRIORITY[level]), priority=level)
    if what == "needs":
        text, skills = needy(pen)
        return phrase.front(f"用{text}", needs=skills)
    if what == "robots":
        count = words.count(pen, 6)
        return phrase.front(f"用{count}{pen.pick(('台', '辆', '个'))}{pen.pick(('机器人', '车'))}", robots=count)
    robot = words.robot(pen)
    return phrase.front(f"用{robot}", robot=robot)


def _repeated(pen: Pen, phrase: Phrase) -> Phrase:
    """The phrase with how often."""
    if {"times", "every"} & phrase.tasks[0].keys() or phrase.tasks[0]["kind"] == "wait":
        return phrase
    if pen.chance(0.5):
        times = words.count(pen, 10)
        return phrase.behind(f"{times}{pen.pick(('次', '趟', '遍'))}", times=times)
    lead, every = words.period(pen)
    return phrase.front(lead, every=every)


def needy(pen: Pen) -> tuple[str, list[Mark]]:
    """A kind of robot, with its capabilities."""
    skills = [words.skill(pen) for _ in range(2 if pen.chance(0.15) else 1)]
    form = pen.pick(
        (
            "能{}的机器人",
            "会{}的机器人",
            "带{}的机器人",
            "可以{}的车",
            "有{}功能的机器人",
            "具备{}能力的机器人",
        )
    )
    return form.format("和".join(map(str, skills))), skills


def own(pen: Pen, many: bool) -> tuple[str, Task]:
    """A clause of its own, and what it puts on every task."""
    what = pen.weigh(
        {"avoid": 40, "by": 20, "priority": 20, "needs": 6, "robot": 4, "within": 8, "not_before": 4, "delay": 1}
    )
    if what == "avoid":
        marks = [words.place(pen) for _ in range(2 if pen.chance(0.2) else 1)]
        return pen.pick(AVOID_OWN).format(listed(pen, marks)), {"avoid": marks}
    if what == "priority":
        level = pen.pick(sorted(PRIORITY_OWN))
        return pen.pick(PRIORITY_OWN[level]), {"priority": level}
    if what == "needs":
        text, skills = needy(pen)
        return pen.pick(("需要{}", "要用{}", "请用{}", "得用{}", "找{}来做", "用{}")).format(text), {"needs": skills}
    if what == "robot":
        robot = words.robot(pen)
        return pen.pick(OWN_ROBOT).format(robot), {"robot": robot}
    mark = (words.duration if what in ("within", "delay") else words.clock)(pen)
    return pen.pick(OWN_TIMED[what + ("_all" if many else "")]).format(mark), {what: mark}
