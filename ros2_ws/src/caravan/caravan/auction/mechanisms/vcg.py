"""Payments under which the truth is the best bid: Vickrey, Clarke and Groves for bids on sets of tasks.

With W the most worth that bids can leave (see `bundles.most_worth`) and W_-i the same without robot i, a winner is paid

    p_i = c_i + W - W_-i      (Clarke 1971 pivot; Vickrey 1961, Groves 1973)

which is its cost and what it adds for all. What it asks moves only which bundle it wins, so an ask of the true costs is
a best response to whatever the others ask, and pays at least the cost. A winner is never paid more than the budgets of
its tasks: others' part of W is at most W_-i, hence p_i <= sum of budget_j over its tasks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from caravan.auction.mechanisms.bundles import Allocation, BundleBid, most_worth, worth


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """A winning bid and what its robot is paid."""

    bid: BundleBid
    payment: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The deals by robot name, and the tasks that nobody does for their budget."""

    deals: tuple[Deal, ...]
    left: tuple[str, ...]


def vcg(budgets: Mapping[str, float], bids: Collection[BundleBid]) -> Settled:
    """Who does which bundle and is paid how much. `budgets`: the most that the buyer pays for each task, set before the
    bids are seen. Raises ValueError for absurd bids and budgets."""
    best = most_worth(budgets, bids)
    total = _value(best, budgets)
    deals = []
    for bid in best.winners:
        without = _value(most_worth(budgets, [b for b in bids if b.robot != bid.robot]), budgets)
        # Rounding must not take the promise away that nobody is paid less than it asked.
        deals.append(Deal(bid=bid, payment=max(bid.cost, bid.cost + total - without)))
    return Settled(deals=tuple(deals), left=best.left)


def _value(allocation: Allocation, budgets: Mapping[str, float]) -> float:
    return sum(worth(bid, budgets) - bid.cost for bid in allocation.winners)
