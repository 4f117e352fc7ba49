"""Names of places, robots, items, platoons and capabilities, from a vocabulary without an end.

Invented words fall into two buckets by hash: training never draws one of the held-out bucket.
"""

import random
import zlib

from .pen import Mark, Pen
from .words import Words

HELD_OUT_NAMES = 10
LISTS = Words("names")
ONSETS = LISTS.list("onsets")
NUCLEI = LISTS.list("nuclei")
CODAS = LISTS.list("codas")
SITES = LISTS.list("sites")
FIXED_SITES = LISTS.list("fixed_sites")
ADJECTIVES = LISTS.list("adjectives")
GREEK = LISTS.list("greek")
MACHINES = LISTS.list("machines")
THINGS = LISTS.list("things")
MASS = LISTS.list("mass")
GROUPS = LISTS.list("groups")
SKILLS = LISTS.list("skills")
REAL = LISTS.list("real")
PEOPLE = LISTS.list("people")


def held_out(word: str) -> bool:
    """Whether an invented word belongs to the evaluation's bucket."""
    return zlib.crc32(word.lower().encode()) % HELD_OUT_NAMES == 0


def invented(pen: Pen) -> str:
    """A lower-case word that no language has, from this pen's bucket."""
    while True:
        count = pen.rng.choice((1, 2, 2, 2, 3))
        word = "".join(_syllable(pen.rng) for _ in range(count)) + pen.rng.choice(CODAS)
        if len(word) > 2 and word not in REAL and held_out(word) == pen.held_out:
            return word


def _syllable(rng: random.Random) -> str:
    return rng.choice(ONSETS) + rng.choice(NUCLEI) + (rng.choice(CODAS) if rng.random() < 0.3 else "")


def label(rng: random.Random) -> str:
    """What tells one dock from the next: a number, a letter, a code, a word."""
    digits = str(rng.randrange(1, 13 if rng.random() < 0.7 else 400))
    letter = rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return rng.choice((digits, digits, digits, letter, letter, letter + digits, digits + letter, rng.choice(GREEK)))


def code(rng: random.Random) -> str:
    """A short code such as R2, AMR-7 or WX204."""
    letters = "".join(rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(rng.choice((1, 1, 2, 2, 3))))
    return letters + rng.choice(("", "", "", "-")) + str(rng.randrange(1, 10 if rng.random() < 0.7 else 1000))


def place(pen: Pen) -> Mark:
    """A place, with its article where English puts one."""
    rng = pen.rng
    shape = rng.choices(range(9), (40, 24, 7, 7, 6, 6, 3, 4, 4))[0]
    noun = pen.kin("site", rng.choice(SITES))
    word = invented(pen)
    texts = (
        lambda: f"{noun} {label(rng)}",
        lambda: rng.choice(FIXED_SITES) + (" " + label(rng) if rng.random() < 0.12 else ""),
        lambda: f"{rng.choice(ADJECTIVES)} {noun}",
        lambda: f"{word} {noun}",
        lambda: word,
        lambda: f"{rng.choice(ADJECTIVES)} {noun} {label(rng)}",
        lambda: f"{noun} {label(rng)} {rng.choice(('north', 'south', 'east', 'west', 'left', 'right'))}",
        lambda: code(rng),
        lambda: f"{noun} {word}",
    )
    named = shape in (0, 4, 5, 6, 7, 8)
    article = rng.random() < (0.05 if named else 0.85)
    return pen.mark(_styled(rng, texts[shape]()), "the " if article else "")


def robot(pen: Pen) -> Mark:
    """A robot's name."""
    rng = pen.rng
    shape = rng.choices(range(7), (48, 17, 13, 8, 7, 4, 6))[0]
    machine = pen.kin("machine", rng.choice(MACHINES))
    texts = (
        lambda: f"{machine} {label(rng)}",
        lambda: code(rng),
        lambda: invented(pen).capitalize(),
        lambda: rng.choice(PEOPLE),
        lambda: f"{invented(pen)} {machine}",
        lambda: machine,
        lambda: f"{rng.choice(ADJECTIVES)} {machine}",
    )
    return pen.mark(_styled(rng, texts[shape]()), "the " if shape > 3 else "")


def platoon(pen: Pen) -> Mark:
    """A platoon's name."""
    rng = pen.rng
    group = rng.choice(GROUPS)
    texts = (
        f"{rng.choice(SITES)} {group}",
        f"{group} {label(rng)}",
        f"{invented(pen)} {group}",
        f"{rng.choice(ADJECTIVES)} {group}",
        invented(pen).capitalize(),
    )
    shape = rng.randrange(5)
    return pen.mark(_styled(rng, texts[shape]), "the " if shape in (0, 2, 3) else "")


def thing(pen: Pen, plural: bool) -> str:
    """An item's words, without article or number."""
    rng = pen.rng
    if plural and rng.random() < 0.1:
        return rng.choice(MASS)
    if rng.random() < 0.04:
        return f"{code(rng)} {_plural(rng.choice(THINGS)) if plural else rng.choice(THINGS)}"
    noun = invented(pen) if rng.random() < (0.5 if pen.held_out else 0.22) else rng.choice(THINGS)
    noun = _plural(noun) if plural else noun
    shape = rng.random()
    if shape < 0.15:
        return f"{rng.choice(ADJECTIVES)} {noun}"
    if shape < 0.25:
        return f"{rng.choice((*THINGS, invented(pen)))} {noun}"
    return f"{noun} of {rng.choice((*MASS, invented(pen)))}" if shape < 0.31 else noun


def skill(pen: Pen) -> Mark:
    """A capability, as a verb or a noun."""
    return pen.mark(invented(pen) if pen.rng.random() < 0.2 else pen.rng.choice(SKILLS))


def _plural(noun: str) -> str:
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun + "es"
    return noun[:-1] + "ies" if noun.endswith("y") and noun[-2] not in "aeiou" else noun + "s"


def _styled(rng: random.Random, text: str) -> str:
    style = rng.random()
    if style < 0.08:
        return text.title()
    if style < 0.13:
        return text.replace(" ", "_").lower()
    if style < 0.15:
        return text.replace(" ", "-")
    return text.capitalize() if style < 0.2 else text
