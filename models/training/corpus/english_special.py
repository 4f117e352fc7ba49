"""English goals that are not said as a bare imperative."""

import re

from . import amounts, names
from .clauses import Clause, listed
from .english import charge, deliver, go, inspect, job, patrol, wait
from .english_limits import inside
from .english_loads import load
from .order import ordered
from .pen import Pen, Task
from .words import Words

LISTS = Words("english_plans")
PLAIN_THEN = [form for form in LISTS.list("then") if not re.search(r"\{[ab]\.", form)]
WISHED = LISTS.list("wished")
STATIONS = (
    ("drive", "to ", "go"),
    ("go", "to ", "go"),
    ("inspect", "", "inspect"),
    ("check", "", "inspect"),
    ("patrol", "", "patrol"),
    ("first go", "to ", "go"),
    ("head", "to ", "go"),
    ("look at", "", "inspect"),
)
MUST = LISTS.list("must")


def special(pen: Pen) -> tuple[str, list[Task]]:
    """Goals that are not said as a bare imperative."""
    return pen.weigh(
        {_passive: 6.0, _sent: 7, _charged: 5, _noun: 3, _mind: 2, _wished: 4, _rounds: 1.5, _stations: 4}
    )(pen)


def _passive(pen: Pen) -> tuple[str, list[Task]]:
    if pen.chance(0.35):
        marks = [names.place(pen) for _ in range(2 if pen.chance(0.3) else 1)]
        what, kind = pen.pick(
            (
                ("inspected", "inspect"),
                ("checked", "inspect"),
                ("patrolled", "patrol"),
                ("looked at", "inspect"),
            )
        )
        return f"{listed(pen, marks)} {pen.pick(MUST)} {what}", [{"kind": kind, "places": marks}]
    cargo, start, end = load(pen), names.place(pen), names.place(pen)
    task: Task = {"kind": "deliver", **cargo.fields, "to": end}
    done = pen.pick(("brought", "moved", "delivered", "taken", "transported", "carried", "sent"))
    return pen.pick(
        (
            (f"{cargo.text} {pen.pick(MUST)} {done} from {start} to {end}", [{**task, "from": start}]),
            (f"{cargo.text} {pen.pick(MUST)} {done} to {end}", [task]),
            (f"{cargo.text} {pen.pick(('is', 'are'))} needed at {end}", [task]),
            (f"{end} needs {cargo.text} from {start}", [{**task, "from": start}]),
            (f"{end} needs {cargo.text}", [task]),
            (f"i need {cargo.text} from {start} at {end}", [{**task, "from": start}]),
            (f"we need {cargo.text} at {end}", [task]),
            (f"there is {cargo.text} at {start} that has to go to {end}", [{**task, "from": start}]),
            (f"{cargo.text} from {start} to {end}", [{**task, "from": start}]),
            (f"{cargo.text} to {end}", [task]),
            (
                f"{cargo.text} at {start} {pen.pick(('need', 'needs', 'have', 'has'))} to go to {end}",
                [{**task, "from": start}],
            ),
            (f"{end} wants {cargo.text}", [task]),
            (f"{end} is waiting for {cargo.text} from {start}", [{**task, "from": start}]),
            (f"{end} is waiting for {cargo.text}", [task]),
            (f"{cargo.text} for {end}", [task]),
            (f"i want {cargo.text} at {end}", [task]),
            (f"can we have {cargo.text} at {end}", [task]),
            (f"we could use {cargo.text} at {end}", [task]),
            (f"{cargo.text} goes from {start} to {end}", [{**task, "from": start}]),
        )
    )


def _sent(pen: Pen) -> tuple[str, list[Task]]:
    """ "Send carrier 2 to dock 3", "send two robots to inspect aisle B", "I need a robot at dock 3"."""
    who: Task = {}
    subject = pen.pick(("a robot", "somebody", "a vehicle", "someone"))
    if pen.chance(0.75):
        robot = names.robot(pen)
        subject, who = (str(robot), {"robot": robot})
        if pen.chance(0.3):
            count = amounts.small(pen, 6)
            subject, who = f"{count} robots", {"robots": count}
    end = names.place(pen)
    if pen.chance(0.12):
        robots = [names.robot(pen) for _ in range(pen.pick((2, 2, 3)))]
        return f"send {listed(pen, robots)} to {end}", [{"kind": "go", "to": end, "robot": each} for each in robots]
    if pen.chance(0.35):
        clause = inside(pen, pen.pick((inspect, patrol, deliver, charge))(pen))
        return f"send {subject} to {clause}", [{**who, **task} for task in clause.tasks]
    tasks: list[Task] = [{"kind": "go", "to": end, **who}]
    if pen.chance(0.25):
        other, glue = names.place(pen), pen.pick((" and then to ", ", then to ", ", then on to "))
        clauses = [Clause("", "", ({"kind": "go", "to": to, **who},)) for to in (end, other)]
        return f"send {subject} to {end}{glue}{other}", ordered(clauses, {1: (0,)})
    if "robot" in who and pen.chance(0.25):
        after = pen.pick((wait, inspect, patrol, charge, deliver))(pen)
        glue = pen.pick(
            (", then have it ", ", then let it ", " and then have it ", ". after that it should ", ". then it should ")
        )
        first = Clause(f"send {subject} to {end}", "", tuple(tasks))
        return f"{first}{glue}{after}", ordered((first, after.with_(**who)), {1: (0,)})
    form = pen.pick(
        (
            "send {} to {}",
            "send {} over to {}",
            "i need {} at {}",
            "we need {} at {}",
            "get {} over to {}",
            "bring {} to {}" if "robot" in who else "send {} to {}",
            "dispatch {} to {}",
            "call {} to {}",
        )
    )
    return form.format(subject, end), tasks


def _charged(pen: Pen) -> tuple[str, list[Task]]:
    """ "Charge carrier 2, afterwards send it to dock 3", "charge R1 and R2"."""
    robot, at, end = names.robot(pen), names.place(pen), names.place(pen)
    task: Task = {"kind": "charge", "robot": robot}
    if pen.chance(0.25):
        robots = [robot, *(names.robot(pen) for _ in range(pen.pick((1, 1, 2))))]
        return f"{pen.pick(('charge', 'recharge'))} {listed(pen, robots)}", [
            {"kind": "charge", "robot": each} for each in robots
        ]
    text = pen.pick(
        (
            "charge {}",
            "recharge {}",
            "send {} to charge",
            "{} needs charging",
            "{} should recharge",
            "put {} on charge",
        )
    )
    text = text.format(robot)
    if pen.chance(0.3):
        text, task = f"{text} at {at}", {**task, "to": at}
    if not pen.chance(0.4):
        return text, [task]
    first = Clause(text, "", (task,))
    if pen.chance(0.5):
        then = Clause(f"send it to {end}", "", ({"kind": "go", "to": end, "robot": robot},))
    else:
        then = pen.pick((wait, go, inspect, patrol))(pen).with_(robot=robot)
        then = Clause(f"{pen.pick(('let it', 'have it'))} {then}", "", then.tasks)
    return pen.pick(PLAIN_THEN).format(a=first, b=then), ordered((first, then), {1: (0,)})


def _noun(pen: Pen) -> tuple[str, list[Task]]:
    marks = [names.place(pen) for _ in range(2 if pen.chance(0.4) else 1)]
    kind, noun = pen.pick((("inspect", "an inspection of"), ("patrol", "a patrol of"), ("inspect", "a check of")))
    return f"{pen.pick(('', 'i need ', 'we need ', 'time for '))}{noun} {listed(pen, marks)}", [
        {"kind": kind, "places": marks}
    ]


def _mind(pen: Pen) -> tuple[str, list[Task]]:
    clause = inside(pen, job(pen))
    return f"{pen.pick(('would you mind', 'how about', 'do you mind'))} {clause.gerund}", list(clause.tasks)


def _wished(pen: Pen) -> tuple[str, list[Task]]:
    """ "Make sure two pallets get from A to B", "there are drums waiting at A, take them to B"."""
    cargo, start, end = load(pen), names.place(pen), names.place(pen)
    task: Task = {"kind": "deliver", **cargo.fields, "from": start, "to": end}
    form = pen.pick(WISHED)
    if "{start}" not in form:
        del task["from"]
    them = "them" if cargo.plural else "it"
    return form.format(cargo=cargo.text, start=start, end=end, them=them), [task]


def _rounds(pen: Pen) -> tuple[str, list[Task]]:
    """ "Do three rounds of A and B"."""
    marks = [names.place(pen) for _ in range(pen.pick((1, 2, 2, 3)))]
    times = amounts.small(pen)
    form = pen.pick(
        (
            "do {} rounds of {}",
            "make {} rounds of {}",
            "{} rounds of {}",
            "drive {} laps through {}",
            "do {} patrols of {}",
        )
    )
    return form.format(times, listed(pen, marks)), [{"kind": "patrol", "places": marks, "times": times}]


def _stations(pen: Pen) -> tuple[str, list[Task]]:
    """ "Drive to A, then B, then C", "inspect A and after that B"."""
    verb, to, kind = pen.pick(STATIONS)
    marks = [names.place(pen) for _ in range(pen.pick((2, 2, 3)))]
    tasks: list[Task] = [{"kind": kind, **({"to": at} if kind == "go" else {"places": [at]})} for at in marks]
    glue = pen.pick((", then ", " then ", " and then ", ", after that ", ", next ", " and afterwards "))
    again = pen.pick(("", to)) if to else ""
    text = f"{verb} {to}{marks[0]}" + "".join(f"{glue}{again}{at}" for at in marks[1:])
    steps = [Clause("", "", (task,)) for task in tasks]
    return text, ordered(steps, {n: (n - 1,) for n in range(1, len(steps))})
