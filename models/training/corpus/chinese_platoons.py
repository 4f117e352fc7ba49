"""Chinese for vehicles that drive as one: form, join, leave, split, merge, set, dissolve."""

from . import chinese_words as words
from .chinese import listed
from .pen import Mark, Pen, Task


def platoon(pen: Pen) -> tuple[str, list[Task]]:
    """A manoeuvre of vehicles that drive as one."""
    make = pen.weigh({_form: 10.0, _join_leave: 10, _split: 6, _merge: 5, _set: 9, _dissolve: 4})
    text, fields = make(pen)
    task: Task = {"kind": "platoon", **fields}
    if pen.chance(0.25):
        text = pen.pick(("请", "请", "麻烦", "现在", "帮我")) + text
    if "platoon" in task and pen.chance(0.14):
        key, lead, mark = _measure(pen)
        text += f"，{pen.pick(('然后', '再', '之后'))}把它的{lead}{pen.pick(('设为', '调到', '改成'))}{mark}"
        return text, [
            task,
            {"kind": "platoon", "manoeuvre": "set", "platoon": task["platoon"], key: mark, "after": ["t1"]},
        ]
    return text, [task]


def _form(pen: Pen) -> tuple[str, Task]:
    name, trucks = words.platoon(pen), [words.robot(pen) for _ in range(pen.pick((2, 3, 3, 4)))]
    task: Task = {"manoeuvre": "form", "members": trucks}
    who = listed(pen, trucks)
    if pen.chance(0.6):
        text, task = (
            pen.pick(("让{w}组成{p}", "{w}组成{p}", "用{w}组建{p}", "把{w}编成{p}")).format(w=who, p=name),
            {**task, "platoon": name},
        )
    else:
        text = pen.pick(("让{w}组成车队", "{w}编队行驶", "把{w}编成一个车队", "{w}组成一个编队")).format(w=who)
    if pen.chance(0.45):
        leader = pen.mark(trucks[0].text)
        text, task = (
            text + pen.pick(("，由{}领头", "，{}带队", "，{}在最前面", "，由{}带队")).format(leader),
            {**task, "leader": leader},
        )
    if pen.chance(0.35):
        key, lead, mark = _measure(pen)
        text, task = f"{text}，{lead}{mark}", {**task, key: mark}
    return text, task


def _measure(pen: Pen) -> tuple[str, str, Mark]:
    key = pen.pick(("speed", "headway", "gap"))
    lead = pen.pick({"speed": ("速度", "车速"), "headway": ("时距", "车头时距"), "gap": ("车距", "间距", "距离")}[key])
    return key, lead, {"speed": words.speed, "headway": words.headway, "gap": words.gap}[key](pen)


def _join_leave(pen: Pen) -> tuple[str, Task]:
    name, trucks = words.platoon(pen), [words.robot(pen) for _ in range(2 if pen.chance(0.25) else 1)]
    join = pen.chance(0.5)
    forms = (
        ("{w}加入{p}", "让{w}加入{p}", "把{w}编入{p}", "请{w}加入{p}")
        if join
        else ("{w}离开{p}", "让{w}退出{p}", "{w}脱离{p}", "把{w}移出{p}")
    )
    text = pen.pick(forms).format(w=listed(pen, trucks), p=name)
    return text, {"manoeuvre": "join" if join else "leave", "platoon": name, "members": trucks}


def _split(pen: Pen) -> tuple[str, Task]:
    name, truck = words.platoon(pen), words.robot(pen)
    if pen.chance(0.25):
        return f"{pen.pick(('把', '将'))}{truck}从{name}{pen.pick(('分出来', '拆出来'))}", {
            "manoeuvre": "split",
            "platoon": name,
            "members": [truck],
        }
    form = pen.pick(
        (
            "把{p}在{r}后面拆开",
            "在{r}之后拆分{p}",
            "{p}在{r}后面分开",
            "把{p}从{r}后面断开",
            "将{p}在{r}之后分成两队",
        )
    )
    return form.format(p=name, r=truck), {"manoeuvre": "split", "platoon": name, "at": truck}


def _merge(pen: Pen) -> tuple[str, Task]:
    one, two = words.platoon(pen), words.platoon(pen)
    form = pen.pick(("将{a}并入{b}", "把{a}合并到{b}", "让{a}并入{b}", "{a}并入{b}", "{b}接纳{a}"))
    return form.format(a=one, b=two), {"manoeuvre": "merge", "platoon": one, "into": two}


def _set(pen: Pen) -> tuple[str, Task]:
    name = words.platoon(pen)
    key, lead, mark = _measure(pen)
    form = pen.pick(
        (
            "把{p}的{w}设为{v}",
            "{p}的{w}改为{v}",
            "将{p}的{w}调到{v}",
            "{p}{w}{v}",
            "{p}保持{w}{v}",
            "设置{p}的{w}为{v}",
        )
    )
    return form.format(p=name, w=lead, v=mark), {"manoeuvre": "set", "platoon": name, key: mark}


def _dissolve(pen: Pen) -> tuple[str, Task]:
    name = words.platoon(pen)
    return pen.pick(("解散{}", "把{}解散", "{}解散", "拆散{}", "取消{}的编队")).format(name), {
        "manoeuvre": "dissolve",
        "platoon": name,
    }
