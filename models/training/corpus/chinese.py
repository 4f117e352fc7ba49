"""Clauses of Chinese: one job each, with the tasks that they mean."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from . import chinese_words as words
from .pen import Mark, Pen, Task, Value
from .slips import perhaps_zh
from .words import Words


@dataclass(frozen=True, slots=True)
class Phrase:
    """A job in words, with its tasks. Limits stand in front of the words."""

    text: str
    tasks: tuple[Task, ...]

    def __str__(self) -> str:
        return self.text

    def front(self, lead: str, **fields: Value) -> "Phrase":
        """The phrase behind these words, with these fields on every task."""
        return replace(self, text=lead + self.text, tasks=tuple({**task, **fields} for task in self.tasks))

    def behind(self, tail: str, **fields: Value) -> "Phrase":
        """The phrase before these words, with these fields on every task."""
        return replace(self, text=self.text + tail, tasks=tuple({**task, **fields} for task in self.tasks))


LISTS = Words("chinese")
CARRY = LISTS.list("carry")
GO = LISTS.list("go")
PATROL = LISTS.list("patrol")
INSPECT = LISTS.list("inspect")
CHARGE = LISTS.list("charge")
CHARGE_AT = LISTS.list("charge_at")
WAIT = LISTS.list("wait")
FRAMES = {
    kind: Words("chinese_frames").list(kind)
    for kind in ("deliver", "go", "patrol", "inspect", "charge", "charge_at", "wait")
}


def listed(pen: Pen, marks: list[Mark]) -> str:
    """ "A、B和C"."""
    if len(marks) == 1:
        return str(marks[0])
    return "、".join(map(str, marks[:-1])) + pen.pick(("和", "和", "与", "、", "以及", "跟")) + str(marks[-1])


def load(pen: Pen) -> tuple[str, Task]:
    item = words.thing(pen)
    form = pen.weigh({"many": 50, "one": 14, "bare": 22, "these": 5, "some": 5, "a": 4})
    if form == "many":
        count = perhaps_zh(pen, _many)
        return f"{count}{pen.rng.choice(words.MEASURES)}{item}", {"item": item, "quantity": count}
    if form == "one":
        count = pen.mark(pen.rng.choice("一一一1"))
        return f"{count}{pen.rng.choice(words.MEASURES)}{item}", {"item": item, "quantity": count}
    lead = {"bare": ("",), "these": ("这些", "那些", "这个", "那个"), "some": ("一些", "几个"), "a": ("个",)}[form]
    return f"{pen.rng.choice(lead)}{item}", {"item": item}


def _many(pen: Pen) -> Mark:
    return words.count(pen, 40)


def deliver(pen: Pen) -> Phrase:
    """Something from somewhere to somewhere."""
    shape = pen.weigh(
        {"frame": 60, "ba": 30, "from": 12, "ba to": 14, "give": 8, "fetch": 10, "two": 9, "split": 5, "back": 3}
    )
    cargo, fields = load(pen)
    start, end, to = perhaps_zh(pen, words.place), perhaps_zh(pen, words.place), pen.pick(CARRY)
    whole: Task = {"kind": "deliver", **fields, "from": start, "to": end}
    part: Task = {"kind": "deliver", **fields, "to": end}
    if shape == "frame":
        form = pen.pick(FRAMES["deliver"])
        return Phrase(form.format(cargo=cargo, start=start, end=end), (whole if "{start}" in form else part,))
    ba = pen.pick(("把", "把", "将"))
    if shape == "ba":
        return Phrase(f"{ba}{cargo}从{start}{to}{end}", (whole,))
    if shape == "from":
        verb = pen.pick(("搬", "运", "送", "拿", "取", "调"))
        return Phrase(f"从{start}{verb}{cargo}{pen.pick(('到', '去', '给', '送到'))}{end}", (whole,))
    if shape == "ba to":
        return Phrase(f"{ba}{cargo}{to}{end}", (part,))
    if shape == "give":
        return Phrase(
            pen.pick(("给{e}送{c}", "往{e}送{c}", "送{c}到{e}", "为{e}补{c}", "运{c}去{e}")).format(e=end, c=cargo),
            (part,),
        )
    if shape == "fetch":
        form = pen.pick(
            (
                "去{s}取{c}送到{e}",
                "到{s}拿{c}，送到{e}",
                "去{s}把{c}送到{e}",
                "在{s}装{c}，在{e}卸下",
                "把{s}的{c}送到{e}",
            )
        )
        return Phrase(form.format(s=start, c=cargo, e=end), (whole,))
    if shape == "back":
        return Phrase(f"{ba}{cargo}送回{end}", (part,))
    if shape == "two":
        other, more = load(pen)
        also: Task = {"kind": "deliver", **more, "to": end}
        glue = pen.pick(("和", "以及", "、", "与"))
        if pen.chance(0.7):
            return Phrase(f"{ba}{cargo}{glue}{other}从{start}{to}{end}", (whole, {**also, "from": start}))
        return Phrase(f"{ba}{cargo}{glue}{other}{to}{end}", (part, also))
    return _split(pen, start, end)


def _split(pen: Pen, start: Mark, end: Mark) -> Phrase:
    item, other, measure = words.thing(pen), words.place(pen), pen.rng.choice(words.MEASURES)
    one, two = (pen.mark("一"), pen.mark("一")) if pen.chance(0.6) else (words.count(pen), words.count(pen))
    base: Task = {"kind": "deliver", "item": item, "from": start}
    lead = f"从{start}搬{pen.rng.choice(('两', '几', '四'))}{measure}{item}，"
    text = f"{lead}{one}{measure}送到{end}，{two}{measure}送到{other}"
    return Phrase(text, ({**base, "quantity": one, "to": end}, {**base, "quantity": two, "to": other}))


def _around(pen: Pen, forms: Sequence[str], kind: str, high: int) -> Phrase:
    marks = [words.place(pen) for _ in range(pen.pick(range(1, pen.pick(range(1, high + 1)) + 1)))]
    at = listed(pen, marks)
    text = pen.pick(FRAMES[kind]).format(at=at) if pen.chance(0.6) else pen.pick(forms).format(at)
    phrase = Phrase(text, ({"kind": kind, "places": marks},))
    if pen.chance(0.4 if kind == "patrol" else 0.12):
        times = words.count(pen, 10, low=1)
        phrase = phrase.behind(f"{times}{pen.pick(('遍', '次', '圈', '趟'))}", times=times)
    if pen.chance(0.15 if kind == "patrol" else 0.06):
        lead, every = words.period(pen)
        phrase = phrase.front(lead, every=every)
    return phrase


def go(pen: Pen) -> Phrase:
    """A drive to a place."""
    end = perhaps_zh(pen, words.place)
    text = pen.pick(FRAMES["go"]).format(end=end) if pen.chance(0.6) else pen.pick(GO).format(end)
    return Phrase(text, ({"kind": "go", "to": end},))


def patrol(pen: Pen) -> Phrase:
    """A round."""
    return _around(pen, PATROL, "patrol", 4)


def inspect(pen: Pen) -> Phrase:
    """A look at some places."""
    return _around(pen, INSPECT, "inspect", 3)


def charge(pen: Pen) -> Phrase:
    """Charging, here or at a named charger."""
    if pen.chance(0.5):
        return Phrase(pen.pick(CHARGE if pen.chance(0.4) else FRAMES["charge"]), ({"kind": "charge"},))
    at = words.place(pen)
    text = pen.pick(FRAMES["charge_at"]).format(end=at) if pen.chance(0.6) else pen.pick(CHARGE_AT).format(at)
    return Phrase(text, ({"kind": "charge", "to": at},))


def wait(pen: Pen) -> Phrase:
    """Waiting for a time."""
    time = words.duration(pen)
    text = pen.pick(FRAMES["wait"]).format(time=time) if pen.chance(0.6) else pen.pick(WAIT).format(time)
    return Phrase(text, ({"kind": "wait", "duration": time},))


JOBS = {deliver: 46.0, go: 13, patrol: 11, inspect: 15, charge: 7, wait: 8}


def job(pen: Pen) -> Phrase:
    """Any job that a robot does alone."""
    make = pen.weigh(JOBS)
    return make(pen)
