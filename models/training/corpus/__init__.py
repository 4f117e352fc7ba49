"""Sentences and their Readings, drawn together: seeded, without an end, right by construction."""

import random
from collections.abc import Iterator, Mapping

from . import (
    chinese_plans,
    chinese_platoons,
    chinese_refused,
    chinese_talk,
    english_plans,
    english_platoons,
    english_refused,
    english_talk,
    phrasebook,
    surface,
)
from .pen import Pen, Reading, Sample, Task, finish, frame_held_out, left_out, unmarked
from .remarks import remarked, remarked_zh
from .reserved import RESERVED, plain

__all__ = ["RESERVED", "Sample", "draw", "prompt", "stream"]

INTENTS = {"tasks": 65.0, "platoon": 9, "control": 6, "query": 7, "unclear": 13, "phrase": 65, "road": 8}
"""How often each is drawn, of a sum of all."""
BOOKS = {
    (language, intent): phrasebook.book(language, folder)
    for language in ("en", "zh")
    for intent, folder in (("phrase", phrasebook.FOLDER), ("road", phrasebook.ROADS))
}
LONGEST = 280


def prompt(sentence: str) -> str:
    """What the model is given after the first token; what it then says is the Reading."""
    return f" {sentence}\n"


def draw(
    rng: random.Random, *, held_out: bool = False, part: int | None = None, weights: Mapping[str, float] = INTENTS
) -> Sample:
    """One sample for training; or one for the evaluation, whose frame and invented names training never sees.

    A `part` (0, 1 or 2) leaves out its own sixth of the training frames, so that models trained on different parts
    differ; None is all of them. `weights` says how often each of INTENTS is drawn. Reserved sentences (of the
    documentation and of the tests) are never drawn.
    """
    while True:
        sample = _attempt(rng, held_out, part, weights)
        if sample and len(sample.sentence) <= LONGEST and plain(sample.sentence) not in RESERVED:
            return sample


def stream(
    rng: random.Random, *, held_out: bool = False, part: int | None = None, weights: Mapping[str, float] = INTENTS
) -> Iterator[Sample]:
    """Samples without an end."""
    while True:
        yield draw(rng, held_out=held_out, part=part, weights=weights)


def _attempt(rng: random.Random, held_out: bool, part: int | None, weights: Mapping[str, float]) -> Sample | None:
    """A sample, if its frame is one that is wanted."""
    pen = Pen(rng, held_out)
    language = pen.weigh({"en": 55.0, "zh": 45.0})
    intent = pen.weigh(weights)
    text, reading = _compose(pen, language, intent)
    # Without a name in it, a sentence is its own frame: choices that left no trace must not tell two of them apart.
    named = any(name.text in text for name in pen.drawn)
    frame = f"{language}/{intent}/{'|'.join(pen.frame)}" if named else f"{language}/{plain(unmarked(text))}"
    if frame_held_out(frame) != held_out or (not held_out and left_out(frame, part)):
        return None
    polish = surface.english if language == "en" else surface.chinese
    sentence, said = finish(polish(rng, text), reading)
    return Sample(sentence, said, language, frame, tuple(pen.invented))


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
    ("en", "unclear"): english_refused.unclear,
    ("zh", "unclear"): chinese_refused.unclear,
}


def _compose(pen: Pen, language: str, intent: str) -> tuple[str, Reading]:
    """The text with its marks, and the Reading that points at them."""
    if (language, intent) in TALK:
        return TALK[language, intent](pen)
    if (language, intent) in BOOKS:
        text, reading = phrasebook.draw(pen, BOOKS[language, intent])
        if not reading.tasks:
            return text, reading
        text, tasks = _limited(pen, language, text, list(reading.tasks))
    else:
        text, tasks = GOALS[language, intent](pen)
    text = (remarked if language == "en" else remarked_zh)(pen, text)
    return text, Reading({"intent": "tasks"}, tasks)


def _limited(pen: Pen, language: str, text: str, tasks: list[Task]) -> tuple[str, list[Task]]:
    """The phrase, perhaps with a limit on all of it, where it does not end in a stop."""
    if text.endswith(surface.ENDS):
        return text, tasks
    limited = english_plans.limited if language == "en" else chinese_plans.limited
    return limited(pen, text, tasks)
