"""English for vehicles that drive as one: form, join, leave, split, merge, set, dissolve."""

from collections.abc import Callable

from . import amounts, names
from .clauses import Clause, listed
from .english import job
from .manoeuvres import Manoeuvres
from .order import ordered
from .pen import OPEN, Mark, Pen, Task
from .words import Words

LISTS = Words("english_platoons")
KINDS = "form unnamed make lead led join leave split_at split_off split merge set speed headway gap dissolve"
SAID = {name: LISTS.list(name) for name in KINDS.split()}
PLAIN = Manoeuvres(SAID, names.platoon, names.robot, listed)
POLITE = (
    "please ",
    "can you ",
    "could you ",
    "i want you to ",
    "we need to ",
    "now ",
    "let's ",
    "you should ",
    "would you ",
)
MEASURES: dict[str, Callable[[Pen], Mark]] = {"speed": amounts.speed, "headway": amounts.headway, "gap": amounts.gap}
KEY_WORDS = {
    "speed": ("speed", "speed", "driving speed", "cruising speed"),
    "headway": ("headway", "time gap", "headway", "time headway"),
    "gap": ("gap", "distance", "spacing", "gap", "following distance"),
}


def platoon(pen: Pen) -> tuple[str, list[Task]]:
    """A manoeuvre of vehicles that drive as one."""
    make = pen.weigh(
        {_form: 10.0, PLAIN.join_or_leave: 10, PLAIN.split: 6, PLAIN.merge: 5, _set: 10, PLAIN.dissolve: 4}
    )
    text, fields = make(pen)
    task: Task = {"kind": "platoon", **fields}
    if not text.startswith((OPEN, "the ")) and pen.chance(0.2) and text.split()[0] in IMPERATIVES:
        text = pen.pick(POLITE) + text
    if "platoon" in task and pen.chance(0.16):
        return _and_then(pen, text, task)
    if pen.chance(0.06):
        clause = job(pen)
        then = pen.chance(0.6)
        glue = pen.pick((", then ", " and then ", ". after that, ") if then else (" and ", ". ", ", meanwhile "))
        after = {1: (0,)} if then else {}
        return f"{text}{glue}{clause}", ordered((Clause(text, "", (task,)), clause), after)
    if pen.chance(0.12):
        key, form = pen.pick(LIMITS)
        mark = (amounts.duration if key in ("delay", "within") else amounts.clock)(pen)
        text, task = text + form.format(mark), {**task, key: mark}
    return text, [task]


LIMITS = (
    ("not_before", " at {}"),
    ("not_before", " after {}"),
    ("delay", " in {}"),
    ("by", " by {}"),
    ("by", " before {}"),
    ("within", " within {}"),
)
IMPERATIVES = frozenset(
    form.split()[0] for name, forms in SAID.items() for form in forms if not form.startswith("{") and name != "unnamed"
) - {"i", "we", "can", "could", "new", "everything", "the", "with", "for", "in", "behind", "distance", "a", "stop"}


def _and_then(pen: Pen, text: str, task: Task) -> tuple[str, list[Task]]:
    """The manoeuvre, and another one of the same platoon behind it."""
    glue = pen.pick(
        (", then ", " and then ", ", after that ", ". then ", ", afterwards ", ", and then ", ". after that, ")
    )
    after: Task = {"kind": "platoon", "platoon": task["platoon"], "after": ["t1"]}
    if pen.chance(0.3):
        return f"{text}{glue}{pen.pick(('dissolve it', 'disband it', 'break it up', 'dissolve the platoon'))}", [
            task,
            {**after, "manoeuvre": "dissolve"},
        ]
    if pen.chance(0.3):
        truck, join = names.robot(pen), pen.chance(0.5)
        other = pen.pick(("let {} join it", "add {} to it") if join else ("let {} leave it", "take {} out of it"))
        more: Task = {**after, "manoeuvre": "join" if join else "leave", "members": [truck]}
        return f"{text}{glue}{other.format(truck)}", [task, more]
    key = pen.pick(("speed", "headway", "gap"))
    mark = MEASURES[key](pen)
    said = ("set its {k} to {v}", "change its {k} to {v}", "give it a {k} of {v}", "set the {k} to {v}")
    return f"{text}{glue}{pen.pick(said).format(k=key, v=mark)}", [task, {**after, "manoeuvre": "set", key: mark}]


def _form(pen: Pen) -> tuple[str, Task]:
    name, trucks = names.platoon(pen), [names.robot(pen) for _ in range(pen.pick((2, 3, 3, 4)))]
    named = pen.chance(0.6)
    task: Task = {"manoeuvre": "form", "members": trucks, **({"platoon": name} if named else {})}
    what, make = (str(name) if named else pen.pick(SAID["unnamed"])), pen.pick(SAID["make"])
    if pen.chance(0.4):
        rest = listed(pen, trucks[1:])
        text = pen.pick(SAID["lead"]).format(make=make, p=what, r=trucks[0], rest=rest)
        return _tuned(pen, text, {**task, "leader": trucks[0]}, 0.3)
    text = pen.pick(SAID["form"]).format(make=make, p=what, w=listed(pen, trucks))
    if pen.chance(0.3):
        again = pen.mark(pen.pick((trucks[0], trucks[0], trucks[-1])).text)
        text, task = text + pen.pick(SAID["led"]).format(again), {**task, "leader": again}
    return _tuned(pen, text, task, 0.35)


def _tuned(pen: Pen, text: str, task: Task, probability: float) -> tuple[str, Task]:
    """The manoeuvre with perhaps a speed, a headway or a gap."""
    if not pen.chance(probability):
        return text, task
    keys = pen.pick((("speed",), ("headway",), ("gap",), ("speed", "headway"), ("speed", "gap")))
    said = []
    for key in keys:
        mark = MEASURES[key](pen)
        said.append(pen.pick(TUNED[key]).format(mark))
        task = {**task, key: mark}
    return f"{text}{pen.pick((' ', ', '))}{pen.pick((' and ', ', ')).join(said)}", task


TUNED = {
    "speed": ("at {}", "with a speed of {}", "driving {}", "driving at {}", "at a speed of {}", "speed {}", "doing {}"),
    "headway": (
        "with a headway of {}",
        "with {} headway",
        "headway {}",
        "keeping a headway of {}",
        "with a time gap of {}",
    ),
    "gap": (
        "with a gap of {}",
        "with {} between the vehicles",
        "with {} gaps",
        "keeping a distance of {}",
        "with {} between them",
        "gap {}",
        "with a spacing of {}",
        "{} apart",
    ),
}


def _set(pen: Pen) -> tuple[str, Task]:
    name, key = names.platoon(pen), pen.pick(("speed", "headway", "gap"))
    mark = MEASURES[key](pen)
    forms = SAID[key] if pen.chance(0.3) else SAID["set"]
    text = pen.pick(forms).format(k=pen.pick(KEY_WORDS[key]), p=name, v=mark)
    task: Task = {"manoeuvre": "set", "platoon": name, key: mark}
    if pen.chance(0.15):
        other = pen.pick([each for each in MEASURES if each != key])
        more = MEASURES[other](pen)
        said = (" and the {k} to {v}", " and its {k} to {v}", ", {k} {v}", " and a {k} of {v}", " with a {k} of {v}")
        return text + pen.pick(said).format(k=other, v=more), {**task, other: more}
    return text, task
