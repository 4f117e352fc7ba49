"""Names of places, robots, items, platoons and capabilities, from a vocabulary without an end.

Invented words fall into two buckets by hash: training never draws one of the held-out bucket.
"""

import random
import re
import zlib
from collections.abc import Callable

from .pen import Mark, Pen
from .words import Words

HELD_OUT_NAMES = 10
LOOKALIKES = 0.4
TYPOS = 0.015
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
ANY = frozenset({"robot", "bot", "unit", "vehicle", "car"})
COLOURS = ("red", "blue", "green", "yellow", "white", "black", "big", "small", "old", "new")
_NUMBER_WORDS = {word: str(value) for value, word in enumerate(NUMBERS, 1)}
LISTS = Words("names")
ONSETS = LISTS.list("onsets")
NUCLEI = LISTS.list("nuclei")
CODAS = LISTS.list("codas")
SITES = LISTS.list("sites")
COMMON_SITES = LISTS.list("common_sites")
KEY_WORDS = LISTS.list("key_words")
FIXED_SITES = LISTS.list("fixed_sites")
ADJECTIVES = LISTS.list("adjectives")
GREEK = LISTS.list("greek")
COMMON_MACHINES = LISTS.list("common_machines")
TRAFFIC = LISTS.list("traffic")
MACHINES = LISTS.list("machines")
THINGS = LISTS.list("things")
MASS = LISTS.list("mass")
GROUPS = LISTS.list("groups")
SKILLS = LISTS.groups("skills")
REAL = LISTS.list("real")
PEOPLE = LISTS.list("people")
NICKNAMES = LISTS.list("nicknames")


def held_out(word: str) -> bool:
    """Whether an invented word belongs to the evaluation's bucket."""
    return zlib.crc32(word.lower().encode()) % HELD_OUT_NAMES == 0


def invented(pen: Pen) -> str:
    """A lower-case word that no language has, from this pen's bucket."""
    while True:
        count = pen.rng.choice((1, 2, 2, 2, 3))
        word = "".join(_syllable(pen.rng) for _ in range(count)) + pen.rng.choice(CODAS)
        if len(word) > 2 and word not in REAL and held_out(word) == pen.held_out:
            pen.invented.append(word)
            return word


def _syllable(rng: random.Random) -> str:
    return rng.choice(ONSETS) + rng.choice(NUCLEI) + (rng.choice(CODAS) if rng.random() < 0.3 else "")


def label(pen: Pen) -> str:
    """What tells one dock from the next: a number, a letter, a code, a word; often much like the one before."""
    rng, last = pen.rng, pen.label
    if last and rng.random() < LOOKALIKES:
        pen.label = _like(rng, last)
        return pen.label
    digits = str(rng.randrange(1, 13 if rng.random() < 0.7 else 400))
    letter = rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    plain = (digits, digits, digits, digits, letter, letter, letter, rng.choice(NUMBERS))
    rare = (letter + digits, digits + letter, f"{letter}-{digits}", f"{letter}{rng.randrange(10)}-{digits}")
    odd = (f"#{digits}", f"no. {digits}", f"number {digits}", f"{digits}.{rng.randrange(1, 30)}", rng.choice(GREEK))
    pen.label = rng.choice(rng.choices((plain, rare, odd), (75, 15, 10))[0])
    return pen.label


def _like(rng: random.Random, last: str) -> str:
    """A label that is easily taken for the other one: 3 and 13, A and B, B2 and B3."""
    if last.isdigit():
        return rng.choice((str(int(last) + 1), str(int(last) + 1), "1" + last, last + rng.choice("012"), last + "B"))
    if len(last) == 1:
        return chr((ord(last.upper()) - ord("A") + rng.choice((1, 1, 2, 25))) % 26 + ord("A"))
    if last in NUMBERS:
        return rng.choice(NUMBERS)
    return (
        re.sub(r"\d", lambda found: str((int(found[0]) + 1) % 10), last)
        if re.search(r"\d", last)
        else rng.choice(GREEK)
    )


def code(rng: random.Random) -> str:
    """A short code such as R2, AMR-7 or WX204."""
    letters = "".join(rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(rng.choice((1, 1, 2, 2, 3))))
    return letters + rng.choice(("", "", "", "-")) + str(rng.randrange(1, 10 if rng.random() < 0.7 else 1000))


def place(pen: Pen) -> Mark:
    """A place that the sentence has not named yet, with its article where English puts one."""
    return fresh(pen, _place)


def robot(pen: Pen) -> Mark:
    """The name of a robot that the sentence has not named yet."""
    return fresh(pen, _robot)


def platoon(pen: Pen) -> Mark:
    """The name of a platoon that the sentence has not named yet."""
    return fresh(pen, _platoon)


def fresh(pen: Pen, make: Callable[[Pen], tuple[str, str]]) -> Mark:
    """A name of this make (its words, and what stands before them) that the sentence has not had yet."""
    while True:
        text, lead = make(pen)
        words = (_NUMBER_WORDS.get(word, word) for word in re.findall(r"\w+", text.lower()))
        known = "".join(word for word in words if word not in ("no", "number"))
        if known not in pen.named:
            pen.named.add(known)
            pen.drawn.append(pen.mark(_styled(pen.rng, text), lead))
            return pen.drawn[-1]


def _place(pen: Pen) -> tuple[str, str]:
    """A place's words and what stands before them."""
    rng = pen.rng
    shape = rng.choices(range(11), (42, 27, 7, 5, 4, 4, 3, 5, 3, 3, 5))[0]
    noun = pen.kin("site", rng.choice(COMMON_SITES if rng.random() < 0.55 else SITES))
    texts = (
        lambda: f"{noun} {label(pen)}",
        lambda: rng.choice(FIXED_SITES) + (" " + label(pen) if rng.random() < 0.12 else ""),
        lambda: f"{rng.choice(ADJECTIVES)} {noun}",
        lambda: f"{invented(pen)} {noun}",
        lambda: invented(pen),
        lambda: f"{rng.choice(ADJECTIVES)} {noun} {label(pen)}",
        lambda: f"{noun} {label(pen)} {rng.choice(('north', 'south', 'east', 'west', 'left', 'right'))}",
        lambda: code(rng),
        lambda: f"{noun} {invented(pen)}",
        lambda: f"{rng.choice(KEY_WORDS)} {noun}" + (f" {label(pen)}" if rng.random() < 0.4 else ""),
        lambda: f"{rng.choice((*THINGS, *TRAFFIC))} {noun}",
    )
    named = shape in (0, 4, 5, 6, 7, 8)
    return texts[shape](), "the " if rng.random() < (0.05 if named else 0.85) else ""


def _robot(pen: Pen) -> tuple[str, str]:
    """A robot's words and what stands before them."""
    rng = pen.rng
    shape = rng.choices(range(9), (42, 14, 10, 7, 5, 4, 5, 4, 12))[0]
    machine = pen.kin("machine", rng.choice(COMMON_MACHINES if rng.random() < 0.6 else MACHINES))
    texts = (
        lambda: f"{machine} {label(pen)}",
        lambda: code(rng),
        lambda: invented(pen).capitalize() if rng.random() < 0.5 else invented(pen),
        lambda: rng.choice(PEOPLE),
        lambda: f"{invented(pen)} {machine}",
        lambda: f"{rng.choice(COLOURS)} {machine}" if machine in ANY else machine,
        lambda: f"{rng.choice(ADJECTIVES)} {machine}",
        lambda: f"{rng.choice(GREEK)} {rng.choice(NUMBERS)}",
        lambda: rng.choice(NICKNAMES) if rng.random() < 0.5 else rng.choice(NICKNAMES).capitalize(),
    )
    return texts[shape](), "the " if shape in (4, 5, 6) or (shape == 8 and rng.random() < 0.3) else ""


def _platoon(pen: Pen) -> tuple[str, str]:
    """A platoon's words and what stands before them."""
    rng = pen.rng
    group = rng.choice(GROUPS)
    shape = rng.choices(range(6), (30, 30, 12, 12, 6, 10))[0]
    texts = (
        lambda: f"{rng.choice(COMMON_SITES if rng.random() < 0.5 else SITES)} {group}",
        lambda: f"{group} {label(pen)}",
        lambda: f"{invented(pen)} {group}",
        lambda: f"{rng.choice(ADJECTIVES)} {group}",
        lambda: invented(pen).capitalize(),
        lambda: f"{rng.choice(TRAFFIC)} {group}",
    )
    return texts[shape](), "the " if shape in (0, 2, 3, 5) else ""


def thing(pen: Pen, plural: bool) -> str:
    """An item's words, without article or number."""
    rng = pen.rng
    if plural and rng.random() < 0.1:
        return rng.choice(MASS)
    if rng.random() < 0.03:
        return f"{code(rng)} {plural_of(rng.choice(THINGS)) if plural else rng.choice(THINGS)}"
    fresh = invented(pen) if rng.random() < (0.5 if pen.held_out else 0.16) else rng.choice(THINGS)
    noun = pen.kin("thing", fresh) if rng.random() < 0.5 else fresh
    noun = plural_of(noun) if plural else noun
    shape = rng.random()
    if shape < 0.12:
        return f"{rng.choice(ADJECTIVES)} {noun}"
    if shape < 0.17:
        return f"{rng.choice((*THINGS, invented(pen)))} {noun}"
    return f"{noun} of {rng.choice((*MASS, invented(pen)))}" if shape < 0.21 else noun


def skill(pen: Pen, kind: str) -> Mark:
    """A capability as a verb ("lift"), as a gerund ("lifting": kind "doing") or as a noun ("tail lift")."""
    if pen.rng.random() < 0.2:
        return pen.mark(invented(pen) + ("ing" if kind == "doing" else ""))
    return pen.mark(pen.rng.choice(SKILLS[kind]))


def plural_of(noun: str) -> str:
    """More than one of it."""
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun + "es"
    return noun[:-1] + "ies" if noun.endswith("y") and noun[-2] not in "aeiou" else noun + "s"


def _styled(rng: random.Random, text: str) -> str:
    """The name as somebody types it: capitals, underscores, now and then a slip of the finger."""
    if rng.random() < TYPOS and text.isascii() and len(text) > 5 and text[1:3].isalpha():
        return slip(rng, text, 1, 3)
    style = rng.random()
    if style < 0.09:
        return text.title()
    if style < 0.13:
        return text.replace(" ", "_").lower() if "." not in text else text
    if style < 0.14:
        return text.replace(" ", "-") if "." not in text else text
    return text.capitalize() if style < 0.18 else text


def slip(rng: random.Random, text: str, low: int, high: int) -> str:
    """The text with two letters swapped, one left out or one doubled, at an index from `low` to below `high`."""
    at = rng.randrange(low, high)
    swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return rng.choice((swapped, text[:at] + text[at + 1 :], text[:at] + text[at] + text[at:]))
