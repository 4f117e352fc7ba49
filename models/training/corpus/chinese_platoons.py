"""Chinese for vehicles that drive as one: form, join, leave, split, merge, set, dissolve."""

from . import chinese_words as words
from .chinese import listed
from .manoeuvres import Manoeuvres
from .pen import Mark, Pen, Task
from .words import Words

LISTS = Words("chinese_platoons")
KINDS = "form unnamed lead led join leave split_at split_off split merge set speed headway gap dissolve"
SAID = {name: LISTS.list(name) for name in KINDS.split()}
PLAIN = Manoeuvres(SAID, words.platoon, words.robot, listed)
MEASURES = {"speed": words.speed, "headway": words.headway, "gap": words.gap}
KEY_WORDS = LISTS.groups("measures")


def platoon(pen: Pen) -> tuple[str, list[Task]]:
    """A manoeuvre of vehicles that drive as one."""
    make = pen.weigh(
        {_form: 10.0, PLAIN.join_or_leave: 10, PLAIN.split: 6, PLAIN.merge: 5, _set: 10, PLAIN.dissolve: 4}
    )
    text, fields = make(pen)
    task: Task = {"kind": "platoon", **fields}
    if not text.startswith(("请", "我", "能")) and pen.chance(0.2):
        text = pen.pick(("请", "请", "麻烦", "现在", "帮我", "请你", "接下来")) + text
    if "platoon" in task and pen.chance(0.14):
        return _and_then(pen, text, task)
    if pen.chance(0.1):
        key, form = pen.pick(
            (("not_before", "{}"), ("not_before", "{}之后"), ("delay", "{}后"), ("by", "{}之前"), ("by", "{}前"))
        )
        mark = (words.duration if key == "delay" else words.clock)(pen)
        text, task = f"{form.format(mark)}{pen.pick(('', '，'))}{text}", {**task, key: mark}
    return text, [task]


def _and_then(pen: Pen, text: str, task: Task) -> tuple[str, list[Task]]:
    """The manoeuvre, and another one of the same platoon behind it."""
    after: Task = {"kind": "platoon", "platoon": task["platoon"], "after": ["t1"]}
    glue = pen.pick(("，然后", "，再", "，之后", "，接着", "。然后"))
    if pen.chance(0.25):
        return f"{text}{glue}{pen.pick(('把它解散', '解散它'))}", [task, {**after, "manoeuvre": "dissolve"}]
    key, lead, mark = _measure(pen)
    return f"{text}{glue}把它的{lead}{pen.pick(('设为', '调到', '改成'))}{mark}", [
        task,
        {**after, "manoeuvre": "set", key: mark},
    ]


def _form(pen: Pen) -> tuple[str, Task]:
    name, trucks = words.platoon(pen), [words.robot(pen) for _ in range(pen.pick((2, 3, 3, 4)))]
    named = pen.chance(0.6)
    task: Task = {"manoeuvre": "form", "members": trucks, **({"platoon": name} if named else {})}
    what = str(name) if named else pen.pick(SAID["unnamed"])
    if pen.chance(0.3):
        text = pen.pick(SAID["lead"]).format(p=what, r=trucks[0], rest=listed(pen, trucks[1:]))
        task = {**task, "leader": trucks[0]}
    else:
        text = pen.pick(SAID["form"]).format(p=what, w=listed(pen, trucks))
        if pen.chance(0.35):
            leader = pen.mark(pen.pick((trucks[0], trucks[0], trucks[-1])).text)
            text, task = text + pen.pick(SAID["led"]).format(leader), {**task, "leader": leader}
    if pen.chance(0.35):
        key, lead, mark = _measure(pen)
        text, task = f"{text}，{lead}{mark}", {**task, key: mark}
    return text, task


def _measure(pen: Pen) -> tuple[str, str, Mark]:
    key = pen.pick(("speed", "headway", "gap"))
    return key, pen.pick(KEY_WORDS[key]), MEASURES[key](pen)


def _set(pen: Pen) -> tuple[str, Task]:
    name = words.platoon(pen)
    key, lead, mark = _measure(pen)
    forms = SAID[key] if pen.chance(0.3) else SAID["set"]
    task: Task = {"manoeuvre": "set", "platoon": name, key: mark}
    text = pen.pick(forms).format(p=name, k=lead, v=mark)
    if pen.chance(0.15):
        other = pen.pick([each for each in MEASURES if each != key])
        more = MEASURES[other](pen)
        return f"{text}，{pen.pick(KEY_WORDS[other])}{more}", {**task, other: more}
    return text, task
