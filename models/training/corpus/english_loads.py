"""What English deliveries carry: one load, several, or one that is shared out."""

from dataclasses import dataclass

from . import amounts, names
from .clauses import Clause, verbed
from .pen import Mark, Pen, Task
from .slips import perhaps
from .words import Words

BRING = Words("english").list("bring")
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


@dataclass(frozen=True, slots=True)
class Load:
    """What a delivery carries: its words and its fields."""

    text: str
    fields: Task
    plural: bool


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


def two_items(pen: Pen) -> Clause:
    """Two or three loads on one way."""
    loads = [load(pen) for _ in range(3 if pen.chance(0.2) else 2)]
    start, end = names.place(pen), names.place(pen)
    where: Task = {"to": end}
    rest = (
        ", ".join(each.text for each in loads[:-1]) + pen.pick((" and ", " and ", ", and ", " plus ")) + loads[-1].text
    )
    if pen.chance(0.7):
        rest, where = f"{rest} from {start}", {"from": start, "to": end}
    tasks: tuple[Task, ...] = tuple({"kind": "deliver", **each.fields, **where} for each in loads)
    return verbed(pen, BRING, f"{rest} to {end}", " ", *tasks)


def shared(pen: Pen) -> Clause:
    """ "Bring two pallets from A, one to B and one to C"; or two loads for two places."""
    if pen.chance(0.4):
        return _elliptic(pen)
    start, left, right = names.place(pen), names.place(pen), names.place(pen)
    if pen.chance(0.4):
        one, two = load(pen), load(pen)
        rest = f"{one.text} to {left} and {two.text} to {right}"
        tasks = [
            {"kind": "deliver", **one.fields, "to": left},
            {"kind": "deliver", **two.fields, "to": right},
        ]
        return verbed(pen, BRING, rest, " ", *tasks)
    item, counts = pen.mark(names.thing(pen, True)), [pen.mark("one"), pen.mark("one")]
    if pen.chance(0.4):
        counts = [amounts.small(pen), amounts.small(pen)]
    total = pen.rng.choice(("two ", "the ", "", "some ", "four ", "both "))
    source = pen.chance(0.7)
    rest = f"{total}{item}" + (f" from {start}" if source else "")
    rest += pen.pick((", ", ": ", ", ", " - ")) + f"{counts[0]} to {left} and {counts[1]} to {right}"
    halves = zip(counts, (left, right), strict=True)
    base: Task = {"kind": "deliver", "item": item, **({"from": start} if source else {})}
    return verbed(pen, BRING, rest, " ", *({**base, "quantity": count, "to": to} for count, to in halves))


def _elliptic(pen: Pen) -> Clause:
    """Two deliveries of one kind of thing, which only the first names."""
    item, one, two = pen.mark(names.thing(pen, True)), amounts.small(pen), amounts.small(pen)
    a, b, c, d = (names.place(pen) for _ in range(4))
    form, wants = pen.pick(ELLIPTIC)
    tasks: list[Task] = []
    for count, start, end in wants:
        ways: Task = {"from": {"a": a, "c": c}[start]} if start else {}
        many: Task = {"quantity": {"n": one, "m": two}[count]} if count else {}
        tasks.append({"kind": "deliver", "item": item, **many, **ways, "to": {"b": b, "c": c, "d": d}[end]})
    return verbed(pen, BRING, form.format(n=one, m=two, item=item, a=a, b=b, c=c, d=d), " ", *tasks)


ELLIPTIC: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    ("{n} {item} from {a} to {b} and {m} from {c} to {d}", (("n", "a", "b"), ("m", "c", "d"))),
    ("{n} {item} from {a} to {b} and another {m} from {c} to {d}", (("n", "a", "b"), ("m", "c", "d"))),
    ("{n} {item} from {a} to {b} and {m} to {d}", (("n", "a", "b"), ("m", "a", "d"))),
    ("{n} {item} from {a} to {b} and another {m} to {d}", (("n", "a", "b"), ("m", "a", "d"))),
    ("{n} {item} to {b} and {m} to {d}", (("n", "", "b"), ("m", "", "d"))),
    ("{n} {item} to {b} and another {m} to {d}", (("n", "", "b"), ("m", "", "d"))),
    ("{n} {item} to {b} and {m} more to {d}", (("n", "", "b"), ("m", "", "d"))),
    ("{n} {item} from {a} and {m} from {c} to {b}", (("n", "a", "b"), ("m", "c", "b"))),
    ("{n} {item} each to {b} and {d}", (("n", "", "b"), ("n", "", "d"))),
    ("{n} {item} from {a} to {b} and {d} each", (("n", "a", "b"), ("n", "a", "d"))),
    ("the {item} from {a} and {c} to {b}", (("", "a", "b"), ("", "c", "b"))),
    ("all {item} from {a} and {c} to {b}", (("", "a", "b"), ("", "c", "b"))),
)
