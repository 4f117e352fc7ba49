"""One task, one winner: the lowest cost, and two ways to pay for it.

A procurement is an auction turned round: robots of several owners ask a price, the lowest ask is hired and paid. A
robot that is hired gains its payment minus its true cost.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from caravan.auction.mechanisms.checks import check_amount, check_distinct


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a robot wants for the task, None where it declines, and when it would be finished (s)."""

    robot: str
    cost: float | None
    finish: float | None = None


def lowest_cost(bids: Collection[Ask]) -> Ask | None:
    """Sequential single-item auction (Koenig et al. 2006): the lowest cost wins; a tie goes to the earlier finish,
    then to the first name, so that every observer picks the same winner."""
    return min(bids, key=_rank, default=None)


def _rank(bid: Ask) -> tuple[float, float, str]:
    assert bid.cost is not None, "a declined task cannot be won"
    return (bid.cost, bid.finish if bid.finish is not None else float("inf"), bid.robot)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hire:
    """`bid` has won and its robot is paid `payment`, never less than it asked."""

    bid: Ask
    payment: float


class Procurement(Protocol):
    """Hires one robot for one task."""

    def __call__(self, bids: Collection[Ask], budget: float) -> Hire | None:
        """Who is hired and for how much; a bid's cost is the price it asks, None where it declines.

        `budget` is the most that the buyer pays. It is set before the asks are seen: a budget that follows them
        would be one more reason to ask for something else than the truth. None where nobody asks that little.
        Raises ValueError for absurd prices and two bids of one robot.
        """


def first_price(bids: Collection[Ask], budget: float) -> Hire | None:
    """Sealed first price: the winner is paid what it asked, p = b_1.

    An ask of the true cost gains nothing, so a robot asks for more (Vickrey 1961): use it among robots of one owner.
    """
    affordable = _affordable(bids, budget)
    return Hire(bid=affordable[0], payment=_price(affordable[0])) if affordable else None


def second_price(bids: Collection[Ask], budget: float) -> Hire | None:
    """Sealed second price: the winner is paid the most it could have asked and won, p = min(b_2, budget).

    An ask of the true cost is a best response to whatever the others ask (Vickrey 1961, "Counterspeculation, auctions,
    and competitive sealed tenders"), since what it asks decides only whether it wins.
    """
    affordable = _affordable(bids, budget)
    if not affordable:
        return None
    payment = _price(affordable[1]) if len(affordable) > 1 else budget
    return Hire(bid=affordable[0], payment=payment)


def _price(bid: Ask) -> float:
    assert bid.cost is not None, "a declined task has no price"
    return bid.cost


def _affordable(bids: Collection[Ask], budget: float) -> list[Ask]:
    """The asks within the budget, best first."""
    check_amount("budget", budget)
    check_distinct("the bid of robot", [bid.robot for bid in bids])
    asks = [bid for bid in bids if bid.cost is not None]
    for bid in asks:
        check_amount(f"the price of robot {bid.robot}", _price(bid))
    return sorted((bid for bid in asks if _price(bid) <= budget), key=_rank)
