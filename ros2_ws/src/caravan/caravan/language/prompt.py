"""What goes to a language model and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from caravan.language.confidence import UNCALIBRATED, Calibration


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A question to a model: the tidy sentence that it shall write the Reading of."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A model's answer. `probability`: what the model gives it as a whole, in 0..1; `seconds` of wall time.

    `others` are further answers with what it gives those. `calibration` is the model's own: it leads from a share of
    all that the model gives to the chance that an answer is right. The product over the tokens says far more than a
    mean, as most of them are never in doubt.
    """

    text: str
    probability: float
    seconds: float = 0.0
    others: tuple[tuple[str, float], ...] = ()
    calibration: Calibration = UNCALIBRATED

    def answers(self) -> Iterator[tuple[str, float]]:
        """All answers with what the model gives each, in 0..1, its own choice first."""
        for text, probability in ((self.text, self.probability), *self.others):
            yield text, min(1.0, max(0.0, probability))


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFault:
    """A model that gave no answer; `note` says why and what helps."""

    note: str


Complete = Callable[[Prompt], Completion | ModelFault]
"""A language model: it may fail, and never raises."""
