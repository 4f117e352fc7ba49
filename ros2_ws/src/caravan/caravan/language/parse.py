"""From a sentence to a Reading: the whole way, with the model as an argument."""

from __future__ import annotations

from dataclasses import dataclass

from caravan.language.draft import ground
from caravan.language.prompt import Complete, ModelFault, prompt
from caravan.language.reading import sketch
from caravan.language.spans import BadText, tidy
from caravan.language.vocabulary import vocabulary
from caravan.model.goal import Reading
from caravan.model.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSettings:
    """How a sentence is read. `max_tokens` is the longest answer a model may give."""

    max_tokens: int = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFailure:
    """There is no Reading, for want of a sentence or of a sound answer; `note` says why."""

    note: str


_DEFAULT = ReadSettings()


def read(text: str, site: Site, complete: Complete, settings: ReadSettings = _DEFAULT) -> Reading | ReadFailure:
    """What the text means at this site.

    It never raises for anything the text or the model says, and every name in a Draft of tasks, control or query is
    an id of the site. What the site does not know becomes an `unclear` Draft.
    """
    sentence = tidy(text)
    if isinstance(sentence, BadText):
        return ReadFailure(note=sentence.note)
    answer = complete(prompt(sentence, settings.max_tokens))
    if isinstance(answer, ModelFault):
        return ReadFailure(note=answer.note)
    try:
        rough = sketch(answer.text, sentence)
    except ValueError as error:
        return ReadFailure(note=f"the model's answer is no Reading: {error}")
    draft = ground(rough, sentence, vocabulary(site))
    return Reading(draft=draft, confidence=min(1.0, max(0.0, answer.probability)), seconds=answer.seconds)
