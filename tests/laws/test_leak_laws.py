"""Nothing that the bench of language scores is ever drawn for training: no sentence, no frame, no invented name."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from caravan_cli.language_bench.cases import read_sentences
from models.training.corpus import RESERVED, Sample, names, stream

TRAINING = 10_000
HELD_OUT = 600
LONG = 7
SENTENCES = Path(__file__).parents[1] / "sentences"
_WORD = re.compile(r"[^\W\d_]+")


@pytest.fixture(scope="module")
def training() -> list[Sample]:
    return list(islice(stream(random.Random("leak/training")), TRAINING))


@pytest.fixture(scope="module")
def held_out() -> list[Sample]:
    return list(islice(stream(random.Random("leak/held out"), held_out=True), HELD_OUT))


def bare(text: str) -> str:
    """The sentence without case, spaces and signs."""
    return re.sub(r"\W", "", text).lower()


def leaked(samples: Iterable[Sample], kept: Iterable[str]) -> set[str]:
    """The kept sentences that are among the samples, spelled in whatever way."""
    return {bare(sample.sentence) for sample in samples} & {bare(text) for text in kept}


def by_hand() -> list[str]:
    sentences = read_sentences(SENTENCES)
    return [case.text for case in (*sentences.ordinary, *sentences.platoons, *sentences.attacks)]


def test_training_draws_no_sentence_that_was_written_by_hand(training: list[Sample]) -> None:
    assert not leaked(training, by_hand())
    assert {bare(text) for text in by_hand()} <= RESERVED


def test_a_leak_of_a_sentence_is_noticed(training: list[Sample]) -> None:
    text = by_hand()[0]
    planted = replace(training[0], sentence=f"{text.upper()} !")
    assert leaked([*training, planted], by_hand()) == {bare(text)}


def test_training_draws_no_sentence_and_no_frame_that_is_held_out(
    training: list[Sample], held_out: list[Sample]
) -> None:
    assert not leaked(training, (sample.sentence for sample in held_out))
    assert not {sample.frame for sample in training} & {sample.frame for sample in held_out}


def test_training_draws_no_invented_word_that_is_held_out(training: list[Sample], held_out: list[Sample]) -> None:
    drawn = {word for sample in training for word in sample.invented}
    kept = {word for sample in held_out for word in sample.invented}
    assert len(drawn) > 1000 and len(kept) > 100
    assert not any(names.held_out(word) for word in drawn) and all(names.held_out(word) for word in kept)
    # Shorter ones are words by chance, or what a slip of the finger makes of one.
    said = {word for sample in training for word in _WORD.findall(sample.sentence.casefold())}
    assert not {word for word in kept if len(word) >= LONG} & said
