"""What goes to a language model and what comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A question to a model: the tidy sentence that it shall write the Reading of."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A model's answer. `probability`: the chance in 0..1 that it is right; `seconds` of wall time.

    It comes from what the model gives the answer as a whole, which is far better calibrated than a mean over the
    tokens, most of which are never in doubt; and, where the model has been calibrated, from how often it was right.
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
