"""One auction of one turn: sealed bids in credits, and prices under which the truth is the best bid.

What is sold is who crosses next. The outcomes are sets of lanes that do not cross; in an outcome the vehicles at the
front of its lanes go. The outcome with the most bids behind it wins, and a vehicle whose bid decides pays what the
others lose by it:

    p_i = max_o B_-i(o) - B_-i(won),    B_-i(o) = the bids for o of all but i

(Vickrey 1961, Clarke 1971, Groves 1973). With one vehicle against one it is the second price. What a vehicle bids moves
only which outcome wins, so no bid serves it better than what going now is worth to it. Outcomes are settled before bids
are seen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

DEAREST = 1e6
"""No bid counts for more, credits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """The outcome that has won, by its place, and what vehicles pay (credits; those who pay nothing are not there)."""

    won: int
    prices: Mapping[int, float]


def heard(bid: float | None, purse: float) -> float:
    """What a bid counts for: no more than the purse; nothing where none came, or it is no number, or below 0."""
    if bid is None or not math.isfinite(bid) or bid <= 0.0:
        return 0.0
    return min(bid, purse, DEAREST)


def sell(outcomes: Sequence[frozenset[int]], bids: Mapping[int, float]) -> Sale:
    """The sale among outcomes (sets of vehicles), of which there is at least one; the first wins a tie.

    Bids as `heard`; who is not there bids nothing.
    """
    sums = [math.fsum(bids.get(vehicle, 0.0) for vehicle in sorted(outcome)) for outcome in outcomes]
    won = max(range(len(outcomes)), key=lambda place: (sums[place], -place))
    prices = {}
    for vehicle in sorted(outcomes[won]):
        bid = bids.get(vehicle, 0.0)
        if bid <= 0.0:
            continue
        best = max(total - (bid if vehicle in outcome else 0.0) for total, outcome in zip(sums, outcomes, strict=True))
        # Rounding must not take the promise away that nobody pays more than it bid, or less than nothing.
        price = min(bid, max(0.0, best - (sums[won] - bid)))
        if price > 0.0:
            prices[vehicle] = price
    return Sale(won=won, prices=prices)
