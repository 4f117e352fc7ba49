"""English that must not become a goal, or not a whole one: talk, danger, words that refer to nothing."""

from . import names
from .clauses import Clause, listed
from .danger import danger
from .english import deliver, go, inspect, job
from .english_loads import load
from .pen import Mark, Pen, Reading, Task, Value
from .small_talk import small_talk
from .words import Words

LISTS = Words("english_talk")
CHAT = LISTS.list("chat")
INJECTION = LISTS.list("injection")
STATEMENT = LISTS.list("statement")
UNSAFE_ONE = LISTS.list("unsafe_one")
UNSAFE = LISTS.list("unsafe")
UNSAFE_GLUE = LISTS.list("unsafe_glue")
REFUSED = Words("english_refused")
HARD = {kind: REFUSED.list(kind) for kind in ("negated", "past", "unreal", "asked", "foreign", "injected")}
LOST = REFUSED.list("lost")
HALF = REFUSED.list("half")
PRONOUNS = (
    "it",
    "it",
    "it",
    "them",
    "them",
    "that",
    "this",
    "those",
    "these",
    "that one",
    "this one",
    "the other one",
    "one of them",
)


def unclear(pen: Pen) -> tuple[str, Reading]:
    """What must not become a goal; or half a goal, whose other half the reader asks for."""
    what = pen.weigh({_chat: 18.0, _hard: 38, _unsafe: 28, _lost: 17, _half: 4})
    return what(pen)


def _chat(pen: Pen) -> tuple[str, Reading]:
    if pen.chance(0.45):
        return small_talk(pen), _refusal("not_a_goal")
    options = pen.pick((CHAT, CHAT, INJECTION, STATEMENT, STATEMENT, STATEMENT, INJECTION))
    text = pen.pick(options)
    if options is STATEMENT:
        text = text.format(*(pen.rng.choice((names.place, names.robot))(pen) for _ in range(2)))
    return text, _refusal("not_a_goal")


def _hard(pen: Pen) -> tuple[str, Reading]:
    """What has the words of a goal and is none."""
    kind = pen.weigh({"negated": 26.0, "past": 18, "unreal": 14, "asked": 18, "foreign": 10, "injected": 18})
    form = pen.pick(HARD[kind])
    clause = job(pen) if "{c}" in form or "{g}" in form else Clause("", "", ())
    places = [names.place(pen) for _ in range(pen.pick((1, 1, 2)))]
    text = form.format(
        c=clause.imperative,
        g=clause.gerund,
        cargo=load(pen).text,
        robot=names.robot(pen),
        start=names.place(pen),
        end=names.place(pen),
        at=listed(pen, places) if kind != "foreign" else str(places[0]),
    )
    return text, _refusal("not_a_goal")


def _unsafe(pen: Pen) -> tuple[str, Reading]:
    text = danger(pen) if pen.chance(0.6) else pen.pick(UNSAFE)
    if pen.chance(0.15):
        text = pen.pick(UNSAFE_ONE).format(names.robot(pen) if pen.chance(0.6) else names.place(pen))
    if pen.chance(0.4):
        clause = str((job if pen.chance(0.5) else pen.pick((deliver, go, inspect)))(pen))
        pair = (clause, text) if pen.chance(0.7) else (text, clause)
        text = pen.pick(UNSAFE_GLUE).join(pair)
        if pen.chance(0.2):
            text += pen.pick((" and then ", ", then ", " and ")) + str(job(pen))
    elif pen.chance(0.3):
        text = f"{names.robot(pen)}, {text}"
    return text, _refusal("unsafe")


def _lost(pen: Pen) -> tuple[str, Reading]:
    """A pronoun that refers to nothing."""
    form = pen.pick(LOST)
    word = pen.pick(PRONOUNS)
    it = pen.mark(word.removeprefix("the "), "the " if word.startswith("the ") else "")
    there = pen.mark(pen.pick(("there", "there", "here", "here")), pen.pick(("", "", "over ")))
    said = form.format(p=names.place(pen), q=names.place(pen), r=names.robot(pen), it=it, there=there)
    return said, _refusal("ambiguous", [there if "{there}" in form else it])


def _half(pen: Pen) -> tuple[str, Reading]:
    """A delivery to nowhere: read as far as it goes."""
    form, cargo, start = pen.pick(HALF), load(pen), names.place(pen)
    source: Task = {"from": start} if "{start}" in form else {}
    return form.format(cargo=cargo.text, start=start), Reading(
        {"intent": "tasks"}, [{"kind": "deliver", **cargo.fields, **source}]
    )


def _refusal(reason: str, phrases: list[Mark] | None = None) -> Reading:
    empty: Value = []
    return Reading({"intent": "unclear", "reason": reason, "phrases": phrases or empty})
