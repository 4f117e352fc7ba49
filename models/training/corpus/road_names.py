"""Names as they are said of trucks on a road: exits, trucks by number alone, and ranges of them."""

import random

from . import chinese_words as words
from . import names
from .pen import Mark, Pen

EXITS = ("exit", "exit", "exit", "junction", "off-ramp", "ramp", "interchange", "turn-off")
EXITS_ZH = ("出口", "出口", "出口", "匝道", "互通", "收费站", "服务区")
SIDES = ("north", "south", "east", "west", "airport", "harbour", "city", "first", "second", "third", "last", "old")
TO = (" to ", " to ", " through ", "-", " - ", " thru ", " up to ")
NUMERALS = tuple(map(words.numeral, range(1, 13)))
TO_ZH = ("到", "到", "至", "-")


def exit_(pen: Pen) -> Mark:
    """Where one leaves a road, in English."""
    if pen.rng.random() < 0.25:
        return names.place(pen)
    return names.fresh(pen, _exit)


def _exit(pen: Pen) -> tuple[str, str]:
    rng, noun = pen.rng, pen.kin("exit", pen.rng.choice(EXITS))
    shape = rng.random()
    if shape < 0.65:
        return f"{noun} {names.label(pen)}", "the " if rng.random() < 0.04 else ""
    said = rng.choice(SIDES) if shape < 0.85 else names.invented(pen)
    return f"{said} {noun}", "the " if rng.random() < 0.85 else ""


def exit_zh(pen: Pen) -> Mark:
    """Where one leaves a road, in Chinese."""
    rng, noun = pen.rng, pen.kin("出口", pen.rng.choice(EXITS_ZH))
    texts = (f"{words.order(rng)}号{noun}", f"{noun}{words.order(rng)}", f"{rng.choice(words.PARTS)}{noun}")
    return pen.mark(rng.choice(texts)) if rng.random() < 0.7 else words.place(pen)


def first(pen: Pen) -> Mark:
    """The first of a list of trucks by number: "trucks 3"; others follow as `after` says."""
    noun = names.plural_of(pen.rng.choice(names.COMMON_MACHINES))
    return pen.mark(f"{noun} {_number(pen, names.NUMBERS)}")


def after(pen: Pen) -> Mark:
    """A further truck of such a list: its number alone."""
    return pen.mark(_number(pen, names.NUMBERS))


def before_zh(pen: Pen) -> Mark:
    """A truck of a Chinese list before the last one: "三号", without the noun."""
    return pen.mark(_number(pen, NUMERALS) + ("号" if "words" in pen.named else pen.rng.choice(("号", "号", ""))))


def last_zh(pen: Pen) -> Mark:
    """The last of such a list: "四号卡车"."""
    return pen.mark(f"{_number(pen, NUMERALS)}号{pen.rng.choice(words.MACHINES)}")


def range_(pen: Pen) -> Mark:
    """All trucks from one number to another, in one piece: "trucks 1 to 4"."""
    low, high = _ends(pen.rng)
    said = names.NUMBERS if pen.rng.random() < 0.3 and high <= len(names.NUMBERS) else tuple(map(str, range(1, 100)))
    noun, to = pen.rng.choice(names.COMMON_MACHINES), pen.rng.choice(TO)
    again = f"{noun} " if pen.rng.random() < 0.12 and to.strip() != "-" else ""
    return pen.mark(f"{noun if again else names.plural_of(noun)} {said[low - 1]}{to}{again}{said[high - 1]}")


def range_zh(pen: Pen) -> Mark:
    """All trucks from one number to another, in one piece: "一到四号卡车"."""
    low, high = _ends(pen.rng)
    said = words.numeral if pen.rng.random() < 0.6 else str
    middle = "号" if pen.rng.random() < 0.4 else ""
    return pen.mark(f"{said(low)}{middle}{pen.rng.choice(TO_ZH)}{said(high)}号{pen.rng.choice(words.MACHINES)}")


def _ends(rng: random.Random) -> tuple[int, int]:
    low = rng.randint(1, 8)
    return low, low + rng.randint(1, 8)


def _number(pen: Pen, spelt: tuple[str, ...]) -> str:
    """A number that no truck of the sentence has yet; in words or digits, all of them alike."""
    if not pen.named & {"digits", "words"}:
        pen.named.add(pen.rng.choice(("digits", "digits", "words")))
    while True:
        value = pen.rng.randint(1, len(spelt))
        if f"truck {value}" not in pen.named:
            pen.named.add(f"truck {value}")
            return str(value) if "digits" in pen.named else spelt[value - 1]
