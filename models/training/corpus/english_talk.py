"""English that is no job: orders to running work, questions, platoons, and what must not become a goal."""

from . import names
from .danger import danger
from .english import deliver, go, inspect
from .pen import Mark, Pen, Reading, Value
from .small_talk import small_talk
from .words import Words

LISTS = Words("english_talk")
CONTROL_ALL = LISTS.groups("control_all")
CONTROL_ONE = LISTS.groups("control_one")
QUERY_ALL = LISTS.groups("query_all")
QUERY_ONE = LISTS.groups("query_one")
CHAT = LISTS.list("chat")
INJECTION = LISTS.list("injection")
STATEMENT = LISTS.list("statement")
UNSAFE_ONE = LISTS.list("unsafe_one")
UNSAFE = LISTS.list("unsafe")
UNSAFE_GLUE = LISTS.list("unsafe_glue")
LOST = LISTS.list("lost")


def control(pen: Pen) -> tuple[str, Reading]:
    """An order to work that runs."""
    command = pen.pick(sorted(CONTROL_ALL))
    lead = pen.weigh({"": 80.0, "please ": 8, "now ": 3, "ok, ": 3, "robots, ": 2, "i want you to ": 2, "quickly, ": 2})
    if pen.chance(0.35):
        return lead + pen.pick(CONTROL_ALL[command]), Reading({"intent": "control", "command": command})
    target = _target(pen, {"goal": 4 if command != "home" else 0, "robot": 6})
    text = lead + pen.pick(CONTROL_ONE[command]).format(target)
    return text, Reading({"intent": "control", "command": command, "target": target})


def query(pen: Pen) -> tuple[str, Reading]:
    """A question about the fleet."""
    about = pen.pick(sorted(QUERY_ALL))
    if pen.chance(0.35):
        return _polite(pen, pen.pick(QUERY_ALL[about])), Reading({"intent": "query", "about": about})
    kinds = {"robots": {"place": 8.0, "goal": 2}, "battery": {"robot": 1.0}}.get(
        about, {"robot": 7.0, "goal": 3, "place": 0.7}
    )
    target = _target(pen, kinds)
    text = _polite(pen, pen.pick(QUERY_ONE[about]).format(target))
    return text, Reading({"intent": "query", "about": about, "target": target})


def _polite(pen: Pen, text: str) -> str:
    lead = pen.weigh(
        {"": 85.0, "please tell me ": 4, "can you tell me ": 4, "i want to know ": 3, "quick question, ": 4}
    )
    return lead + text


def _target(pen: Pen, kinds: dict[str, float]) -> Mark:
    kind = pen.weigh(kinds)
    if kind == "goal":
        number = pen.rng.randrange(1, 300)
        return pen.mark(pen.rng.choice((f"goal {number}", f"g{number}", f"goal {number}", f"G{number}")))
    return names.robot(pen) if kind == "robot" else names.place(pen)


def unclear(pen: Pen) -> tuple[str, Reading]:
    """What must not become a goal."""
    what = pen.weigh({_chat: 40.0, _unsafe: 40, _lost: 20})
    return what(pen)


def _chat(pen: Pen) -> tuple[str, Reading]:
    if pen.chance(0.45):
        return small_talk(pen), _refusal("not_a_goal")
    options = pen.pick((CHAT, CHAT, INJECTION, STATEMENT, STATEMENT, STATEMENT, INJECTION))
    text = pen.pick(options)
    if options is STATEMENT:
        text = text.format(*(pen.rng.choice((names.place, names.robot))(pen) for _ in range(2)))
    return text, _refusal("not_a_goal")


def _unsafe(pen: Pen) -> tuple[str, Reading]:
    text = danger(pen) if pen.chance(0.5) else pen.pick(UNSAFE)
    if pen.chance(0.2):
        text = pen.pick(UNSAFE_ONE).format(names.robot(pen) if pen.chance(0.6) else names.place(pen))
    if pen.chance(0.4):
        clause = str(pen.pick((deliver, go, inspect))(pen))
        pair = (clause, text) if pen.chance(0.75) else (text, clause)
        text = pen.pick(UNSAFE_GLUE).join(pair)
    elif pen.chance(0.3):
        text = f"{names.robot(pen)}, {text}"
    return text, _refusal("unsafe")


def _lost(pen: Pen) -> tuple[str, Reading]:
    """A pronoun that refers to nothing."""
    text, there = pen.pick(LOST), pen.mark("there")
    pronoun = pen.mark(pen.pick(("it", "them", "it", "that", "this", "those") if "{it}" in text else ("it",)))
    said = text.format(names.place(pen), names.place(pen), it=pronoun, there=there)
    return said, _refusal("ambiguous", [there if "{there}" in text else pronoun])


def _refusal(reason: str, phrases: list[Mark] | None = None) -> Reading:
    empty: Value = []
    return Reading({"intent": "unclear", "reason": reason, "phrases": phrases or empty})
