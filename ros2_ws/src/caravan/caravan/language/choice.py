"""Which of a model's Readings is meant: the site has names, and the model has never seen them.

A model reads "owl, come to the east gate" as it would anybody's address; that `owl` is a robot, only the site knows.
So the Readings that a model thinks possible are weighed by what it gives each, times how well each fits the site: one
that asks for what the site does not know, or leaves out a name that the sentence says, is less likely to be meant.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from caravan.language.draft import ground
from caravan.language.grounding import Names
from caravan.language.prompt import Completion
from caravan.language.reading import sketch
from caravan.language.shape import Sort
from caravan.language.unused import unused
from caravan.model.goal import Draft, Intent

UNKNOWN = math.exp(-3.0)
"""How likely a Reading is meant that is no answer at this site, beside one that is..."""
LEFT_OUT = math.exp(-4.0)
"""...and for each name that it leaves out. Both chosen on sentences that the corpus generator keeps from training, with
another seed than those of the bench."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A Draft; `share`: its part of all that may be meant, in 0..1; `unused`: the names that it leaves out."""

    draft: Draft
    share: float
    unused: tuple[str, ...]


@dataclass(slots=True)
class _Meaning:
    """A Draft, what is given to all Readings that mean it, and how well it fits."""

    unused: tuple[str, ...]
    fit: float
    given: float = 0.0


def choose(answer: Completion, sentence: str, vocabulary: Mapping[Sort, Names]) -> Choice:
    """The likeliest Draft of a model's answers to a tidy sentence. Raises ValueError where its first is no Reading."""
    meanings: dict[Draft, _Meaning] = {}
    for number, (text, given) in enumerate(answer.answers()):
        try:
            rough = sketch(text, sentence)
        except ValueError:
            if number == 0:
                raise
            continue
        draft = ground(rough, sentence, vocabulary)
        if draft not in meanings:
            left_out = unused(sentence, draft, vocabulary)
            unknown = draft.intent is Intent.UNCLEAR and rough.intent != "unclear"
            meanings[draft] = _Meaning(left_out, (UNKNOWN if unknown else 1.0) * LEFT_OUT ** len(left_out))
        meanings[draft].given += given
    best, meaning = max(meanings.items(), key=lambda each: each[1].given * each[1].fit)
    all_given = sum(each.given for each in meanings.values())
    # What the model gives to answers that it did not write is taken to fit as well as the best.
    weight = sum(each.given * each.fit for each in meanings.values()) + max(0.0, 1.0 - all_given) * meaning.fit
    return Choice(draft=best, share=meaning.given * meaning.fit / weight, unused=meaning.unused)
