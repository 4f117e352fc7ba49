"""Sentences about the world that ask for nothing a robot does, from open templates."""

from collections.abc import Callable, Mapping

from . import chinese_words, names
from .pen import Pen
from .words import Words

LISTS = Words("small_talk")
ENGLISH = LISTS.list("english")
CHINESE = LISTS.list("chinese")
COLOURS = LISTS.list("colours")
Fill = Mapping[str, Callable[[], str]]


def small_talk(pen: Pen) -> str:
    """An English sentence that is no goal."""
    text = pen.pick(ENGLISH)
    fill: Fill = {
        "{n}": lambda: names.invented(pen) if pen.rng.random() < 0.15 else pen.rng.choice(names.THINGS),
        "{a}": lambda: pen.rng.choice(names.ADJECTIVES),
        "{p}": lambda: pen.rng.choice(names.PEOPLE),
        "{s}": lambda: pen.rng.choice((*names.SITES, *names.FIXED_SITES)),
        "{d}": lambda: str(pen.rng.randrange(2, 100)),
        "{w}": lambda: names.invented(pen),
    }
    return _filled(text, fill)


def small_talk_zh(pen: Pen) -> str:
    """A Chinese sentence that is no goal."""
    text = pen.pick(CHINESE)
    fill: Fill = {
        "{n}": lambda: pen.rng.choice(chinese_words.THINGS),
        "{a}": lambda: pen.rng.choice(COLOURS),
        "{s}": lambda: pen.rng.choice((*chinese_words.SITES, *chinese_words.FIXED)),
        "{d}": lambda: str(pen.rng.randrange(2, 100)),
        "{w}": lambda: "".join(pen.rng.choice(chinese_words.CHARACTERS) for _ in range(pen.rng.randint(2, 4))),
    }
    return _filled(text, fill)


def _filled(text: str, fill: Fill) -> str:
    """The text with a fresh word in each slot."""
    for slot, make in fill.items():
        while slot in text:
            text = text.replace(slot, make(), 1)
    return text
