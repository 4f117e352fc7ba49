"""English orders to running work, and questions about the fleet."""

from . import amounts, names
from .pen import Mark, Pen, Reading
from .words import Words

LISTS = Words("english_talk")
GOALS = (
    "goal ",
    "goal ",
    "goal ",
    "g",
    "g",
    "G",
    "goal number ",
    "goal #",
    "goal no. ",
    "job ",
    "order ",
    "mission ",
    "task ",
)
CONTROL_ALL = LISTS.groups("control_all")
CONTROL_ONE = LISTS.groups("control_one")
QUERY_ALL = LISTS.groups("query_all")
QUERY_ONE = LISTS.groups("query_one")
CONTROL_GOAL = LISTS.groups("control_goal")
CONTROL_ROBOT = LISTS.groups("control_robot")


def control(pen: Pen) -> tuple[str, Reading]:
    """An order to work that runs."""
    command = pen.pick(sorted(CONTROL_ALL))
    lead = pen.weigh({"": 80.0, "please ": 8, "now ": 3, "ok, ": 3, "robots, ": 2, "i want you to ": 2, "quickly, ": 2})
    if pen.chance(0.35):
        return lead + pen.pick(CONTROL_ALL[command]), Reading({"intent": "control", "command": command})
    kind = "robot" if command == "home" or pen.chance(0.6) else "goal"
    target = _target(pen, {kind: 1.0})
    forms = (*CONTROL_ONE[command], *(CONTROL_ROBOT if kind == "robot" else CONTROL_GOAL).get(command, ()))
    text = lead + pen.pick(forms).format(target)
    return text, Reading({"intent": "control", "command": command, "target": target})


def query(pen: Pen) -> tuple[str, Reading]:
    """A question about the fleet."""
    about = pen.pick(sorted(QUERY_ALL))
    if pen.chance(0.35):
        return _polite(pen, pen.pick(QUERY_ALL[about])), Reading({"intent": "query", "about": about})
    kinds = {"robots": {"place": 8.0, "goal": 2}, "battery": {"robot": 1.0}}.get(
        about, {"robot": 7.0, "goal": 3, "place": 0.7}
    )
    target = _target(pen, kinds)
    text = _polite(pen, pen.pick(QUERY_ONE[about]).format(target))
    return text, Reading({"intent": "query", "about": about, "target": target})


def _polite(pen: Pen, text: str) -> str:
    lead = pen.weigh(
        {"": 85.0, "please tell me ": 4, "can you tell me ": 4, "i want to know ": 3, "quick question, ": 4}
    )
    return lead + text


def _target(pen: Pen, kinds: dict[str, float]) -> Mark:
    return {"goal": goal, "robot": names.robot, "place": names.place}[pen.weigh(kinds)](pen)


def goal(pen: Pen) -> Mark:
    """A goal by its number: "goal 12", "g7"."""
    number = pen.rng.randrange(1, 40 if pen.rng.random() < 0.5 else 300)
    return pen.mark(
        f"{pen.rng.choice(GOALS)}{number}" if pen.rng.random() < 0.85 else f"goal {amounts.number(pen.rng, 1, 40)}"
    )
