"""From a sentence to a Reading: the whole way, with the model as an argument."""

from __future__ import annotations

from dataclasses import dataclass, replace

from caravan.language.choice import choose
from caravan.language.prompt import Complete, ModelFault, Prompt
from caravan.language.spans import BadText, hushed, tidy
from caravan.language.vocabulary import vocabulary
from caravan.model.goal import Reading
from caravan.model.site import Site

UNSURE = 0.25
"""The highest confidence in a Draft that is to be asked back (`Choice.unsure`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFailure:
    """There is no Reading, for want of a sentence or of a sound answer; `note` says why."""

    note: str


def read(text: str, site: Site, complete: Complete) -> Reading | ReadFailure:
    """What the text means at this site.

    It never raises for anything the text or the model says, and every name in a Draft of tasks, control or query is
    an id of the site. What the site does not know becomes an `unclear` Draft, and a Draft that leaves a name out which
    the sentence says, or takes a piece of an unknown name for a known one, is an unsure one.
    """
    sentence = tidy(text)
    if isinstance(sentence, BadText):
        return ReadFailure(note=sentence.note)
    said = hushed(sentence)
    answer = complete(Prompt(text=said))
    if isinstance(answer, ModelFault):
        return ReadFailure(note=answer.note)
    try:
        chosen = choose(answer, said, vocabulary(site))
    except ValueError as error:
        return ReadFailure(note=f"the model's answer is no Reading: {error}")
    most = UNSURE if chosen.unsure else 1.0
    confidence = min(most, answer.calibration(chosen.share))
    draft = chosen.draft
    if said != sentence:  # The phrases of a question are the requester's own, which was all in capitals.
        draft = replace(draft, phrases=tuple(phrase.upper() for phrase in draft.phrases))
    return Reading(draft=draft, confidence=confidence, seconds=answer.seconds)
