"""Chinese goals said as a statement, a wish or a question; over the radio; in telegraph style; corrected at the end."""

from . import chinese_words as words
from .chinese import Phrase, job, listed, load
from .order import ordered
from .pen import Mark, Pen, Task
from .words import Words

LISTS = Words("chinese_frames")
SAID = {
    kind: LISTS.list(f"said_{kind}") for kind in ("deliver", "go", "inspect", "patrol", "charge", "charge_at", "wait")
}
TERSE = LISTS.list("terse")
RADIO = LISTS.list("radio")
STAY = LISTS.list("stay")
STOCK = LISTS.list("stock")
CONTRAST = Words("slips").list("contrast_zh")
BEHIND = Words("slips").list("behind_zh")


def said(pen: Pen) -> tuple[str, list[Task]]:
    """A job as a statement, a wish or a question."""
    kind = pen.weigh({"deliver": 50.0, "go": 15, "inspect": 14, "patrol": 8, "charge": 6, "charge_at": 5, "wait": 2})
    form = pen.pick(SAID[kind])
    if kind == "deliver":
        (cargo, fields), start, end = load(pen), words.place(pen), words.place(pen)
        source: Task = {"from": start} if "{start}" in form else {}
        return form.format(cargo=cargo, start=start, end=end), [{"kind": kind, **fields, **source, "to": end}]
    if kind in ("inspect", "patrol"):
        marks = [words.place(pen) for _ in range(pen.weigh({1: 5, 2: 3, 3: 1}))]
        return form.format(at=listed(pen, marks)), [{"kind": kind, "places": marks}]
    robot = words.robot(pen)
    if kind == "wait":
        time = words.duration(pen)
        return form.format(robot=robot, time=time), [{"kind": kind, "robot": robot, "duration": time}]
    if kind == "charge":
        return form.format(robot=robot), [{"kind": kind, "robot": robot}]
    end = words.place(pen)
    return form.format(robot=robot, end=end), [{"kind": kind.removesuffix("_at"), "robot": robot, "to": end}]


def said_twice(pen: Pen) -> tuple[str, list[Task]]:
    """Two statements, the second after the first or beside it."""
    (one, first), (two, second) = said(pen), said(pen)
    then = pen.chance(0.6)
    glue = pen.pick(
        ("，然后", "。然后", "，之后", "。之后", "，接着", "。做完以后")
        if then
        else ("。", "；", "，另外", "。另外，", "，同时", "。还有，")
    )
    return f"{one}{glue}{two}", ordered(
        (Phrase(one, tuple(first)), Phrase(two, tuple(second))), {1: (0,)} if then else {}
    )


def stock(pen: Pen) -> tuple[str, list[Task]]:
    """A delivery whose number comes after its thing."""
    form, item, count = pen.pick(STOCK), words.thing(pen), words.count(pen)
    start, end = words.place(pen), words.place(pen)
    source: Task = {"from": start} if "{start}" in form else {}
    task: Task = {"kind": "deliver", "item": item, "quantity": count, **source, "to": end}
    return form.format(item=item, n=count, m=pen.rng.choice(words.MEASURES), start=start, end=end), [task]


def stay(pen: Pen) -> tuple[str, list[Task]]:
    """Waiting somewhere: a drive, and a wait after it."""
    end, time, robot = words.place(pen), words.duration(pen), words.robot(pen)
    text = pen.pick(STAY).format(end=end, time=time)
    who: Task = {}
    if pen.chance(0.5):
        text, who = pen.pick(("{}，{}", "让{}{}", "{}{}", "请{}{}")).format(robot, text), {"robot": robot}
    return text, [{"kind": "go", "to": end, **who}, {"kind": "wait", "duration": time, "after": ["t1"], **who}]


def terse(pen: Pen) -> tuple[str, list[Task]]:
    """A delivery as a note."""
    form = pen.pick(TERSE)
    start, end, item = words.place(pen), words.place(pen), words.thing(pen)
    count = pen.mark(str(pen.rng.randint(2, 30)) if pen.rng.random() < 0.6 else words.numeral(pen.rng.randint(3, 20)))
    if "x{n}" in form:
        count = pen.mark(f"x{pen.rng.randint(2, 30)}")
        form = form.replace("x{n}", "{n}")
    given = {"n": ("quantity", count), "start": ("from", start)}
    task: Task = {"kind": "deliver", "item": item, "to": end}
    task |= {key: mark for slot, (key, mark) in given.items() if f"{{{slot}}}" in form}
    return form.format(n=count, m=pen.rng.choice(words.MEASURES), item=item, start=start, end=end), [task]


def radio(pen: Pen) -> tuple[str, list[Task]]:
    """One or two jobs for a robot that is called by name."""
    robot, phrases = words.robot(pen), [job(pen)]
    text = str(phrases[0])
    if pen.chance(0.3):
        phrases.append(job(pen))
        text += pen.pick(("，然后", "，再", "，之后", "，接着")) + str(phrases[1])
    tasks = ordered(phrases, {1: (0,)})
    return pen.pick(RADIO).format(r=robot, c=text), [{**task, "robot": robot} for task in tasks]


def corrected(pen: Pen) -> tuple[str, list[Task]]:
    """A job with one of its words taken back at the end."""
    phrase: Phrase = job(pen)
    task = dict(phrase.tasks[0])
    keys = [key for key in ("quantity", "to", "from") if key in task]
    if len(phrase.tasks) != 1 or not keys:
        return str(phrase), list(phrase.tasks)
    key = pen.pick(keys)
    old = task[key]
    assert isinstance(old, Mark)
    new = words.count(pen) if key == "quantity" else words.place(pen)
    if key != "quantity" and pen.chance(0.4):
        contrast = pen.pick(CONTRAST).format(new=new, old=f"{old.lead}{old.text}")
        return str(phrase).replace(str(old), contrast, 1).rstrip("，"), [{**task, key: new}]
    where = {
        "quantity": f"{new}{pen.rng.choice(words.MEASURES)}",
        "to": f"{pen.pick(('到', '送到', ''))}{new}",
        "from": f"从{new}",
    }
    if key == "to" and task["kind"] != "deliver":
        where["to"] = f"{pen.pick(('去', '到', ''))}{new}"
    text = str(phrase).replace(str(old), f"{old.lead}{old.text}", 1)
    return text + pen.pick(BEHIND).format(where[key]), [{**task, key: new}]
