"""How vehicles decide together: approval for yes or no, the weighted median for numbers.

The weighted median of honest and lying votes lies between two honest ones as long as the liars have less than half of
the weight (Rousseeuw and Leroy 1987, breakdown point 1/2). So that this holds for any one liar among three or more, no
vehicle counts for more than a third.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

SHARE = 1.0 / 3.0
"""No vehicle has more of the weight."""
HEAVIEST = 1e9
"""No weight counts as more."""


def approved(votes: Collection[bool], electorate: int) -> bool:
    """Whether more than half of the electorate has said yes."""
    return 2 * sum(votes) > electorate


def capped(weights: Mapping[str, float]) -> dict[str, float]:
    """Weights of which none is more than a third of all: the highest are cut to a common bound.

    With fewer than three voters each counts the same. What is no number above 0 counts as the smallest that is one.
    """
    if len(weights) < 3:
        return dict.fromkeys(weights, 1.0)
    sound = {name: min(weight, HEAVIEST) for name, weight in weights.items() if weight > 0.0}
    least = min(sound.values(), default=1.0)
    full = {name: sound.get(name, least) for name in weights}
    falling = sorted(full.values(), reverse=True)
    for above in range(3):
        # `above` of them are over the bound, which is then a third of what they and the rest make together.
        bound = SHARE * sum(falling[above:]) / (1.0 - SHARE * above)
        if falling[above] <= bound:
            break
    return {name: min(weight, bound) for name, weight in full.items()}


def median(votes: Mapping[str, float], weights: Mapping[str, float]) -> float | None:
    """The lower weighted median; votes that are no numbers do not count. None where nobody has voted."""
    counted = {name: vote for name, vote in votes.items() if math.isfinite(vote)}
    if not counted:
        return None
    shares = capped({name: weights.get(name, 0.0) for name in counted})
    half, sum_so_far = sum(shares.values()) / 2.0, 0.0
    for name in sorted(counted, key=lambda n: (counted[n], n)):
        sum_so_far += shares[name]
        if sum_so_far >= half * (1.0 - 1e-9):
            return counted[name]
    raise AssertionError("weights that do not add up")
