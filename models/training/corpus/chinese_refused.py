"""Chinese that must not become a goal, or not a whole one: talk, danger, words that refer to nothing."""

from . import chinese_words as words
from .chinese import deliver, go, inspect, job, listed, load
from .danger import danger_zh
from .pen import Pen, Reading, Task
from .small_talk import small_talk_zh
from .words import Words

LISTS = Words("chinese_talk")
CHAT = LISTS.list("chat")
STATEMENT = LISTS.list("statement")
UNSAFE_ONE = LISTS.list("unsafe_one")
UNSAFE = LISTS.list("unsafe")
REFUSED = Words("chinese_refused")
HARD = {kind: REFUSED.list(kind) for kind in ("negated", "past", "unreal", "asked", "foreign", "injected")}
LOST = REFUSED.list("lost")
HALF = REFUSED.list("half")


def unclear(pen: Pen) -> tuple[str, Reading]:
    """What must not become a goal; or half a goal, whose other half the reader asks for."""
    what = pen.weigh({"chat": 18.0, "hard": 38, "unsafe": 28, "lost": 17, "half": 4})
    if what == "lost":
        return _lost(pen)
    if what == "half":
        return _half(pen)
    text = {"chat": _chat, "hard": _hard, "unsafe": _unsafe}[what](pen)
    return text, Reading({"intent": "unclear", "reason": "unsafe" if what == "unsafe" else "not_a_goal", "phrases": ()})


def _chat(pen: Pen) -> str:
    if pen.chance(0.4):
        return small_talk_zh(pen)
    if pen.chance(0.5):
        return pen.pick(CHAT)
    return pen.pick(STATEMENT).format(*(pen.rng.choice((words.place, words.robot))(pen) for _ in range(2)))


def _hard(pen: Pen) -> str:
    """What has the words of a goal and is none."""
    kind = pen.weigh({"negated": 26.0, "past": 18, "unreal": 14, "asked": 18, "foreign": 10, "injected": 18})
    form = pen.pick(HARD[kind])
    places = [words.place(pen) for _ in range(pen.pick((1, 1, 2)))]
    return form.format(
        c=job(pen) if "{c}" in form else "",
        cargo=load(pen)[0],
        robot=words.robot(pen),
        start=words.place(pen),
        end=words.place(pen),
        at=listed(pen, places) if kind != "foreign" else str(places[0]),
    )


def _unsafe(pen: Pen) -> str:
    text = danger_zh(pen) if pen.chance(0.6) else pen.pick(UNSAFE)
    if pen.chance(0.15):
        text = pen.pick(UNSAFE_ONE).format(words.robot(pen) if pen.chance(0.6) else words.place(pen))
    if pen.chance(0.4):
        clause = str((job if pen.chance(0.5) else pen.pick((deliver, go, inspect)))(pen))
        pair = (clause, text) if pen.chance(0.7) else (text, clause)
        text = pen.pick(("，", "，并", "，同时", "，然后", "，并且", "，再", "。", "，路上", "，顺便")).join(pair)
        return text + f"，{pen.pick(('然后', '再', '最后'))}{job(pen)}" if pen.chance(0.15) else text
    return f"{pen.pick(('让', ''))}{words.robot(pen)}{text}" if pen.chance(0.3) else text


def _lost(pen: Pen) -> tuple[str, Reading]:
    """A pronoun that refers to nothing."""
    form = pen.pick(LOST)
    it = pen.mark(pen.pick(("它", "它", "它们", "这个", "那个", "这些", "那些", "另一个")))
    there = pen.mark(pen.pick(("那里", "那边", "那儿", "这里", "这边", "这儿")))
    text = form.format(p=words.place(pen), q=words.place(pen), r=words.robot(pen), it=it, there=there)
    return text, Reading({"intent": "unclear", "reason": "ambiguous", "phrases": [there if "{there}" in form else it]})


def _half(pen: Pen) -> tuple[str, Reading]:
    """A delivery to nowhere: read as far as it goes."""
    form, (cargo, fields), start = pen.pick(HALF), load(pen), words.place(pen)
    source: Task = {"from": start} if "{start}" in form else {}
    return form.format(cargo=cargo, start=start), Reading(
        {"intent": "tasks"}, [{"kind": "deliver", **fields, **source}]
    )
