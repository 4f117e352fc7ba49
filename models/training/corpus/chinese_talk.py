"""Chinese that is no job: orders to running work, questions, platoons, and what must not become a goal."""

from . import chinese_words as words
from .chinese import deliver, go, inspect
from .danger import danger_zh
from .pen import Mark, Pen, Reading
from .small_talk import small_talk_zh
from .words import Words

LISTS = Words("chinese_talk")
CONTROL_ALL = LISTS.groups("control_all")
CONTROL_ONE = LISTS.groups("control_one")
QUERY_ALL = LISTS.groups("query_all")
QUERY_ONE = LISTS.groups("query_one")
CHAT = LISTS.list("chat")
STATEMENT = LISTS.list("statement")
UNSAFE_ONE = LISTS.list("unsafe_one")
UNSAFE = LISTS.list("unsafe")
LOST = LISTS.list("lost")


def control(pen: Pen) -> tuple[str, Reading]:
    """An order to work that runs."""
    command = pen.pick(sorted(CONTROL_ALL))
    if pen.chance(0.35):
        return pen.pick(CONTROL_ALL[command]), Reading({"intent": "control", "command": command})
    target = _goal(pen) if command != "home" and pen.chance(0.4) else words.robot(pen)
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
        target = _goal(pen)
    lead = pen.weigh({"": 85.0, "请问": 10, "请告诉我": 5})
    return lead + pen.pick(QUERY_ONE[about]).format(target), Reading(
        {"intent": "query", "about": about, "target": target}
    )


def _goal(pen: Pen) -> Mark:
    number = pen.rng.randrange(1, 300)
    return pen.mark(
        pen.rng.choice((f"目标{number}", f"g{number}", f"goal {number}", f"目标{words.numeral(number % 99 + 1)}"))
    )


def unclear(pen: Pen) -> tuple[str, Reading]:
    """What must not become a goal."""
    what = pen.weigh({"chat": 40, "unsafe": 40, "lost": 20})
    if what == "lost":
        return _lost(pen)
    reason = "unsafe" if what == "unsafe" else "not_a_goal"
    text = _unsafe(pen) if what == "unsafe" else _chat(pen)
    return text, Reading({"intent": "unclear", "reason": reason, "phrases": ()})


def _chat(pen: Pen) -> str:
    if pen.chance(0.4):
        return small_talk_zh(pen)
    return pen.pick(CHAT) if pen.chance(0.5) else _statement(pen)


def _statement(pen: Pen) -> str:
    return pen.pick(STATEMENT).format(*(pen.rng.choice((words.place, words.robot))(pen) for _ in range(2)))


def _unsafe(pen: Pen) -> str:
    text = danger_zh(pen) if pen.chance(0.5) else pen.pick(UNSAFE)
    if pen.chance(0.2):
        text = pen.pick(UNSAFE_ONE).format(words.robot(pen) if pen.chance(0.6) else words.place(pen))
    if pen.chance(0.4):
        clause = str(pen.pick((deliver, go, inspect))(pen))
        return pen.pick(("，", "，并", "，同时", "，然后")).join((clause, text) if pen.chance(0.75) else (text, clause))
    return f"{pen.pick(('让', ''))}{words.robot(pen)}{text}" if pen.chance(0.3) else text


def _lost(pen: Pen) -> tuple[str, Reading]:
    text = pen.pick(LOST)
    pronoun = pen.mark(pen.pick(("它", "它们", "这个", "那个") if "{it}" in text else ("它",)))
    there = pen.mark(pen.pick(("那里", "那边", "那儿") if "{there}" in text else ("那里",)))
    said = text.format(words.place(pen), words.place(pen), it=pronoun, there=there)
    phrases = [there if "{there}" in text else pronoun]
    return said, Reading({"intent": "unclear", "reason": "ambiguous", "phrases": phrases})
