"""Names and amounts as Chinese writes them."""

import random
import re
from collections.abc import Callable

from . import names
from .pen import Mark, Pen
from .words import Words

DIGITS = "零一二三四五六七八九"
LISTS = Words("chinese_words")
SUFFIXES = LISTS.list("suffixes")
SITES = LISTS.list("sites")
FIXED = LISTS.list("fixed")
PARTS = LISTS.list("parts")
CHARACTERS = LISTS.text("characters")
COMMON = "".join(
    bytes((row, cell)).decode("gb2312", "ignore") for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF)
)
"""The 3,755 characters that GB 2312 (1980) gives as common ones: what a name is made of can be any of them."""
RARE = 0.5
MACHINES = LISTS.list("machines")
THINGS = LISTS.list("things")
MEASURES = LISTS.list("measures")
SKILLS = LISTS.list("skills")
GROUPS = LISTS.list("groups")
TRADES = LISTS.list("trades")
BODIES = LISTS.list("bodies")
SPEEDS = LISTS.list("speeds")


def numeral(value: int) -> str:
    """A number below 100 in Chinese characters."""
    tens, ones = divmod(value, 10)
    head = "" if tens == 0 else ("" if tens == 1 else DIGITS[tens]) + "十"
    return (head + (DIGITS[ones] if ones else "")) or "零"


VALUES = {numeral(value): value for value in range(1, 100)}
_NUMERALS = re.compile("[一二三四五六七八九十]+")


def count(pen: Pen, high: int = 12, low: int = 2) -> Mark:
    """How many, without the measure word."""
    rng = pen.rng
    value = rng.randint(low, rng.choice((max(low, 4), max(low, 6), high)))
    if high > 20 and rng.random() < 0.08:
        return pen.mark(_large(rng))
    if rng.random() < 0.35:
        return pen.mark(str(value))
    return pen.mark("两" if value == 2 else numeral(value))


def _large(rng: random.Random) -> str:
    """A number that is more than a robot carries at once."""
    whole = f"{rng.choice('一两三四五六七八九')}{rng.choice('百百千万')}"
    rest = f"{rng.choice('一二三四五六七八九')}百{rng.choice(('零五', '二十', '五十', '六十八', '五'))}"
    return rng.choice((whole, whole, rest, str(rng.randint(41, 999)), str(1000 * rng.randint(1, 20))))


def _invented(pen: Pen, low: int, high: int) -> str:
    while True:
        characters = COMMON if pen.rng.random() < RARE else CHARACTERS
        word = "".join(pen.rng.choice(characters) for _ in range(pen.rng.randint(low, high)))
        if names.held_out(word) == pen.held_out:
            pen.invented.append(word)
            return word


def order(rng: random.Random) -> str:
    """The number that tells one dock from the next."""
    value = rng.randint(1, 12 if rng.random() < 0.8 else 99)
    return numeral(value) if rng.random() < 0.6 else str(value)


def place(pen: Pen) -> Mark:
    """A place that the sentence has not named yet."""
    return names.place(pen) if pen.rng.random() < 0.12 else _fresh(pen, _place)


def robot(pen: Pen) -> Mark:
    """The name of a robot that the sentence has not named yet."""
    return names.robot(pen) if pen.rng.random() < 0.22 else _fresh(pen, _robot)


def _fresh(pen: Pen, make: Callable[[Pen], str]) -> Mark:
    while True:
        text = make(pen)
        known = _NUMERALS.sub(lambda found: str(VALUES.get(found[0], found[0])), text)
        if known not in pen.named:
            pen.named.add(known)
            pen.drawn.append(pen.mark(text))
            return pen.drawn[-1]


def _place(pen: Pen) -> str:
    rng = pen.rng
    site, word = pen.kin("地", rng.choice(SITES)), _invented(pen, 2, 3)
    letter = rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ")
    texts = (
        f"{order(rng)}号{site}",
        rng.choice(FIXED),
        f"{letter}{pen.kin('区', rng.choice(SUFFIXES))}",
        f"{letter}{rng.choice(('', str(rng.randint(1, 30))))}{site}",
        f"{word}{rng.choice(SUFFIXES)}",
        f"{word}{site}",
        f"{word}{rng.choice(SUFFIXES)}{rng.choice((letter, numeral(rng.randint(1, 12))))}",
        f"{order(rng)}号{word}",
        f"{order(rng)}号{rng.choice(FIXED)}",
        f"{rng.choice((word, rng.choice(THINGS), rng.choice(PARTS)))}{rng.choice((*FIXED, *SITES, *SUFFIXES))}",
        f"{rng.choice(PARTS)}{rng.choice(SUFFIXES)}",
        f"{site}{rng.choice((letter, str(rng.randint(1, 30)), numeral(rng.randint(1, 12))))}",
        f"{rng.choice(PARTS)}{site}",
        word,
        f"第{numeral(rng.randint(1, 12))}{site}",
    )
    return rng.choices(texts, (24, 20, 9, 6, 7, 5, 2, 3, 7, 12, 5, 5, 6, 4, 3))[0]


def _robot(pen: Pen) -> str:
    rng = pen.rng
    machine, number = pen.kin("车", rng.choice(MACHINES)), order(rng)
    trade = rng.choice((f"{number}号", "", rng.choice(PARTS), _invented(pen, 1, 2))) + rng.choice(TRADES)
    texts = (
        f"{number}号{machine}",
        f"{machine}{number}",
        f"{machine}{number}号",
        f"小{rng.choice(COMMON)}",
        _invented(pen, 2, 4),
        f"{number}号",
        f"{machine}{rng.choice('ABCDEFGH')}",
        f"{number}号{_invented(pen, 1, 3)}{rng.choice(('车', '机', '船', '手', '', ''))}",
        trade + rng.choice(BODIES),
    )
    return rng.choices(texts, (30, 12, 10, 10, 10, 5, 5, 8, 16))[0]


def platoon(pen: Pen) -> Mark:
    """A platoon."""
    rng, group = pen.rng, pen.rng.choice(GROUPS)
    if rng.random() < 0.12:
        return names.platoon(pen)
    texts = (
        f"{order(rng)}号{group}",
        f"{_invented(pen, 2, 3)}{group}",
        _invented(pen, 2, 3),
        f"{rng.choice(PARTS)}线{group}",
        f"{group}{rng.choice('ABCDEF')}",
        f"{rng.choice(('货运', '院区', '夜班', '早班', '冷链', '港口'))}{group}",
    )
    return pen.mark(rng.choice(texts))


def thing(pen: Pen) -> Mark:
    """An item."""
    rng = pen.rng
    word = rng.choice(THINGS)
    if rng.random() < (0.45 if pen.held_out else 0.3):
        word = (
            _invented(pen, 1, 2) + rng.choice("箱件盒料板管机桶片粉油") if rng.random() < 0.6 else _invented(pen, 2, 3)
        )
    elif rng.random() < 0.08:
        word = rng.choice(THINGS) + word
    if rng.random() < 0.1:
        word = rng.choice("红蓝绿黄白黑大小新旧空") + rng.choice(("", "色的"))[: 2 * (rng.random() < 0.2)] + word
    return pen.mark(names.thing(pen, True) if rng.random() < 0.06 else word)


def skill(pen: Pen) -> Mark:
    """A capability."""
    return pen.mark(_invented(pen, 2, 2) if pen.rng.random() < 0.2 else pen.rng.choice(SKILLS))


PARTS_OF_DAY = {
    "凌晨": (1, 2, 3, 4, 5),
    "早上": (6, 7, 8, 9),
    "上午": (8, 9, 10, 11),
    "中午": (11, 12, 1),
    "下午": (1, 2, 3, 4, 5, 6),
    "晚上": (6, 7, 8, 9, 10, 11),
    "今晚": (7, 8, 9, 10),
}


def clock(pen: Pen) -> Mark:
    """A time of day."""
    rng = pen.rng
    hour = rng.randint(1, 12)
    spoken = ("两" if hour == 2 else numeral(hour)) if rng.random() < 0.6 else str(hour)
    part = rng.choice(("", "", *(part for part, hours in PARTS_OF_DAY.items() if hour in hours)))
    rest = rng.choice(("", "", "", "半", "一刻", "三刻", "十分", "二十分", "钟", "整", "15分"))
    texts = (
        f"{part}{spoken}点{rest}",
        f"{rng.randint(0, 23)}:{rng.choice((0, 15, 30, 45)):02d}",
        "中午",
        "午夜",
        f"{part}{hour}:{rng.choice((0, 10, 20, 30)):02d}",
        f"{rng.randint(13, 23)}点{rng.choice(('', '', '半', '30分', '15分'))}",
        f"{rng.randint(6, 23)}时{rng.choice(('', '', '30分', '20分'))}",
        f"{numeral(rng.randint(13, 23))}点",
    )
    return pen.mark(rng.choices(texts, (66, 14, 4, 2, 7, 4, 2, 2))[0])


def duration(pen: Pen) -> Mark:
    """A length of time."""
    rng = pen.rng
    value = rng.randint(2, 60)
    many = str(value) if rng.random() < 0.5 else numeral(value)
    texts = (
        f"{many}分钟",
        f"{many}秒",
        f"{rng.choice('两三四五')}个小时",
        "半小时",
        "半个小时",
        "一小时",
        "一个小时",
        "一分钟",
        f"{many}秒钟",
        "一刻钟",
        f"{rng.randint(2, 9)}小时",
        "一个半小时",
        "两分半钟",
        "十分钟",
        "五分钟",
    )
    return pen.mark(rng.choices(texts, (40, 14, 6, 7, 4, 5, 4, 5, 3, 3, 4, 2, 1, 8, 8))[0])


def period(pen: Pen) -> tuple[str, Mark]:
    """How often, as words that stand before a job, and the part that says the time."""
    mark = every(pen)
    return pen.pick(("每{}", "每隔{}", "每{}，", "每过{}", "每隔{}就")).format(mark), mark


def every(pen: Pen) -> Mark:
    """What follows "每"."""
    if pen.chance(0.35):
        return pen.mark(pen.rng.choice(("小时", "半小时", "天", "半个小时", "小时", "分钟")))
    return duration(pen)


def speed(pen: Pen) -> Mark:
    """A speed."""
    rng = pen.rng
    value = rng.randint(2, 95)
    said = numeral(value) if rng.random() < 0.5 else str(value)
    return pen.mark(rng.choice(SPEEDS).format(said))


def headway(pen: Pen) -> Mark:
    """A time gap."""
    rng = pen.rng
    texts = (
        f"{rng.randint(0, 2)}.{rng.choice((rng.randint(1, 9), 25, 75))}秒",
        rng.choice(("半秒", "半秒", "半秒钟", "一秒", "两秒", "一秒钟", "三秒")),
        f"{rng.choice(('一', '一', '两', '1', '2'))}秒半",
        f"{rng.choice('零零零一')}点{rng.choice(('五', '六', '七', '八', '九', '二五', '七五'))}秒",
        f"{rng.randint(1, 3)}秒",
        f"{rng.randint(3, 19)}00毫秒",
    )
    return pen.mark(rng.choices(texts, (3, 4, 2, 3, 2, 1))[0])


def gap(pen: Pen) -> Mark:
    """A distance."""
    value = pen.rng.randint(2, 30)
    return pen.mark(f"{numeral(value) if pen.rng.random() < 0.5 else value}{pen.rng.choice(('米', '米', 'm'))}")
