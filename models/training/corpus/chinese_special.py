"""Chinese goals about a robot itself, and goals that are not said as an order."""

from . import chinese_words as words
from .chinese import Phrase, listed, load
from .order import ordered
from .pen import Pen, Task


def special(pen: Pen) -> tuple[str, list[Task]]:
    """Goals about a robot itself, and goals that are not said as an order."""
    make = pen.weigh({_sent: 7.0, _charged: 5, _stated: 5})
    return make(pen)


def _sent(pen: Pen) -> tuple[str, list[Task]]:
    end = words.place(pen)
    who: Task = {}
    subject = pen.pick(("一台机器人", "一辆车", "机器人"))
    if pen.chance(0.8):
        robot = words.robot(pen)
        subject, who = str(robot), {"robot": robot}
        if pen.chance(0.3):
            count = words.count(pen, 6)
            subject, who = (
                f"{count}{pen.pick(('台', '辆', '个'))}{pen.pick(('机器人', '车', '小车'))}",
                {"robots": count},
            )
    form = pen.pick(("派{}去{}", "让{}去{}", "让{}到{}", "叫{}到{}", "派{}到{}", "派{}前往{}", "请{}到{}"))
    return form.format(subject, end), [{"kind": "go", "to": end, **who}]


def _charged(pen: Pen) -> tuple[str, list[Task]]:
    robot, at, end = words.robot(pen), words.place(pen), words.place(pen)
    if pen.chance(0.25):
        robots = [robot, words.robot(pen)]
        return f"给{listed(pen, robots)}充电", [{"kind": "charge", "robot": each} for each in robots]
    task: Task = {"kind": "charge", "robot": robot}
    text = pen.pick(("给{}充电", "让{}去充电", "{}需要充电", "{}去充电", "送{}去充电")).format(robot)
    if pen.chance(0.3):
        text, task = f"让{robot}{pen.pick(('去', '到', '在'))}{at}充电", {**task, "to": at}
    if not pen.chance(0.35):
        return text, [task]
    then: Task = {"kind": "go", "to": end, "robot": robot}
    steps = Phrase(text, (task,)), Phrase(f"{pen.pick(('让它去', '派它去', '去'))}{end}", (then,))
    form = pen.pick(("{}，然后{}", "{}，之后{}", "{}，充完电{}"))
    return form.format(*steps), ordered(steps, {1: (0,)})


def _stated(pen: Pen) -> tuple[str, list[Task]]:
    cargo, fields = load(pen)
    start, end = words.place(pen), words.place(pen)
    part: Task = {"kind": "deliver", **fields, "to": end}
    marks = [start, end] if pen.chance(0.4) else [start]
    options: tuple[tuple[str, list[Task]], ...] = (
        (f"{end}需要{cargo}", [part]),
        (f"{end}要{cargo}", [part]),
        (f"{cargo}需要从{start}送到{end}", [{**part, "from": start}]),
        (f"{cargo}从{start}到{end}", [{**part, "from": start}]),
        (f"{start}有{cargo}要送到{end}", [{**part, "from": start}]),
        (f"{listed(pen, marks)}需要检查", [{"kind": "inspect", "places": marks}]),
        (f"{listed(pen, marks)}要巡逻一下", [{"kind": "patrol", "places": marks}]),
    )
    return pen.pick(options)
