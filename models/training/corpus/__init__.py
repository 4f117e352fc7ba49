"""Sentences and their Readings, drawn together: seeded, without an end, right by construction."""

import random
import re
from collections.abc import Iterator

from . import (
    chinese_plans,
    chinese_platoons,
    chinese_talk,
    english_plans,
    english_platoons,
    english_talk,
    surface,
)
from .pen import Pen, Reading, Sample, finish, frame_held_out

__all__ = ["RESERVED", "Sample", "draw", "prompt", "stream"]

RESERVED = frozenset(
    re.sub(r"\W", "", text).lower()
    for text in (
        "Bring two pallets from dock 3 to aisle B.",
        "Take a crate from dock 1 to staging, then inspect the cold store.",
        "Patrol aisle A, aisle B and dock 2 twice.",
        "Deliver one drum from dock 2 to the cold store before 5 pm, and keep out of aisle C.",
        "把三个托盘从一号月台送到冷库。",
        "Bring a pallet to the moon bay.",
        "bring two pallets from dock 3 to aisle B before 5 pm, avoid aisle C",
    )
)
INTENTS = {"tasks": 74.0, "platoon": 9, "control": 5, "query": 6, "unclear": 9}
LONGEST = 280


def prompt(sentence: str) -> str:
    """What the model is given after the first token; what it then says is the Reading."""
    return f" {sentence}\n"


def draw(rng: random.Random, *, held_out: bool = False) -> Sample:
    """One sample for training; or one for the evaluation, whose frame and invented names training never sees.

    Reserved sentences (those of the documentation) are never drawn.
    """
    while True:
        sample = _attempt(rng, held_out)
        fresh = re.sub(r"\W", "", sample.sentence).lower() not in RESERVED
        if frame_held_out(sample.frame) == held_out and fresh and len(sample.sentence) <= LONGEST:
            return sample


def stream(rng: random.Random, *, held_out: bool = False) -> Iterator[Sample]:
    """Samples without an end."""
    while True:
        yield draw(rng, held_out=held_out)


def _attempt(rng: random.Random, held_out: bool) -> Sample:
    pen = Pen(rng, held_out)
    language = pen.weigh({"en": 62.0, "zh": 38.0})
    intent = pen.weigh(INTENTS)
    text, reading = _compose(pen, language, intent)
    polish = surface.english if language == "en" else surface.chinese
    sentence, said = finish(polish(rng, text), reading)
    return Sample(sentence, said, language, f"{language}/{intent}/{'.'.join(map(str, pen.frame))}")


GOALS = {
    ("en", "tasks"): english_plans.plan,
    ("zh", "tasks"): chinese_plans.plan,
    ("en", "platoon"): english_platoons.platoon,
    ("zh", "platoon"): chinese_platoons.platoon,
}
TALK = {
    ("en", "control"): english_talk.control,
    ("zh", "control"): chinese_talk.control,
    ("en", "query"): english_talk.query,
    ("zh", "query"): chinese_talk.query,
    ("en", "unclear"): english_talk.unclear,
    ("zh", "unclear"): chinese_talk.unclear,
}


def _compose(pen: Pen, language: str, intent: str) -> tuple[str, Reading]:
    """The text with its marks, and the Reading that points at them."""
    if (language, intent) in TALK:
        return TALK[language, intent](pen)
    text, tasks = GOALS[language, intent](pen)
    return text, Reading({"intent": "tasks"}, tasks)
