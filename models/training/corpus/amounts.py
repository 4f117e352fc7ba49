"""Numbers, clock times, durations and speeds as people write them in English."""

import random

from .pen import Mark, Pen
from .words import Words

LISTS = Words("amounts")
WORDS = LISTS.list("words")
TENS = LISTS.list("tens")
SPEED_UNITS = LISTS.list("speed_units")
HEADWAYS = LISTS.list("headways")
SHORT = LISTS.list("headways_in_digits")


def number(rng: random.Random, low: int, high: int) -> str:
    """A whole number, in digits or in words."""
    value = rng.randint(low, high)
    if rng.random() < 0.45:
        return str(value)
    if value <= 20:
        return WORDS[value]
    tens, ones = divmod(value, 10)
    if value > 99:
        return str(value)
    return TENS[tens - 2] + (rng.choice("- ") + WORDS[ones] if ones else "")


def small(pen: Pen, high: int = 12) -> Mark:
    """A number of things, two or more; small ones are the common ones."""
    rng = pen.rng
    if high > 20 and rng.random() < 0.08:
        return pen.mark(_large(rng))
    return pen.mark(number(rng, 2, rng.choice((4, 6, high))))


def _large(rng: random.Random) -> str:
    """A number that is more than a robot carries at once."""
    some, power = rng.choice((rng.choice(WORDS[2:13]), str(rng.randint(2, 99)))), rng.choice(("hundred", "thousand"))
    spelt = (f"a {power}", f"one {power}", f"{some} {power}", f"{some} {power}", rng.choice(TENS))
    digits = rng.choice((rng.randint(41, 999), 50 * rng.randint(2, 80)))
    return rng.choice((*spelt, str(digits), f"{digits:,}", f"{1000 * rng.randint(1, 40):,}"))


def clock(pen: Pen) -> Mark:
    """A time of day."""
    rng = pen.rng
    hour, minute = rng.randint(1, 12), rng.choice((0, 5, 10, 15, 20, 30, 40, 45, 50))
    half = rng.choice(("am", "pm", "am", "pm", "a.m.", "p.m.", "AM", "PM"))
    part = rng.choice(("morning", "evening", "morning") if 5 < hour < 12 else ("morning", "afternoon", "afternoon"))
    day = rng.choice(("", "", f" in the {part}"))
    texts = (
        f"{hour} {half}",
        f"{hour}{half.replace('.', '')}",
        f"{hour}:{minute:02d} {half}",
        f"{rng.randint(0, 23):02d}:{minute:02d}",
        f"{rng.randint(7, 23)}:{minute:02d}",
        f"{WORDS[hour]} {half.replace('.', '').lower()}",
        f"{WORDS[hour]} o'clock{day}",
        f"{hour} o'clock",
        f"half past {WORDS[hour]}{day}",
        f"quarter {rng.choice(('to', 'past'))} {WORDS[hour]}",
        f"{WORDS[hour]}{day}",
        f"{WORDS[hour]} thirty",
        "noon",
        "midnight",
        f"{rng.choice(('ten', 'twenty', 'five', '10', '20'))} {rng.choice(('to', 'past'))} {WORDS[hour]}",
        f"{hour} in the {part}",
        f"{rng.randint(6, 23):02d}{rng.choice((0, 15, 30, 45)):02d}{rng.choice(('', ' hours'))}",
        f"{hour}.{minute:02d} {half.lower()}",
        f"quarter {rng.choice(('to', 'past'))} {hour}",
        f"half past {hour}",
        f"{hour} sharp",
        f"{hour} o'clock{day}",
        str(hour),
    )
    weights = (18, 8, 10, 10, 5, 6, 5, 4, 4, 3, 6, 2, 4, 2, 2, 3, 2, 1, 1, 1, 1, 2, 2)
    return pen.mark(rng.choices(texts, weights)[0])


def duration(pen: Pen) -> Mark:
    """A length of time."""
    rng = pen.rng
    unit = rng.choices(("minute", "second", "hour"), (6, 2, 2))[0]
    many = number(rng, 2, {"minute": 60, "second": 120, "hour": 8}[unit])
    round_ = rng.choice(("5", "10", "15", "20", "30", "five", "ten", "fifteen", "twenty", "thirty", "45", "forty-five"))
    article = "an" if unit == "hour" else "a"
    texts = (
        f"{many} {unit}s",
        f"{round_} minutes",
        f"{article} {unit}",
        f"one {unit}",
        "half an hour",
        f"{rng.randint(2, 90)} {rng.choice(('min', 'mins', 'sec', 's', 'secs', 'h', 'hrs'))}",
        f"{rng.randint(2, 90)}{rng.choice(('min', 's', 'h', 'm'))}",
        "a quarter of an hour",
        "an hour and a half",
        f"{rng.randint(1, 9)}.5 {unit}s",
        f"{number(rng, 2, 9)} minutes and {round_} seconds",
        "half a minute",
        f"a couple of {unit}s",
        f"{rng.randint(1, 4)} hours {rng.randint(5, 50)} minutes",
        f"{round_} seconds",
        f"{rng.choice(('two', 'three', '2', '3', 'six'))} hours",
        "three quarters of an hour",
        f"{rng.choice(('two', 'one', 'three'))} and a half {rng.choice(('hours', 'minutes'))}",
        "a minute and a half",
        f"{round_} min",
        f"1 h {rng.randint(5, 50)} min",
    )
    weights = (26, 24, 8, 4, 6, 6, 2, 2, 2, 2, 1, 2, 1, 1, 6, 5, 1, 2, 1, 3, 1)
    return pen.mark(rng.choices(texts, weights)[0])


def period(pen: Pen) -> Mark:
    """What follows "every"."""
    rng = pen.rng
    if rng.random() < 0.3:
        return pen.mark(
            rng.choice(
                ("hour", "minute", "half hour", "half an hour", "day", "hour", "other hour", "quarter of an hour")
            )
        )
    unit = rng.choices(("minute", "second", "hour"), (6, 2, 2))[0]
    return pen.mark(f"{number(rng, 2, 60 if unit != 'hour' else 6)} {unit}s")


def repetitions(pen: Pen) -> tuple[str, Mark]:
    """How often, in words, and the part that says the number."""
    rng = pen.rng
    if rng.random() < 0.45:
        mark = pen.mark(rng.choice(("twice", "twice", "twice", "thrice", "once")))
        return str(mark), mark
    if rng.random() < 0.1:
        mark = pen.mark(f"{rng.randint(2, 9)}x")
        return str(mark), mark
    mark = small(pen)
    return f"{mark} times{rng.choice(('', '', '', '', ' in a row', ' in total'))}", mark


def speed(pen: Pen) -> Mark:
    """A speed with its unit."""
    unit = pen.rng.choice(SPEED_UNITS)
    value = number(pen.rng, 2, 25 if unit.startswith("m") else 100)
    space = "" if value.isdigit() and len(unit) < 5 and pen.rng.random() < 0.2 else " "
    return pen.mark(_decimal(pen.rng, value) + space + unit)


def headway(pen: Pen) -> Mark:
    """A time gap."""
    rng = pen.rng
    some = f"{rng.randint(0, 2)}.{rng.choice((rng.randint(1, 9), 25, 75))}"
    unit = rng.choice(("seconds", "s", "sec", "second"))
    digits = rng.choice((rng.choice(WORDS[1:10]), rng.choice(WORDS[1:10]), "seven five", "two five"))
    spelt = f"{rng.choice(('zero ', 'one ', 'two ', '', 'nought '))}point {digits} seconds"
    return pen.mark(rng.choice((f"{some} {unit}", f"{some}s", rng.choice(HEADWAYS), spelt, rng.choice(SHORT))))


def gap(pen: Pen) -> Mark:
    """A distance."""
    unit = pen.rng.choice(("m", "m", "metres", "meters", "feet", "ft", "metres", "meters"))
    value = number(pen.rng, 2, 30)
    space = "" if value.isdigit() and len(unit) < 3 and pen.rng.random() < 0.4 else " "
    return pen.mark(_decimal(pen.rng, value) + space + unit)


def _decimal(rng: random.Random, value: str) -> str:
    return f"{value}.{rng.randint(1, 9)}" if value.isdigit() and rng.random() < 0.15 else value
