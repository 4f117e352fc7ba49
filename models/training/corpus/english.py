"""Clauses of English: one job each, as an imperative and as a gerund, with the tasks that they mean."""

from collections.abc import Sequence
from dataclasses import dataclass

from . import amounts, names
from .clauses import Clause, framed, listed
from .pen import Mark, Pen, Task
from .slips import perhaps
from .words import Words


@dataclass(frozen=True, slots=True)
class Load:
    """What a delivery carries: its words and its fields."""

    text: str
    fields: Task
    plural: bool


LISTS = Words("english")
BRING = LISTS.list("bring")
GO = LISTS.list("go")
PATROL = LISTS.list("patrol")
INSPECT = LISTS.list("inspect")
PICK = LISTS.list("pick")
WAIT = LISTS.list("wait")
ONE = ("one", "one", "one", "1", "1x")
COUNTED = ("exactly ", "all ", "the ", "another ", "these ", "just ", "our ", "the other ", "those ", "only ")
THE_MANY = (
    "the ",
    "the ",
    "the ",
    "those ",
    "these ",
    "our ",
    "all ",
    "all the ",
    "my ",
    "the remaining ",
    "all of the ",
    "any ",
)
SOME = ("some ", "some ", "a few ", "several ", "more ", "some more ", "a load of ", "a bunch of ")
THE_ONE = ("the ", "the ", "the ", "the ", "this ", "that ", "another ", "our ", "my ")


def load(pen: Pen) -> Load:
    """Something to carry: one, some, or so many."""
    form = pen.weigh({"a": 24, "many": 38, "one": 7, "the": 12, "plural": 7, "some": 4, "dozen": 3, "the s": 8})
    singular = form in ("a", "one", "the")
    words = names.thing(pen, not singular and pen.rng.random() > 0.03)
    item = pen.mark(words)
    if form == "dozen":
        short = pen.rng.choice(("dozen", "couple of", "half a dozen", "pair of", "dozen", "couple"))
        count = pen.mark(short.removesuffix(" of"), "" if short.startswith("half") else "a ")
        return Load(f"{count}{' of' if short.endswith(' of') else ''} {item}", {"item": item, "quantity": count}, True)
    if form in ("many", "one"):
        count = pen.mark(pen.rng.choice(ONE)) if form == "one" else perhaps(pen, _many)
        lead = (
            pen.rng.choice(COUNTED if form == "many" else ("", "", "", "just ", "a "))
            if pen.rng.random() < 0.12
            else ""
        )
        if lead == "a ":
            count = pen.mark("single")
        return Load(f"{lead}{count} {item}", {"item": item, "quantity": count}, form != "one")
    article = "an" if words[0] in "aeiou" else "a"
    lead = {"a": article + " ", "plural": ""}.get(form, "")
    if form != "a" and form != "plural":
        lead = pen.rng.choice({"the s": THE_MANY, "some": SOME, "the": THE_ONE}[form])
    return Load(f"{lead}{item}", {"item": item}, not singular)


def _many(pen: Pen) -> Mark:
    return amounts.small(pen, 40)


def places(pen: Pen, low: int = 1, high: int = 3) -> tuple[str, list[Mark]]:
    """Some places in a row, as words and as marks."""
    found = [names.place(pen) for _ in range(pen.pick(range(low, high + 1)))]
    return listed(pen, found), found


def _verb(pen: Pen, verbs: Sequence[str], rest: str, sep: str, *tasks: Task) -> Clause:
    plain, gerund = pen.pick(verbs).split(sep)
    return Clause(f"{plain} {rest}", f"{gerund} {rest}", tasks)


def deliver(pen: Pen) -> Clause:
    """Something from somewhere to somewhere."""
    shape = pen.weigh(
        {
            "frame": 45,
            "from to": 30,
            "to": 10,
            "to from": 6,
            "from": 5,
            "pick": 11,
            "two": 10,
            "split": 6,
            "stock": 5,
            "give": 4,
        }
    )
    if shape == "two":
        return _two_items(pen)
    if shape == "split":
        return _split_load(pen)
    cargo, start, end = load(pen), perhaps(pen, names.place), perhaps(pen, names.place)
    task: Task = {"kind": "deliver", **cargo.fields, "to": end}
    if shape == "frame":
        them = "them" if cargo.plural else "it"
        return framed(pen, "deliver", {**task, "from": start}, cargo=cargo.text, start=start, end=end, them=them)
    if shape == "pick":
        return _pick_and_drop(pen, cargo, start, end)
    if shape == "stock":
        return _stock(pen, cargo, start, end)
    if shape == "from":
        verb = pen.pick(("bring", "take", "move", "get", "deliver", "carry"))
        source: Task = {**task, "from": start}
        return Clause(
            f"from {start} {verb} {cargo.text} to {end}",
            f"moving {cargo.text} from {start} to {end}",
            (source,),
        )
    if shape == "give":
        return _verb(pen, ["bring bringing", "send sending", "get getting"], f"{end} {cargo.text}", " ", task)
    if shape == "to":
        return _verb(pen, BRING, f"{cargo.text} {pen.pick(('to', 'to', 'to', 'over to', 'into'))} {end}", " ", task)
    rest = f"{cargo.text} from {start} {pen.pick(('to', 'to', 'to', 'over to', 'into'))} {end}"
    if shape == "to from":
        rest = f"{cargo.text} to {end} from {start}"
    return _verb(pen, BRING, rest, " ", {**task, "from": start})


def _pick_and_drop(pen: Pen, cargo: Load, start: Mark, end: Mark) -> Clause:
    them = pen.pick(("them",) if cargo.plural else ("it",))
    first, going = pen.pick(PICK).split(",")
    second, doing = pen.pick((("bring", "bringing"), ("take", "taking"), ("deliver", "delivering")))
    to, task = "to", {"kind": "deliver", **cargo.fields, "from": start, "to": end}
    if pen.chance(0.3):
        second, doing, to = pen.pick(
            (("drop", "dropping", "at"), ("put", "putting", "in"), ("unload", "unloading", "at"))
        )
    at = pen.pick(("from", "at", "from"))
    middle = f"{cargo.text} {at} {start} and"
    return Clause(
        f"{first} {middle} {second} {them} {to} {end}", f"{going} {middle} {doing} {them} {to} {end}", (task,)
    )


def _stock(pen: Pen, cargo: Load, start: Mark, end: Mark) -> Clause:
    task: Task = {"kind": "deliver", **cargo.fields, "to": end}
    rest = f"{end} with {cargo.text}"
    if pen.chance(0.5):
        rest, task = f"{rest} from {start}", {**task, "from": start}
    return _verb(
        pen,
        ["supply supplying", "restock restocking", "stock stocking", "provide providing"],
        rest,
        " ",
        task,
    )


def _two_items(pen: Pen) -> Clause:
    loads = [load(pen) for _ in range(3 if pen.chance(0.2) else 2)]
    start, end = names.place(pen), names.place(pen)
    where: Task = {"to": end}
    rest = (
        ", ".join(each.text for each in loads[:-1]) + pen.pick((" and ", " and ", ", and ", " plus ")) + loads[-1].text
    )
    if pen.chance(0.7):
        rest, where = f"{rest} from {start}", {"from": start, "to": end}
    tasks: tuple[Task, ...] = tuple({"kind": "deliver", **each.fields, **where} for each in loads)
    return _verb(pen, BRING, f"{rest} to {end}", " ", *tasks)


def _split_load(pen: Pen) -> Clause:
    """ "Bring two pallets from A, one to B and one to C"; or two loads for two places."""
    start, left, right = names.place(pen), names.place(pen), names.place(pen)
    if pen.chance(0.4):
        one, two = load(pen), load(pen)
        rest = f"{one.text} to {left} and {two.text} to {right}"
        tasks = [
            {"kind": "deliver", **one.fields, "to": left},
            {"kind": "deliver", **two.fields, "to": right},
        ]
        return _verb(pen, BRING, rest, " ", *tasks)
    item, counts = pen.mark(names.thing(pen, True)), [pen.mark("one"), pen.mark("one")]
    if pen.chance(0.4):
        counts = [amounts.small(pen), amounts.small(pen)]
    total = pen.rng.choice(("two ", "the ", "", "some ", "four ", "both "))
    source = pen.chance(0.7)
    rest = f"{total}{item}" + (f" from {start}" if source else "")
    rest += pen.pick((", ", ": ", ", ", " - ")) + f"{counts[0]} to {left} and {counts[1]} to {right}"
    halves = zip(counts, (left, right), strict=True)
    base: Task = {"kind": "deliver", "item": item, **({"from": start} if source else {})}
    return _verb(pen, BRING, rest, " ", *({**base, "quantity": count, "to": to} for count, to in halves))


def go(pen: Pen) -> Clause:
    """A drive to a place."""
    end = perhaps(pen, names.place)
    if pen.chance(0.6):
        return framed(pen, "go", {"kind": "go", "to": end}, end=end)
    return _verb(pen, GO, str(end), ",", {"kind": "go", "to": end})


def patrol(pen: Pen) -> Clause:
    """A round, perhaps repeated."""
    text, marks = places(pen, 1, pen.weigh({2: 5, 3: 4, 4: 2}))
    task: Task = {"kind": "patrol", "places": marks}
    clause = framed(pen, "patrol", task, at=text) if pen.chance(0.6) else _verb(pen, PATROL, text, ",", task)
    return _repeated(pen, clause, 0.4)


def inspect(pen: Pen) -> Clause:
    """A look at some places."""
    text, marks = places(pen, 1, pen.weigh({1: 4, 2: 5, 3: 2}))
    task: Task = {"kind": "inspect", "places": marks}
    clause = framed(pen, "inspect", task, at=text) if pen.chance(0.6) else _verb(pen, INSPECT, text, ",", task)
    return _repeated(pen, clause, 0.12)


def _repeated(pen: Pen, clause: Clause, probability: float) -> Clause:
    if not pen.chance(probability):
        return clause
    if pen.chance(0.65):
        text, mark = amounts.repetitions(pen)
        clause = clause.tail(" " + text).with_(times=mark)
        if not pen.chance(0.2):
            return clause
    every = pen.weigh({"every": 8, "hourly": 1, "daily": 1})
    mark = amounts.period(pen) if every == "every" else pen.mark(every)
    return clause.tail(f" every {mark}" if every == "every" else f" {mark}").with_(every=mark)


def charge(pen: Pen) -> Clause:
    """Charging, here or at a named charger."""
    if pen.chance(0.45):
        return framed(pen, "charge", {"kind": "charge"})
    at = names.place(pen)
    return framed(pen, "charge_at", {"kind": "charge", "to": at}, end=at)


def wait(pen: Pen) -> Clause:
    """Waiting for a time."""
    for_ = amounts.duration(pen)
    task: Task = {"kind": "wait", "duration": for_}
    return framed(pen, "wait", task, time=for_) if pen.chance(0.6) else _verb(pen, WAIT, str(for_), ",", task)


JOBS = {deliver: 46, go: 13, patrol: 11, inspect: 15, charge: 7, wait: 8}


def job(pen: Pen) -> Clause:
    """Any job that a robot does alone."""
    return pen.weigh({make: float(weight) for make, weight in JOBS.items()})(pen)
