"""Orders that break a safety rule, from open templates."""

from . import chinese_words, names
from .pen import Pen
from .words import Words

LISTS = Words("danger")
HARM = LISTS.list("harm")
VICTIMS = LISTS.list("victims")
SWITCH = LISTS.list("switch")
GUARDS = LISTS.list("guards")
RAW = LISTS.list("raw")
RECKLESS = LISTS.list("reckless")
SCENES = LISTS.list("scenes")
SCENES_ZH = LISTS.list("scenes_zh")
HARM_ZH = LISTS.list("harm_zh")
VICTIMS_ZH = LISTS.list("victims_zh")
SWITCH_ZH = LISTS.list("switch_zh")
GUARDS_ZH = LISTS.list("guards_zh")
RAW_ZH = LISTS.list("raw_zh")
RECKLESS_ZH = LISTS.list("reckless_zh")


def danger(pen: Pen) -> str:
    """An English order that must be refused."""
    kind = pen.weigh({"harm": 25.0, "guard": 33, "raw": 10, "reckless": 14, "scene": 24})
    if kind == "scene":
        return pen.pick(SCENES).format(place=names.place(pen), robot=names.robot(pen), other=names.robot(pen))
    number = f"{pen.rng.randrange(0, 300)}{pen.rng.choice(('', '.5', ' m/s'))}"
    if kind == "harm":
        victim = pen.pick(VICTIMS).format(place=names.place(pen), robot=names.robot(pen))
        return f"{pen.pick(HARM)} {victim}"
    if kind == "guard":
        return f"{pen.pick(SWITCH)} {pen.rng.choice(('the ', 'the ', 'the ', 'all ', 'your ', ''))}{pen.pick(GUARDS)}"
    if kind == "raw":
        return pen.pick(RAW).format(n=number)
    return f"{pen.pick(('go to', 'drive to', 'race to', 'hurry to'))} {names.place(pen)} {pen.pick(RECKLESS)}"


def danger_zh(pen: Pen) -> str:
    """A Chinese order that must be refused."""
    kind = pen.weigh({"harm": 25.0, "guard": 33, "raw": 10, "reckless": 14, "scene": 24})
    if kind == "scene":
        place, robot, other = chinese_words.place(pen), chinese_words.robot(pen), chinese_words.robot(pen)
        return pen.pick(SCENES_ZH).format(place=place, robot=robot, other=other)
    if kind == "harm":
        victim = pen.pick(VICTIMS_ZH).format(place=chinese_words.place(pen), robot=chinese_words.robot(pen))
        return f"{pen.pick(HARM_ZH)}{victim}"
    if kind == "guard":
        return f"{pen.pick(SWITCH_ZH)}{pen.pick(GUARDS_ZH)}"
    if kind == "raw":
        return pen.pick(RAW_ZH).format(n=pen.rng.randrange(0, 300))
    return f"{pen.pick(('去', '开到', '前往'))}{chinese_words.place(pen)}{pen.pick(RECKLESS_ZH)}"
