"""From what a model gives its own answer to the chance that the answer is right."""

from __future__ import annotations

import math
from dataclasses import dataclass

_EDGE = 1e-6
"""Probabilities nearer to 0 or 1 than this count as this near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """A straight line through the log-odds (Platt scaling, 1999): monotone for a positive `slope`.

    Fitted on sentences that the model never saw (models/training/calibrate.py).
    """

    slope: float
    offset: float

    def __call__(self, probability: float) -> float:
        """The calibrated probability, in 0..1."""
        return 1.0 / (1.0 + math.exp(-(self.slope * log_odds(probability) + self.offset)))


def log_odds(probability: float) -> float:
    """The logarithm of p / (1 - p), finite for any p in 0..1."""
    p = min(1.0 - _EDGE, max(_EDGE, probability))
    return math.log(p / (1.0 - p))


UNCALIBRATED = Calibration(slope=1.0, offset=0.0)
"""What the model says itself, but for the edges."""
