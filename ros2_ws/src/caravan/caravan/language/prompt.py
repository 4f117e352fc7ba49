"""What goes to a language model and what comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from caravan.language.grammar import grammar


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A question to a model: the text it continues, the GBNF its answer follows, and its longest answer."""

    text: str
    grammar: str
    max_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A model's answer. `probability` is what the model gives this answer as a whole, in 0..1; `seconds` of wall time.

    As a confidence it is far better calibrated than a mean over the tokens, most of which are never in doubt.
    """

    text: str
    probability: float
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFault:
    """A model that gave no answer; `note` says why and what helps."""

    note: str


Complete = Callable[[Prompt], Completion | ModelFault]
"""A language model: it may fail, and never raises."""


def prompt(sentence: str, max_tokens: int) -> Prompt:
    """The prompt of our own models: the tidy sentence between a space and a line end (bos is the adapter's)."""
    return Prompt(text=f" {sentence}\n", grammar=grammar(sentence), max_tokens=max_tokens)
