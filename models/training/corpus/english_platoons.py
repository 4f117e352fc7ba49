"""English for vehicles that drive as one: form, join, leave, split, merge, set, dissolve."""

from . import amounts, names
from .clauses import listed
from .pen import OPEN, Pen, Task


def platoon(pen: Pen) -> tuple[str, list[Task]]:
    """A manoeuvre of vehicles that drive as one."""
    make = pen.weigh({_form: 10.0, _join_leave: 10, _split: 6, _merge: 5, _set: 9, _dissolve: 4})
    text, fields = make(pen)
    task: Task = {"kind": "platoon", **fields}
    if not text.startswith((OPEN, "the ")) and pen.chance(0.3):
        text = pen.pick(("please ", "can you ", "could you ", "i want you to ", "we need to ", "now ")) + text
    if "platoon" in task and pen.chance(0.16):
        return _and_then(pen, text, task)
    if pen.chance(0.1):
        key, form, amount = pen.pick((("not_before", " at {}", amounts.clock), ("delay", " in {}", amounts.duration)))
        mark = amount(pen)
        text, task = text + form.format(mark), {**task, key: mark}
    return text, [task]


def _and_then(pen: Pen, text: str, task: Task) -> tuple[str, list[Task]]:
    """The manoeuvre, and another one of the same platoon behind it."""
    glue = pen.pick((", then ", " and then ", ", after that ", ". then ", ", afterwards "))
    after: Task = {"kind": "platoon", "platoon": task["platoon"], "after": ["t1"]}
    if pen.chance(0.3):
        return f"{text}{glue}{pen.pick(('dissolve', 'disband'))} it", [
            task,
            {**after, "manoeuvre": "dissolve"},
        ]
    key = pen.pick(("speed", "headway", "gap"))
    mark = {"speed": amounts.speed, "headway": amounts.headway, "gap": amounts.gap}[key](pen)
    return f"{text}{glue}set its {key} to {mark}", [task, {**after, "manoeuvre": "set", key: mark}]


def _form(pen: Pen) -> tuple[str, Task]:
    name = names.platoon(pen)
    trucks = [names.robot(pen) for _ in range(pen.pick((2, 3, 3, 4)))]
    task: Task = {"manoeuvre": "form", "members": trucks}
    form = pen.weigh({"of": 6, "leads": 4, "behind": 4, "led": 4, "joint": 4})
    make = pen.pick(("form", "build", "create", "make", "set up", "assemble"))
    named = pen.chance(0.6)
    what = str(name) if named else pen.pick(("a platoon", "a convoy", "one platoon"))
    task = {**task, **({"platoon": name} if named else {})}
    if form == "of":
        of = pen.pick(("from", "of", "with", "out of"))
        text = f"{make} {what} {of} {listed(pen, trucks)}"
    elif form == "joint":
        verb = pen.pick(
            (
                "{} form {}",
                "{} should form {}",
                "let {} form {}",
                "have {} drive as {}",
                "put {} into {}",
                "line up {} as {}",
            )
        )
        text = verb.format(listed(pen, trucks), what)
    elif form == "leads":
        text = f"{make} {what} with {trucks[0]} leading {listed(pen, trucks[1:])}"
    elif form == "behind":
        text = f"{make} {what}: {listed(pen, trucks[1:])} behind {trucks[0]}"
    else:
        text = f"{make} {what} from {listed(pen, trucks)}{pen.pick((', led by ', ' with leader ', ', leader '))}"
        again = pen.mark(trucks[0].text)
        text, task = f"{text}{again}", {**task, "leader": again}
    if form in ("leads", "behind"):
        task = {**task, "leader": trucks[0]}
    return _tuned(pen, text, task, 0.4)


def _tuned(pen: Pen, text: str, task: Task, probability: float) -> tuple[str, Task]:
    """The manoeuvre with perhaps a speed, a headway or a gap."""
    if not pen.chance(probability):
        return text, task
    keys = pen.pick((("speed",), ("headway",), ("gap",), ("speed", "headway"), ("speed", "gap")))
    said = []
    for key in keys:
        mark = {"speed": amounts.speed, "headway": amounts.headway, "gap": amounts.gap}[key](pen)
        form = {
            "speed": ("at {}", "with a speed of {}", "driving {}"),
            "headway": ("with a headway of {}", "with {} headway"),
            "gap": (
                "with a gap of {}",
                "with {} between the vehicles",
                "with {} gaps",
                "keeping a distance of {}",
            ),
        }[key]
        said.append(pen.pick(form).format(mark))
        task = {**task, key: mark}
    return f"{text}{pen.pick((' ', ', '))}{pen.pick((' and ', ', ')).join(said)}", task


def _join_leave(pen: Pen) -> tuple[str, Task]:
    name, trucks = names.platoon(pen), [names.robot(pen) for _ in range(2 if pen.chance(0.25) else 1)]
    who = listed(pen, trucks)
    join = pen.chance(0.5)
    verbs = ("join",) if join else ("leave",)
    forms = [
        "{who} {v}s {p}",
        "have {who} {v} {p}",
        "let {who} {v} {p}",
        "{who} should {v} {p}",
        "{who}, {v} {p}",
        "{v} {p} with {who}",
        "tell {who} to {v} {p}",
        "can {who} {v} {p}",
    ]
    forms += ["add {who} to {p}", "attach {who} to {p}"] if join else ["remove {who} from {p}", "take {who} out of {p}"]
    text = pen.pick(forms).format(who=who, v=verbs[0], p=name)
    return text, {"manoeuvre": verbs[0], "platoon": name, "members": trucks}


def _split(pen: Pen) -> tuple[str, Task]:
    name, truck = names.platoon(pen), names.robot(pen)
    if pen.chance(0.3):
        form = pen.pick(("split {r} off from {p}", "split {r} off {p}", "cut {r} off from {p}"))
        return form.format(p=name, r=truck), {"manoeuvre": "split", "platoon": name, "members": [truck]}
    if pen.chance(0.2):
        return f"{pen.pick(('split', 'split up', 'cut'))} {name}", {"manoeuvre": "split", "platoon": name}
    form = pen.pick(
        (
            "split {p} after {r}",
            "split {p} behind {r}",
            "cut {p} behind {r}",
            "divide {p} after {r}",
            "break {p} after {r}",
        )
    )
    return form.format(p=name, r=truck), {"manoeuvre": "split", "platoon": name, "at": truck}


def _merge(pen: Pen) -> tuple[str, Task]:
    one, two = names.platoon(pen), names.platoon(pen)
    forms = (
        "merge {a} into {b}",
        "merge {a} with {b}",
        "have {a} merge into {b}",
        "combine {a} with {b}",
        "let {a} merge with {b}",
        "{b} takes in {a}",
        "append {a} to {b}",
    )
    return pen.pick(forms).format(a=one, b=two), {"manoeuvre": "merge", "platoon": one, "into": two}


def _set(pen: Pen) -> tuple[str, Task]:
    name, key = names.platoon(pen), pen.pick(("speed", "headway", "gap"))
    mark = {"speed": amounts.speed, "headway": amounts.headway, "gap": amounts.gap}[key](pen)
    word = {"speed": ("speed",), "headway": ("headway", "time gap"), "gap": ("gap", "distance", "spacing")}[key]
    forms = [
        "set the {w} of {p} to {v}",
        "{p}: {w} {v}",
        "change the {w} of {p} to {v}",
        "set {p} to a {w} of {v}",
        "{p} should keep a {w} of {v}",
        "set {w} of {p} to {v}",
        "give {p} a {w} of {v}",
    ]
    forms += ["drive {p} at {v}", "{p} should drive {v}", "let {p} go {v}"] if key == "speed" else []
    text = pen.pick(forms).format(w=pen.pick(word), p=name, v=mark)
    return text, {"manoeuvre": "set", "platoon": name, key: mark}


def _dissolve(pen: Pen) -> tuple[str, Task]:
    form = pen.pick(
        (
            "dissolve {}",
            "break up {}",
            "disband {}",
            "end {}",
            "break {} up",
            "{} is dissolved",
            "dissolve {} now",
        )
    )
    name = names.platoon(pen)
    return form.format(name), {"manoeuvre": "dissolve", "platoon": name}
