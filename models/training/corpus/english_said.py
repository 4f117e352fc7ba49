"""English goals said as a statement, a wish or a question; over the radio; in telegraph style; corrected at the end."""

from . import amounts, names
from .clauses import FRAMES, Clause, listed
from .english import job
from .english_limits import inside
from .english_loads import load
from .order import ordered
from .pen import Mark, Pen, Task
from .words import Words

LISTS = Words("english_said")
KINDS = {
    "deliver": 45.0,
    "agent": 7,
    "go": 15,
    "inspect": 13,
    "agent_at": 3,
    "patrol": 8,
    "charge": 6,
    "charge_at": 5,
    "wait": 2,
}
SAID = {kind: LISTS.list(kind) for kind in KINDS}
TERSE = LISTS.list("terse")
STAY = LISTS.list("stay")
STOCK = LISTS.list("stock")
RADIO = LISTS.list("radio")
SLIPS = Words("slips")
BEHIND = SLIPS.list("behind")
NUMBER = SLIPS.list("number")
CONTRAST = SLIPS.list("contrast")
TOLD = {kind: [told for _, _, told in frames if "your" not in told] for kind, frames in FRAMES.items()}


def said(pen: Pen) -> tuple[str, list[Task]]:
    """A job as a statement, a wish or a question."""
    kind = pen.weigh(KINDS)
    form, robot = pen.pick(SAID[kind]), names.robot(pen)
    who: Task = {"robot": robot} if "{robot}" in form else {}
    if kind in ("deliver", "agent"):
        cargo, start, end = load(pen), names.place(pen), names.place(pen)
        task: Task = {**cargo.fields, **({"from": start} if "{start}" in form else {}), "to": end, **who}
        need, be, them = ("need", "are", "them") if cargo.plural else ("needs", "is", "it")
        text = form.format(cargo=cargo.text, start=start, end=end, need=need, be=be, them=them, robot=robot)
        return text, [{"kind": "deliver", **task}]
    if kind in ("inspect", "patrol", "agent_at"):
        marks = [names.place(pen) for _ in range(pen.weigh({1: 5, 2: 3, 3: 1}))]
        need, be = ("need", "are") if len(marks) > 1 else ("needs", "is")
        text = form.format(at=listed(pen, marks), need=need, be=be, robot=robot)
        return text, [{"kind": "patrol" if kind == "patrol" else "inspect", "places": marks, **who}]
    if kind == "wait":
        time = amounts.duration(pen)
        return form.format(robot=robot, time=time), [{"kind": kind, "robot": robot, "duration": time}]
    if kind == "charge":
        return form.format(robot=robot), [{"kind": kind, "robot": robot}]
    end = names.place(pen)
    return form.format(robot=robot, end=end), [{"kind": kind.removesuffix("_at"), "robot": robot, "to": end}]


def said_twice(pen: Pen) -> tuple[str, list[Task]]:
    """Two statements, the second after the first or beside it."""
    (one, first), (two, second) = said(pen), said(pen)
    then = pen.chance(0.65)
    glue = pen.pick(AFTERWARDS if then else BESIDES)
    steps = Clause(one, "", tuple(first)), Clause(two, "", tuple(second))
    return f"{one}{glue}{two}", ordered(steps, {1: (0,)} if then else {})


AFTERWARDS = (
    ", then ",
    ". then ",
    ". after that ",
    ". after that, ",
    ", and then ",
    ". once that is done, ",
    ", after that ",
)
BESIDES = (". ", " and ", ", and ", ". also, ", "; ", ". meanwhile, ", ". besides, ", ", and also ")


def stock(pen: Pen) -> tuple[str, list[Task]]:
    """A delivery whose number comes after its thing: "we're out of pallets in aisle B, bring three from dock 3"."""
    form, item, count = pen.pick(STOCK), pen.mark(names.thing(pen, True)), amounts.small(pen)
    start, end = names.place(pen), names.place(pen)
    source: Task = {"from": start} if "{start}" in form else {}
    task: Task = {"kind": "deliver", "item": item, "quantity": count, **source, "to": end}
    return form.format(item=item, n=count, start=start, end=end), [task]


def stay(pen: Pen) -> tuple[str, list[Task]]:
    """Waiting somewhere: a drive, and a wait after it."""
    end, time, robot = names.place(pen), amounts.duration(pen), names.robot(pen)
    text = pen.pick(STAY).format(end=end, time=time)
    who: Task = {}
    if pen.chance(0.5):
        text, who = (
            pen.pick(("{}, {}", "have {} {}", "let {} {}", "{} should {}", "{}: {}")).format(robot, text),
            {"robot": robot},
        )
    return text, [{"kind": "go", "to": end, **who}, {"kind": "wait", "duration": time, "after": ["t1"], **who}]


def terse(pen: Pen) -> tuple[str, list[Task]]:
    """A delivery as a note: "2 pallets dock 3 -> aisle B"."""
    form = pen.pick(TERSE)
    start, end = names.place(pen), names.place(pen)
    count = pen.mark(str(pen.rng.randint(2, 30)) if pen.rng.random() < 0.8 else amounts.number(pen.rng, 2, 12))
    item = pen.mark(names.thing(pen, "{n}" in form or pen.chance(0.5)))
    if "{n}x" in form:
        count = pen.mark(f"{pen.rng.randint(2, 30)}x")
        form = form.replace("{n}x", "{n}")
    if "x{n}" in form:
        count = pen.mark(f"x{pen.rng.randint(2, 30)}")
        form = form.replace("x{n}", "{n}")
    task: Task = {"kind": "deliver", "item": item, "to": end}
    given = {"n": ("quantity", count), "start": ("from", start)}
    task |= {key: mark for slot, (key, mark) in given.items() if f"{{{slot}}}" in form}
    text = form.format(n=count, item=item, start=start, end=end)
    return text if "->" in form or pen.chance(0.7) else text.replace(" the ", " "), [task]


def radio(pen: Pen) -> tuple[str, list[Task]]:
    """One or two jobs for a robot that is called by name."""
    robot, first = names.robot(pen), inside(pen, job(pen), robot=True)
    clauses, text = [first], str(first)
    if pen.chance(0.3):
        clauses.append(inside(pen, job(pen), robot=True))
        text += pen.pick((", then ", ", after that ", " and then ", ". then ", ", next ")) + str(clauses[1])
    tasks = ordered(clauses, {1: (0,)})
    return pen.pick(RADIO).format(r=robot, c=text), [{**task, "robot": robot} for task in tasks]


def told(pen: Pen) -> tuple[str, list[Task]]:
    """What a robot does, as a plan is told: "carrier 2 goes to dock 3, then it inspects aisle B"."""
    robot = names.robot(pen)
    first, second = _told(pen), _told(pen)
    if pen.chance(0.5):
        return f"{robot} {first}", [{**task, "robot": robot} for task in first.tasks]
    glue = pen.pick(
        (
            ", then ",
            " and then ",
            ", after that ",
            ", then it ",
            " and after that it ",
            ". after that it ",
            ". then it ",
        )
    )
    tasks = ordered((first, second), {1: (0,)})
    return f"{robot} {first}{glue}{second}", [{**task, "robot": robot} for task in tasks]


def _told(pen: Pen) -> Clause:
    """A job in the third person."""
    kind = pen.weigh({"deliver": 45.0, "go": 20, "inspect": 15, "patrol": 8, "charge_at": 6, "wait": 6})
    frame = pen.pick(TOLD[kind])
    end = names.place(pen)
    if kind == "deliver":
        cargo, start = load(pen), names.place(pen)
        source: Task = {"from": start} if "{start}" in frame else {}
        text = frame.format(cargo=cargo.text, start=start, end=end, them="them" if cargo.plural else "it")
        return Clause(text, "", ({"kind": kind, **cargo.fields, **source, "to": end},))
    if kind == "wait":
        time = amounts.duration(pen)
        return Clause(frame.format(time=time), "", ({"kind": kind, "duration": time},))
    where: Task = {"to": end} if kind in ("go", "charge_at") else {"places": [end]}
    return Clause(frame.format(end=end, at=end), "", ({"kind": kind.removesuffix("_at"), **where},))


def corrected(pen: Pen) -> tuple[str, list[Task]]:
    """A job with one word taken back at the end ("... to aisle B, no, make that three") or set against another."""
    clause = job(pen)
    task = dict(clause.tasks[0])
    keys = [key for key in ("quantity", "to", "from") if key in task]
    if len(clause.tasks) != 1 or not keys:
        return str(clause), list(clause.tasks)
    key = pen.pick(keys)
    old = task[key]
    assert isinstance(old, Mark)
    before = f"{old.lead}{old.text}"
    new = amounts.small(pen, 12) if key == "quantity" else names.place(pen)
    if key != "quantity" and pen.chance(0.4):
        text = str(clause).replace(str(old), pen.pick(CONTRAST).format(new=new, old=before), 1)
        return text, [{**task, key: new}]
    text = str(clause).replace(str(old), before, 1)
    if key == "quantity":
        behind = pen.pick(NUMBER).format(new, old=old.text)
        if "make" not in behind and pen.chance(0.3):
            behind += " " + str(task["item"])
    else:
        where = pen.pick(("from ", "from ", "take it from ") if key == "from" else ("to ", "to ", "", "not {}, but "))
        behind = pen.pick(BEHIND).format(where.format(old.text) + str(new))
    return text + behind, [{**task, key: new}]
