"""The surface of a sentence: casing, punctuation, greetings, slips of the finger. Marks stay where they are."""

import random
import re

from .names import slip
from .pen import CLOSE, OPEN
from .words import Words

_PIECES = re.compile(f"({OPEN}.[^{CLOSE}]*{CLOSE})")
_STARTS = re.compile(f"(^|[.!?] )({OPEN}.)?([a-z])")
_TOUCHING = re.compile(f"(?<=[A-Za-z0-9_]){CLOSE}(?=({OPEN}.)?[A-Za-z0-9_])")
_WORD = re.compile(r"[a-z]{4,}")
SPOKEN = 0.05
LISTS = Words("surface")
HELLO = LISTS.list("hello")
FILLERS = Words("english_remarks").list("filler")
BYE = LISTS.list("bye")
HELLO_ZH = LISTS.list("hello_zh")
BYE_ZH = LISTS.list("bye_zh")
ENDS = tuple(".?!。？！")
QUESTION = re.compile(r"^(can|could|would|will|where|what|who|why|which|how|is|do|does|did|are)\b")


def english(rng: random.Random, text: str) -> str:
    """An English sentence as somebody might type it, or say it to something that hears no commas."""
    if rng.random() < 0.05:
        text = rng.choice(HELLO) + text
    if rng.random() < 0.07:
        text += rng.choice(BYE)
    if rng.random() < 0.08:
        text = _slip(rng, text)
    if rng.random() < 0.025:
        text = _hesitant(rng, text)
    if rng.random() < SPOKEN:
        return text.replace(", ", " ").lower()
    if rng.random() < 0.75:
        text = _STARTS.sub(lambda found: (found[1] or "") + (found[2] or "") + found[3].upper(), text)
        text = re.sub(r"\bi\b(?=[' ])", "I", text)
    ending = "?" if QUESTION.match(text.lower()) and rng.random() < 0.8 else rng.choice((".", ".", ".", ".", "!"))
    if not text.endswith(ENDS) and rng.random() < 0.65:
        text += ending
    case = rng.random()
    if case < 0.12:
        return text.lower()
    return text.upper() if case < 0.15 else text


def chinese(rng: random.Random, text: str) -> str:
    """A Chinese sentence as somebody might type or say it."""
    if rng.random() < 0.2:
        text = text.replace("，", rng.choice((",", ",", ",", " ", "")))
    text = _TOUCHING.sub(f"{CLOSE} ", text)
    if rng.random() < 0.04:
        text = rng.choice(HELLO_ZH) + text
    if rng.random() < 0.07:
        text += rng.choice(BYE_ZH)
    if not text.endswith(ENDS) and rng.random() < 0.62:
        text += rng.choice(("。", "。", "。", "！", "."))
    return text


def _hesitant(rng: random.Random, text: str) -> str:
    """The text with a pause for thought before one of its marks."""
    pieces = _PIECES.split(text)
    spots = [n for n in range(0, len(pieces) - 1, 2) if pieces[n].endswith(" ") and len(pieces[n]) > 2]
    if spots:
        index = rng.choice(spots)
        pieces[index] = pieces[index][:-1] + rng.choice(FILLERS) + " "
    return "".join(pieces)


def _slip(rng: random.Random, text: str) -> str:
    """The text with one slip of the finger outside its marks."""
    pieces = _PIECES.split(text)
    spots = [(n, found.start(), found.end()) for n in range(0, len(pieces), 2) for found in _WORD.finditer(pieces[n])]
    if not spots:
        return text
    index, start, end = rng.choice(spots)
    pieces[index] = slip(rng, pieces[index], start + 1, end - 1)
    return "".join(pieces)
