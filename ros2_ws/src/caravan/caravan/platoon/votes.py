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


def approved(votes: Collection[bool], electorate: int) -> bool:
    """Whether more than half of the electorate has said yes."""
    return 2 * sum(votes) > electorate


def capped(weights: Mapping[str, float]) -> dict[str, float]:
    """Weights of which none is more than a third of all, as near to the given ones as that goes; not with fewer than
    three voters, where each counts the same. Weights that are no number above 0 count as the smallest that is."""
    sound = {name: weight for name, weight in weights.items() if math.isfinite(weight) and weight > 0.0}
    least = min(sound.values(), default=1.0)
    full = {name: sound.get(name, least) for name in weights}
    if len(full) < 3:
        return dict.fromkeys(full, 1.0)
    for _ in full:
        top = max(full, key=lambda name: full[name])
        others = sum(full.values()) - full[top]
        if full[top] <= others * SHARE / (1.0 - SHARE) * (1.0 + 1e-9):
            break
        bound = others * SHARE / (1.0 - SHARE)
        full = {name: min(weight, bound) for name, weight in full.items()}
    return full


def median(votes: Mapping[str, float], weights: Mapping[str, float]) -> float | None:
    """The lower weighted median; votes that are no numbers do not count. None where nobody has voted."""
    counted = {name: vote for name, vote in votes.items() if math.isfinite(vote)}
    if not counted:
        return None
    shares = capped({name: weights.get(name, 0.0) for name in counted})
    half, sum_so_far = sum(shares.values()) / 2.0, 0.0
    for name in sorted(counted, key=lambda n: (counted[n], n)):
        sum_so_far += shares[name]
        if sum_so_far >= half - 1e-12:
            return counted[name]
    raise AssertionError("weights that do not add up")
