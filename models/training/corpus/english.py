"""Clauses of English: one job each, as an imperative and as a gerund, with the tasks that they mean."""

from . import amounts, names
from .clauses import Clause, framed, listed, verbed
from .english_loads import BRING, Load, load, shared, two_items
from .pen import Mark, Pen, Task
from .slips import perhaps
from .words import Words

LISTS = Words("english")
GO = LISTS.list("go")
PATROL = LISTS.list("patrol")
INSPECT = LISTS.list("inspect")
PICK = LISTS.list("pick")
WAIT = LISTS.list("wait")


def places(pen: Pen, low: int = 1, high: int = 3) -> tuple[str, list[Mark]]:
    """Some places in a row, as words and as marks."""
    found = [names.place(pen) for _ in range(pen.pick(range(low, high + 1)))]
    return listed(pen, found), found


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
            "split": 8,
            "stock": 5,
            "give": 4,
        }
    )
    if shape == "two":
        return two_items(pen)
    if shape == "split":
        return shared(pen)
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
        return verbed(pen, ["bring bringing", "send sending", "get getting"], f"{end} {cargo.text}", " ", task)
    if shape == "to":
        return verbed(pen, BRING, f"{cargo.text} {pen.pick(('to', 'to', 'to', 'over to', 'into'))} {end}", " ", task)
    rest = f"{cargo.text} from {start} {pen.pick(('to', 'to', 'to', 'over to', 'into'))} {end}"
    if shape == "to from":
        rest = f"{cargo.text} to {end} from {start}"
    return verbed(pen, BRING, rest, " ", {**task, "from": start})


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
    return verbed(
        pen,
        ["supply supplying", "restock restocking", "stock stocking", "provide providing"],
        rest,
        " ",
        task,
    )


def go(pen: Pen) -> Clause:
    """A drive to a place."""
    end = perhaps(pen, names.place)
    if pen.chance(0.6):
        return framed(pen, "go", {"kind": "go", "to": end}, end=end)
    return verbed(pen, GO, str(end), ",", {"kind": "go", "to": end})


def patrol(pen: Pen) -> Clause:
    """A round, perhaps repeated."""
    text, marks = places(pen, 1, pen.weigh({2: 5, 3: 4, 4: 2}))
    task: Task = {"kind": "patrol", "places": marks}
    clause = framed(pen, "patrol", task, at=text) if pen.chance(0.6) else verbed(pen, PATROL, text, ",", task)
    return _repeated(pen, clause, 0.4)


def inspect(pen: Pen) -> Clause:
    """A look at some places."""
    text, marks = places(pen, 1, pen.weigh({1: 4, 2: 5, 3: 2}))
    task: Task = {"kind": "inspect", "places": marks}
    clause = framed(pen, "inspect", task, at=text) if pen.chance(0.6) else verbed(pen, INSPECT, text, ",", task)
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
    return framed(pen, "wait", task, time=for_) if pen.chance(0.6) else verbed(pen, WAIT, str(for_), ",", task)


JOBS = {deliver: 46, go: 13, patrol: 11, inspect: 15, charge: 7, wait: 8}


def job(pen: Pen) -> Clause:
    """Any job that a robot does alone."""
    return pen.weigh({make: float(weight) for make, weight in JOBS.items()})(pen)
