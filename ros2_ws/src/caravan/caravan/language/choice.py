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
from caravan.language.inside import shortened
from caravan.language.prompt import Completion
from caravan.language.reading import Sketch, sketch
from caravan.language.shape import Sort
from caravan.language.uncounted import uncounted
from caravan.language.unused import unused
from caravan.model.goal import Draft, Intent

UNKNOWN = math.exp(-3.0)
"""How likely a Reading is meant that is no answer at this site, beside one that is..."""
LEFT_OUT = math.exp(-4.0)
"""...and for each name or number that it leaves out. Both chosen on sentences that the corpus generator keeps from
training, with another seed than those of the bench."""

_MOST_LEFT_OUT = 20
"""More than so many make it no less likely."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A Draft; `share`: its part of all that may be meant, in 0..1; `unsure`: it is to be asked back all the same.

    That is where it leaves out a name or a number that the sentence says, and where the likeliest Reading by itself
    asks for what the site does not know: "the dock 3 office" is perhaps not `dock_3`. So is what only fits with pieces
    cut short.
    """

    draft: Draft
    share: float
    unsure: bool


@dataclass(slots=True)
class _Meaning:
    """What is given to all Readings that come to one Draft; whether it asks for the unknown, and what it leaves out."""

    unknown: bool
    unused: int
    given: float = 0.0

    @property
    def fit(self) -> float:
        return (UNKNOWN if self.unknown else 1.0) * LEFT_OUT ** min(self.unused, _MOST_LEFT_OUT)


def choose(answer: Completion, sentence: str, vocabulary: Mapping[Sort, Names]) -> Choice:
    """The likeliest Draft of a model's answers to a tidy sentence. Raises ValueError where none is a Reading."""
    meanings: dict[Draft, _Meaning] = {}
    roughs: list[Sketch] = []
    wrong: list[ValueError] = []
    for text, given in answer.answers():
        try:
            rough = sketch(text, sentence)
        except ValueError as error:
            wrong.append(error)
            continue
        roughs.append(rough)
        draft = ground(rough, sentence, vocabulary)
        if draft not in meanings:
            unknown = _unknown(rough, draft)
            meanings[draft] = _Meaning(unknown, _left_out(rough, draft, sentence, vocabulary))
        meanings[draft].given += given
    if not meanings:
        raise wrong[0]
    best, meaning = max(meanings.items(), key=lambda each: each[1].given * each[1].fit)
    all_given = sum(each.given for each in meanings.values())
    # What the model gives to answers that it did not write is taken to fit as well as the best.
    weight = sum(each.given * each.fit for each in meanings.values()) + max(0.0, 1.0 - all_given) * meaning.fit
    share = meaning.given * meaning.fit / weight
    if meaning.unknown and (short := _shortened(roughs, sentence, vocabulary)) is not None:
        return Choice(draft=short, share=share, unsure=True)
    first = next(iter(meanings.values()))
    return Choice(draft=best, share=share, unsure=meaning.unused > 0 or (first.unknown and not meaning.unknown))


def _left_out(rough: Sketch, draft: Draft, sentence: str, vocabulary: Mapping[Sort, Names]) -> int:
    """How many names and numbers the sentence says and the Draft does not."""
    if draft.intent is Intent.UNCLEAR:
        return 0
    return len(unused(sentence, draft, vocabulary)) + len(uncounted(rough, sentence, vocabulary))


def _unknown(rough: Sketch, draft: Draft) -> bool:
    """Whether the Reading asks for what the site does not know."""
    return draft.intent is Intent.UNCLEAR and rough.intent != "unclear"


def _shortened(roughs: list[Sketch], sentence: str, vocabulary: Mapping[Sort, Names]) -> Draft | None:
    """The Draft of the likeliest Reading that fits once its unknown pieces are cut down to the names inside them."""
    for rough in roughs:
        short = shortened(rough, vocabulary)
        draft = ground(short, sentence, vocabulary)
        if short != rough and not _unknown(short, draft):
            return draft
    return None
